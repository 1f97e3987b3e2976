"""Glimpse: pieces of a diff that surely hold a file, or a function."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.glimpse import Glimpse, files
from tests.builders import new_file, patch_body
from tests.changes import edit, source

HUNK = "--- a/a.c\n+++ b/a.c\n@@ -1,9 +1,9 @@ static int above(void)\n"


def pieces(*lines: str) -> list[str]:
    """The pieces of one hunk."""
    (file,) = files((HUNK + "".join(f"{line}\n" for line in lines)).encode())
    return [piece.raw.decode() for piece in file.functions]


def test_the_sides_of_a_diff() -> None:
    seen = Glimpse(b"\n a\n-b\n+c\n \n+\td += e;\n\\ No newline")
    assert seen.after == "\na\nc\n\n\td += e;"
    assert (seen.added, seen.removed) == ("c\n\td += e;", "b")
    assert seen.rough.split() == ["a", "c", "d", "=", "e;"]
    assert seen.is_changed and not Glimpse(b"\n a\n b").is_changed


def test_files_and_their_paths() -> None:
    text = patch_body(edit("x/a.c", "a", "b"), new_file("b.h", "int b;"))
    first, second = sorted(files(text.encode()), key=lambda one: one.paths, reverse=True)
    assert (first.paths, second.paths) == (("x/a.c", "x/a.c"), ("/dev/null", "b.h"))
    (piece,) = second.functions
    assert piece.file == second and piece.paths == second.paths


def test_pieces_are_let_go_with_their_file() -> None:
    text = patch_body(new_file("b.h", "static int b(void)\n{\n\treturn 1;\n}"))
    gc.collect()
    before = sum(isinstance(one, Glimpse) for one in gc.get_objects())
    for _ in range(10):
        assert [piece.file for file in files(text.encode()) for piece in file.functions]
    gc.collect()
    assert sum(isinstance(one, Glimpse) for one in gc.get_objects()) == before


def test_diffs_without_git_are_one_piece() -> None:
    (file,) = files(
        b"--- a.c\n+++ a.c\n@@ -1 +1 @@\n-a\n+b\n--- b.c\n+++ b.c\n@@ -1 +1 @@\n-a\n+c\n"
    )
    assert file.paths == ("a.c", "a.c", "b.c", "b.c")


def test_what_has_no_hunk_is_no_file() -> None:
    assert not [*files(b"diff --git a/a b/b\nrename from a\nrename to b\n")]


FUNCTION = (" int foo(void)", " {", "+\tx();", " }")


def test_a_hunk_is_cut_behind_functions() -> None:
    found = pieces(*FUNCTION, " ", " int bar(void)", " {", "-\ty();", " }", " int rest;")
    assert [piece.split("(")[0].split()[-1] for piece in found[:2]] == ["foo", "bar"]
    assert found[2] == "\n int rest;\n"


@pytest.mark.parametrize(
    "inside",
    [
        ("+/* a", " }", "+*/"),
        (" #ifdef A", " }", " #else", "+\tz();", " #endif"),
        (" #if A", " # if B", " # endif", " }", " #endif"),
        (" #define X \\", " }"),
        (" \tint a[] = {", " }, b;"),
    ],
)
def test_a_brace_that_may_not_end_a_function_cuts_nothing(inside: tuple[str, ...]) -> None:
    (first, *_) = pieces(" int foo(void)", " {", *inside, "+\tlast();", " }")
    assert "last" in first


def test_a_guard_around_functions_does_not_hold_them_together() -> None:
    assert len(pieces(" #ifdef A", *FUNCTION, *FUNCTION, " #endif")) == 3


def test_hunks_without_a_gap_are_one() -> None:
    text = HUNK.replace("9 +1,9", "2 +1,2") + " int foo(void)\n {\n@@ -3,2 +3,2 @@\n+\tx();\n }\n"
    (file,) = files(text.encode())
    assert len(file.functions) == 1 and file.functions[0].may_be_whole
    apart = text.replace("+3,2", "+4,2")
    (file,) = files(apart.encode())
    assert len(file.functions) == 2 and not any(one.may_be_whole for one in file.functions)


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (FUNCTION, True),
        ((" static int f(void) { return 0; }",), True),
        ((" static int f(void) {", " \treturn 0; }"), True),
        ((" \tx();", " }"), False),
        ((" int f(void)", " {", "+\tif (x) {", "+\t}"), False),
        ((" int f(void)", "-{", "-}"), False),
    ],
)
def test_whether_a_function_may_be_whole(lines: tuple[str, ...], whole: bool) -> None:
    (file,) = files((HUNK + "".join(f"{line}\n" for line in lines)).encode())
    assert any(piece.may_be_whole for piece in file.functions) is whole


BODIES = st.lists(
    st.sampled_from(
        [
            "\tx();\n",
            "\tif (a) {\n\t\tx();\n\t}\n",
            "#ifdef A\n\tx();\n#else\n\ty();\n#endif\n",
            "#if A\n\tx();\n}\n#else\n\ty();\n#endif\n",
            "/* {\n}\n*/\n",
            "#define A \\\n}\n",
            "out:\n",
            "\tx(\"}\", '{');\n",
        ]
    ),
    max_size=4,
).map("".join)
HEADS = st.sampled_from(
    [
        "int foo(void)\n{\n",
        "static int\nfoo(int a,\n    int b)\n{\n",
        "int foo(void) {\n",
        "int foo(void)\n  {\n",
    ]
)
BETWEEN = st.sampled_from(
    [
        "",
        "\n",
        "struct a {\n\tint b;\n};\n",
        "int b(void) { return 0; }\n",
        "/* {\n */\n",
        "int c[] = {\n1,\n};\n",
    ]
)
FUNCTIONS = st.lists(st.tuples(BETWEEN, HEADS, BODIES), max_size=4)


@given(FUNCTIONS)
def test_law_every_function_that_is_seen_lies_within_one_piece(
    functions: list[tuple[str, str, str]],
) -> None:
    code = "".join(f"{between}{head}{body}}}\n" for between, head, body in functions)
    diff = new_file("a.c", f"int a;\n{code}")
    (file,) = files(diff.encode())
    image = source(diff).new
    for function in image.outline.functions:
        text = image.reading.text(function.first, function.last)
        holding = [piece for piece in file.functions if text in piece.after]
        assert holding
        assert not function.whole or any(piece.may_be_whole for piece in holding)


@given(st.binary(max_size=120))
def test_law_no_line_of_a_hunk_is_lost(data: bytes) -> None:
    for file in files(b"--- a\n+++ b\n@@ -1,3 +1,3 @@\n" + data):
        assert all(piece.after.strip() in file.after for piece in file.functions)
