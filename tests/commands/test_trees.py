"""--tree, --source and --base: what is seen with them, and what goes wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode
from tests.builders import mail, patch_body
from tests.commands.cases import faulty
from tests.sources.repositories import clone, commit, git, loose, needs_git

ROOT = Path(__file__).resolve().parents[2]
PATH = "drivers/foo/foo.c"
TEXT = """\
#include <linux/module.h>

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
};

static struct miscdevice foo_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "foo",
	.fops = &foo_fops,
};

static int __init foo_init(void)
{
	return misc_register(&foo_misc);
}
module_init(foo_init);
"""


@pytest.fixture
def linux(tmp_path: Path) -> Path:
    """A repository whose tag v1 holds the file the patch is for; its HEAD has lines above."""
    path = tmp_path / "linux"
    path.mkdir()
    git(path, "init", "-q", "-b", "master")
    commit(path, {PATH: TEXT}, 1_780_272_000, "v1")
    commit(path, {PATH: "\n\n" + TEXT}, 1_780_272_001)
    return path


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    """A patch that drops the owner of operations that are registered far below."""
    diff = (
        f"diff --git a/{PATH} b/{PATH}\nindex 111111111111..222222222222 100644\n--- a/{PATH}\n"
        f"+++ b/{PATH}\n@@ -3,3 +3,2 @@\n static const struct file_operations foo_fops = {{\n"
        "-\t.owner = THIS_MODULE,\n \t.open = foo_open,\n"
    )
    path = tmp_path / "drop.eml"
    path.write_bytes(mail(patch_body(diff), subject="[PATCH] foo: drop owner"))
    return path


def rules(capsys: pytest.CaptureFixture, *arguments: object) -> list[str]:
    assert run(["review", "--format", "jsonl", *map(str, arguments)]) == ExitCode.OK
    return [json.loads(line)["rule"] for line in capsys.readouterr().out.splitlines()]


@needs_git
def test_findings_say_how_the_file_was_seen(linux: Path, mbox: Path, capsys) -> None:
    def lack(*arguments: object) -> tuple[str, str]:
        assert run(["review", "--format", "jsonl", *map(str, arguments)]) == ExitCode.OK
        (line,) = capsys.readouterr().out.splitlines()
        evidence = json.loads(line)["evidence"]
        return evidence["origin"], evidence["lack"]

    assert lack(mbox) == ("diff", "no tree")
    assert lack("--tree", linux, "--base", "v1", mbox) == ("base", "")
    assert lack("--tree", linux, mbox) == ("diff", "hunks do not apply")


@needs_git
def test_evidence_is_told_to_people_and_never_mailed(linux: Path, mbox: Path, capsys) -> None:
    seen = f"seen: the whole file: {PATH} at --base v1 in"
    arguments = ["review", "--tree", str(linux), "--base", "v1", str(mbox)]
    assert run([*arguments, "--width", "200"]) == ExitCode.OK
    assert seen in capsys.readouterr().out
    assert run([*arguments, "--format", "mail"]) == ExitCode.OK
    mailed = capsys.readouterr().out
    assert "Re: [PATCH] foo: drop owner" in mailed
    assert str(linux) not in mailed and "seen:" not in mailed


@needs_git
def test_trees_are_tried_in_order(linux: Path, mbox: Path, tmp_path: Path, capsys) -> None:
    other = clone(linux, tmp_path / "other", "--depth=1", "--no-tags")
    (other / "drivers").rename(other / "moved")
    commit(other, {})
    found = rules(capsys, "--tree", other, "--tree", linux, "--base", "v1", mbox)
    assert found == ["fops-owner-missing"]


def test_an_unpacked_tree_will_do(mbox: Path, tmp_path: Path, capsys) -> None:
    file = tmp_path / "unpacked" / PATH
    file.parent.mkdir(parents=True)
    file.write_text(TEXT)
    assert rules(capsys, "--source", tmp_path / "unpacked", mbox) == ["fops-owner-missing"]


@needs_git
def test_one_rule_can_be_tried_with_a_tree(linux: Path, mbox: Path, capsys) -> None:
    options = ["--tree", str(linux), "--base", "v1", str(mbox)]
    assert run(["rules", "try", "fops-owner-missing", *options]) == ExitCode.OK
    assert "THIS_MODULE" in capsys.readouterr().out


# What goes wrong


@needs_git
def test_a_folder_that_is_no_repository_is_unusable(mbox: Path, tmp_path: Path, capsys) -> None:
    assert run(["review", "--tree", str(tmp_path), str(mbox)]) == ExitCode.UNUSABLE
    err = capsys.readouterr().err
    assert f"{tmp_path}: not a git repository" in err
    assert "--source" in err


@needs_git
def test_a_base_that_is_nowhere_is_wrong_usage(linux: Path, mbox: Path, capsys) -> None:
    assert run(["review", "--tree", str(linux), "--base", "v9", str(mbox)]) == ExitCode.USAGE
    assert "--base v9: no --tree has such a commit" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--tree", "--source"])
def test_a_path_that_is_not_there_is_wrong_usage(option: str, mbox: Path, capsys) -> None:
    assert run(["review", option, "/nowhere", str(mbox)]) == ExitCode.USAGE
    assert "/nowhere" in capsys.readouterr().err


def test_a_base_without_a_tree_is_wrong_usage(mbox: Path, capsys) -> None:
    assert run(["review", "--base", "v1", str(mbox)]) == ExitCode.USAGE
    assert "--base needs a --tree" in capsys.readouterr().err


@needs_git
def test_a_damaged_tree_is_told_of_and_the_review_goes_on(linux: Path, mbox: Path, capsys) -> None:
    loose(linux, f"v1:{PATH}").write_bytes(b"rubbish")
    arguments = ["--tree", str(linux), "--base", "v1", "--format", "jsonl", str(mbox)]
    assert run(["review", *arguments]) == ExitCode.OK
    assert f"reviewbot: {linux}: not all of it could be read" in capsys.readouterr().err


def test_without_a_tree_nothing_of_it_is_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "reviewbot", "review", str(faulty(tmp_path))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "reviewbot.commands.belt" in imported
    assert not imported & {"subprocess", "reviewbot.sources.gittree"}
