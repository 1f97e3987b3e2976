"""How a file was found in real repositories, and why it was not: what the evidence of a review says."""

from pathlib import Path

import pytest

from reviewbot.cmodel.change import series_change
from reviewbot.cmodel.source import SourceChange
from reviewbot.commands.belt import series_in
from reviewbot.commands.stats import Watch
from reviewbot.model.diff import Side
from reviewbot.model.evidence import Lack, Origin
from reviewbot.sources.gitobjects import GitObjects
from reviewbot.sources.gittree import GitTree
from reviewbot.sources.trees import opened
from tests.builders import mail, patch_body
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

pytestmark = needs_git
NOWHERE = "file:///nowhere/at/all.git"


@pytest.fixture
def linux(tmp_path: Path) -> Path:
    return repository(tmp_path)


def edit(number: int, index: str = "", trailer: str = "", end: str = "") -> bytes:
    """A mail (of March 2026) with a patch that changes the number the function of PATH returns."""
    diff = (
        f"diff --git a/{PATH} b/{PATH}\n{index}--- a/{PATH}\n+++ b/{PATH}\n@@ -1,4 +1,4 @@\n"
        f" int foo(void){end}\n {{{end}\n-\treturn {number};{end}\n+\treturn 9;{end}\n }}{end}\n"
    )
    body = patch_body(diff).replace("-- \n", f"{trailer}-- \n")
    return mail(body, subject="[PATCH] foo: change bar")


def seen(tmp_path: Path, data: bytes, *trees: Path, base: str = "") -> SourceChange:
    """The only file of a mail, seen with these trees."""
    path = tmp_path / "one.eml"
    path.write_bytes(data)
    (one,) = series_in([str(path)], Watch())
    with opened(trees, base=base) as tree_of:
        (source,) = series_change(one, tree_of(one)).sources
        assert source.new.whole is (source.evidence.lack is None)
    return source


def index(old: str, new: str = "fedcba987654") -> str:
    return f"index {old}..{new} 100644\n"


# Found


@pytest.mark.parametrize("length", [7, 12, 40])
def test_by_the_id_in_the_diff(linux: Path, tmp_path: Path, length: int) -> None:
    named = git(linux, "rev-parse", f"v1:{PATH}")[:length]
    found = seen(tmp_path, edit(1, index(named, "1a2b3c")), linux)
    assert found.old.stretches[0].lines == tuple(FIRST.splitlines())
    assert (found.evidence.origin, found.evidence.lack) == (Origin.BLOB, None)
    assert found.evidence.detail == f"blob {named} in {linux}"


def test_by_the_base_commit_of_the_mail(linux: Path, tmp_path: Path) -> None:
    named = git(linux, "rev-parse", "v1^{commit}")
    found = seen(tmp_path, edit(1, trailer=f"\nbase-commit: {named}\n"), linux, base="v2")
    assert found.evidence.origin is Origin.BASE_COMMIT
    assert found.evidence.detail == f"{PATH} at base-commit {named[:12]} in {linux}"


def test_by_the_revision_that_was_asked_for(linux: Path, tmp_path: Path) -> None:
    found = seen(tmp_path, edit(1), linux, base="v1")
    assert found.evidence.origin is Origin.BASE
    assert found.evidence.detail == f"{PATH} at --base v1 in {linux}"


def test_by_the_newest_tag_before_the_mail(linux: Path, tmp_path: Path) -> None:
    found = seen(tmp_path, edit(2), linux)
    assert found.evidence.origin is Origin.TAG
    assert "v2, the newest tag before the mail," in found.evidence.detail


def test_at_the_head_where_there_is_no_tag(linux: Path, tmp_path: Path) -> None:
    bare = clone(linux, tmp_path / "bare.git", "--bare", "--depth=1", "--no-tags")
    found = seen(tmp_path, edit(3), bare)
    assert found.evidence.origin is Origin.HEAD
    assert found.evidence.detail == f"{PATH} at HEAD in {bare}"


def test_in_a_folder(linux: Path, tmp_path: Path) -> None:
    with opened([], linux) as tree_of:
        (tmp_path / "one.eml").write_bytes(edit(3))
        (one,) = series_in([str(tmp_path / "one.eml")], Watch())
        (source,) = series_change(one, tree_of(one)).sources
        assert source.evidence.origin is Origin.SOURCE
        assert source.evidence.detail == f"{PATH} in {linux}"


