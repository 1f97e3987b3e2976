"""Which processes there are below one, what they are, and what they take: by the files of Linux.

Law: a process may be gone at any moment; then it is as if it had not been there.
"""

import os
from collections.abc import Iterator
from pathlib import Path

WORKER = "worker"
GIT = "git"
_TICKS = os.sysconf("SC_CLK_TCK")


def below(pid: int) -> Iterator[int]:
    """The processes below one; each thread of it has children of its own."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for thread in threads:
        for child in _text(thread / "children").split():
            yield int(child)
            yield from below(int(child))


def kind_of(pid: int) -> str:
    """`worker` for what carries out jobs, `git`, or nothing: a process that is about to become another."""
    said = _text(Path(f"/proc/{pid}/cmdline"))
    if "spawn_main" in said:
        return WORKER
    return GIT if said.startswith("git\0") else ""


def is_alive(pid: int) -> bool:
    """Whether it is there, and not only waiting to be asked how it ended."""
    state = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()[:1]
    return state not in ([], ["Z"])


def peak(pid: int) -> float:
    """The most memory that a process had, in MB; 0 of one that is gone."""
    for line in _text(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def spent(pid: int) -> float:
    """Seconds of CPU of a process, without what is below it."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
