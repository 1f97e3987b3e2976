"""Objects of real repositories: whole, bare, shallow, partial, damaged, none."""

import os
import zlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.errors import InputError
from reviewbot.model.evidence import Lack
from reviewbot.sources.gitobjects import GitObjects
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

# Git dies over a loose object that is cut off; over one that is shorter than it says it waits for ever.
CUT_OFF = zlib.compress(b"blob 4000\0" + Random(1).randbytes(4000))[:1500]
TOO_SHORT = zlib.compress(b"blob 4000\0int foo")


@pytest.fixture
def linux(tmp_path: Path) -> Path:
    return repository(tmp_path)


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of a folder with its size and time of change."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def test_objects_are_read_by_any_name(linux: Path) -> None:
    with GitObjects(linux) as objects:
        head = git(linux, "rev-parse", "HEAD")
        assert objects.object("HEAD").id == objects.object(head[:9]).id == head
        assert objects.object(f"HEAD:{PATH}").data.decode() == LATER
        assert objects.object("v1").kind == "tag"
        assert objects.object("HEAD:drivers").kind == "tree"
        assert objects.object(f"v2:{PATH}").data.decode() == SECOND
        assert objects.fault == ""


def test_every_git_folder_is_a_repository(linux: Path, tmp_path: Path) -> None:
    bare = clone(linux, tmp_path / "bare.git", "--bare")
    git(linux, "worktree", "add", "-q", str(tmp_path / "beside"), "v1")
    for path in (bare, linux / ".git", tmp_path / "beside"):
        with GitObjects(path) as objects:
            assert objects.object(f"v1:{PATH}").data.decode() == FIRST


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "nothing",
            "HEAD:none.c",
            "HEAD:a b missing",
            "0" * 40,
            "a\nHEAD",
            "HEAD\0",
            "x" * 5000,
        ),
        *("HEAD:./README", "HEAD:../README", "HEAD:/README", "HEAD:\udce9", "--help", " "),
    ],
)
def test_what_is_not_there_is_none_and_the_next_question_is_answered(
    linux: Path, name: str
) -> None:
    with GitObjects(linux) as objects:
        assert objects.object(name) is None
        assert objects.object("HEAD:README").data == b"Foo.\n"
        assert objects.fault == ""


def test_any_bytes_come_back_as_they_are(linux: Path) -> None:
    (linux / "odd").write_bytes(b"\0\r\n\xff no end")
    (linux / "empty").touch()
    commit(linux, {})
    with GitObjects(linux) as objects:
        assert objects.object("HEAD:odd").data == b"\0\r\n\xff no end"
        assert objects.object("HEAD:empty").data == b""


def test_one_process_serves_all_and_ends_with_the_block(linux: Path) -> None:
    with GitObjects(linux) as objects:
        objects.object("HEAD")
        batch = objects._batch
        objects.object("v1")
        assert objects._batch is batch and batch._process.poll() is None
    assert batch._process.poll() is not None
    assert objects._batch is None
    objects.close()


def test_nothing_is_written(linux: Path) -> None:
    before = snapshot(linux)
    with GitObjects(linux) as objects:
        objects.object("HEAD")
        objects.run("grep", "-l", "foo", "HEAD")
    assert snapshot(linux) == before


