"""Law: seeing more never makes a finding less certain, on invented C and on real patches."""

import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.commands.belt import series_in
from reviewbot.commands.stats import Watch
from reviewbot.config import load
from reviewbot.model.diff import FileChange
from reviewbot.model.finding import Confidence
from reviewbot.model.series import Series
from reviewbot.model.tree import DictTree, NoTree, Tree
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.sources.trees import opened
from tests.laws.edits import edited
from tests.sources.repositories import needs_git
from tests.values import patch, series

BENCH = Path(__file__).resolve().parents[2] / ".." / "shared" / "bench"
SAMPLE = 31  # every 31st patch: about 60

# What the rules speak of, and what makes them silent.
PARTS = """\
#include <linux/module.h>
%%
int foo_N(struct kvm *kvm)
{
	int ret;

	kvm_get_kvm(kvm);
	ret = anon_inode_getfd("foo", &foo_fops, kvm, O_RDWR);
	if (ret < 0)
		kvm_put_kvm(kvm);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_N);
%%
int bar_N(struct device *dev)
{
	try_module_get(dev->driver->owner);
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	return foo_N(dev);
}
EXPORT_SYMBOL(bar_N);
%%
static int baz_N(struct kvm *kvm)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	foo->kvm = kvm;
	return anon_inode_getfd("baz", &fops_N, foo, O_RDWR);
}
EXPORT_SYMBOL_GPL(baz_N);
%%
static const struct file_operations fops_N = {
	.owner = THIS_MODULE,
	.open = foo_N,
	.release = bar_N,
};
%%
static const struct file_operations fops_N = {
	.open = foo_N,
};

static struct miscdevice misc_N = {
	.name = "foo",
	.fops = &fops_N,
};
%%
extern int foo_N(struct kvm *kvm);
%%
EXPORT_SYMBOL_NS_GPL(foo_N, KVM);
%%
/*
 * EXPORT_SYMBOL(foo_N);
 */
%%
#ifdef CONFIG_FOO
static inline int qux_N(void) { return 0; }
#else
int qux_N(void);
#endif
"""
TEMPLATES = tuple(PARTS.split("%%\n"))
PATHS = ("virt/kvm/foo.c", "drivers/vfio/foo.c", "include/linux/kvm_foo.h")

# A name stands for one thing in a file: the numbers are unique.
parts = st.tuples(st.sampled_from(TEMPLATES), st.integers(0, 9))
files = st.lists(parts, min_size=1, max_size=6, unique_by=lambda part: part[1])


@cache
def kit() -> Kit:
    return load().kit()


def certain(of: Series, tree: Tree) -> set[tuple[str, str, int, str]]:
    """The findings of high confidence: rule, path, line, symbol."""
    found = findings(of, kit(), tree)
    assert not found.failures
    return {
        (one.rule, one.anchor.path, one.anchor.line, one.symbol)
        for one in found.findings
        if one.confidence is Confidence.HIGH
    }


@st.composite
def changes(draw: st.DrawFn) -> tuple[DictTree, FileChange]:
    """A file and what a patch makes of it: parts taken out, put in, and single lines removed."""
    drawn = [text.replace("_N", f"_{number}") for text, number in draw(files)]
    added = draw(st.integers(0, len(drawn) - 1))
    before = [part for place, part in enumerate(drawn) if place != added]
    after = [part for place, part in enumerate(drawn) if place == added or draw(st.integers(0, 4))]
    path = draw(st.sampled_from(PATHS))
    old, new = "\n".join(before).split("\n"), "\n".join(after).split("\n")
    # Statements and members of an initializer, without which it is still C.
    spare = [n for n, line in enumerate(new) if line[:1] == "\t" and line[-1] in ";,"]
    if spare and draw(st.booleans()):
        del new[draw(st.sampled_from(spare))]
    change = edited(path, tuple(old), tuple(new), draw(st.integers(0, 5)))
    return DictTree({path: "".join(f"{line}\n" for line in old)}), change


@given(changes())
def test_law_a_tree_takes_no_certain_finding_away(drawn: tuple[DictTree, FileChange]) -> None:
    tree, change = drawn
    of = series(patch(change), total=1)
    assert certain(of, NoTree()) <= certain(of, tree)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bench") / "mutations.git"
    bundle = str(BENCH / "mutations.bundle")
    subprocess.run(("git", "clone", "-q", "--mirror", bundle, str(target)), check=True)
    return target


@needs_git
@pytest.mark.skipif(not BENCH.is_dir(), reason="../shared is not beside this checkout")
def test_law_a_tree_takes_no_certain_finding_away_from_real_patches(bench: Path) -> None:
    paths = sorted((BENCH / "mutations" / "patches").iterdir())[::SAMPLE]
    seen = 0
    with opened([bench]) as tree_of:
        for path in paths:
            for one in series_in([str(path)], Watch()):
                without = certain(one, NoTree())
                assert without <= certain(one, tree_of(one)), path.name
                seen += len(without)
    assert seen > 5
