from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.sources.mirror.epoch import follows, holds_mail, newest, opened
from tests.sources.mirror.archives import came, letter, rewrite, write
from tests.sources.mirror.test_history import read
from tests.sources.repositories import commit, git, needs_git

pytestmark = needs_git

FIRST, SECOND, THIRD = (letter(f"n{n}") for n in range(3))


def test_a_commit_follows_what_it_stands_on(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    before = git(path, "rev-parse", "HEAD")
    write(path, came([SECOND]))
    with opened(path) as epoch:
        assert follows(epoch, before)
        assert not follows(epoch, "0" * 40)
    rewrite(path, came([SECOND, THIRD]))
    with opened(path) as epoch:
        assert not follows(epoch, before)


def test_head_may_name_a_branch_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    git(path, "symbolic-ref", "HEAD", "refs/heads/main")
    assert read(path) == [FIRST]


def test_sources_are_no_archive(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "master")
    commit(tmp_path, {"Makefile": "all:\n"})
    with opened(tmp_path) as epoch:
        assert not holds_mail(epoch)


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_what_is_no_repository_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=name), opened(tmp_path / name):
        pass


def test_the_newest_commit(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND]))
    assert newest(path) == git(path, "rev-parse", "HEAD")
    assert newest(write(tmp_path / "1.git", [])) == ""
    with pytest.raises(InputError, match="none"):
        newest(tmp_path / "none")


@pytest.mark.parametrize("name", [".", "work", "linked"])
def test_a_repository_of_another_user_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    git(path, "clone", "-q", ".", str(path / "work"))
    git(path / "work", "worktree", "add", "-q", str(path / "linked"), "-b", "other")
    if name != "linked":
        # git's own tests pretend so.
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with opened(path / name) as epoch:
        assert epoch.tip == git(path, "rev-parse", "HEAD")
