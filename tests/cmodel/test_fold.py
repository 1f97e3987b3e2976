"""Fold: what each patch of a series finds, given what the earlier ones did."""

from collections.abc import Collection, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.change import series_change
from reviewbot.cmodel.fold import fitted, folds
from reviewbot.model.diff import FileChange, FileKind
from reviewbot.model.evidence import Evidence, Origin
from reviewbot.model.tree import DictTree, Mentions, NoTree, Sight, Tree
from tests.cmodel.sources import hunk
from tests.laws.edits import edited
from tests.values import file_change, patch, series

TEXT = "a\nb\nc\n"
BASE = DictTree({"x.c": TEXT, "y.c": "y\n"})
TO_B1 = file_change("x.c", " a", "-b", "+b1", " c")
TO_B2 = file_change("x.c", " a", "-b1", "+b2", " c")
MOVED = FileChange(FileKind.RENAMED, "x.c", "z.c")
COPIED = FileChange(FileKind.COPIED, "x.c", "z.c")
DELETED = FileChange(FileKind.DELETED, "x.c", "", TO_B1.hunks)
ADDED = FileChange(FileKind.ADDED, "", "new.c", (hunk("+one\n+two", 0, 1),))


class BlobTree(Struct, frozen=True):
    """A tree that knows texts by blob id, and by path."""

    blobs: dict[str, str]
    files: dict[str, str]
    name: str = "blobs"

    def blob(self, blob_id: str) -> str | None:
        return self.blobs.get(blob_id)

    def file(self, path: str) -> str | None:
        return self.files.get(path)

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        for name, known in ((blob_id, self.blobs), (path, self.files)):
            if name:
                yield Sight(known.get(name), Evidence(Origin.BLOB, name))

    def mentions(self, words: Collection[str]) -> Mentions:
        return {word: (word,) for word in words}


def after(*patches: FileChange | tuple[FileChange, ...], tree: Tree = BASE) -> Tree:
    """The tree that a patch after these is applied to."""
    files = [each if isinstance(each, tuple) else (each,) for each in patches]
    *_, last = folds([*files, ()], tree)
    return last


def test_without_a_tree_what_the_series_adds_is_folded() -> None:
    edited_later = replace(TO_B1, old_path="new.c", new_path="new.c")
    grown = replace(edited_later, hunks=(hunk(" one\n+three\n two", 1, 1),))
    assert after(ADDED, tree=NoTree()).file("new.c") == "one\ntwo\n"
    assert after(ADDED, grown, tree=NoTree()).file("new.c") == "one\nthree\ntwo\n"
    assert after(ADDED, TO_B1, tree=NoTree()).file("x.c") is None
    moved = replace(MOVED, old_path="new.c")
    assert after(ADDED, moved, tree=NoTree()).file("z.c") == "one\ntwo\n"


def test_the_first_patch_stands_on_the_tree_itself() -> None:
    assert after().file("x.c") == TEXT


def test_a_patch_stands_on_what_the_earlier_ones_left() -> None:
    assert after(TO_B1).file("x.c") == "a\nb1\nc\n"
    assert after(TO_B1, TO_B2).file("x.c") == "a\nb2\nc\n"
    assert after(TO_B1, TO_B2).file("y.c") == "y\n"


def test_the_subjects_of_a_series_are_folded() -> None:
    change = series_change(series(patch(TO_B1), patch(TO_B2, position=2)), BASE)
    first, second = change.sources
    assert first.old.whole and second.old.whole and second.new.whole
    assert first.new.stretches == second.old.stretches
    assert second.new.stretches[0].lines == ("a", "b2", "c")


def test_an_added_file_is_known_later() -> None:
    assert after(ADDED).file("new.c") == "one\ntwo\n"
    assert after(replace(ADDED, binary=True, hunks=())).file("new.c") is None


