"""Living: which processes there are, by the files of Linux."""

import time
from collections.abc import Callable
from pathlib import Path


def wait_for(true: Callable[[], object], seconds: float = 10) -> bool:
    over = time.monotonic() + seconds
    while not true():
        if time.monotonic() > over:
            return False
        time.sleep(0.02)
    return True


def parents() -> dict[int, int]:
    """Every process that is not a zombie, with its parent."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found[int(stat.parent.name)] = int(parent)
    return found


def descendants(pid: int) -> set[int]:
    """The children of a process, theirs, and so on; without the tracker of multiprocessing, which is one."""
    alive = parents()
    found = {pid}
    while more := {child for child, parent in alive.items() if parent in found} - found:
        found |= more
    return {child for child in found - {pid} if "resource_tracker" not in said(child)}


def said(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    return pid in parents()
