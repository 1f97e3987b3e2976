"""What a change puts in the place of a reference on another module."""

import pytest

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.pins import dropped, is_pinned, stand_in
from tests.changes import changed, edit

HEAD = "static int bar_bind(struct bar *bar)\n{"
LOOKUP = "\tput = symbol_get(foo_put);\n\tif (!put)\n\t\treturn -ENOENT;\n\tbar->put = put;"


def replaced(after: str, before: str = LOOKUP, *more: str) -> SeriesChange:
    return changed(edit("drivers/bar/bar.c", before, after, shared=HEAD), *more)


def found(change: SeriesChange) -> str:
    """How a call of the stand-in for the first dropped pin is written; empty if there is none."""
    source = next(change.sources)
    call = next(dropped(source), None)
    pointer = stand_in(source, call, change) if call else None
    return pointer[0] if pointer else ""


def test_a_pointer_handed_in() -> None:
    change = replaced("\tbar->put = put_fn;")
    assert found(change) == "->put()"
    assert not is_pinned(change)


def test_the_field_is_named_before_the_local() -> None:
    assert found(replaced("\tput = put_fn;\n\tbar->put = ops->put;")) == "->put()"


def test_a_plain_variable() -> None:
    assert found(replaced("\tput = ops->put;", "\tput = symbol_get(foo_put);")) == "put()"


@pytest.mark.parametrize(
    "after",
    [
        "\tbar->put = NULL;",
        "\tbar->put = foo_put;",
        "\tbar->put = &foo_put;",
        "\tbar->put = lookup(foo);",
        "\tbar->other = put_fn;",
        "\treturn 0;",
    ],
)
def test_what_is_no_stand_in(after: str) -> None:
    assert found(replaced(after)) == ""


@pytest.mark.parametrize("name", ["put", "foo_put"])
def test_a_declarator_with_the_name_of_the_callee(name: str) -> None:
    header = edit(
        "drivers/bar/bar.h", "", f"\tvoid (*{name})(struct foo *foo);", shared="struct bar {"
    )
    before = "\tbar_set(bar, symbol_get(foo_put));"
    assert found(replaced("\tbar_set(bar);", before, header)) == (
        "->foo_put()" if name == "foo_put" else ""
    )


def test_a_declarator_without_the_first_words_of_the_callee() -> None:
    header = edit(
        "drivers/bar/bar.h", "", "\tvoid (*put_vm)(struct vm *vm);", shared="struct bar {"
    )
    before = "\tbar_set(bar, symbol_get(vm_put_vm));"
    assert found(replaced("\tbar_set(bar);", before, header)) == "->put_vm()"


def test_an_owner_that_is_no_longer_pinned() -> None:
    header = edit(
        "drivers/bar/bar.h", "", "\tvoid (*release)(struct bar *b);", shared="struct bar {"
    )
    before = "\tif (!try_module_get(ops->owner))\n\t\treturn -ENODEV;"
    assert found(replaced("\tbar->release = ops->release;", before, header)) == "->release()"
    assert found(replaced("\tbar->release = other->release;", before, header)) == ""
    assert found(replaced("\tbar->release = ops->release;", before)) == ""


def test_a_moved_lookup_is_not_dropped() -> None:
    other = edit("drivers/bar/other.c", "", LOOKUP, shared=HEAD)
    change = replaced("\tbar->put = put_fn;", LOOKUP, other)
    assert list(dropped(next(change.sources))) == []


@pytest.mark.parametrize(
    "call",
    [
        "try_module_get(owner)",
        "__module_get(owner)",
        "get_file(file)",
        "fops_get(fops)",
        "symbol_get(foo_new)",
    ],
)
def test_a_pin_elsewhere_in_the_series(call: str) -> None:
    other = edit("drivers/bar/other.c", "", f"\tkeep({call});", shared=HEAD)
    assert is_pinned(replaced("\tbar->put = put_fn;", LOOKUP, other))


def test_words_in_comments_and_context_pin_nothing() -> None:
    other = edit("drivers/bar/other.c", "", "\t/* try_module_get(owner) */", shared=HEAD)
    assert not is_pinned(replaced("\tbar->put = put_fn;", LOOKUP, other))
    context = edit(
        "drivers/bar/more.c", "", "\tpoke();", shared=f"{HEAD}\n\ttry_module_get(owner);"
    )
    assert not is_pinned(replaced("\tbar->put = put_fn;", LOOKUP, context))
