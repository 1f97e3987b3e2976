"""git as the referee: what a series leaves, folded onto a clone of its base, is what git committed."""

from pathlib import Path

import pytest

from reviewbot.cmodel.change import series_change
from reviewbot.commands.belt import series_in
from reviewbot.commands.stats import Watch
from reviewbot.sources.trees import opened
from tests.sources.repositories import clone, commit, git, needs_git

pytestmark = needs_git


def lines(*numbers: int) -> str:
    return "".join(f"int a{number};\n" for number in numbers)


STEPS = (
    {"a.c": lines(*range(40), 99), "new.c": lines(*range(9))},
    {"a.c": lines(7, *range(40), 99), "new.c": lines(1, *range(9))},
    {"a.c": None, "sub/b.c": lines(7, *range(20), *range(25, 40), 99)},
    {"c.c": lines(7, *range(20), *range(25, 40), 98), "new.c": None},
    {"sub/b.c": lines(7, *range(20), *range(25, 40)), "new.c": lines(5), "c.c": lines(1)},
    {"new.c": lines(5, 6), "z.c": lines(3, 4)},
)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with a base and a commit for each step: edits, a rename, a copy, files come and go."""
    path = tmp_path / "work"
    path.mkdir()
    git(path, "init", "-q", "-b", "master")
    commit(path, {"a.c": lines(*range(40)), "z.c": lines(3)}, tag="base")
    for step in STEPS:
        for name, text in step.items():
            if text is None:
                (path / name).unlink()
        commit(path, {name: text for name, text in step.items() if text is not None})
    return path


@pytest.mark.parametrize("index", [(), ("--full-index",), ("--abbrev=5",), ("--zero-commit",)])
def test_every_patch_is_seen_as_git_has_it(work: Path, tmp_path: Path, index: tuple) -> None:
    options = ("-q", "--base=base", "-M", "-C", "--find-copies-harder", *index)
    git(work, "format-patch", *options, "-o", str(tmp_path / "mails"), "base..")
    git(work, "branch", "old", "base")
    bare = clone(work, tmp_path / "base.git", "--bare", "--depth=1", "--branch=old", "--no-tags")
    commits = git(work, "rev-list", "--reverse", "base..").split()
    (one,) = series_in([str(tmp_path / "mails")], Watch())
    with opened([bare]) as tree_of:
        change = series_change(one, tree_of(one))
        kinds = {source.file.kind.value for source in change.sources}
        assert kinds == {"modified", "added", "deleted", "renamed", "copied"}
        for name, made in zip(commits, change.patches, strict=True):
            for source in made.sources:
                for image, commit_, at in (
                    (source.old, f"{name}^", source.file.old_path),
                    (source.new, name, source.file.new_path),
                ):
                    assert image.whole, (name, at)
                    seen = [line for part in image.stretches for line in part.lines]
                    known = git(work, "show", f"{commit_}:{at}").splitlines() if at else []
                    assert seen == known


def test_a_series_with_a_patch_missing_shows_no_stale_text(work: Path, tmp_path: Path) -> None:
    git(work, "format-patch", "-q", "-o", str(tmp_path / "mails"), "base..")
    (tmp_path / "mails" / "0002-foo-change-bar.patch").unlink()
    git(work, "branch", "old", "base")
    bare = clone(work, tmp_path / "base.git", "--bare", "--depth=1", "--branch=old", "--no-tags")
    (one,) = series_in([str(tmp_path / "mails")], Watch())
    with opened([bare]) as tree_of:
        _, *later = series_change(one, tree_of(one)).patches
        moved = later[0].sources[0]
        assert moved.path == "sub/b.c"
        assert not moved.old.whole
        last = later[-1].sources[-1]
        assert (last.path, last.old.whole) == ("z.c", True)
