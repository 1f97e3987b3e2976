"""Gets and puts of a file that a change leaves without their other half."""

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.keeps import given, taken
from reviewbot.cmodel.pairs import Getter, Pair
from reviewbot.cmodel.unanswered import Ungiven, Untaken, kept_by_files, ungiven, untaken
from reviewbot.cmodel.words import CallWords
from tests.changes import changed, edit, image

PAIR = Pair("struct vm", (Getter("vm_get", carries="arg1"),), ("vm_put",))
BIND = "void bind(struct foo *f, struct vm *vm)\n{\n\tvm_get(vm);\n\tf->vm = vm;\n}\n"
FREE = "void free(struct foo *f)\n{\n\tvm_put(f->vm);\n\tf->vm = NULL;\n}\n"
DROP = "void drop(struct foo *f)\n{\n\tvm_put(f->vm);\n}\n"


def source(before: str, after: str) -> SourceChange:
    """The file with all of its text changed."""
    diff = edit("foo.c", before, after, start=1)
    return next(changed(diff, tree={"foo.c": before}).sources)


def without_get(before: str, after: str) -> Untaken | None:
    change = source(before, after)
    (get,) = taken(PAIR, change.old.outline)
    return untaken(get, PAIR, change)


def without_put(before: str, after: str) -> Ungiven | None:
    change = source(before, after)
    put = next(given(PAIR, change.old.outline))
    return ungiven(put, PAIR, CallWords(free=("kfree",)), change)


def test_a_put_without_its_get() -> None:
    found = without_get(BIND + FREE, BIND.replace("\tvm_get(vm);\n", "") + FREE)
    assert found is not None
    assert (found.get.function.name, found.put.function.name) == ("bind", "free")


def test_both_gone() -> None:
    bare = FREE.replace("\tvm_put(f->vm);\n", "")
    assert without_get(BIND + FREE, BIND.replace("\tvm_get(vm);\n", "") + bare) is None


def test_a_get_without_its_put() -> None:
    found = without_put(FREE + BIND, FREE.replace("\tvm_put(f->vm);\n", "") + BIND)
    assert found is not None
    assert (found.get.function.name, found.cleared) == ("bind", False)


def test_a_field_forgotten_that_another_function_puts() -> None:
    found = without_put(FREE + DROP + BIND, FREE.replace("\tvm_put(f->vm);\n", "") + DROP + BIND)
    assert found is not None
    assert found.cleared


def test_a_field_left_to_another_function() -> None:
    assert (
        without_put(DROP + FREE + BIND, DROP.replace("\tvm_put(f->vm);\n", "") + FREE + BIND)
        is None
    )


def test_a_function_that_goes_as_a_whole() -> None:
    assert without_put(FREE + BIND, BIND) is None


def test_what_files_keep() -> None:
    made = '\tanon_inode_getfd("foo", &fops, f, 0);\n}\n'
    code = BIND.removesuffix("}\n") + made
    assert kept_by_files("fops", PAIR, image(code).outline) is not None
    assert kept_by_files("others", PAIR, image(code).outline) is None
    assert kept_by_files("fops", PAIR, image(code + DROP).outline) is None