def test_the_next_tree_is_asked_where_the_hunks_do_not_apply(linux: Path, tmp_path: Path) -> None:
    other = clone(linux, tmp_path / "other", "--no-tags")
    commit(other, {PATH: FIRST})
    found = seen(tmp_path, edit(1), linux, other)
    assert found.evidence.lack is None
    assert found.evidence.detail == f"{PATH} at HEAD in {other}"


def test_a_text_that_an_earlier_patch_left(linux: Path, tmp_path: Path) -> None:
    for number in (4, 5):
        commit(linux, {PATH: FIRST.replace("1", str(number))})
    git(linux, "format-patch", "-q", "-2", "-o", str(tmp_path / "mails"))
    git(linux, "reset", "-q", "--hard", "HEAD~2")
    (one,) = series_in([str(tmp_path / "mails")], Watch())
    with opened([clone(linux, tmp_path / "old.git", "--bare", "--depth=1")]) as tree_of:
        first, second = series_change(one, tree_of(one)).sources
        assert first.evidence.origin is Origin.BLOB
        assert second.evidence.origin is Origin.SERIES
        assert second.evidence.detail == f"{PATH} as patch 1 leaves it"
        assert second.old.reading is first.new.reading


# Not found


def test_hunks_that_do_not_apply_are_refused(linux: Path, tmp_path: Path) -> None:
    named = git(linux, "rev-parse", f"v1:{PATH}")[:12]
    found = seen(tmp_path, edit(7, index(named)), linux)
    assert found.evidence.lack is Lack.HUNKS
    assert found.evidence.detail == (
        f"the hunks do not apply to blob {named} in {linux}; the hunks do not apply to {PATH} at"
        f" v2, the newest tag before the mail, in {linux}"
    )
    assert found.old.stretches[0].lines[2] == "\treturn 7;"


def test_an_object_that_is_not_there(linux: Path, tmp_path: Path) -> None:
    git(linux, "rm", "-q", PATH)
    git(linux, "commit", "-q", "-m", "foo: remove bar")
    git(linux, "tag", "-d", "v1", "v2")
    found = seen(tmp_path, edit(1, index("123456789abc")), linux)
    assert found.evidence.lack is Lack.NOT_THERE
    assert found.evidence.detail == (
        f"no blob 123456789abc in {linux}; no {PATH} at HEAD in {linux}"
    )


def test_a_shallow_clone(linux: Path, tmp_path: Path) -> None:
    named = git(linux, "rev-parse", f"v1:{PATH}")[:12]
    git(linux, "rm", "-q", PATH)
    git(linux, "commit", "-q", "-m", "foo: remove bar")
    shallow = clone(linux, tmp_path / "shallow", "--depth=1", "--no-tags")
    found = seen(tmp_path, edit(1, index(named)), shallow)
    assert found.evidence.lack is Lack.SHALLOW
    assert f"no blob {named} in {shallow}, a shallow clone" in found.evidence.detail


