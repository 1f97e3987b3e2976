"""Real fixes, forward and reversed: the machinery on an invented fix."""

import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

import pytest

from benchmarks.fixed import rebuild
from benchmarks.fixed.shape import Kind, shape
from reviewbot.config import load
from reviewbot.model.diff import FileChange, Side
from reviewbot.model.tree import DictTree
from reviewbot.parse.diff import file_changes
from tests.builders import mail, patch_body

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "fixes.py"
PATH = "virt/kvm/lumen.c"
FIXED = """\
int lumen_attach(struct kvm *kvm, struct lumen *lumen)
{
	int ret;

	kvm_get_kvm(kvm);
	lumen->ready = lumen_count(lumen);
	lumen->users = 1;
	lumen->first = 0;
	if (!lumen->ready) {
		kvm_put_kvm(kvm);
		return -EINVAL;
	}
	ret = lumen_start(lumen);
	kvm_put_kvm(kvm);
	return ret;
}
"""
BROKEN = FIXED.replace(
    " {\n\t\tkvm_put_kvm(kvm);\n\t\treturn -EINVAL;\n\t}", "\n\t\treturn -EINVAL;"
)
LATER = "#include <linux/kvm_host.h>\n\n" + FIXED + "\nint lumen_count(struct lumen *lumen);\n"


def diff(old: str, new: str) -> str:
    rows = unified_diff(old.splitlines(), new.splitlines(), f"a/{PATH}", f"b/{PATH}", lineterm="")
    return f"diff --git a/{PATH} b/{PATH}\n" + "".join(f"{row}\n" for row in rows)


def change(old: str = BROKEN, new: str = FIXED) -> FileChange:
    (file,) = file_changes(diff(old, new)).files
    return file


def test_a_fix_is_found_in_a_tree_that_has_it() -> None:
    found = rebuild.rebuilt(change(), DictTree({PATH: LATER}))
    assert isinstance(found, rebuild.Rebuilt)
    assert found.after == LATER
    assert found.before == LATER.replace(FIXED, BROKEN)
    assert rebuild.text(found.file) == diff(found.before, LATER)


def test_a_fix_is_found_in_a_tree_that_is_older() -> None:
    found = rebuild.rebuilt(change(), DictTree({PATH: LATER.replace(FIXED, BROKEN)}))
    assert isinstance(found, rebuild.Rebuilt)
    assert (found.after, found.file.hunks[0].new_start) == (LATER, 8)


def test_context_that_changed_is_cut() -> None:
    text = LATER.replace("ready = lumen", "ready = 2 * lumen").replace("return ret", "return 0")
    found = rebuild.rebuilt(change(), DictTree({PATH: text}))
    assert isinstance(found, rebuild.Rebuilt)
    assert found.after == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [("int x;\n", "the hunks do not fit"), (None, "no such file")],
)
def test_what_does_not_fit_is_not_rebuilt(text: str | None, reason: str) -> None:
    found = rebuild.rebuilt(change(), DictTree({PATH: text} if text else {}))
    assert isinstance(found, str) and reason in found


def test_to_turn_a_change_round_is_to_swap_its_sides() -> None:
    turned = rebuild.turned(change())
    assert rebuild.turned(turned) == change()
    assert rebuild.text(turned) == diff(FIXED, BROKEN)
    found = rebuild.placed(turned, BROKEN.splitlines(), Side.NEW)
    assert found is not None and found.before == FIXED


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (BROKEN, FIXED, Kind.PUT_ADDED),
        (FIXED, BROKEN, Kind.PUT_REMOVED),
        ("a;\n", "kvm_get_kvm(kvm);\na;\n", Kind.GET_ADDED),
        ("a;\n", "/* kvm_get_kvm(kvm) */\na;\n", Kind.OTHER),
        ("a;\n", "lamp_put(lamp);\na;\n", Kind.OTHER_CALLS),
        ("a;\n", "\t.owner = THIS_MODULE,\na;\n", Kind.OWNER),
        ("return -1;\n", "goto out;\n", Kind.EXIT),
        ("kvm_put_kvm(kvm);\na;\nb;\n", "a;\nb;\nkvm_put_kvm(kvm);\n", Kind.PUT_MOVED),
    ],
)
def test_what_a_fix_does(old: str, new: str, kind: Kind) -> None:
    assert shape((change(old, new),), load().kit().pairs).kind is kind


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(SCRIPT), *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_fixes_there_is_nothing_to_run(tmp_path: Path) -> None:
    done = run(str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing to run" in done.stdout


def test_a_whole_run(tmp_path: Path) -> None:
    name = "a-list__KVM_lumen_add_missing_put"
    for folder, suffix in (("fix-diffs", "diff"), ("fixes", "eml")):
        (tmp_path / folder).mkdir()
        text = diff(BROKEN, FIXED)
        data = mail(patch_body(text), subject="[PATCH] KVM: lumen: add missing put")
        (tmp_path / folder / f"{name}.{suffix}").write_bytes(
            data if suffix == "eml" else text.encode()
        )
    source = tmp_path / "linux"
    (source / PATH).parent.mkdir(parents=True)
    (source / PATH).write_text(LATER)
    page = tmp_path / "fixes.md"
    done = run(str(tmp_path), "--source", str(source), "--page", str(page))
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "| the same with the tree | 1 | 1 | 1 | 1 of 1 |" in text
    assert "| a-list: KVM: lumen: add missing put | adds a put |" in text
    assert "| no | ref-leak-on-error-path |  |" in text
    assert str(tmp_path) not in text and "lumen_start" not in text
