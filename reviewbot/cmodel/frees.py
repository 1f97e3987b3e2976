"""Calls after which an object is gone, or may be.

Law: a call is read only where it is a statement of its own and names the object by a plain path of pointers;
anything else frees nothing. Must not know what follows, diffs or rules.
"""

import re
from collections.abc import Collection

from msgspec import Struct

from reviewbot.cmodel.brackets import parts

# Which argument (from 0) each of them frees at once. kfree_rcu() and its like wait for readers.
FREES = {
    "kfree": 0,
    "kfree_sensitive": 0,
    "kfree_const": 0,
    "kvfree": 0,
    "kvfree_sensitive": 0,
    "kzfree": 0,
    "vfree": 0,
    "kmem_cache_free": 1,
    "mempool_free": 0,
    "devm_kfree": 1,
}

_PATH = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_CALL = re.compile(r"(?:\(void\) ?)?((?:\w+(?:->|\.))*\w+)\((.*)\)")
_CALLBACK = re.compile(r"(?:^|_|->|\.)(?:release|free|destroy|dtor|destructor)$")


class Statement(Struct, frozen=True, gc=False):
    """A statement that is nothing but a call: its callee and its arguments."""

    name: str
    args: tuple[str, ...]


def statement(text: str) -> Statement | None:
    """The statement, where it is a call."""
    found = _CALL.fullmatch(text)
    if not found:
        return None
    ranges = parts(text, found.start(2), found.end(2))
    return Statement(found[1], tuple(text[start:end].strip() for start, end in ranges))


def freed(call: Statement) -> str:
    """The pointer whose object the call surely frees, or an empty string."""
    place = FREES.get(call.name, -1)
    return _path(call.args[place]) if 0 <= place < len(call.args) else ""


def dropped(call: Statement, putters: Collection[str]) -> str:
    """The pointer whose object may be gone after the call put a reference on it, or an empty string.

    That is `f` for `foo_put(f)` and for `put_device(&f->dev)`.
    """
    if call.name not in putters or not call.args:
        return ""
    if not call.args[0].startswith("&"):
        return _path(call.args[0])
    holder, arrow, _ = call.args[0][1:].rpartition("->")
    return _path(holder) if arrow else ""


def handed_back(call: Statement) -> str:
    """The pointer that is given to a callback of its own object whose name says that it frees it."""
    own = call.args and call.name.startswith(f"{call.args[0]}->")
    return _path(call.args[0]) if own and _CALLBACK.search(call.name) else ""


def _path(text: str) -> str:
    return text if _PATH.fullmatch(text) else ""
