"""The exported symbols whose users have to be looked for."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.change import series_change
from reviewbot.cmodel.outsiders import Outsiders
from reviewbot.cmodel.questioned import MOST_NEW, forsaken, questioned
from reviewbot.model.tree import Commit, DictTree, Mentions, Sight
from tests.builders import new_file
from tests.changes import changed, edit

HOME, USER = "drivers/foo/core.c", "drivers/bar/bar.c"
BODY = "int foo_pin(void)\n{\n\treturn 0;\n}\nEXPORT_SYMBOL_GPL(foo_pin);\n"
KERNEL = {"Kconfig": "config FOO\n", HOME: BODY, USER: "int bar(void)\n{\n\treturn foo_pin();\n}\n"}


class Asked(Struct, frozen=True, dict=True):
    """A tree that keeps what it was asked for."""

    below: DictTree

    @property
    def name(self) -> str:
        return "asked"

    def blob(self, blob_id: str) -> str | None:
        return self.below.blob(blob_id)

    def file(self, path: str) -> str | None:
        return self.below.file(path)

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        return self.below.sights(blob_id, path)

    def mentions(self, words: Collection[str]) -> Mentions:
        self.questions.append(frozenset(words))
        return self.below.mentions(words)

    def commit(self, abbreviation: str) -> Commit | None:
        return self.below.commit(abbreviation)

    @cached_property
    def questions(self) -> list[frozenset[str]]:
        return []


def exporting(*symbols: str) -> str:
    return new_file(HOME, "".join(f"EXPORT_SYMBOL_GPL({symbol});\n" for symbol in symbols))


def test_new_exports_are_in_question_and_tracepoints_are_not() -> None:
    assert questioned(changed(exporting("foo_pin", "foo_put"))) == {"foo_pin", "foo_put"}
    trace = new_file(HOME, "EXPORT_TRACEPOINT_SYMBOL_GPL(foo_seen);\n")
    assert questioned(changed(trace)) == frozenset()


def test_exports_that_move_are_not_in_question() -> None:
    gone = edit(USER, "EXPORT_SYMBOL_GPL(foo_pin);", "", start=9)
    assert questioned(changed(exporting("foo_pin", "foo_put"), gone)) == {"foo_put"}


def test_symbols_that_a_file_looks_up_no_more_are_in_question() -> None:
    gone = edit(USER, "\tfn = symbol_get(foo_pin);", "\tfn = NULL;", start=3)
    change = changed(gone)
    assert questioned(change) == {"foo_pin"}
    assert [one.looked_up for one in forsaken(change)["foo_pin"]] == [True]


def test_not_all_exports_of_a_huge_series_are_in_question() -> None:
    many = (f"foo_{number}" for number in range(3 * MOST_NEW))
    assert len(questioned(changed(exporting(*many)))) == MOST_NEW


def test_the_tree_is_asked_once_for_all() -> None:
    series = changed(exporting("foo_pin", "foo_put", "foo_peek")).series
    tree = Asked(DictTree(KERNEL))
    outsiders = Outsiders(series_change(series, tree))
    found: Mapping[str, object] = {
        name: outsiders.mentions(name) for name in ("foo_pin", "foo_put")
    }
    assert found == {"foo_pin": (HOME, USER), "foo_put": ()}
    assert set(tree.questions) == {frozenset(("foo_pin", "foo_put", "foo_peek"))}
