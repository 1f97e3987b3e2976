"""Who holds a pointer, and whether the series brings the holder."""

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.holders import holder, holder_is_new
from tests.builders import new_file
from tests.changes import changed, edit, seen

BIND = "static int foo_bind(struct foo *f, struct vm *vm)\n{\n\tvm_get(vm);\n\tf->vm = vm;\n\treturn 0;\n}\n"
STRUCT = "struct foo {\n\tstruct vm *vm;\n};\n"


def is_new(change: SeriesChange, path: str = "drivers/foo/foo.c") -> bool:
    source = next(s for s in change.sources if s.path == path)
    call = next(source.added_calls(("vm_get",)))
    return holder_is_new(call.args[0], call.line, source, change)


def test_the_structure_a_pointer_is_stored_in() -> None:
    assert holder("vm", *seen(BIND, "foo_bind")) == "foo"


def test_the_structure_a_pointer_is_a_field_of() -> None:
    assert holder("f->vm", *seen(BIND, "foo_bind")) == "foo"


def test_a_pointer_that_is_nowhere_stored() -> None:
    assert holder("vm", *seen("int foo(struct vm *vm)\n{\n\treturn poke(vm);\n}\n", "foo")) == ""


def test_a_structure_of_the_same_new_file() -> None:
    assert is_new(changed(new_file("drivers/foo/foo.c", STRUCT + BIND)))


def test_a_structure_of_a_new_header_in_an_earlier_patch() -> None:
    header = new_file("drivers/foo/foo.h", STRUCT)
    assert is_new(changed(header, new_file("drivers/foo/foo.c", BIND)))


def test_a_structure_of_an_old_header() -> None:
    header = edit("drivers/foo/foo.h", "", STRUCT)
    assert not is_new(changed(header, new_file("drivers/foo/foo.c", BIND)))


def test_a_new_module_is_its_own_holder() -> None:
    assert is_new(changed(new_file("drivers/foo/foo.c", BIND + 'MODULE_LICENSE("GPL");\n')))


def test_an_old_file_may_hold_anything() -> None:
    assert not is_new(changed(edit("drivers/foo/foo.c", "", STRUCT + BIND)))
