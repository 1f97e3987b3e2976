"""In which field the pointer lies that a reference is taken on or given back."""

import pytest

from reviewbot.cmodel.keeps import Place, given, kept_on, places, stores, taken
from reviewbot.cmodel.pairs import Getter, Pair
from tests.changes import seen

PAIR = Pair("struct vm", (Getter("vm_get", carries="arg1"), Getter("vm_of")), ("vm_put",))
HOLDER = Place("foo", "vm")
BODY = "static int foo(struct vm *vm, struct foo *f, struct file *file)\n{{\n\t{0}\n}}\n"
FOPS = "static const struct file_operations fops = {\n\t.release = foo,\n};\n"


def found(statements: str, pointer: str = "vm", more: str = "") -> set[Place]:
    function, outline = seen(BODY.format(statements) + more, "foo")
    return set(places(pointer, function, outline))


@pytest.mark.parametrize(
    ("statements", "pointer"),
    [
        ("f->vm = vm;", "vm"),
        ("f->vm = (void *)vm;", "vm"),
        ("put(f->vm);", "f->vm"),
        ("struct vm *one = f->vm;", "one"),
    ],
)
def test_the_field_a_pointer_is_or_is_stored_in_or_loaded_from(
    statements: str, pointer: str
) -> None:
    assert found(statements, pointer) == {HOLDER}


@pytest.mark.parametrize("statements", ["g->vm = vm;", "f[1].vm = vm;", "f->a->vm = vm;", ";"])
def test_a_holder_whose_type_is_not_written_does_not_count(statements: str) -> None:
    assert found(statements) == set()


def test_the_private_data_of_files_counts_by_their_operations() -> None:
    assert found("struct vm *one = file->private_data;", "one", FOPS) == {
        Place("fops", "private_data")
    }
    assert found("struct foo *g = file->private_data;", "g->vm", FOPS) == {
        HOLDER,
        Place("fops", "private_data->vm"),
    }


def test_so_does_what_a_file_is_made_with() -> None:
    made = 'return anon_inode_getfd("foo", &fops, f, 0);'
    assert found(f"f->vm = vm; {made}") == {HOLDER, Place("fops", "private_data->vm")}


def test_a_module_keeps_itself() -> None:
    assert found(";", "THIS_MODULE") == {Place("", "THIS_MODULE")}


def test_an_embedded_object_has_no_place() -> None:
    assert found(";", "&f->vm") == set()


def test_calls_that_take_and_give() -> None:
    body = "vm_get(vm); f->vm = vm; f->vm = vm_of(file); vm_put(f->vm);"
    _, outline = seen(BODY.format(body), "foo")
    assert [(kept.text, set(kept.places)) for kept in taken(PAIR, outline)] == [
        ("vm", {HOLDER}),
        ("f->vm", {HOLDER}),
    ]
    assert [(kept.text, set(kept.places)) for kept in given(PAIR, outline)] == [("f->vm", {HOLDER})]


def test_stores_leave_out_what_is_no_pointer() -> None:
    function, outline = seen(BODY.format("f->vm = NULL; f->vm = g(vm); f->vm = vm;"), "foo")
    assert [(a.value, where) for a, where in stores(function, outline)] == [("vm", HOLDER)]
    assert kept_on("vm", function, outline) == {HOLDER}
    assert kept_on("f", function, outline) == frozenset()
