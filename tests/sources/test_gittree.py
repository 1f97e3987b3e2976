"""A repository as a source tree: blobs by id, paths at the base, words by git grep."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.model.series import Series
from reviewbot.model.tree import NO_COMMIT, Commit
from reviewbot.sources.gitobjects import GitObjects
from reviewbot.sources.gittree import GitTree, Repository
from tests.sources.repositories import (
    FIRST,
    LATER,
    PATH,
    SECOND,
    clone,
    commit,
    git,
    loose,
    needs_git,
    repository,
)
from tests.values import patch, series

pytestmark = needs_git


@pytest.fixture(scope="module")
def linux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def objects(linux: Path):
    with GitObjects(linux) as found:
        yield found


@pytest.fixture
def head(objects: GitObjects) -> GitTree:
    return GitTree(objects, objects.object("HEAD").id)


def posted(year: int, month: int, base: str = "") -> Series:
    """A series mailed on the 15th of the month."""
    one = patch()
    dated = replace(one, message=replace(one.message, date=datetime(year, month, 15, tzinfo=UTC)))
    return series(dated, base_commit=base)


# Blobs


@pytest.mark.parametrize("length", [4, 7, 12, 40])
def test_a_blob_is_found_by_its_id_however_short(head: GitTree, linux: Path, length: int) -> None:
    found = git(linux, "rev-parse", f"v1:{PATH}")
    assert head.blob(found[:length]) == FIRST


def test_ids_that_are_none_find_nothing(head: GitTree, linux: Path) -> None:
    for odd in (
        "",
        "abc",
        "0" * 12,
        "HEAD",
        "v1",
        "1234567",
        "f" * 64,
        "f" * 99,
        "1234 5",
        "ABCD1",
    ):
        assert head.blob(odd) is None


def test_what_is_no_blob_is_not_taken_for_one(head: GitTree, linux: Path) -> None:
    assert head.blob(git(linux, "rev-parse", "HEAD")) is None
    assert head.blob(git(linux, "rev-parse", "HEAD:drivers")) is None


def test_an_id_that_two_blobs_begin_with_finds_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    known: dict[str, str] = {}
    for number in range(5000):
        git_id = _blob_id(f"{number}\n")
        twin = known.setdefault(git_id[:4], f"{number}\n")
        if twin != f"{number}\n":
            break
    ids = [git(tmp_path, "hash-object", "-w", "--stdin", stdin=t) for t in (twin, f"{number}\n")]
    with GitObjects(tmp_path) as objects:
        tree = GitTree(objects)
        assert tree.blob(git_id[:4]) is None
        assert [tree.blob(one) for one in ids] == [twin, f"{number}\n"]
        assert objects.fault == ""


def _blob_id(text: str) -> str:
    return hashlib.sha1(f"blob {len(text)}\0{text}".encode()).hexdigest()


def test_a_branch_named_like_an_id_is_not_in_the_way(tmp_path: Path) -> None:
    path = repository(tmp_path)
    found = git(path, "rev-parse", f"v1:{PATH}")
    git(path, "branch", found[:8], "v1")
    with GitObjects(path) as objects:
        assert GitTree(objects).blob(found[:8]) == FIRST


# Paths


def test_a_path_is_looked_up_at_the_base(objects: GitObjects) -> None:
    texts = [
        GitTree(objects, objects.object(f"{tag}^{{commit}}").id).file(PATH) for tag in ("v1", "v2")
    ]
    assert texts == [FIRST, SECOND]
    assert GitTree(objects).file(PATH) is None


def test_paths_that_are_no_file_are_none(head: GitTree) -> None:
    for odd in ("", "drivers", "drivers/", "none.c", "../README", "./README", "/README", "a\nb"):
        assert head.file(odd) is None
    assert head.file("README") == "Foo.\n"


def test_bytes_that_are_no_utf8_are_replaced(tmp_path: Path) -> None:
    path = repository(tmp_path)
    (path / "latin.c").write_bytes(b"/* J\xf6rg */\n")
    with GitObjects(path) as objects:
        assert GitTree(objects, commit(path, {})).file("latin.c") == "/* J\ufffdrg */\n"


# Words


def test_words_are_whole_and_looked_for_at_the_base(head: GitTree, objects: GitObjects) -> None:
    assert list(head.mentions(("foo",))["foo"]) == [PATH]
    assert list(head.mentions(("foo_bar",))["foo_bar"]) == ["new.c"]
    assert list(head.mentions(("nowhere",))["nowhere"]) == []
    at_first = GitTree(objects, objects.object("v1^{commit}").id)
    assert list(at_first.mentions(("foo_bar",))["foo_bar"]) == []


def test_many_words_are_looked_for_at_once(head: GitTree) -> None:
    found = head.mentions(("foo", "nowhere", "foo_bar"))
    assert found == {"foo": (PATH,), "nowhere": (), "foo_bar": ("new.c",)}
    assert head.mentions(()) == {}
    assert head.mentions(("foo", "no word")) is None


def test_a_word_is_looked_for_once(head: GitTree, monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(head.mentions(("foo",))["foo"])
    monkeypatch.setenv("PATH", "")
    assert list(head.mentions(("foo",))["foo"]) == first


def test_what_cannot_be_looked_for_is_not_told_as_absent(
    head: GitTree, objects: GitObjects
) -> None:
    assert head.mentions(("no word",)) is None
    assert head.mentions(("",)) is None
    assert GitTree(objects).mentions(("foo",)) is None


def test_a_search_over_damage_is_not_told_as_absent(tmp_path: Path) -> None:
    path = repository(tmp_path)
    loose(path, f"HEAD:{PATH}").unlink()
    with GitObjects(path) as objects:
        assert GitTree(objects, git(path, "rev-parse", "HEAD")).mentions(("nowhere",)) is None
        assert "unable to read" in objects.fault


# Commits


@pytest.mark.parametrize("length", [4, 7, 12, 40])
def test_a_commit_is_found_by_its_id(head: GitTree, linux: Path, length: int) -> None:
    found = git(linux, "rev-parse", "v1^{commit}")
    assert head.commit(found[:length]) == Commit(found, "foo: change bar")


def test_a_commit_that_is_not_there_is_told_so(head: GitTree) -> None:
    assert head.commit("1234567890ab") == NO_COMMIT
    assert GitTree(head.objects).commit("1234567890ab") == NO_COMMIT


def test_what_is_no_commit_is_no_answer(head: GitTree, linux: Path) -> None:
    for name in ("HEAD:drivers", f"HEAD:{PATH}", "v1"):
        assert head.commit(git(linux, "rev-parse", name)) is None, name
    for odd in ("", "v1", "HEAD", "no id", "ABCDEF123456"):
        assert head.commit(odd) is None


def test_the_subject_is_the_first_paragraph_on_one_line(tmp_path: Path) -> None:
    path = repository(tmp_path)
    git(path, "commit", "-q", "--allow-empty", "-m", "foo: change\nbar\n\nAnd more.")
    with GitObjects(path) as objects:
        assert GitTree(objects).commit(git(path, "rev-parse", "HEAD")).subject == "foo: change bar"
        assert git(path, "log", "-1", "--format=%s") == "foo: change bar"


def test_an_id_that_two_commits_begin_with_is_no_answer(tmp_path: Path) -> None:
    path = repository(tmp_path)
    tree, known = git(path, "rev-parse", "HEAD^{tree}"), {}
    for number in range(5000):
        text = f"tree {tree}\nauthor A <a@example.org> {number} +0000\ncommitter A <a@example.org> {number} +0000\n\nfoo\n"
        prefix = hashlib.sha1(f"commit {len(text)}\0{text}".encode()).hexdigest()[:4]
        if prefix in known:
            break
        known[prefix] = text
    for one in (known[prefix], text):
        git(path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=one)
    with GitObjects(path) as objects:
        assert GitTree(objects).commit(prefix) is None


@pytest.mark.parametrize("option", ["--depth=1", "--filter=blob:none", "--filter=tree:0"])
def test_a_clone_without_all_history_cannot_tell(linux: Path, tmp_path: Path, option: str) -> None:
    with GitObjects(clone(linux, tmp_path / "less", option)) as objects:
        tree = GitTree(objects)
        assert tree.commit("1234567890ab") is None
        assert tree.commit(git(linux, "rev-parse", "HEAD")).subject == "foo: change bar"
        assert objects.fault == ""


def test_damage_is_not_told_as_absence(tmp_path: Path) -> None:
    path = repository(tmp_path)
    named = git(path, "rev-parse", "v1^{commit}")
    loose(path, named).write_bytes(b"rubbish")
    with GitObjects(path) as objects:
        assert GitTree(objects).commit(named) is None
        assert GitTree(objects).commit("1234567890ab") is None


# Bases


def test_the_base_the_mail_names_comes_first(objects: GitObjects, linux: Path) -> None:
    first = git(linux, "rev-parse", "v1^{commit}")
    of = Repository(objects)
    assert of.tree(posted(2026, 7, first), base="v2").file(PATH) == FIRST
    assert of.tree(posted(2026, 7, first[:12])).base == first


def test_then_the_revision_that_was_asked_for(objects: GitObjects) -> None:
    of = Repository(objects)
    assert of.tree(posted(2026, 7, "f" * 40), base="v1").file(PATH) == FIRST
    assert of.tree(posted(2026, 7), base="HEAD~1").file(PATH) == SECOND


def test_then_the_newest_tag_before_the_mail(objects: GitObjects) -> None:
    of = Repository(objects)
    assert of.tree(posted(2026, 1)).file(PATH) == FIRST
    assert of.tree(posted(2026, 5)).file(PATH) == SECOND
    assert of.tree(posted(2026, 12)).file(PATH) == SECOND
    assert of.tree(posted(2026, 12), base="no-such").file(PATH) == SECOND


def test_then_the_head(objects: GitObjects) -> None:
    of = Repository(objects)
    assert of.tree(posted(2020, 1)).file(PATH) == LATER
    assert of.tree(series(patch())).file(PATH) == LATER


def test_a_tree_of_the_same_base_is_the_same(objects: GitObjects) -> None:
    of = Repository(objects)
    assert of.tree(posted(2026, 3)) is of.tree(posted(2026, 4))


def test_a_base_commit_is_an_id_and_not_a_branch(tmp_path: Path) -> None:
    path = repository(tmp_path)
    git(path, "branch", "abcdef1", "v1")
    with GitObjects(path) as objects:
        assert Repository(objects).tree(posted(2026, 7, "abcdef1")).file(PATH) == SECOND


def test_a_shallow_clone_falls_back_to_what_it_has(linux: Path, tmp_path: Path) -> None:
    shallow = clone(linux, tmp_path / "shallow", "--depth=1", "--no-tags")
    with GitObjects(shallow) as objects:
        tree = Repository(objects).tree(posted(2026, 3, git(linux, "rev-parse", "v1^{commit}")))
        assert tree.file(PATH) == LATER
        assert tree.blob(git(linux, "rev-parse", f"v1:{PATH}")) is None


def test_a_repository_without_commits_still_knows_blobs(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    found = git(tmp_path, "hash-object", "-w", "--stdin", stdin=FIRST)
    with GitObjects(tmp_path) as objects:
        tree = Repository(objects).tree(posted(2026, 3))
        assert (tree.base, tree.blob(found), tree.file(PATH)) == ("", FIRST, None)
        assert tree.name == str(tmp_path)
