"""Who makes open files: the calls that publish a `struct file_operations` to user space.

Law: only publications through which the core takes the module reference from `fops->owner` count; debugfs,
procfs, sysfs and filesystems hold the module otherwise. Must not know diffs or rules.
Source: fs/anon_inodes.c, fs/char_dev.c, drivers/char/misc.c of Linux 6.12.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.outline import Outline

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
CDEV = ("cdev_init",)
CALLS = (*ANON_INODE, "register_chrdev", "__register_chrdev", *CDEV)


def openers(outline: Outline) -> dict[str, str]:
    """The operations that are visibly published, by name, each with the first call that does it."""
    found: dict[str, str] = {}
    for fops, call in (*_calls(outline), *_misc(outline)):
        found.setdefault(fops, call)
    return found


def _calls(outline: Outline) -> Iterator[tuple[str, str]]:
    for call in outline.calls_of(CALLS):
        for argument in call.args:
            if argument.startswith("&"):
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


def cdev_is_owned(outline: Outline) -> bool:
    """Whether some `owner` is THIS_MODULE: a cdev's pins the module for as long as its file is open."""
    fields = (field for initializer in outline.initializers for field in initializer.fields)
    stored = (a for a in outline.assignments if re.search(r"\bowner$", a.target))
    return any(a.value == "THIS_MODULE" for a in stored) or any(
        field.name.endswith("owner") and field.value == "THIS_MODULE" for field in fields
    )
