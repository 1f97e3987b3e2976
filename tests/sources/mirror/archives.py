"""Archives in the formats of public-inbox, written by git fast-import: epochs of v2, repositories of v1."""

import re
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

from tests.builders import mail
from tests.sources.repositories import git

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]+)>$", re.MULTILINE)

# A step of a history: the path of the file and its content; None takes a v1 file away.
Step = tuple[str, bytes | None]


def letter(
    name: str,
    subject: str = "foo: change bar",
    answers: str = "",
    body: str = "Hello.\n",
    **more: object,
) -> bytes:
    """A mail with the id `name@example.org`, that many hours after START as there are digits at its end."""
    hours = int((re.search(r"\d+$", name) or [0])[0])
    reply = f"{answers}@example.org" if answers else ""
    when = START + timedelta(hours=hours)
    ids = {"message_id": f"{name}@example.org", "in_reply_to": reply}
    return mail(body, subject=subject, date=when, **ids, **more)


def posting(name: str, patches: int, revision: int = 1) -> list[bytes]:
    """A series: a cover letter `NAME-0` and patches `NAME-1`… that answer it."""
    tag = f"PATCH v{revision}" if revision > 1 else "PATCH"
    cover = letter(f"{name}-0", f"[{tag} 0/{patches}] foo: {name}")
    rest = (
        letter(f"{name}-{n}", f"[{tag} {n}/{patches}] foo: {name} part {n}", f"{name}-0")
        for n in range(1, patches + 1)
    )
    return [cover, *rest]


def came(mails: Iterable[bytes]) -> list[Step]:
    """Mails that came into a v2 epoch."""
    return [("m", each) for each in mails]


def v1_path(raw: bytes) -> str:
    """Where a mail lies in the v1 format."""
    found = MESSAGE_ID.search(raw)
    assert found is not None
    digest = sha1(found[1]).hexdigest()
    return f"{digest[:2]}/{digest[2:]}"


def v1_came(mails: Iterable[bytes]) -> list[Step]:
    """Mails that came into a v1 repository."""
    return [(v1_path(each), each) for each in mails]


def inbox(folder: Path, *epochs: Sequence[bytes]) -> Path:
    """A v2 inbox of these mails."""
    for number, mails in enumerate(epochs):
        write(folder / "git" / f"{number}.git", came(mails))
    return folder


def write(repository: Path, steps: Iterable[Step]) -> Path:
    """Add a commit for every step; the repository is made if it is new."""
    new = not repository.exists()
    if new:
        repository.mkdir(parents=True)
        git(repository, "init", "-q", "--bare", "-b", "master")
    return _import(repository, steps, goes_on=not new)


def rewrite(repository: Path, steps: Iterable[Step]) -> Path:
    """Put another history in place of the one that is there, as a purge does."""
    return _import(repository, steps, goes_on=False)


def _import(repository: Path, steps: Iterable[Step], goes_on: bool) -> Path:
    stream = b"".join(_commits(list(steps), goes_on))
    subprocess.run(
        ("git", f"--git-dir={repository}", "fast-import", "--quiet", "--force"),
        input=stream,
        check=True,
    )
    return repository


def _commits(steps: list[Step], goes_on: bool) -> Iterable[bytes]:
    for number, (path, content) in enumerate(steps):
        seconds = int(START.timestamp()) + 60 * number
        who = f"A. Author <author@example.org> {seconds} +0000\n"
        yield f"commit refs/heads/master\nauthor {who}committer {who}data 3\nnew\n".encode()
        if goes_on and not number:
            yield b"from refs/heads/master^0\n"
        if len(path) == 1:
            yield b"deleteall\n"
        if content is None:
            yield f"D {path}\n\n".encode()
        else:
            yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
