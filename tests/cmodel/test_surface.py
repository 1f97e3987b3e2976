"""Export lines of a series."""

from reviewbot.cmodel.change import SeriesChange, series_change
from reviewbot.cmodel.exports import Exported
from reviewbot.cmodel.surface import surface, written
from reviewbot.model.diff import FileChange
from reviewbot.model.tree import NoTree
from tests.values import file_change, patch, series


def change(*patches: tuple[FileChange, ...]) -> SeriesChange:
    made = [patch(*files, position=position) for position, files in enumerate(patches, 1)]
    return series_change(series(*made), NoTree())


def one(*lines: str, path: str = "drivers/foo/foo.c") -> tuple[FileChange, ...]:
    return (file_change(path, *lines),)


def new(*patches: tuple[FileChange, ...]) -> list[str]:
    return [line.symbol for line in surface(change(*patches)).new]


def test_added_and_removed_lines_in_order() -> None:
    found = surface(
        change(
            one("+EXPORT_SYMBOL(foo_b);", "-EXPORT_SYMBOL(foo_c);", " EXPORT_SYMBOL(foo_d);"),
            one("+EXPORT_SYMBOL_GPL(foo_a);", path="lib/foo.c"),
        )
    )
    assert [(line.symbol, line.order) for line in found.added] == [("foo_b", 0), ("foo_a", 1)]
    assert [(line.symbol, line.order) for line in found.removed] == [("foo_c", 0)]


def test_what_any_patch_removes_is_not_new() -> None:
    assert new(one("+EXPORT_SYMBOL(foo_a);", "+EXPORT_SYMBOL(foo_b);")) == ["foo_a", "foo_b"]
    assert new(one("+EXPORT_SYMBOL(foo_a);"), one("-EXPORT_SYMBOL_GPL(foo_a);", path="b.c")) == []
    assert new(one("-EXPORT_SYMBOL(foo_a);"), one("+EXPORT_SYMBOL_GPL(foo_a);", path="b.c")) == []


def test_a_symbol_that_gets_another_name_is_not_new() -> None:
    renamed = (
        "-int foo_a(int b)",
        "+int foo_do_a(int b)",
        " {",
        " }",
        "-EXPORT_SYMBOL(foo_a);",
        "+EXPORT_SYMBOL(foo_do_a);",
    )
    assert new(one(*renamed)) == []
    assert new(one(*renamed[:2]), one(*renamed[4:])) == ["foo_do_a"]
    assert new(one(*renamed[2:])) == ["foo_do_a"]
    assert new(one(*renamed[:5], "+EXPORT_SYMBOL_GPL(foo_do_a);")) == ["foo_do_a"]
    assert new(one(*renamed, "+EXPORT_SYMBOL(foo_b);")) == ["foo_b"]


def test_additional_exports_stand_in_the_place_of_none() -> None:
    found = surface(
        change(
            one("-EXPORT_SYMBOL(foo_a);", "+EXPORT_SYMBOL(foo_b);"),
            one("+EXPORT_SYMBOL(foo_c);", path="c.c"),
        )
    )
    assert [line.symbol for line in found.new] == ["foo_b", "foo_c"]
    assert [line.symbol for line in found.additional] == ["foo_c"]


def test_what_the_series_finds_and_leaves() -> None:
    seen = surface(
        change(
            one("-EXPORT_SYMBOL_GPL(foo_a);", "+EXPORT_SYMBOL_NS_GPL(foo_a, FOO);"),
            one(
                "-EXPORT_SYMBOL_NS_GPL(foo_a, FOO);",
                "+EXPORT_SYMBOL(foo_a);",
                "+EXPORT_SYMBOL(foo_b);",
            ),
            one("-EXPORT_SYMBOL(foo_b);"),
        )
    )
    assert [line.export_as for line in seen.found] == [("foo_a", "EXPORT_SYMBOL_GPL", "")]
    assert [line.export_as for line in seen.left] == [("foo_a", "EXPORT_SYMBOL", "")]


def test_tests_and_pasted_names_are_no_surface() -> None:
    assert new(one("+EXPORT_SYMBOL_IF_KUNIT(foo_a);")) == []
    assert new(one("+EXPORT_SYMBOL(foo_##a);")) == []
    assert new(one("+EXPORT_SYMBOL(FOO_SAFE(foo_a));")) == ["FOO_SAFE(foo_a)"]


def test_an_export_for_tests_that_opens_is_new() -> None:
    assert new(one("-EXPORT_SYMBOL_IF_KUNIT(foo_a);", "+EXPORT_SYMBOL_GPL(foo_a);")) == ["foo_a"]


def test_only_kernel_source_counts() -> None:
    for path in ("Documentation/foo.rst", "tools/foo.c", "scripts/foo.c"):
        assert new(one("+EXPORT_SYMBOL(foo_a);", path=path)) == []


def test_a_tracepoint_is_called_by_another_name() -> None:
    (trace,) = surface(change(one("+EXPORT_TRACEPOINT_SYMBOL_GPL(foo_a);"))).added
    (plain,) = surface(change(one("+EXPORT_SYMBOL_GPL(foo_a);"))).added
    (unknown,) = surface(change(one("+FOO_EXPORT(foo_a);"))).added
    assert (trace.called, plain.called, unknown.called) == ("trace_foo_a", "foo_a", "foo_a")
    assert unknown.kind is Exported.SYMBOL


def test_functions_are_written_with_parentheses() -> None:
    seen = change(
        one(" {", " }", "+EXPORT_SYMBOL(foo_below);", " ", "+EXPORT_SYMBOL(foo_called);"),
        one("+EXPORT_SYMBOL(foo_lock);", "+EXPORT_TRACEPOINT_SYMBOL(foo_trace);", path="lib/a.c"),
        one("+int x = foo_called(foo_lock);", path="lib/b.c"),
    )
    assert written(seen, surface(seen).added) == {
        "foo_below": "foo_below()",
        "foo_called": "foo_called()",
        "foo_lock": "foo_lock",
        "foo_trace": "foo_trace",
    }
