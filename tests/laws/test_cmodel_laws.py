"""Laws of the C model: it never fails, keeps its numbers, and seeing more never loses what was seen."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from hypothesis import assume, given
from hypothesis import strategies as st

from reviewbot.cmodel.directives import plain
from reviewbot.cmodel.image import Image, Stretch, images
from reviewbot.cmodel.mask import mask
from reviewbot.cmodel.outline import Outline
from reviewbot.cmodel.piece import whole
from reviewbot.cmodel.sheet import sheet
from reviewbot.model.diff import FileChange, FileKind, Hunk, Line, Side, Sign
from reviewbot.model.tree import DictTree, NoTree

PATH = "drivers/foo/foo.c"

# Text that is anything, and text that is nearly C.
SHARDS = (
    *"(){}[];,=*&<>.:?#\"'\\\n\t ",
    *("a", "foo", "->", "/*", "*/", "//", "if (", "else", "for (", "return ", "sizeof(", "case "),
    *(
        "struct a ",
        "static int f(void)\n{\n",
        "\n}\n",
        "#if 0\n",
        "#ifdef A\n",
        "#else\n",
        "#endif\n",
    ),
    *(
        "#define A ",
        "\\\n",
        " * ",
        "EXPORT_SYMBOL(",
        '"a"',
        "'b'",
        ".a = ",
        "int (*f)(",
        "__free(",
        "é",
    ),
)
anything = st.text(max_size=200) | st.lists(st.sampled_from(SHARDS), max_size=60).map("".join)


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


@given(anything, st.integers(1, 99), anything, st.sampled_from((".c", ".h", ".S", ".rs", "")))
def test_no_text_is_too_odd_for_an_outline(text: str, first: int, heading: str, end: str) -> None:
    lines = lines_of(text)
    found = Image(f"a{end}", Side.NEW, (Stretch(first, lines, heading.split("\n")[0]),)).outline
    inside = range(first, first + len(lines))
    for kind in (found.calls, found.exports, found.includes, found.prototypes, found.assignments):
        assert all(one.line in inside for one in kind)
    for items in (found.functions, found.initializers, found.structs):
        assert all(one.first in inside and one.last in inside for one in items)
    assert [call.line for call in found.calls] == sorted(call.line for call in found.calls)


@given(anything, st.booleans())
def test_masking_keeps_every_length(text: str, cut: bool) -> None:
    masked = mask(text, cut=cut)
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in text.split("\n")]
    assert len(plain(masked).code) == len(text)


@given(anything)
def test_masking_only_ever_blanks(text: str) -> None:
    pairs = zip(mask(text), text, strict=True)
    assert all(masked in (" ", original) for masked, original in pairs)


@given(anything)
def test_the_layers_of_a_sheet_have_one_length(text: str) -> None:
    page = sheet(Stretch(5, lines_of(text), "int foo(void)"))
    readable = whole(page).readable(0, len(page.code))
    lengths = {len(layer) for layer in (page.raw, page.masked, page.plain, page.code, readable)}
    assert lengths == {len(text)}


# Ways to write a function, with traps in comments, macros and conditions.
FUNCTIONS = """\
int NAME(struct kvm *kvm)
{
	int ret;

	ret = CALL(ARG);
	if (ret)
		goto out;
	CALL(ARG, 1);
out:
	return ret;
}
%%
static void __init NAME(void)
{
	list_for_each_entry(a, b, c) {
		CALL(a);
	}
#ifdef CONFIG_A
	if (a) {
#else
	if (b) {
#endif
		CALL(ARG,
			sizeof(a));
	}
}
%%
static inline int NAME(int a,
			int b)
{
	/*
	* CALL(hidden)
	*/
	pr_info("CALL(%d)", CALL(ARG));
	return a ? CALL(1) : 0;
}
"""

# What else stands in a file.
OTHERS = """\
EXPORT_SYMBOL_GPL(NAME);
%%
EXPORT_SYMBOL_FOR_MODULES(NAME,
	"kvm,kvm-intel");
%%
/*
 * CALL(hidden) and EXPORT_SYMBOL(NAME);
 * more
 */
%%
#define NAME_(x)	\\
	do {		\\
		CALL(x);	\\
	} while (0)
%%
struct NAME {
	int (*CALL)(int ARG);
	int b;
};
%%
static const struct ops NAME = {
	.open = CALL,
	.a = BIT(1),
};
%%
int NAME(struct kvm *kvm, int a);
%%
#include <linux/NAME.h>
%%
module_init(NAME);
%%

"""
TEMPLATES = tuple(f"{FUNCTIONS}%%\n{OTHERS}".split("%%\n"))


@st.composite
def files(draw: st.DrawFn) -> str:
    """A C file of a few items."""
    words = st.sampled_from(("foo", "bar", "kvm_get", "try_get"))
    parts = []
    for number in range(draw(st.integers(1, 6))):
        part = draw(st.sampled_from(TEMPLATES)).replace("NAME", f"{draw(words)}_{number}")
        parts.append(part.replace("CALL", draw(words)).replace("ARG", draw(words)))
    return "\n".join(parts)


# What git takes for a function's first line in C (userdiff.c, "cpp"), labels aside.
FUNCNAME = re.compile(r"(?![A-Za-z_]\w*:\s*($|/[/*]))[A-Za-z_].*")


def heading_above(lines: tuple[str, ...], first: int) -> str:
    above = (line for line in reversed(lines[: first - 1]) if FUNCNAME.match(line))
    return next(above, "")[:80]


@st.composite
def windows(draw: st.DrawFn) -> tuple[Outline, Outline, range]:
    """The outlines of a piece of a file and of the whole file, and the lines of the piece."""
    lines = lines_of(draw(files()))
    first = draw(st.integers(1, len(lines)))
    last = draw(st.integers(first, len(lines)))
    # The last line of a macro alone looks like any other.
    above, own = lines[: first - 1][-1:], lines[first - 1]
    assume(own.endswith("\\") or not any(line.endswith("\\") for line in above))
    window = Stretch(first, lines[first - 1 : last], heading_above(lines, first))
    part = Image(PATH, Side.NEW, (window,)).outline
    return part, Image(PATH, Side.NEW, (Stretch(1, lines),), True).outline, range(first, last + 1)


@given(windows())
def test_seeing_more_loses_nothing(window: tuple[Outline, Outline, range]) -> None:
    part, all_, _ = window
    assert {(c.name, c.line) for c in part.calls} <= {(c.name, c.line) for c in all_.calls}
    thrown = {(c.name, c.line) for c in all_.calls if c.discarded}
    assert {(c.name, c.line) for c in part.calls if c.discarded} <= thrown
    kept = {(c.name, c.target, c.line) for c in part.calls if c.target}
    assert kept <= {(c.name, c.target, c.line) for c in all_.calls}
    assert {(a.target, a.value) for a in part.assignments} <= {
        (a.target, a.value) for a in all_.assignments
    }
    assert {(e.symbol, e.line) for e in part.exports} <= {(e.symbol, e.line) for e in all_.exports}
    assert set(part.includes) <= set(all_.includes)
    assert set(part.prototypes) <= set(all_.prototypes)
    assert {i.name for i in part.initializers} <= {i.name for i in all_.initializers}


@given(windows())
def test_a_fragment_is_in_the_function_the_file_is_in(
    window: tuple[Outline, Outline, range],
) -> None:
    part, all_, seen_lines = window
    for number in seen_lines:
        seen, known = part.function_at(number), all_.function_at(number)
        assert seen is None or (known is not None and seen.name == known.name)
    for function in part.functions:
        if function.whole:
            assert function in all_.functions


def hunks_of(old: tuple[str, ...], new: tuple[str, ...], context: int) -> Iterator[Hunk]:
    """The hunks of a diff between two texts."""
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        lines = []
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [Line(Sign.CONTEXT, old[i], i + 1, c + i - a + 1, 0) for i in range(a, b)]
                continue
            lines += [Line(Sign.REMOVED, old[i], i + 1, 0, 0) for i in range(a, b)]
            lines += [Line(Sign.ADDED, new[i], 0, i + 1, 0) for i in range(c, d)]
        _, first_old, last_old, first_new, last_new = group[0]
        whole_old = sum(line.sign is not Sign.ADDED for line in lines)
        whole_new = sum(line.sign is not Sign.REMOVED for line in lines)
        yield Hunk(
            first_old + 1 if whole_old else first_old,
            first_new + 1 if whole_new else first_new,
            "",
            tuple(lines),
            0,
        )
        assert last_old >= first_old and last_new >= first_new


some_lines = st.lists(st.sampled_from(("a", "b", "c", "")), max_size=12).map(tuple)


@given(some_lines, some_lines, st.integers(0, 3))
def test_hunks_on_a_tree_give_the_new_file(
    old: tuple[str, ...], new: tuple[str, ...], context: int
) -> None:
    hunks = tuple(hunks_of(old, new, context))
    file = FileChange(FileKind.MODIFIED, PATH, PATH, hunks)
    text = "".join(f"{line}\n" for line in old)
    before, after = images(file, DictTree({PATH: text}))
    assert before.whole and after.whole
    assert [line for part in before.stretches for line in part.lines] == list(old)
    assert [line for part in after.stretches for line in part.lines] == list(new)
    for fragment, known in zip(images(file, NoTree()), (old, new), strict=True):
        for part in fragment.stretches:
            assert part.lines == known[part.first - 1 : part.first - 1 + len(part.lines)]