def test_a_partial_clone(linux: Path, tmp_path: Path) -> None:
    named = git(linux, "rev-parse", f"v1:{PATH}")[:12]
    partial = clone(linux, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    found = seen(tmp_path, edit(1, index(named)), partial)
    assert found.evidence.lack is Lack.PARTIAL
    assert "a partial clone, and nothing is ever fetched" in found.evidence.detail


def test_a_damaged_object(linux: Path, tmp_path: Path) -> None:
    named = git(linux, "rev-parse", f"v1:{PATH}")[:12]
    git(linux, "tag", "-d", "v2")
    loose(linux, f"v1:{PATH}").write_bytes(b"rubbish")
    found = seen(tmp_path, edit(1, index(named)), linux)
    assert found.evidence.lack is Lack.DAMAGED
    assert "which is damaged (" in found.evidence.detail


def test_a_damaged_pack_behind_a_head_that_can_be_read(linux: Path, tmp_path: Path) -> None:
    git(linux, "gc", "-q")
    (pack,) = (linux / ".git" / "objects" / "pack").glob("*.pack")
    commit(linux, {PATH: "int last;\n"})
    pack.chmod(0o644)
    data = pack.read_bytes()
    pack.write_bytes(data[:12] + bytes(len(data) - 32) + data[-20:])
    found = seen(tmp_path, edit(2), linux)
    assert found.evidence.lack in (Lack.DAMAGED, Lack.HUNKS, Lack.NOT_THERE)
    assert not found.new.whole


def test_no_tree(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(edit(1))
    (one,) = series_in([str(tmp_path / "one.eml")], Watch())
    with opened([]) as tree_of:
        (source,) = series_change(one, tree_of(one)).sources
    assert source.evidence.lack is Lack.NOT_THERE


# Nothing is fetched


def test_a_partial_clone_never_calls_its_remote(
    linux: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a remote that is dead, or that would run a program if it were asked."""
    partial = clone(linux, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    marker = tmp_path / "called"
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.allow")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "always")
    for url in (NOWHERE, f"ext::sh -c 'touch% {marker}'"):
        git(partial, "config", "remote.origin.url", url)
        with GitObjects(partial) as objects:
            head = objects.commit("HEAD")
            for number in range(30):
                assert objects.object(f"{number:040x}"[::-1]) is None
                assert objects.object(f"{head}:{PATH}") is None
            assert GitTree(objects, head).mentions(("foo",)) is None
            assert objects.object(f"{head}:drivers").kind == "tree"
    assert not marker.exists()


def test_what_is_there_is_found_however_much_is_missing(linux: Path, tmp_path: Path) -> None:
    """A partial clone with a checkout has the newest texts, and lacks all the older ones."""
    partial = clone(linux, tmp_path / "partial", "--filter=blob:none")
    with GitObjects(partial) as objects:
        process = objects.object("HEAD") and objects._batch
        for number in range(50):
            assert objects.object(f"{number:040x}"[::-1]) is None
            assert objects.object(git(linux, "rev-parse", f"v1:{PATH}")) is None
        assert objects.object(f"HEAD:{PATH}").data.decode() == LATER
        assert objects._batch is process


# Nothing is written


def test_a_review_leaves_the_repository_as_it_was(linux: Path, tmp_path: Path) -> None:
    (linux / PATH).write_text("int changed;\n")
    (linux / "README").touch()
    before = snapshot(linux)
    seen(tmp_path, edit(2), linux)
    with opened([linux]) as tree_of:
        (one,) = series_in([str(tmp_path / "one.eml")], Watch())
        assert list(tree_of(one).mentions(("foo",))["foo"]) == [PATH]
    assert snapshot(linux) == before


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder with its time of change, and the files' contents."""
    return {
        str(path): (
            path.stat().st_mtime_ns,
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in (folder, *folder.rglob("*"))
    }


# Odd files


def test_line_ends_of_two_characters(linux: Path, tmp_path: Path) -> None:
    (linux / PATH).write_bytes(SECOND.replace("\n", "\r\n").encode())
    commit(linux, {}, 1_772_000_000, "v3")
    for end in ("", "\r"):
        found = seen(tmp_path, edit(2, end=end), linux)
        assert found.evidence.origin is Origin.TAG
        assert found.new.stretches[0].lines[2] == "\treturn 9;"


def test_a_mode_that_changes_alone_and_with_lines(linux: Path, tmp_path: Path) -> None:
    modes = "old mode 100644\nnew mode 100755\n"
    data = edit(2, modes + index(git(linux, "rev-parse", f"v2:{PATH}")[:9]).replace(" 100644", ""))
    assert seen(tmp_path, data, linux).evidence.origin is Origin.BLOB
    bare = f"diff --git a/{PATH} b/{PATH}\n{modes}"
    alone = seen(tmp_path, mail(patch_body(bare), subject="[PATCH] foo: allow bar"), linux)
    assert alone.evidence.origin is Origin.TAG
    assert alone.old.stretches == alone.new.stretches


def test_links_and_submodules_are_no_text_of_a_file(linux: Path, tmp_path: Path) -> None:
    (linux / "link.c").symlink_to(PATH)
    head = git(linux, "rev-parse", "HEAD")
    git(linux, "add", "link.c")
    git(linux, "update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    git(linux, "commit", "-q", "-m", "foo: link bar")
    with GitObjects(linux) as objects:
        tree = GitTree(objects, git(linux, "rev-parse", "HEAD"))
        assert tree.file("sub") is None
        assert tree.file("link.c") == PATH
        (missing,) = tree.sights("", "sub")
        assert (missing.text, missing.evidence.lack) == (None, Lack.NOT_THERE)


def test_a_folder_of_sources_is_bare_or_not(linux: Path, tmp_path: Path) -> None:
    bare = clone(linux, tmp_path / "bare.git", "--bare")
    texts = [seen(tmp_path, edit(2), tree).old.stretches for tree in (linux, bare)]
    assert texts[0] == texts[1]
    assert texts[0][0].lines == tuple(SECOND.splitlines())
    assert seen(tmp_path, edit(2), bare).anchor(3, Side.NEW).text == "\treturn 9;"
