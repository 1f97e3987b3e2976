import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import InputError, UsageError
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources import ranges
from tests.sources.repositories import PATH, commit, git, needs_git, repository

pytestmark = needs_git


@pytest.fixture
def linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The repository of three commits, the last two on the branch `topic`; nobody's own settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    path = repository(tmp_path)
    git(path, "config", "user.name", "A. Author")
    git(path, "config", "user.email", "author@example.org")
    git(path, "branch", "topic")
    git(path, "reset", "-q", "--hard", "v1")
    git(path, "checkout", "-q", "topic")
    yield path


def made(commits: str, path: Path, **options: bool) -> Series:
    (one,) = series(map(message, ranges.mails(commits, path, **options)))
    return one


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(file): (file.stat().st_mtime_ns, file.stat().st_size)
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_commits_become_a_series(linux: Path) -> None:
    one = made("master..topic", linux)
    assert (one.total, one.missing, one.cover) == (2, (), None)
    assert [patch.author.email for patch in one.patches] == ["author@example.org"] * 2
    assert [file.path for file in one.patches[0].files] == ["bar.c", PATH]
    assert one.base_commit == git(linux, "rev-parse", "master")


def test_nothing_is_written(linux: Path) -> None:
    git(linux, "config", "branch.topic.description", "Foo\n\nBar.\n")
    before = seen(linux)
    made("master..topic", linux)
    assert seen(linux) == before


def test_a_description_of_the_branch_is_the_cover_letter(linux: Path) -> None:
    git(linux, "config", "branch.topic.description", "Foo all the bars\n\nBar is not foo yet.\n")
    for commits in ("master..topic", "master..", "master..HEAD"):
        one = made(commits, linux)
        assert one.subject == "Foo all the bars"
        assert "Bar is not foo yet." in one.cover.body


def test_without_a_person_there_is_no_cover_letter(linux: Path) -> None:
    git(linux, "config", "branch.topic.description", "Foo\n")
    git(linux, "config", "user.useConfigOnly", "true")
    git(linux, "config", "--unset", "user.email")
    assert made("master..topic", linux).cover is None


def test_the_same_commits_make_the_same_mails(linux: Path) -> None:
    git(linux, "config", "branch.topic.description", "Foo\n")
    first, second = (list(ranges.mails("master..topic", linux)) for _ in range(2))
    assert first == second


def test_the_author_s_settings_hold_and_cannot_harm(linux: Path, tmp_path: Path) -> None:
    for key, value in (
        ("format.subjectPrefix", "PATCH net-next"),
        ("diff.noprefix", "true"),
        ("color.ui", "always"),
        ("diff.external", f"touch {tmp_path}/run"),
        ("core.pager", f"touch {tmp_path}/run"),
        ("format.attach", "true"),
        ("log.showSignature", "true"),
    ):
        git(linux, "config", key, value)
    one = made("master..topic", linux)
    assert one.tagged("net-next")
    assert one.patches[0].files[0].path == "bar.c"
    assert "\x1b" not in one.patches[0].message.body
    assert not (tmp_path / "run").exists()


def test_a_folder_within_the_tree_is_enough_if_none_was_named(linux: Path) -> None:
    assert made("master..topic", linux / "drivers", around=True).total == 2
    with pytest.raises(InputError, match="no git repository"):
        ranges.mails("master..topic", linux / "drivers")


def test_a_bare_repository(linux: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(linux), "bare.git")
    assert made("v1..topic", tmp_path / "bare.git").total == 2


@pytest.mark.parametrize(
    "commits",
    ["", "topic", "master...topic", "-x..topic", "master..--output=x", "a b..topic", "v1..\0"],
)
def test_what_is_no_range_is_refused(linux: Path, commits: str) -> None:
    with pytest.raises(UsageError, match=r"not of the form BASE\.\.TOPIC"):
        ranges.mails(commits, linux)
    assert not (linux / "x").exists()


def test_an_unknown_revision_is_refused(linux: Path) -> None:
    with pytest.raises(UsageError, match="has no commit 'nosuch'"):
        ranges.mails("nosuch..topic", linux)


def test_an_empty_range_and_a_merge_window_are_refused(
    linux: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="has no commits"):
        ranges.mails("topic..topic", linux)
    monkeypatch.setattr(ranges, "MOST", 1)
    with pytest.raises(InputError, match="has 2 commits, a series has at most 1"):
        ranges.mails("master..topic", linux)


def test_merges_are_left_out(linux: Path) -> None:
    git(linux, "checkout", "-q", "-b", "side", "master")
    commit(linux, {"side.c": "int side;\n"})
    git(linux, "checkout", "-q", "topic")
    git(linux, "merge", "-q", "--no-edit", "side")
    assert made("master..topic", linux).total == 3


def test_no_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no git repository"):
        ranges.mails("a..b", tmp_path)


def test_variables_of_git_lead_nowhere_else(linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "GIT_DIR", "/nowhere")
    assert made("master..topic", linux).total == 2
