"""The whole way of a comment, all of it real: public-inbox has a series, `review --queue`, `queue approve` and
`post --send` answer it by SMTP, a server takes the mail, public-inbox-mda puts it onto the list, and there it is read.
"""

import html
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from msgspec import Struct

from reviewbot.cli import run
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.sinks.outbox.outbox import Outbox
from tests.builders import mail, new_file, patch_body
from tests.sinks.test_mail_programs import needs_mutt, shown
from tests.sinks.transport.exim import exim, needs_exim
from tests.sinks.transport.server import server
from tests.sources.publicinbox import PublicInbox, needs_public_inbox
from tests.sources.repositories import needs_git

LIST = "kvm@lists.example.org"
LATELY = datetime.now(UTC) - timedelta(days=3)
# What a careless program spoils: tabs, blanks at the end, a long line, letters of other alphabets, entities.
SHOWN = (
    "static int bar(struct module *owner)",
    "{",
    "\t/* Größe ≤ 4 KiB:\t日本語, “é” & <tag> &amp; ' \t",
    f'\t\tchar text[] =\t"{"long line " * 30}";\t*/',
    "        int blanks;",
    "\ttry_module_get(owner);",
)
PATCH = new_file("virt/kvm/foo.c", "\n".join((*SHOWN, "\treturn baz(owner);", "}")))
SETTINGS = """
[identity]
name = "reviewbot for A. Maintainer"
email = "bot@example.org"
reply_to = "A. Maintainer <am@example.org>"
[lore]
url = "{url}"
git = false
[post]
mode = "list"
[[list]]
address = "{list}"
opt_in = true
[network]
pause = 0
[transport]
{way}
[smtp]
host = "127.0.0.1"
port = {port}
encryption = "none"
"""


class Arrival(Struct, frozen=True):
    """A server on this port, and how to wait for the one mail an address gets by it."""

    by: str
    port: int
    wait: Callable[[str], bytes]


@pytest.fixture(params=["aiosmtpd", pytest.param("exim", marks=needs_exim)])
def arrival(request: pytest.FixtureRequest) -> Iterator[Arrival]:
    with ExitStack() as stack:
        if request.param == "exim":
            mta = stack.enter_context(exim())
            yield Arrival("exim", mta.port, lambda address: mta.wait(address, 1)[0])
        else:
            post = stack.enter_context(server())
            yield Arrival("aiosmtpd", post.port, lambda address: _only(post.mails, address))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE", "DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("REVIEWBOT_OFFLINE", raising=False)
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(tmp_path / "config.toml"))
    return tmp_path


def _only(mails: list[tuple[str, tuple[str, ...], bytes]], address: str) -> bytes:
    ((_, to, data),) = mails
    assert address in to
    return data.replace(b"\r\n", b"\n")


def configured(home: Path, lore: PublicInbox, port: int = 1, way: str = 'via = "smtp"') -> None:
    (home / "config.toml").write_text(SETTINGS.format(url=lore.url, list=LIST, way=way, port=port))


def series(name: str) -> list[bytes]:
    """A cover letter and two patches, the second with the fault, as the list has got them."""
    headers = (
        ("Received", f"from a by vger.kernel.org; {LATELY:%a, %d %b %Y %H:%M:%S} +0000"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("List-Id", f"<{LIST.replace('@', '.')}>"),
    )
    bodies = ("Parts.\n", patch_body(new_file("virt/kvm/baz.c", "int baz;\n")), patch_body(PATCH))
    return [
        mail(
            body,
            subject=f"[PATCH {number}/2] {name}: größer",
            message_id=f"{name}-{number}@example.org",
            to=f"Many People <{LIST}>",
            date=LATELY + timedelta(seconds=number),
            in_reply_to=f"{name}-0@example.org" if number else "",
            headers=headers,
        )
        for number, body in enumerate(bodies)
    ]


def sent(lore: PublicInbox, name: str, capsys: pytest.CaptureFixture) -> str:
    """Review the series of that name, approve what is said of it, send it; the id of the letter's mail."""
    lore.add("kvm", series(name))
    assert run(["review", "--queue", f"{name}-0@example.org"]) == ExitCode.OK
    assert run(["queue", "approve", "--all", "--why", "read it"]) == ExitCode.OK
    assert run(["post", "--send"]) == ExitCode.OK, capsys.readouterr()
    with Outbox(state_folder()) as outbox:
        (entry,) = outbox.letters()
    assert entry.stage.value == "sent"
    return entry.letter.reply.message_id


def page(lore: PublicInbox, path: str) -> str:
    with urlopen(f"{lore.inbox('kvm')}/{path}") as answer:
        return answer.read().decode()


def words(markup: str) -> str:
    """A page as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def quoted(text: str) -> list[str]:
    """The lines that a reply quotes, as they stood in the mail it answers."""
    return [line[2:] for line in text.split("\n") if line.startswith("> ")]


def by_git(data: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    """What `git mailinfo` makes of a mail: the lines of its patch, and what it says of it."""
    command = ("git", "mailinfo", "--encoding=UTF-8", "text", "patch")
    done = subprocess.run(
        command, input=data, capture_output=True, text=True, cwd=folder, check=True
    )
    said = (line.partition(": ") for line in done.stdout.splitlines() if line)
    return (folder / "patch").read_text().rstrip("\n").split("\n"), {
        name: value for name, _, value in said
    }


@needs_public_inbox
@needs_git
def test_a_reply_arrives_on_the_list_under_its_patch(
    arrival: Arrival, lore: PublicInbox, home: Path, capsys: pytest.CaptureFixture
) -> None:
    configured(home, lore, port=arrival.port)
    name = f"whole-way-{arrival.by}"
    key = sent(lore, name, capsys)
    lore.deliver("kvm", arrival.wait(LIST))

    thread = words(page(lore, f"{name}-0@example.org/T/"))
    overview = thread[thread.rindex("[PATCH 0/2]") :].splitlines()[:4]
    assert [line[len("2026-03-02 12:00 ") :].rstrip() for line in overview[1:]] == [
        '` [PATCH 1/2] " A. Author',
        '` [PATCH 2/2] " A. Author',
        "  ` reviewbot for A. Maintainer",
    ]
    came = page(lore, f"{key}/raw")
    lines = quoted(message(RawMessage(came.encode())).body)
    assert lines[-len(SHOWN) :] == [f"+{line}" for line in SHOWN]
    assert all(f"> {line}\n" in thread for line in lines)

    patch, about = by_git(page(lore, f"{name}-2@example.org/raw"), home)
    assert (patch, about) == by_git(series(name)[2].decode(), home)
    rest = iter(patch)
    assert all(line in rest for line in lines)  # in this order
    assert by_git(came, home)[1]["Subject"] == about["Subject"]


@needs_public_inbox
@needs_mutt
def test_a_reply_lies_among_the_drafts_of_mutt(
    lore: PublicInbox, home: Path, capsys: pytest.CaptureFixture
) -> None:
    configured(home, lore, way=f'via = "drafts"\ndrafts = "{home / "drafts"}"')
    key = sent(lore, "whole-way-draft", capsys)
    (seen,) = shown(home / "drafts", home, 1)
    headers, _, body = seen.partition("\n\n")
    assert f"Message-ID: <{key}>\nIn-Reply-To: <whole-way-draft-2@example.org>\n" in headers
    assert "Subject: Re: [PATCH 2/2] whole-way-draft: größer\n" in headers
    assert f"Cc: Many People <{LIST}>\n" in headers
    assert quoted(body)[-len(SHOWN) :] == [f"+{line}" for line in SHOWN]
