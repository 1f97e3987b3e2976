"""Several trees as one, and the opening of what the command line names."""

from pathlib import Path

import pytest

from reviewbot.errors import InputError, UsageError
from reviewbot.model.tree import NO_COMMIT, Commit, DictTree, NoTree
from reviewbot.sources.trees import Trees, opened
from tests.sources.repositories import FIRST, LATER, PATH, SECOND, commit, git, loose, needs_git
from tests.sources.repositories import repository as made
from tests.values import patch, series

pytestmark = needs_git
ONE = series(patch())


def test_the_first_tree_that_can_answer_does() -> None:
    trees = Trees((DictTree({"a.c": "a"}), DictTree({"a.c": "other", "b.c": "b a"})))
    assert [trees.file(path) for path in ("a.c", "b.c", "c.c")] == ["a", "b a", None]
    assert trees.blob("1234567") is None
    assert trees.name == "dict, dict"
    assert list(trees.mentions(("a",))["a"]) == ["a.c", "b.c"]


def test_one_tree_that_cannot_tell_makes_all_unsure() -> None:
    assert Trees((DictTree({"a.c": "a"}), NoTree())).mentions(("a",)) is None


def test_a_commit_is_missing_only_where_every_tree_is_sure() -> None:
    one, two = DictTree({}, {"abcd1": "foo: bar"}), DictTree({}, {"1234a": "bar: foo"})
    assert Trees((one, two)).commit("1234") == Commit("1234a", "bar: foo")
    assert Trees((NoTree(), two)).commit("1234") == Commit("1234a", "bar: foo")
    assert Trees((one, two)).commit("ffff") == NO_COMMIT
    assert Trees((one, NoTree())).commit("ffff") is None
    assert Trees(()).commit("ffff") is None


def test_repositories_and_a_folder_are_opened_together(tmp_path: Path) -> None:
    linux = made(tmp_path)
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "only.c").write_text("int only;\n")
    with opened([linux, linux / ".git"], tmp_path / "unpacked") as tree_of:
        tree = tree_of(ONE)
        assert tree.file(PATH) == LATER
        assert tree.file("only.c") == "int only;\n"
        assert tree.blob(git(linux, "rev-parse", f"v1:{PATH}")[:12]) == FIRST


def test_the_tree_at_the_named_commit_is_asked_first(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    one, two = made(tmp_path / "one"), made(tmp_path)
    named = commit(two, {PATH: "int named;\n"})
    with opened([one, two]) as tree_of:
        assert tree_of(ONE).file(PATH) == LATER
        assert tree_of(series(patch(), base_commit=named[:12])).file(PATH) == "int named;\n"


def test_a_base_must_be_in_some_tree(tmp_path: Path) -> None:
    linux = made(tmp_path)
    with opened([linux], base="v2") as tree_of:
        assert tree_of(ONE).file(PATH) == SECOND
    with (
        pytest.raises(UsageError, match="--base v9: no --tree has such a commit"),
        opened([linux], base="v9"),
    ):
        pass


def test_a_tree_that_cannot_be_used_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a git repository"), opened([tmp_path]):
        pass


def test_damage_is_told_at_the_end(tmp_path: Path) -> None:
    linux, told = made(tmp_path), []
    loose(linux, f"HEAD:{PATH}").write_bytes(b"rubbish")
    with opened([linux], tell=told.append) as tree_of:
        assert tree_of(ONE).file(PATH) is None
        assert told == []
    assert len(told) == 1
    assert told[0].startswith(f"{linux}: not all of it could be read (")
    with opened([linux], tell=told.append) as tree_of:
        assert tree_of(ONE).file("README") == "Foo.\n"
    assert len(told) == 1
