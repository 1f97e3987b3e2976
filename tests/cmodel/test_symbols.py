"""Lookups of symbols and what undoes them."""

import pytest

from reviewbot.cmodel.symbols import Put, lookups, put_of
from tests.builders import new_file
from tests.changes import changed, edit, source

LOCAL = (
    "void bar(struct bar *b)\n{\n\tfn_t fn = symbol_get(foo_set);\n\n\tif (fn)\n\t\tfn(b);\n%s}\n"
)


def put(text: str, *, tree: dict[str, str] | None = None, hunk: bool = False) -> Put:
    diff = edit("drivers/bar/bar.c", "", text) if hunk else new_file("drivers/bar/bar.c", text)
    change = changed(diff, tree=tree)
    one = next(change.sources)
    (call,) = lookups(one)
    return put_of(call, one, change)


@pytest.mark.parametrize("hunk", [True, False])
def test_a_local_that_is_only_called(*, hunk: bool) -> None:
    assert put(LOCAL % "", hunk=hunk) is Put.ABSENT


@pytest.mark.parametrize(
    "line",
    ["symbol_put(foo_set);", "symbol_put_addr(fn);", "b->x = 0; symbol_put( foo_set );"],
)
def test_a_put_is_seen(line: str) -> None:
    assert put(LOCAL % f"\t{line}\n") is Put.SEEN


def test_the_put_of_another_symbol() -> None:
    assert put(LOCAL % "\tsymbol_put(foo_get);\n") is Put.ABSENT


@pytest.mark.parametrize(
    "line", ["return fn;", "b->fn = fn;", "bar_keep(b, fn);", "bar_keep(&fn);"]
)
def test_the_pointer_leaves(line: str) -> None:
    assert put(LOCAL % f"\t{line}\n") is Put.UNKNOWN


@pytest.mark.parametrize("line", ["if (likely(fn))\n\t\tb->n++;", "return fn(b);", "b->n = fn(b);"])
def test_the_pointer_stays(line: str) -> None:
    assert put(LOCAL % f"\t{line}\n") is Put.ABSENT


KEPT = "void bar(struct bar *b)\n{\n\tb->fn = symbol_get(foo_set);\n}\n"


def test_a_kept_pointer_needs_the_tree() -> None:
    assert put(KEPT) is Put.UNKNOWN
    assert put(KEPT, hunk=True, tree={"x.c": ""}) is Put.UNKNOWN
    assert put(KEPT, tree={"drivers/foo/foo.c": "foo_set"}) is Put.ABSENT
    assert put(KEPT, tree={"drivers/bar/b.c": "symbol_put(foo_set);"}) is Put.SEEN


def test_what_is_no_lookup_of_a_symbol() -> None:
    text = "void bar(void)\n{\n\tsymbol_get(scope, start);\n\tsymbol_get(b->x);\n}\n"
    assert list(lookups(source(new_file("drivers/bar/bar.c", text)))) == []


def test_removed_puts() -> None:
    one = source(edit("drivers/bar/bar.c", "\tsymbol_put(foo_set);\n", "\treturn;\n"))
    assert [call.args for call in lookups(one, removed=True)] == [("foo_set",)]
    assert list(lookups(one)) == []
