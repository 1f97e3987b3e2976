"""A labelled benchmark of a few invented patches, in the form of the real one."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.builders import mail, new_file, patch_body
from tests.sources.repositories import commit, git

PATH = "virt/kvm/lumen.c"
OLD = """int lumen_attach(struct kvm *kvm, struct lumen *lumen)
{
	int ret;

	kvm_get_kvm(kvm);
	lumen->ready = lumen_count(lumen);
	lumen->users = 1;
	lumen->first = 0;
	lumen->last = 0;
	ret = lumen_start(lumen);
	kvm_put_kvm(kvm);
	return ret;
}
"""
HUNK = "@@ -7,4 +7,6 @@ int lumen_attach(struct kvm *kvm, struct lumen *lumen)\n"
EARLY = (
    f"diff --git a/{PATH} b/{PATH}\nindex %s..222222222222 100644\n--- a/{PATH}\n+++ b/{PATH}\n{HUNK}"
    " \tlumen->users = 1;\n \tlumen->first = 0;\n+\tif (!lumen->ready)\n+\t\treturn -EINVAL;\n"
    " \tlumen->last = 0;\n \tret = lumen_start(lumen);\n"
)
CLEAN = EARLY.replace("if (!lumen->ready)", "/* Later.").replace("\treturn -EINVAL;", " */")
LANTERN = OLD.replace("kvm_get_kvm(kvm)", "lantern_get(kvm)").replace(
    "kvm_put_kvm(", "lantern_put("
)
EXPORTED = (
    'MODULE_LICENSE("GPL");\nint lumen_on(void)\n{\n\treturn 1;\n}\nEXPORT_SYMBOL_GPL(lumen_on);\n'
)
KINDS = {
    "e1": ("A", "early-return", EARLY, ["ref-leak"], (9, 10)),
    "e1w": ("E", "early-return", CLEAN, [], (0, 0)),
    "u1": ("A", "early-return", new_file("virt/kvm/lantern.c", LANTERN), ["ref-leak"], (1, 13)),
}


def label(patch_id: str, **more: Any) -> dict[str, Any]:
    """The label of one of these patches."""
    cls, kind, _, rules, lines = KINDS[patch_id]
    path = "virt/kvm/lantern.c" if patch_id == "u1" else PATH
    expected = {"file": path, "function": "lumen_attach", "lines": lines, "rules": rules}
    return {
        "id": patch_id,
        "patch": f"patches/{patch_id}.patch",
        "bug": bool(rules),
        "class": cls,
        "kind": kind,
        "file": path,
        "form": "hunk",
        "context": 3,
        "family": "kvm",
        "expect": [expected] if rules else [],
        "allow": [],
        "acquire": "lantern_get" if patch_id == "u1" else "kvm_get_kvm",
        "release": ["kvm_put_kvm"],
        **more,
    }


def benchmark(folder: Path, scorer: Path) -> Path:
    """The folder of a benchmark with one set, the bundle of its blobs, and the real scorer."""
    bench = folder / "bench"
    patches = bench / "mutations" / "patches"
    patches.mkdir(parents=True)
    repository = folder / "repository"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    commit(repository, {PATH: OLD})
    git(repository, "bundle", "create", "-q", str(bench / "mutations.bundle"), "--all")
    blob = git(repository, "rev-parse", f"HEAD:{PATH}")[:12]
    for patch_id, (_, _, diff, _, _) in KINDS.items():
        text = diff % blob if "%s" in diff else diff
        data = mail(patch_body(text), message_id=f"{patch_id}@example.org")
        (patches / f"{patch_id}.patch").write_bytes(data)
    labels = [label("e1"), label("e1w", twin_of="e1", twin_kind="reverse"), label("u1")]
    rows = "".join(json.dumps(one) + "\n" for one in labels)
    (bench / "mutations" / "labels.jsonl").write_text(rows)
    shutil.copy(scorer, bench / "score.py")
    return bench
