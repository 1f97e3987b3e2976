"""Where a function hands an object to user space as the private data of an open file."""

import pytest

from reviewbot.cmodel.publish import Opened, opened, publisher, released
from tests.changes import seen

FOPS = "static const struct file_operations fops = {\n\t.open = foo,\n\t.release = bar,\n};\n"


def test_what_a_file_is_made_with() -> None:
    function, outline = seen(
        'int foo(struct vm *vm)\n{\n\treturn anon_inode_getfd("a", &fops, (void *)vm, 0);\n}\n',
        "foo",
    )
    assert list(opened(function, outline)) == [Opened("vm", "fops")]


def test_what_a_callback_loads_and_stores() -> None:
    code = (
        "int foo(struct file *file)\n{\n\ta = file->private_data;\n\tfile->private_data = b;\n}\n"
    )
    function, outline = seen(code + FOPS, "foo")
    assert list(opened(function, outline)) == [Opened("a", "fops"), Opened("b", "fops")]
    assert released(function, outline) == ""


def test_a_callback_of_nothing_opens_nothing() -> None:
    function, outline = seen("int foo(struct file *f)\n{\n\ta = f->private_data;\n}\n", "foo")
    assert list(opened(function, outline)) == []


def test_the_release_of_one_kind_of_file_only() -> None:
    code = "int bar(struct file *file)\n{\n\treturn 0;\n}\n"
    function, outline = seen(code + FOPS, "bar")
    assert released(function, outline) == "fops"
    function, outline = seen(code + FOPS + FOPS.replace(" fops", " more"), "bar")
    assert released(function, outline) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fd_install(fd, file)", "fd_install"),
        ('fd = anon_inode_getfd("a", &fops, vm, 0)', "anon_inode_getfd"),
        ('file = anon_inode_getfile("a", &fops, vm, 0)', ""),
        ("foo_fd_install(fd)", ""),
    ],
)
def test_a_file_that_is_only_made_is_not_published(text: str, name: str) -> None:
    assert publisher(text) == name
