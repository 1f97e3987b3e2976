"""Which leaks a change introduces, and at which line of its diff they are told."""

import pytest

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.leaks import introduced
from reviewbot.model.diff import Side
from tests.builders import new_file
from tests.changes import changed, edit
from tests.cmodel.flows import PAIRS, function

BALANCED = "int r;\n\nbox_get(b);\nr = a(b);\nbox_put(b);\nreturn r;"
LEAKY = "int r;\n\nbox_get(b);\nr = a(b);\nif (r < 0)\n\treturn r;\nbox_put(b);\nreturn r;"


def told(diff: str) -> list[tuple[int, Side]]:
    """The places of the leaks that a patch introduces."""
    (source,) = changed(diff).sources
    return [
        (found.line, found.side)
        for change in source.functions
        for found in introduced(change, PAIRS)
    ]


def change(before: str, after: str) -> str:
    """A patch that replaces the body of a whole function, line by line where they differ."""
    old, new = function(before).splitlines(), function(after).splitlines()
    first = next(n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    last = next(
        n
        for n, pair in enumerate(zip(reversed(old), reversed(new), strict=False))
        if pair[0] != pair[1]
    )
    last = min(last, len(old) - first, len(new) - first)
    lines = [f" {line}" for line in old[:first]]
    lines += [f"-{line}" for line in old[first : len(old) - last]]
    lines += [f"+{line}" for line in new[first : len(new) - last]]
    lines += [f" {line}" for line in old[len(old) - last :]]
    head = edit("drivers/foo/foo.c", "", "").partition("@@")[0]
    return f"{head}@@ -10,{len(old)} +10,{len(new)} @@\n" + "".join(f"{line}\n" for line in lines)


def test_new_function() -> None:
    assert told(new_file("drivers/foo/foo.c", function(LEAKY))) == [(8, Side.NEW)]


def test_new_exit() -> None:
    assert told(change(BALANCED, LEAKY)) == [(17, Side.NEW)]


def test_getter_moved_up_is_the_place() -> None:
    before = (
        "int r = a(f);\n\nif (r < 0)\n\treturn r;\nbox_get(b);\nr = c(b);\nbox_put(b);\nreturn r;"
    )
    after = "int r;\n\nbox_get(b);\nr = a(f);\nif (r < 0)\n\treturn r;\nr = c(b);\nbox_put(b);\nreturn r;"
    ((line, side),) = told(change(before, after))
    assert side is Side.NEW
    assert function(after).splitlines()[line - 10].strip() in ("box_get(b);", "return r;")


def test_getter_hoisted_above_a_failure_needs_no_other_put() -> None:
    before = "if (a(f))\n\treturn -EIO;\nbox_get(b);\nf->box = b;\nreturn 0;"
    after = "box_get(b);\nif (a(f))\n\treturn -EIO;\nf->box = b;\nreturn 0;"
    assert [side for _, side in told(change(before, after))] == [Side.NEW]
    assert told(new_file("drivers/foo/foo.c", function(after))) == []


def test_put_that_is_gone_is_the_place() -> None:
    before = "struct box *x = find(n);\nint r;\n\nif (!x)\n\treturn -ENODEV;\nr = a(x);\nlose(x);\nreturn r;"
    ((line, side),) = told(change(before, before.replace("lose(x);\n", "")))
    assert side is Side.OLD
    assert function(before).splitlines()[line - 10].strip() == "lose(x);"


def test_put_that_is_handed_on_is_no_leak() -> None:
    before = "struct box *x = find(n);\nint r;\n\nif (!x)\n\treturn -ENODEV;\nr = a(x);\nlose(x);\nreturn r;"
    assert told(change(before, before.replace("lose(x);\n", "b(x);\n"))) == []


@pytest.mark.parametrize("line", ["a(f);\n", "if (f)\n\ta(f);\n"])
def test_what_leaked_before_is_not_told(line: str) -> None:
    assert told(change(LEAKY, LEAKY.replace("r = a(b);\n", f"r = a(b);\n{line}"))) == []


def test_moved_function_is_not_told() -> None:
    text = function(LEAKY)
    removed = "".join(f"-{line}\n" for line in text.splitlines())
    count = len(text.splitlines())
    gone = (
        "diff --git a/drivers/foo/bar.c b/drivers/foo/bar.c\nindex 111111111111..222222222222 100644\n"
        f"--- a/drivers/foo/bar.c\n+++ b/drivers/foo/bar.c\n@@ -10,{count + 1} +10,1 @@\n {removed[:0]}\n{removed}"
    )
    (bar, foo) = changed(gone + new_file("drivers/foo/foo.c", text)).sources
    assert [found for f in (*bar.functions, *foo.functions) for found in introduced(f, PAIRS)] == []


def test_old_function_that_cannot_be_read_keeps_it_quiet() -> None:
    assert told(change(f"#if FOO\n#endif\n{BALANCED}", LEAKY)) == []


def test_kept_on_success_is_no_leak() -> None:
    text = "if (!try_box(b))\n\treturn -ENODEV;\nif (f)\n\treturn 0;\nuntry_box(b);\nreturn 0;"
    assert told(new_file("drivers/foo/foo.c", function(text))) == []


def test_success_that_forgets_what_all_paths_gave_back() -> None:
    before = (
        "box_get(b);\nif (a(b)) {\n\tbox_put(b);\n\treturn 0;\n}\nc(b);\nbox_put(b);\nreturn 0;"
    )
    after = before.replace("c(b);\nbox_put(b);\n", "c(b);\n")
    assert [side for _, side in told(change(before, after))] == [Side.OLD]


def test_cut_function_is_not_read() -> None:
    diff = edit("drivers/foo/foo.c", "\ta();", "\tif (a())\n\t\treturn -EIO;", "\tbox_get(b);\n")
    (source,) = changed(diff).sources
    whole = [f for f in source.functions if isinstance(f, FunctionChange) and f.new.whole]
    assert whole == []
