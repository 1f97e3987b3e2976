"""Who makes open files: the calls that publish a `struct file_operations` to user space.

Law: only publications where nothing but `fops->owner` keeps the module loaded count; debugfs, procfs, sysfs,
filesystems and a cdev with an owner hold it otherwise. Must not know diffs or rules.
Source: fs/anon_inodes.c, fs/char_dev.c, drivers/char/misc.c, fs/debugfs/file.c,
drivers/media/dvb-core/dvbdev.c of Linux 6.12.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.outline import Field, Outline

# The third argument of each becomes file->private_data.
ANON_INODE = (
    "anon_inode_getfd",
    "anon_inode_getfd_secure",
    "anon_inode_create_getfd",
    "anon_inode_getfile",
    "anon_inode_getfile_fmode",
    "anon_inode_getfile_secure",
    "anon_inode_create_getfile",
)
_CHRDEV = ("register_chrdev", "__register_chrdev")
# Calls that hold the module for as long as the file is open, or wait for its users before it goes.
_HELD = re.compile(r"^(?:debugfs|proc|securityfs|tracefs|trace|sysfs|relay|kernfs)_|debug|proc_")
# Structures whose core sets the owner of the operations in them.
_CORE = frozenset(("struct dvb_device",))


def openers(outline: Outline) -> dict[str, str]:
    """The operations that are visibly published, by name, each with the first call that does it."""
    found: dict[str, str] = {}
    for fops, call in (*_calls(outline), *_misc(outline)):
        found.setdefault(fops, call)
    return found


def is_held_otherwise(name: str, outline: Outline) -> bool:
    """Whether operations are visibly for files that do not need their owner."""
    pointer = f"&{name}"
    if any(pointer in call.args and _HELD.search(call.name) for call in outline.calls):
        return True
    if any(a.value == pointer and a.target.endswith("i_fop") for a in outline.assignments):
        return True
    if any(i.type in _CORE and _has(i.fields, pointer) for i in outline.initializers):
        return True
    return _has_owner(outline) and any(pointer in c.args for c in outline.calls_of(("cdev_init",)))


def _has(fields: tuple[Field, ...], value: str) -> bool:
    return any(field.value == value for field in fields)


def _calls(outline: Outline) -> Iterator[tuple[str, str]]:
    """Operations handed to a call; a cdev that has an owner of its own does not need theirs."""
    cdev = () if _has_owner(outline) else ("cdev_init",)
    for call in outline.calls_of((*ANON_INODE, *_CHRDEV, *cdev)):
        for argument in call.args:
            if argument.startswith("&") and argument[1:].isidentifier():
                yield argument[1:], call.name


def _misc(outline: Outline) -> Iterator[tuple[str, str]]:
    """Operations stored in a `struct miscdevice`, by its initializer or before misc_register()."""
    for initializer in outline.initializers:
        field = initializer.field("fops")
        if initializer.type == "struct miscdevice" and field:
            yield field.value.lstrip("&"), "misc_register"
    if any(outline.calls_of(("misc_register",))):
        for assignment in outline.assignments:
            if assignment.value.startswith("&") and re.search(r"\bfops$", assignment.target):
                yield assignment.value[1:], "misc_register"


def _has_owner(outline: Outline) -> bool:
    """Whether a cdev pins the module itself: cdev_get() does, for as long as its file is open."""
    static = (i.field("owner") for i in outline.initializers if i.type == "struct cdev")
    stored = (a.value for a in outline.assignments if re.search(r"\bowner$", a.target))
    return "THIS_MODULE" in {*stored, *(field.value for field in static if field)}
