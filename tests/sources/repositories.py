"""Real git repositories of a few invented files, made in a temporary folder."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")

FIRST = "int foo(void)\n{\n\treturn 1;\n}\n"
SECOND = "int foo(void)\n{\n\treturn 2;\n}\n"
LATER = "int foo(void)\n{\n\treturn 3;\n}\n"
PATH = "drivers/foo/foo.c"


def git(folder: Path, *arguments: str, date: int = 1_700_000_000, stdin: str = "") -> str:
    """What a git command prints, without its final line end; `date` is the committer's."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "A. Author" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "author@example.org" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": f"{date} +0000" for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        ("git", *arguments),
        cwd=folder,
        env=environment,
        input=stdin.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().rstrip("\n")


def commit(folder: Path, files: dict[str, str], date: int = 1_700_000_000, tag: str = "") -> str:
    """Commit these texts, and tag the commit; its id."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "foo: change bar", date=date)
    if tag:
        git(folder, "tag", "-a", "-m", tag, tag, date=date)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path) -> Path:
    """Three commits: v1 of January 2026, v2 of February, and one of June that has no tag."""
    path = folder / "linux"
    path.mkdir()
    git(path, "init", "-q", "-b", "master")
    commit(path, {PATH: FIRST, "README": "Foo.\n"}, 1_767_225_600, "v1")
    commit(path, {PATH: SECOND, "bar.c": "int bar;\n"}, 1_769_904_000, "v2")
    commit(path, {PATH: LATER, "new.c": "int foo_bar(void);\n"}, 1_780_272_000)
    return path


def clone(source: Path, target: Path, *options: str) -> Path:
    """A clone of a repository, through the transport that shallow and partial clones need."""
    git(source, "config", "uploadpack.allowFilter", "true")
    git(source, "clone", "-q", *options, f"file://{source}", str(target))
    return target


def loose(folder: Path, name: str) -> Path:
    """The file of a loose object, made writable."""
    found = git(folder, "rev-parse", name)
    path = folder / ".git" / "objects" / found[:2] / found[2:]
    path.chmod(0o644)
    return path
