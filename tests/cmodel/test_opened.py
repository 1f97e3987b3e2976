"""Who publishes file operations."""

import pytest

from reviewbot.cmodel.opened import is_held_otherwise, openers
from reviewbot.cmodel.outline import Assignment, Call, Field, Initializer, Outline
from tests.cmodel.sources import known


def misc(fops: str) -> Initializer:
    fields = (Field("name", '"foo"', 2), Field("fops", fops, 3))
    return Initializer("struct miscdevice", "foo_misc", 1, 4, True, True, False, fields)


def test_calls_that_take_the_operations() -> None:
    outline = known(
        calls=(
            Call("anon_inode_getfd", ('"foo"', "&foo_fops", "foo", "O_CLOEXEC"), 10),
            Call("register_chrdev", ("0", '"bar"', "&bar_fops"), 11),
            Call("cdev_init", ("&f->cdev", "&baz_fops"), 12),
            Call("debugfs_create_file", ('"q"', "0444", "dir", "f", "&qux_fops"), 13),
        )
    )
    found = openers(outline)
    assert found["foo_fops"] == "anon_inode_getfd"
    assert found["bar_fops"] == "register_chrdev"
    assert found["baz_fops"] == "cdev_init"
    assert "qux_fops" not in found


def test_the_first_call_is_named() -> None:
    calls = (
        Call("anon_inode_getfile", ('"a"', "&foo_fops", "f", "0"), 1),
        Call("register_chrdev", ("0", '"a"', "&foo_fops"), 2),
    )
    assert openers(known(calls=calls)) == {"foo_fops": "anon_inode_getfile"}


def test_a_misc_device_with_its_operations() -> None:
    assert openers(known(initializers=(misc("&foo_fops"),))) == {"foo_fops": "misc_register"}


def test_operations_stored_before_misc_register() -> None:
    stored = (Assignment("f->misc.fops", "&foo_fops", 1), Assignment("f->ops", "&bar_fops", 2))
    register = (Call("misc_register", ("&f->misc",), 3),)
    assert openers(known(assignments=stored, calls=register)) == {"foo_fops": "misc_register"}
    assert openers(known(assignments=stored)) == {}


def cdev(*assignments: Assignment, initializers: tuple[Initializer, ...] = ()) -> Outline:
    call = Call("cdev_init", ("&f->cdev", "&foo_fops"), 1)
    return known(calls=(call,), assignments=assignments, initializers=initializers)


def test_a_cdev_with_an_owner_needs_none_in_its_operations() -> None:
    assert openers(cdev()) == {"foo_fops": "cdev_init"}
    assert openers(cdev(Assignment("f->cdev.owner", "THIS_MODULE", 2))) == {}
    assert openers(cdev(Assignment("f->cdev.owner", "owner", 2))) == {"foo_fops": "cdev_init"}


def test_a_cdev_with_an_owner_in_an_initializer() -> None:
    field = Field("owner", "THIS_MODULE", 2)
    static = Initializer("struct cdev", "foo_cdev", 1, 3, True, True, False, (field,))
    assert openers(cdev(initializers=(static,))) == {}
    assert "foo_fops" in openers(cdev(initializers=(misc("&foo_fops"),)))


@pytest.mark.parametrize(
    "outline",
    [
        known(calls=(Call("debugfs_create_file", ('"q"', "0444", "d", "f", "&foo_fops"), 3),)),
        known(calls=(Call("foo_debugfs_add", ("f", "&foo_fops"), 3),)),
        known(assignments=(Assignment("inode->i_fop", "&foo_fops", 3),)),
        known(
            initializers=(
                Initializer(
                    *("struct dvb_device", "foo_ca", 1, 4, True, True, False),
                    (Field("fops", "&foo_fops", 2),),
                ),
            )
        ),
        cdev(Assignment("f->cdev.owner", "THIS_MODULE", 2)),
    ],
)
def test_files_that_need_no_owner(outline: Outline) -> None:
    assert is_held_otherwise("foo_fops", outline)
    assert not is_held_otherwise("bar_fops", outline)


def test_files_that_need_one() -> None:
    assert not is_held_otherwise("foo_fops", known(initializers=(misc("&foo_fops"),)))
    assert not is_held_otherwise("foo_fops", cdev())