def test_a_renamed_file_is_known_by_its_new_name_only() -> None:
    assert after(TO_B1, MOVED).file("z.c") == "a\nb1\nc\n"
    assert after(MOVED).file("x.c") is None
    onward = FileChange(FileKind.RENAMED, "z.c", "w.c", TO_B1.hunks)
    assert after(MOVED, onward).file("w.c") == "a\nb1\nc\n"


def test_a_copied_file_leaves_its_source_alone() -> None:
    assert after(TO_B1, COPIED).file("z.c") == after(TO_B1, COPIED).file("x.c") == "a\nb1\nc\n"


def test_a_copy_is_of_the_file_before_the_patch() -> None:
    assert after((TO_B1, COPIED)).file("z.c") == TEXT


def test_a_deleted_file_is_gone_until_it_is_added_again() -> None:
    assert after(DELETED).file("x.c") is None
    again = replace(ADDED, new_path="x.c")
    assert after(DELETED, again).file("x.c") == "one\ntwo\n"
    assert after((DELETED, again)).file("x.c") == "one\ntwo\n"
    assert after((again, replace(MOVED, new_path="w.c"))).file("x.c") == "one\ntwo\n"


def test_where_hunks_did_not_fit_the_file_is_unknown_from_there_on() -> None:
    assert after(TO_B2).file("x.c") is None
    assert after(TO_B2, TO_B1).file("x.c") is None


def test_a_blob_of_the_tree_makes_it_known_again() -> None:
    tree = BlobTree({"b1b1b1": "a\nb1\nc\n"}, {"x.c": "quite another\n"})
    named = replace(TO_B2, old_blob="b1b1b1")
    assert after(TO_B1, tree=tree).file("x.c") is None
    assert after(TO_B1, named, tree=tree).file("x.c") == "a\nb2\nc\n"


def test_a_file_that_a_patch_changes_twice_is_unknown() -> None:
    assert after((TO_B1, TO_B1)).file("x.c") is None


def test_ids_that_do_not_follow_show_a_patch_in_between() -> None:
    first = replace(TO_B1, new_blob="1111111")
    for asked, known in (("1111111aaaa", True), ("11111", True), ("2222222", False), ("", True)):
        second = replace(TO_B2, old_blob=asked)
        _, under = folds([(first,), (second,)], BASE)
        assert (under.file("x.c") is not None) is known


@pytest.mark.parametrize("named", [True, False])
def test_the_blob_is_asked_first_and_the_path_where_it_does_not_fit(named: bool) -> None:
    tree = BlobTree({"abcdef1": TEXT if named else "another\n"}, {"x.c": TEXT + "d\n"})
    before, made = fitted(replace(TO_B1, old_blob="abcdef1"), tree).lines
    assert before == (("a", "b", "c") if named else ("a", "b", "c", "d"))
    assert made[1] == "b1"


def test_a_fold_answers_the_rest_as_the_tree_does() -> None:
    tree = BlobTree({"abcdef1": TEXT}, {})
    fold = after(TO_B1, tree=tree)
    assert (fold.name, fold.blob("abcdef1"), fold.blob("1")) == ("blobs", TEXT, None)
    assert list(fold.mentions(("kvm",))["kvm"]) == ["kvm"]


def test_a_long_series_is_no_deep_recursion() -> None:
    steps = [
        file_change("x.c", " a", f"-b{n - 1 if n else ''}", f"+b{n}", " c") for n in range(2000)
    ]
    assert after(*steps).file("x.c") == "a\nb1999\nc\n"


texts = st.lists(st.sampled_from("abc"), max_size=8).map(tuple)


@given(st.lists(texts, min_size=1, max_size=5), st.integers(0, 3))
def test_law_patches_folded_give_the_text_of_each_revision(
    revisions: list[tuple[str, ...]], context: int
) -> None:
    changes = [edited("x.c", old, new, context) for old, new in pairwise(revisions)]
    written = ["".join(f"{line}\n" for line in revision) for revision in revisions]
    base = DictTree({"x.c": written[0]})
    found = [tree.file("x.c") for tree in folds([*((c,) for c in changes), ()], base)]
    assert found == written
