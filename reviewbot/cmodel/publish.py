"""Publish: where a function hands an object to user space as the private data of an open file.

Law: a publication is one of a closed set of calls (fs/anon_inodes.c, fs/file.c of Linux 6.12); a file that is
made but not yet installed is not published. Must not know diffs or rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.outline import Function, Outline

FOPS = "struct file_operations"
PRIVATE = "private_data"
# Calls after which another thread can reach, and close, the file.
LIVE = ("fd_install", "anon_inode_getfd", "anon_inode_getfd_secure", "anon_inode_create_getfd")

_LIVE = re.compile(rf"\b({'|'.join(LIVE)}) ?\(")
_OF_FILE = re.compile(r"\w+->private_data")


class Opened(Struct, frozen=True, gc=False):
    """A variable that is the private data of the files of some operations, by the operations' name."""

    variable: str
    fops: str


def publisher(text: str) -> str:
    """The call in a statement that makes a file reachable, or an empty string."""
    found = _LIVE.search(text)
    return found[1] if found else ""


def opened(function: Function, outline: Outline) -> Iterator[Opened]:
    """The variables of a function that are a file's private data.

    They are what it hands to a call that makes the file, and, in a callback of the operations, what it
    loads from the file or stores there.
    """
    for call in outline.calls_between(function.first, function.last):
        if call.name in ANON_INODE and len(call.args) > 2 and call.args[1].startswith("&"):
            yield Opened(bare(call.args[2]), call.args[1][1:].strip())
    fops = _operations(function, outline)
    inside = range(function.first, function.last + 1)
    for a in outline.assignments if fops else ():
        if a.line in inside and _OF_FILE.fullmatch(bare(a.value)):
            yield Opened(a.target, fops)
        elif a.line in inside and _OF_FILE.fullmatch(a.target):
            yield Opened(bare(a.value), fops)


def released(function: Function, outline: Outline) -> str:
    """The operations whose `release` the function is; empty where it is not that of one."""
    return _operations(function, outline, ("release",))


def _operations(function: Function, outline: Outline, names: tuple[str, ...] = ()) -> str:
    """The operations one of whose callbacks the function is; empty where it is not those of one."""
    users = [
        i.name
        for i in outline.initializers
        for field in i.fields
        if i.type == FOPS
        and field.value.lstrip("&") == function.name
        and (not names or field.name in names)
    ]
    return users[0] if len(users) == 1 else ""
