"""The real b4: its check matrix reads our JSON, and opening a series takes in what we left for it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.b4.real import (
    COVER,
    FIRST,
    NAME,
    PATH,
    SECOND,
    Real,
    environment,
    needs_b4,
    needs_screen,
    real,
)
from tests.sources.repositories import git, needs_git

pytestmark = [needs_b4, needs_git]

COMMENT = (
    "try_module_get() can fail, and its result is not looked at here. A later\n"
    "module_put() would then drop a reference that was never taken."
)
OURS = "reviewbot@reviewbot.invalid"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """A repository that nobody changes."""
    return real(tmp_path_factory.mktemp("b4"))


@pytest.fixture
def branch(made: Real, tmp_path: Path) -> Iterator[Real]:
    """A copy of it."""
    copytree(made.path.parent, tmp_path / "b4", symlinks=True)
    yield Real(tmp_path / "b4" / "linux", tmp_path / "b4" / "series.mbox", made.mails)


def reviewbot(at: Real, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = (sys.executable, "-m", "reviewbot", "check", *words)
    variables = environment(at.path)
    return subprocess.run(command, cwd=at.path, env=variables, input=stdin, capture_output=True)


def configured(at: Real, options: str = "--b4") -> None:
    command = f"{sys.executable} -m reviewbot check {options}"
    at.configured(review_perpatch_check_cmd=command, review_series_check_cmd=command)


def boxes(at: Real) -> list[Path]:
    return sorted((at.path / ".git" / "b4-review").rglob("*.txt"))


# The check matrix


def test_the_check_matrix_reads_what_is_printed(branch: Real) -> None:
    """No patch is alone (`not the whole series was at hand`): b4's own copy of the thread is read."""
    configured(branch)
    matrix = branch.told("checks")
    lights = {mid: [(one["tool"], one["status"]) for one in found] for mid, found in matrix.items()}
    assert lights == {
        COVER: [("reviewbot", "fail")],
        FIRST: [("reviewbot", "pass")],
        SECOND: [("reviewbot", "fail")],
    }
    assert [found[0]["summary"] for found in matrix.values()] == [
        "nothing to comment on",
        "1 comment",
        "1 comment",
    ]


def test_without_the_thread_the_series_comes_from_the_commits(branch: Real) -> None:
    """So it is when a series was just taken in, and not updated since."""
    configured(branch)
    matrix = branch.told("checks", "--forget")
    assert "at hand" not in str(matrix)
    assert [found[0]["status"] for found in matrix.values()] == ["pass", "fail", "fail"]


def test_a_failing_command_is_a_red_light_with_a_sentence(branch: Real) -> None:
    configured(branch, "--b4 --select no-such-rule")
    (one,) = branch.told("checks")[FIRST]
    assert (one["status"], one["summary"]) == ("fail", "exited with error code 2")
    assert "no-such-rule" in one["details"]


# The drop-box


def test_comments_are_taken_in_when_the_series_is_opened(branch: Real) -> None:
    assert reviewbot(branch, "--b4-dropbox").returncode == 0
    assert [path.name for path in boxes(branch)] == ["0002.txt", "identity.txt"]
    cover, first, second = branch.told("opened")
    assert (cover, first) == ({}, {})
    (comment,) = second[OURS]["comments"]
    lines = git(branch.path, "show", f"b4/review/{NAME}:{PATH}").splitlines()
    assert lines[comment["line"] - 1] == "\ttry_module_get(widget->owner);"
    assert (comment["path"], comment["text"]) == (f"b/{PATH}", COMMENT)
    assert second[OURS]["note"].startswith("1 comment\n\n- module-get-unchecked")
    assert boxes(branch) == []


def test_nothing_is_left_twice(branch: Real) -> None:
    reviewbot(branch, "--b4-dropbox")
    branch.told("opened")
    again = reviewbot(branch, "--b4-dropbox")
    assert (again.stdout, boxes(branch)) == (b"", [])
    assert b"nothing to say that is not there" in again.stderr
    assert len(branch.told("opened")[2][OURS]["comments"]) == 1


def test_a_series_named_by_its_mails_finds_its_branch(branch: Real) -> None:
    git(branch.path, "checkout", "-q", "master")
    done = reviewbot(branch, "--b4-dropbox", str(branch.mbox))
    assert done.returncode == 0, done.stderr
    git(branch.path, "checkout", "-q", f"b4/review/{NAME}")
    assert branch.told("opened")[2][OURS]["comments"][0]["text"] == COMMENT


def test_a_patch_the_maintainer_skips_is_left_alone(branch: Real) -> None:
    message = git(branch.path, "log", "-1", "--format=%B")
    skip = '"reviews": {"m@example.org": {"patch-state": "skip"}}, "followups": []'
    before, _, after = message.rpartition('"followups": []')
    if not before:
        pytest.skip("b4 writes its tracking data in another way")
    git(
        branch.path,
        "commit",
        "-q",
        "--amend",
        "--allow-empty",
        "-F",
        "-",
        stdin=before + skip + after,
    )
    reviewbot(branch, "--b4-dropbox")
    assert boxes(branch) == []


def test_without_the_thread_the_commits_are_looked_at(branch: Real) -> None:
    message = git(branch.path, "log", "-1", "--format=%B").replace('"thread-blob"', '"was-blob"')
    git(branch.path, "commit", "-q", "--amend", "--allow-empty", "-F", "-", stdin=message)
    reviewbot(branch, "--b4-dropbox")
    assert branch.told("opened")[2][OURS]["comments"][0]["text"] == COMMENT


def test_lines_that_have_moved_since_are_found(tmp_path: Path) -> None:
    moved = real(tmp_path, offset=40)
    reviewbot(moved, "--b4-dropbox", str(moved.mbox))
    (comment,) = moved.told("opened")[2][OURS]["comments"]
    lines = git(moved.path, "show", f"b4/review/{NAME}:{PATH}").splitlines()
    assert lines[comment["line"] - 1] == "\ttry_module_get(widget->owner);"


def test_a_linked_worktree_is_refused(branch: Real, tmp_path: Path) -> None:
    git(branch.path, "worktree", "add", "-q", str(tmp_path / "other"), "master")
    done = reviewbot(branch, "--b4-dropbox", "--repository", str(tmp_path / "other"))
    assert done.returncode == 3
    assert b"linked worktree" in done.stderr


def test_a_branch_that_is_none_of_b4s_is_named(branch: Real) -> None:
    git(branch.path, "checkout", "-q", "master")
    done = reviewbot(branch, "--b4-dropbox")
    assert (done.returncode, b"master is no review branch" in done.stderr) == (3, True)


# The screen


@needs_screen
def test_both_are_on_the_screen(branch: Real) -> None:
    configured(branch)
    reviewbot(branch, "--b4-dropbox")
    _, patch, matrix, details = branch.b4("screen", "n", "n", "c", "enter").split("\f")
    at = patch.index("try_module_get(widget->owner);")
    assert patch.index("reviewbot (2L)") > at
    rows = [line.split() for line in matrix.splitlines() if "/2" in line]
    assert [(row[-1], "0/2" in row) for row in rows] == [
        ("fail", True),
        ("pass", False),
        ("fail", False),
    ]
    said = " ".join(details.replace("│", " ").split())
    assert "2/2 module-get-unchecked" in said
    assert "try_module_get() can fail, and its result is not looked at here." in said
