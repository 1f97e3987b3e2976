"""Readings: the same lines are read once, and only where something of them is asked for."""

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.change import series_change
from reviewbot.cmodel.outline import Outline
from reviewbot.cmodel.reading import Reading, Readings
from reviewbot.cmodel.stretch import Stretch
from reviewbot.model.diff import Side
from reviewbot.model.tree import DictTree
from tests.values import file_change, patch, series

TEXT = """\
#include <linux/foo.h>

struct foo {
	int count;
};

static int foo_get(struct foo *foo)
{
	foo->count = foo_count(foo);
	return 0;
}

int foo_put(struct foo *foo);

static struct bar bar = {
	.put = foo_put,
};

SYSCALL_DEFINE1(foo, int, fd)
{
	return foo_get(foo_of(fd));
}
EXPORT_SYMBOL_GPL(foo_put);
"""
LINES = tuple(TEXT.splitlines())


def reading(lines: tuple[str, ...] = LINES) -> Reading:
    return Reading("drivers/foo/foo.c", (Stretch(1, lines),), True)


def read(outline: Outline) -> list[int]:
    """The lines of the parts that were read so far."""
    parts = [part for page in outline.pages for part in page.__dict__.get("_parts", ())]
    return [part.piece.sheet.line(part.item.start) for part in parts if "content" in part.__dict__]


def test_the_same_lines_are_one_reading() -> None:
    readings = Readings()
    stretch = (Stretch(1, ("int x;",)),)
    one = readings.of("a.c", stretch, True)
    assert readings.of("a.c", (Stretch(1, ("int x;",)),), True) is one
    assert readings.of("a.h", stretch, True) is not one
    assert readings.of("a.c", stretch, False) is not one


def test_what_a_patch_leaves_is_what_the_next_one_starts_from() -> None:
    first = file_change("a.c", " int foo(void)", " {", "-\tone();", "+\ttwo();", " }")
    second = file_change("a.c", " int foo(void)", " {", "-\ttwo();", "+\tthree();", " }")
    tree = DictTree({"a.c": "int foo(void)\n{\n\tone();\n}\n"})
    change = series_change(series(patch(first), patch(second, position=2)), tree)
    one, two = change.sources
    assert one.new.outline is two.old.outline
    (function,) = one.new.outline.functions
    assert one.flow(function) is two.flow(function, Side.OLD)
    assert one.old.outline is not one.new.outline


def test_a_question_reads_only_the_parts_it_is_about() -> None:
    outline = reading().outline
    assert [call.line for call in outline.calls_of({"foo_of"})] == [21]
    assert read(outline) == [19]
    assert outline.function("foo_get").first == 7
    assert read(outline) == [7, 19]
    assert outline.function_at(8).name == "foo_get"
    assert [made.target for made in outline.assignments_between(8, 10)] == ["foo->count"]
    assert [export.symbol for export in outline.exports] == ["foo_put"]
    assert read(outline) == [7, 19]


def test_a_function_that_a_macro_names_is_found() -> None:
    assert reading().outline.function("sys_foo").first == 19
    assert reading().outline.function("nothing") is None


def test_where_a_function_stands_is_told_without_reading_it() -> None:
    outline = reading().outline
    found = [*outline.bodies_on((8, 21))]
    assert [(b.name, b.first, b.last, b.whole) for b in found] == [
        ("foo_get", 7, 11, True),
        ("sys_foo", 19, 22, True),
    ]
    assert [body.first for body in outline.bodies_named("sys_foo")] == [19]
    assert read(outline) == []
    assert found[0].read() is outline.function("foo_get")
    assert read(outline) == [7]


def test_functions_of_one_name_are_all_told() -> None:
    twins = "#ifdef A\nint foo(void)\n{\n}\n#else\nint foo(void)\n{\n}\n#endif\n"
    found = reading(tuple(twins.splitlines())).outline
    assert [function.first for function in found.named("foo")] == [2, 6]
    assert [f.first for f in found.functions_on((3, 4, 7))] == [2, 6]


def test_words_of_headers_show_who_may_call() -> None:
    outline = reading().outline
    assert "foo_get" in outline.headers_with({"foo_count"})
    assert outline.headers_with({"nothing"}) == frozenset()
    assert read(outline) == []


def test_a_masked_line_is_told_by_its_number() -> None:
    seen = Reading("a.c", (Stretch(3, ("a; /* b */", "c;")), Stretch(9, ("", "// d"))), False)
    assert [seen.code(n).strip() for n in (2, 3, 4, 5, 9, 10, 11)] == [
        "", "a;", "c;", "", "", "", "",
    ]  # fmt: skip


pieces = st.sampled_from(
    (
        "int f(void)\n{\n\ta = b(c);\n}",
        "int g;",
        "EXPORT_SYMBOL(f);",
        "\tx(y);",
        "f(a,\n  b);",
        "#if A",
        "#endif",
    )
)


@given(st.lists(pieces, max_size=8).map("\n".join), st.booleans())
def test_law_asked_in_part_or_as_a_whole_the_answer_is_the_same(text: str, whole: bool) -> None:
    lines = tuple(text.split("\n"))

    def fresh() -> Outline:
        return Reading("a.c", (Stretch(5 - 4 * whole, lines),), whole).outline

    asked, all_ = fresh(), fresh()
    for name in ("b", "x", "f"):
        assert [*asked.calls_of({name})] == [call for call in all_.calls if call.name == name]
    bodies = [(b.name, b.first, b.last, b.whole) for b in asked.bodies_on(range(1, 6 + len(lines)))]
    assert bodies == [(f.name, f.first, f.last, f.whole) for f in all_.functions]
    assert [*asked.named("f")] == [f for f in all_.functions if f.name == "f"]
    last = 5 + len(lines)
    assert asked.calls_between(1, last) == all_.calls
    assert tuple(asked.assignments_between(1, last)) == all_.assignments
    assert tuple(asked.functions_on(range(1, last))) == all_.functions
