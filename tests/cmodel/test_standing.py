"""Whether the tree is the one a series stands on."""

from msgspec.structs import replace

from reviewbot.cmodel.change import SeriesChange, series_change
from reviewbot.cmodel.standing import Standing, named_base, standing
from reviewbot.model.tree import DictTree, NoTree, Tree
from tests.builders import new_file
from tests.changes import changed, edit

PATH = "drivers/foo/foo.c"
TEXT = "int a;\nint b;\nint a;\n"
EDIT = edit(PATH, "int b;", "int c;", "int a;", start=1)
BASE = "1234567890abcdef1234567890abcdef12345678"


class WithBlob(DictTree):
    """Has every blob, with the same text."""

    def blob(self, blob_id: str) -> str | None:
        return TEXT


def on(tree: Tree, *diffs: str, base: str = "") -> SeriesChange:
    series = replace(changed(*diffs).series, base_commit=base)
    return series_change(series, tree)


def test_a_file_that_fits_at_its_path_is_evidence() -> None:
    assert standing(on(DictTree({PATH: TEXT}), EDIT)) == Standing("", True)
    assert standing(on(DictTree({PATH: f"\n{TEXT}"}), EDIT)) == Standing("", False)
    assert standing(on(DictTree({}), EDIT)) == Standing("", False)
    assert standing(on(NoTree(), EDIT)) == Standing("", False)


def test_a_known_blob_decides() -> None:
    assert standing(on(WithBlob({PATH: TEXT}), EDIT)).sure
    assert not standing(on(WithBlob({PATH: f"{TEXT}int d;\n"}), EDIT)).sure
    assert standing(on(DictTree({PATH: f"{TEXT}int d;\n"}), EDIT)).sure


def test_new_files_are_no_evidence() -> None:
    new = new_file("drivers/foo/new.c", "int d;\n")
    assert not standing(on(DictTree({PATH: TEXT}), new)).sure
    assert standing(on(DictTree({PATH: TEXT}), new, EDIT)).sure
    later = edit("drivers/foo/new.c", "int d;", "int e;", start=1)
    assert not standing(on(DictTree({PATH: TEXT}), new, later)).sure


def test_every_file_counts() -> None:
    other = edit("drivers/foo/bar.c", "int b;", "int c;", "int a;", start=1)
    assert not standing(on(DictTree({PATH: TEXT}), EDIT, other)).sure
    assert standing(on(DictTree({PATH: TEXT, "drivers/foo/bar.c": TEXT}), EDIT, other)).sure


def test_only_the_first_change_of_a_file_stands_on_the_tree() -> None:
    again = edit(PATH, "int c;", "int d;", "int a;", start=1)
    assert standing(on(DictTree({PATH: TEXT}), EDIT, again)).sure


def test_a_base_commit_that_the_tree_has_is_named() -> None:
    tree = DictTree({}, {BASE: "foo: the base"})
    assert standing(on(tree, EDIT, base=BASE)) == Standing(BASE[:12], True)
    assert named_base(on(tree, EDIT, base=BASE[:16]).series, tree) == BASE[:12]
    assert not standing(on(tree, EDIT, base="f" * 40)).sure
    assert not standing(on(DictTree({}), EDIT, base=BASE)).sure