def test_the_environment_does_not_lead_elsewhere(
    linux: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    git(tmp_path / "other", "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path))
    with GitObjects(linux) as objects:
        assert objects.object("HEAD") is not None


def test_an_id_is_not_replaced(linux: Path) -> None:
    git(
        linux,
        "replace",
        git(linux, "rev-parse", f"v1:{PATH}"),
        git(linux, "rev-parse", "v1:README"),
    )
    with GitObjects(linux) as objects:
        assert objects.object(f"v1:{PATH}").data.decode() == FIRST


# Repositories that are none, or not whole


def test_what_is_no_repository_is_refused(linux: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=r"folder: not a git repository") as refused:
        GitObjects(tmp_path / "folder")
    assert "--source" in refused.value.hint
    with pytest.raises(InputError, match="cannot be read"):
        GitObjects(tmp_path / "nowhere")
    # The repository around a folder is not the one that was named.
    with pytest.raises(InputError, match="not a git repository"):
        GitObjects(linux / "drivers")


def test_git_may_be_absent(linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(linux / "none"))
    with pytest.raises(InputError, match="git is not installed"):
        GitObjects(linux)


def test_a_repository_without_commits_can_be_asked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    found = git(tmp_path, "hash-object", "-w", "--stdin", stdin=FIRST)
    with GitObjects(tmp_path) as objects:
        assert objects.object("HEAD") is None
        assert objects.object(found).data.decode() == FIRST


def test_a_shallow_clone_knows_what_it_has(linux: Path, tmp_path: Path) -> None:
    shallow = clone(linux, tmp_path / "shallow", "--depth=1")
    with GitObjects(shallow) as objects:
        assert objects.object(f"HEAD:{PATH}").data.decode() == LATER
        assert objects.object("v1") is None
        assert objects.object(git(linux, "rev-parse", f"v1:{PATH}")) is None
        assert objects.fault == ""


def test_a_partial_clone_fetches_nothing(linux: Path, tmp_path: Path) -> None:
    partial = clone(linux, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    before = snapshot(partial)
    with GitObjects(partial) as objects:
        assert objects.object("HEAD^{commit}") is not None
        assert objects.object(f"HEAD:{PATH}") is None
        assert objects.object("v1^{commit}") is not None
        assert objects.lack() == (Lack.PARTIAL, "a partial clone, and nothing is ever fetched")
        assert objects.fault == ""
        assert objects.search("grep", "-l", "foo", git(partial, "rev-parse", "HEAD"), "--") is None
        assert "unable to read" in objects.fault
    assert snapshot(partial) == before


def test_a_missing_object_is_none(linux: Path) -> None:
    loose(linux, f"v1:{PATH}").unlink()
    with GitObjects(linux) as objects:
        assert objects.object(f"v1:{PATH}") is None
        assert objects.object(f"v2:{PATH}").data.decode() == SECOND


@pytest.mark.parametrize("damage", [b"rubbish", b"", CUT_OFF])
def test_a_damaged_object_is_none_and_the_reason_kept(linux: Path, damage: bytes) -> None:
    loose(linux, f"v1:{PATH}").write_bytes(damage)
    with GitObjects(linux) as objects:
        assert objects.object(f"v1:{PATH}") is None
        assert objects.object(f"v2:{PATH}").data.decode() == SECOND
    assert objects.fault != ""


def test_a_repository_that_always_fails_is_left_alone(linux: Path) -> None:
    with GitObjects(linux) as objects:
        loose(linux, f"HEAD:{PATH}").write_bytes(CUT_OFF)
        for _ in range(25):
            assert objects.object(f"HEAD:{PATH}") is None
        assert objects.object("HEAD:README") is None


def test_git_is_not_waited_for_without_end(linux: Path) -> None:
    loose(linux, f"v1:{PATH}").write_bytes(TOO_SHORT)
    with GitObjects(linux, patience=0.3) as objects:
        assert objects.object(f"v1:{PATH}") is None
        assert objects.object("HEAD") is None
    assert objects.fault == "git fell silent over a damaged object"


def test_a_damaged_pack_is_refused(linux: Path) -> None:
    git(linux, "gc", "-q")
    (pack,) = (linux / ".git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:12] + bytes(200))
    with pytest.raises(InputError, match="damaged, its HEAD cannot be read"):
        GitObjects(linux)


def test_a_process_that_was_killed_is_started_again(linux: Path) -> None:
    with GitObjects(linux) as objects:
        assert objects.object("HEAD") is not None
        os.kill(objects._batch._process.pid, 9)
        objects._batch._process.wait()
        assert objects.object("HEAD") is None
        assert objects.object("HEAD") is not None
        assert objects.fault == "git ended without a word"


@given(st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_law_no_name_is_too_odd(asked: GitObjects, name: str) -> None:
    found = asked.object(f"HEAD:{name}")
    assert found is None or found.kind in ("blob", "tree")
    assert asked.object("HEAD:README").data == b"Foo.\n"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory):
    with GitObjects(repository(tmp_path_factory.mktemp("asked"))) as objects:
        yield objects
