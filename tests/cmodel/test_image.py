"""Images: fragments out of hunks, whole files where the diff or a tree knows them."""

from collections.abc import Iterator

import pytest

from reviewbot.cmodel.image import Image, Stretch, images
from reviewbot.model.diff import FileChange, FileKind, Side
from reviewbot.model.evidence import Evidence, Origin
from reviewbot.model.tree import DictTree, NoTree, Sight
from tests.cmodel.sources import changed, hunk, image

OLD = """\
#include <linux/foo.h>

int foo(void)
{
	return 1;
}
"""
EDIT = hunk(
    """
 {
-\treturn 1;
+\treturn foo_get();
 }
""",
    4,
    4,
    "int foo(void)",
)


class BlobTree(DictTree, frozen=True):
    """A tree that knows its only text by a blob id."""

    def blob(self, blob_id: str) -> str | None:
        return OLD if blob_id == "1234567890ab" else None

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        yield Sight(self.blob(blob_id), Evidence(Origin.BLOB, blob_id))


def test_without_a_tree_an_image_has_gaps() -> None:
    old, new = images(changed(EDIT), NoTree())
    assert (old.side, old.whole, new.side, new.whole) == (Side.OLD, False, Side.NEW, False)
    assert old.stretches == (Stretch(4, ("{", "\treturn 1;", "}"), "int foo(void)"),)
    assert new.stretches == (Stretch(4, ("{", "\treturn foo_get();", "}"), "int foo(void)"),)
    assert [call.function for call in new.outline.calls] == ["foo"]


def test_an_added_file_is_whole_and_its_old_side_empty() -> None:
    added = FileChange(FileKind.ADDED, "", "a.c", (hunk("+int x;\n+int y;", 0, 1),))
    old, new = images(added, NoTree())
    assert (old.path, old.whole, old.stretches) == ("a.c", True, ())
    assert (new.path, new.whole) == ("a.c", True)
    assert new.stretches == (Stretch(1, ("int x;", "int y;")),)


def test_a_deleted_file_is_whole_and_its_new_side_empty() -> None:
    deleted = FileChange(FileKind.DELETED, "a.c", "", (hunk("-int x;", 1, 0),))
    old, new = images(deleted, NoTree())
    assert (old.whole, old.stretches) == (True, (Stretch(1, ("int x;",)),))
    assert (new.path, new.whole, new.stretches) == ("a.c", True, ())


def test_an_empty_file_that_is_added_is_whole() -> None:
    old, new = images(FileChange(FileKind.ADDED, "", "a.h"), NoTree())
    assert old.whole and new.whole
    assert old.stretches == new.stretches == ()


def test_a_binary_file_that_is_added_is_not_seen() -> None:
    _, new = images(FileChange(FileKind.ADDED, "", "a.bin", binary=True), NoTree())
    assert not new.whole


def test_an_added_file_that_begins_later_is_not_whole() -> None:
    added = FileChange(FileKind.ADDED, "", "a.c", (hunk("+int x;", 0, 7),))
    assert not images(added, NoTree())[1].whole


def test_an_added_file_with_old_lines_is_taken_as_a_fragment() -> None:
    added = FileChange(FileKind.ADDED, "", "a.c", (EDIT,))
    old, new = images(added, NoTree())
    assert not old.whole and not new.whole


def test_a_rename_without_hunks_shows_nothing() -> None:
    renamed = FileChange(FileKind.RENAMED, "a.c", "b.c")
    old, new = images(renamed, NoTree())
    assert (old.path, new.path) == ("a.c", "b.c")
    assert not old.whole and not old.stretches and not new.stretches


@pytest.mark.parametrize(
    "tree", [DictTree({"drivers/foo/foo.c": OLD}), BlobTree({})], ids=["by path", "by blob"]
)
def test_with_a_tree_both_sides_are_whole(tree: DictTree) -> None:
    old, new = images(changed(EDIT, blob="1234567890ab"), tree)
    assert old.whole and new.whole
    assert old.stretches == (Stretch(1, tuple(OLD.splitlines())),)
    assert new.stretches[0].lines[4] == "\treturn foo_get();"
    assert new.outline.functions[0].whole
    assert new.outline.includes[0].path == "linux/foo.h"


def test_a_renamed_file_is_looked_up_under_its_old_name() -> None:
    renamed = FileChange(FileKind.RENAMED, "a.c", "b.c", (EDIT,))
    old, new = images(renamed, DictTree({"a.c": OLD, "b.c": "nothing of it\n"}))
    assert old.whole and new.whole


def test_hunks_that_do_not_fit_fall_back_to_fragments() -> None:
    old, new = images(changed(EDIT), DictTree({"drivers/foo/foo.c": "\n" + OLD}))
    assert not old.whole and not new.whole
    assert new.stretches[0].first == 4


def test_a_tree_without_the_file_leaves_fragments() -> None:
    assert not images(changed(EDIT), DictTree({}))[1].whole


def test_the_outline_is_derived_once() -> None:
    seen = image("int x = foo();")
    assert seen.outline is seen.outline


@pytest.mark.parametrize(
    ("path", "calls", "exports", "includes"),
    [
        ("a.c", 2, 1, 1),
        ("a.h", 2, 1, 1),
        ("a.inc", 2, 1, 1),
        ("a.S", 0, 1, 1),
        ("a.rs", 0, 1, 0),
        ("Makefile", 0, 0, 0),
        ("a.dts", 0, 0, 0),
        ("a.py", 0, 0, 0),
    ],
)
def test_the_name_of_a_file_says_what_is_read(
    path: str, calls: int, exports: int, includes: int
) -> None:
    text = "#include <linux/a.h>\nint x = foo();\nEXPORT_SYMBOL_GPL(x);\n"
    found = image(text, path=path).outline
    assert len(found.calls) == calls
    assert len(found.exports) == exports
    assert len(found.includes) == includes


def test_code_is_the_line_without_comments_and_strings() -> None:
    seen = Image(
        "a.c",
        Side.NEW,
        (Stretch(3, ('foo("a"); /* b', " * c */ bar();")), Stretch(9, (" * all comment", " */"))),
    )
    assert seen.code(3) == 'foo(" ");     '
    assert seen.code(4) == "        bar();"
    assert seen.code(9).strip() == ""
    assert seen.code(5) == seen.code(0) == ""
