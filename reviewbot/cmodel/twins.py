"""Twins: functions of one file that by their names undo each other.

    register_foo_user   unregister_foo_user        foo_open   foo_release

Law: a twin has the other's name but for the one word that says what it does. Must not know what they do.
"""

import re

_UNDONE_BY = {
    "register": ("unregister", "deregister"),
    "get": ("put", "release"),
    "open": ("release", "close"),
    "bind": ("unbind",),
    "set": ("unset", "clear"),
    "attach": ("detach", "release"),
    "connect": ("disconnect",),
    "probe": ("remove",),
    "add": ("remove", "del", "delete"),
    "create": ("destroy", "release", "remove", "free"),
    "alloc": ("free", "release"),
    "init": ("exit", "uninit", "deinit", "fini", "cleanup", "release", "destroy"),
    "start": ("stop",),
    "enable": ("disable",),
    "load": ("unload",),
    "lock": ("unlock",),
    "hold": ("release", "drop"),
}
_HOW = re.compile(r"_(?:by|from|for|safe|unless|not)(?:_\w+)?$")


def undoes(one: str, other: str) -> bool:
    """Whether the function named `one` by its name undoes the one named `other`."""
    theirs, mine = (_HOW.sub("", name).strip("_").split("_") for name in (other, one))
    if len(theirs) != len(mine):
        return False
    different = [(did, undid) for did, undid in zip(theirs, mine, strict=True) if did != undid]
    return len(different) == 1 and different[0][1] in _UNDONE_BY.get(different[0][0], ())
