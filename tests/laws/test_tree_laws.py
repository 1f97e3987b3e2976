"""Law: seeing more never makes a finding less certain, on invented C and on real patches.

What is found without a tree is found with one at the same place, and no less surely. Only a fact that the tree
alone shows may take a finding away: `REFUTED` says by rule which one, and is as short as it can be. (What is
found with a tree only, or more surely with one, is what a tree is for.)
"""

import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.cmodel.change import series_change
from reviewbot.commands.belt import series_in
from reviewbot.commands.stats import Watch
from reviewbot.config import load
from reviewbot.model.diff import FileChange, FileKind
from reviewbot.model.series import Series
from reviewbot.model.tree import DictTree, NoTree, Tree
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.sources.trees import opened
from tests.laws.edits import edited
from tests.sources.repositories import needs_git
from tests.values import patch, series

BENCH = Path(__file__).resolve().parents[2] / ".." / "shared" / "bench"

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


# The fact by which a tree may show that what a rule said of the diff is not so.
REFUTED: dict[str, str] = {}

Place = tuple[str, str, str, int, str]


def found_in(of: Series, tree: Tree) -> dict[Place, int]:
    """How sure the findings are, by rule, patch, path, line and symbol."""
    made = findings(of, kit(), tree)
    assert not made.failures
    sure: dict[Place, int] = {}
    for one in made.findings:
        anchor = one.anchor
        place = (one.rule, anchor.message_id, anchor.path, anchor.line, one.symbol)
        sure[place] = max(sure.get(place, -1), one.confidence.rank)
    return sure


def less_certain(of: Series, tree: Tree) -> dict[Place, tuple[int, int]]:
    """The findings that a tree takes away or makes less certain: how sure they are without and with it."""
    without, with_tree = found_in(of, NoTree()), found_in(of, tree)
    return {
        place: (rank, with_tree.get(place, -1))
        for place, rank in without.items()
        if with_tree.get(place, -1) < rank and not (place not in with_tree and place[0] in REFUTED)
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
def test_law_a_tree_takes_no_finding_away(drawn: tuple[DictTree, FileChange]) -> None:
    tree, change = drawn
    assert less_certain(series(patch(change), total=1), tree) == {}


@st.composite
def long_series(draw: st.DrawFn) -> tuple[DictTree, Series]:
    """A file, and patches one upon the other; the first may add it, and one may move it."""
    texts = [
        [text.replace("_N", f"_{number}") for text, number in drawn]
        for drawn in draw(st.lists(files, min_size=2, max_size=5))
    ]
    lines = ["\n".join(parts_).split("\n") for parts_ in texts]
    path = draw(st.sampled_from(PATHS))
    is_new, context = draw(st.booleans()), draw(st.integers(0, 4))
    before: tuple[str, ...] = () if is_new else tuple(lines.pop(0))
    tree = DictTree({} if is_new else {path: "".join(f"{line}\n" for line in before)})
    patches = []
    for number, after in enumerate(lines, 1):
        change = edited(path, before, tuple(after), context)
        if is_new and number == 1:
            change = replace(change, kind=FileKind.ADDED, old_path="")
        elif draw(st.integers(0, 3)) == 0:
            moved = path.replace("foo", f"foo{number}")
            change = replace(change, kind=FileKind.RENAMED, new_path=moved)
            path = moved
        patches.append(patch(change, position=number))
        before = tuple(after)
    return tree, series(*patches, total=len(patches))


@given(long_series())
def test_law_a_tree_takes_no_finding_of_a_series_away(drawn: tuple[DictTree, Series]) -> None:
    tree, of = drawn
    assert less_certain(of, tree) == {}


@given(long_series())
def test_law_a_series_that_adds_a_file_is_seen_as_well_without_a_tree(
    drawn: tuple[DictTree, Series],
) -> None:
    tree, of = drawn
    if of.patches[0].files[0].kind is FileKind.ADDED:
        assert found_in(of, NoTree()).items() <= found_in(of, tree).items()
        change = series_change(of, NoTree())
        assert all(source.old.whole and source.new.whole for source in change.sources)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The repositories of the benchmark by the folder of their patches."""
    found = {}
    for bundle in BENCH.glob("*.bundle"):
        target = tmp_path_factory.mktemp("bench") / f"{bundle.stem}.git"
        subprocess.run(("git", "clone", "-q", "--mirror", bundle, target), check=True)
        found[bundle.stem] = target
    return found


@needs_git
@pytest.mark.skipif(not BENCH.is_dir(), reason="../shared is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "step", "least"), [("mutations", 31, 10), ("reversed-fixes", 9, 2)]
)
def test_law_a_tree_takes_no_finding_away_from_real_patches(
    trees: dict[str, Path], name: str, step: int, least: int
) -> None:
    paths = sorted((BENCH / name / "patches").iterdir())[::step]
    seen = 0
    with opened([trees[name]]) as tree_of:
        for path in paths:
            for one in series_in([str(path)], Watch()):
                assert less_certain(one, tree_of(one)) == {}, path.name
                seen += len(found_in(one, NoTree()))
    assert seen >= least
