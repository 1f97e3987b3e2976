"""What others make of a sample of the same mails: Patchwork, b4, checkpatch.

Law: each is measured as its author would have it run for many mails: one process, started once. Those that are
not there are passed over, with the reason.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email import message_from_bytes
from pathlib import Path

from msgspec import Struct

from reviewbot.sinks.mboxrd import mboxrd

from .archive import Mail
from .running import cost

# Patchwork is in no registry; what is quoted was measured for this project's own notes, in another run.
QUOTED = (
    "96 mails a CPU-second into SQLite, 600 mails, another run: the project's technology notes, 4.1"
    " (`../shared/docs/tech.md`)"
)
_ID = re.compile(r"<([^<>\s]+)>")
_DIFF = re.compile(rb"(?m)^diff --git ")
_ASSEMBLY = Path(__file__).with_name("assembly.py")


class Peer(Struct, frozen=True):
    """What one of them did: so many things (mails, patches) in so many CPU-seconds, or why nothing."""

    name: str
    what: str
    count: int = 0
    seconds: float = 0.0
    why: str = ""

    @property
    def rate(self) -> float:
        """Things for each CPU-second."""
        return self.count / self.seconds if self.seconds else 0.0


def parsearchive(command: str, found: Sequence[Mail], folder: Path) -> Peer:
    """Patchwork's own import, by a command in which `{}` is an mbox; oldest first, as it wants them."""
    name = "Patchwork, parsearchive"
    if not command:
        return Peer(name, "mails", why=f"not measured here ({QUOTED})")
    box = folder / "sample.mbox"
    box.write_bytes(b"".join(mboxrd(data) for _, data in found))
    words = [word.replace("{}", str(box)) for word in shlex.split(command)]
    return Peer(name, "mails", len(found), cost(words, os.environ).cpu)


def assembled(b4: str, found: Sequence[Mail], folder: Path) -> Peer:
    """b4's assembly of series from the threads of the mails, in one process, without its start."""
    name = "b4, series from threads"
    python = _python_of(b4)
    if python is None:
        return Peer(name, "mails", why="not measured here (no b4)")
    for number, thread in enumerate(threads(found)):
        box = folder / "threads" / f"{number:06}.mbox"
        box.parent.mkdir(exist_ok=True)
        box.write_bytes(b"".join(mboxrd(data) for _, data in thread))
    command = (python, str(_ASSEMBLY), str(folder / "threads"))
    variables: Mapping[str, str] = {**os.environ, "HOME": str(folder)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        return Peer(name, "mails", why=f"failed: {done.stderr.strip()[-200:]}")
    release, series, seconds = done.stdout.split()
    return Peer(f"b4 {release}, {series} series from threads", "mails", len(found), float(seconds))


def checked(linux: Path | None, found: Sequence[Mail], folder: Path) -> Peer:
    """What checkpatch costs on patches, all in one process."""
    name = "checkpatch"
    script = linux / "scripts" / "checkpatch.pl" if linux else None
    if script is None or not script.is_file() or shutil.which("perl") is None:
        return Peer(name, "patches", why="not measured here (no kernel source, or no perl)")
    paths = []
    for number, (_, data) in enumerate(found):
        paths.append(folder / "patches" / f"{number:06}.eml")
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_bytes(data)
    command = ("perl", str(script), "--no-tree", "--terse", "--no-summary", *map(str, paths))
    before = os.times()
    # It ends with 1 where it has something to say.
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = os.times()
    used = sum(after[2:4]) - sum(before[2:4])
    return Peer(name, "patches", len(paths), used)


def patches(found: Iterable[Mail]) -> Iterator[Mail]:
    """The mails that have a diff."""
    return (each for each in found if _DIFF.search(each[1]))


def threads(found: Iterable[Mail]) -> Iterator[list[Mail]]:
    """The mails by the first mail that each refers to, in the order in which threads began."""
    roots: dict[str, str] = {}
    by_root: dict[str, list[Mail]] = {}
    for number, (when, data) in enumerate(found):
        mail = message_from_bytes(data)
        named = _ID.findall(f"{mail.get('References', '')} {mail.get('In-Reply-To', '')}")
        own = (_ID.findall(str(mail.get("Message-ID", ""))) or [str(number)])[0]
        root = next((roots[each] for each in named if each in roots), named[0] if named else own)
        roots.update((each, root) for each in (own, *named) if each not in roots)
        by_root.setdefault(root, []).append((when, data))
    yield from by_root.values()


def _python_of(program: str) -> str | None:
    """The interpreter that a script's first line names."""
    path = shutil.which(program) if program else None
    if path is None:
        return None
    with Path(path).open("rb") as script:
        line = script.readline().decode("utf-8", "replace")
    words = shlex.split(line.removeprefix("#!")) if line.startswith("#!") else []
    return words[-1] if words and shutil.which(words[-1]) else None
