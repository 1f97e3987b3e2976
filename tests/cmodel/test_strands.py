"""Strands: files that a series adds and changes, seen whole."""

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.strands import Strands, composed, strands
from tests.builders import new_file

FIRST = new_file("a.c", "one\ntwo\nthree\nfour\nfive\n").encode()


def change(hunk: str, old: str = "a.c", new: str = "a.c") -> bytes:
    return f"diff --git a/{old} b/{new}\n--- a/{old}\n+++ b/{new}\n{hunk}".encode()


def test_what_a_mail_adds_and_what_it_changes() -> None:
    added, changed = strands(FIRST), strands(change("@@ -1 +1 @@\n-one\n+ONE\n"))
    assert added.made == changed.kept != 0 and added.kept == changed.made == 0
    assert added.made < 1 << 63
    assert strands(b"no diff") == strands(new_file("a.txt", "x").encode()) == Strands()


def test_a_rename_changes_the_old_path() -> None:
    moved = b"diff --git a/a.c b/b.c\nsimilarity index 100%\nrename from a.c\nrename to b.c\n"
    assert strands(moved).kept == strands(FIRST).made


def test_a_change_is_seen_with_the_whole_file() -> None:
    (file,) = composed([FIRST, change("@@ -2,2 +2,3 @@\n two\n-three\n+3\n+3b\n")])
    assert file.raw.endswith(b"\n one\n two\n-three\n+3\n+3b\n four\n five")
    (piece,) = file.functions
    assert piece.after.split() == ["one", "two", "3", "3b", "four", "five"]


def test_changes_follow_each_other() -> None:
    second = change("@@ -1 +1,2 @@\n one\n+one and a half\n")
    third = change("@@ -5,2 +5,1 @@\n-four\n five\n")
    _, last = composed([FIRST, second, third])
    assert "one and a half" in last.after and "four" in last.removed


def test_a_renamed_file_is_followed() -> None:
    moved = b"diff --git a/a.c b/b.c\nsimilarity index 100%\nrename from a.c\nrename to b.c\n"
    *_, last = composed([FIRST, moved, change("@@ -1 +1 @@\n-one\n+ONE\n", "b.c", "b.c")])
    assert last.after.split()[-5:] == ["ONE", "two", "three", "four", "five"]


def test_where_hunks_do_not_fit_all_that_was_seen_is_shown() -> None:
    odd = change("@@ -1 +1 @@\n-other\n+ONE\n")
    one, two = composed([FIRST, odd, change("@@ -1 +1 @@\n-ONE\n+last\n")])
    assert "five" in one.after and "ONE" in one.after
    assert all(word in two.after for word in ("five", "ONE", "last"))


def test_a_file_added_again_begins_anew() -> None:
    again = new_file("a.c", "new\n").encode()
    (file,) = composed([FIRST, again, change("@@ -1 +1 @@\n-new\n+newer\n")])
    assert "five" not in file.after and "newer" in file.added


def test_what_the_series_does_not_add_is_left_alone() -> None:
    assert not [*composed([change("@@ -1 +1 @@\n-a\n+b\n"), FIRST])]


LINES = st.lists(st.sampled_from(["a", "b", "c", "}"]), min_size=1, max_size=8)


@given(LINES, LINES)
def test_law_replacing_all_lines_leaves_the_new_ones(before: list[str], after: list[str]) -> None:
    removed, added = (
        "".join(f"{sign}{line}\n" for line in lines)
        for sign, lines in (("-", before), ("+", after))
    )
    text = change(f"@@ -1,{len(before)} +1,{len(after)} @@\n{removed}{added}")
    (file,) = composed([new_file("a.c", "".join(f"{line}\n" for line in before)).encode(), text])
    assert file.added.endswith("\n".join(after)) and file.removed.endswith("\n".join(before))
    assert file.after.split("\n")[-len(after) :] == after


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_law_it_never_raises(tails: list[bytes]) -> None:
    texts = [b"diff --git a/a.c b/a.c\n--- /dev/null\n+++ b/a.c\n@@ -0,0 +1 @@\n+x\n"]
    texts += [change("@@ -1,2 +1,3 @@\n") + tail for tail in tails]
    for file in composed(texts):
        assert isinstance(file, Glimpse)
    assert [strands(text) for text in texts]
