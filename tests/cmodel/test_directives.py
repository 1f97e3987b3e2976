"""Directives taken out, with both branches of a condition kept readable."""

from textwrap import dedent

import pytest

from reviewbot.cmodel.directives import plain


def squeezed(text: str) -> str:
    """What is left of the code, white space folded."""
    found = plain(dedent(text))
    assert len(found.code) == len(dedent(text))
    assert found.code.count("\n") == dedent(text).count("\n")
    return " ".join(found.code.split())


def test_code_without_directives_is_left_alone() -> None:
    assert plain("a;\nb;").code == "a;\nb;"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("#include <a.h>\na;", "a;"),
        ("#define A \na;", "a;"),
        ("  #  pragma x\na;", "a;"),
        ("#if A && \\\n    B\na;\n#endif\n", "a;"),
        ("#if A\na;\n#else\nb;\n#endif\n", "a; b;"),
        ("a # b", "a # b"),
    ],
)
def test_directives_are_blanked(text: str, left: str) -> None:
    assert squeezed(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\nc; }", "if (a) { } if (b) { c; }"),
        ("if (x) {\n#ifdef A\n}\n#else\na; }\n#endif", "if (x) { } { a; }"),
        ("x =\n#ifdef A\na();\n#else\nb();\n#endif", "x = a(); + b();"),
        ("x =\n#if A\na();\n#elif B\nb();\n#else\nc();\n#endif", "x = a(); + b(); + c();"),
        ("f(a,\n#ifdef A\nb);\n#else\nc);\n#endif", "f(a, b); ( c);"),
        ("return\n#ifdef A\na();\n#else\nb();\n#endif", "return a(); + b();"),
        ("a;\n#ifdef A\n{{{{{{\n#else\nb;\n#endif", "a; {{{{{{ b;"),
    ],
)
def test_an_else_starts_where_its_if_did(text: str, left: str) -> None:
    assert squeezed(text) == left


def test_a_function_begun_in_a_branch_ends_at_column_0() -> None:
    text = "#ifdef A\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\n}\n"
    assert plain(text).code.split("\n")[3].startswith("}")


def test_a_block_begun_in_a_branch_does_not() -> None:
    text = "#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n"
    assert plain(text).code.split("\n")[2].startswith(" }")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("#if 0\na;\n#endif\nb;", "b;"),
        ("#if 0\na;\n#else\nb;\n#endif\nc;", "b; c;"),
        ("#if 0\n#ifdef X\na;\n#else\nb;\n#endif\nc;\n#endif\nd;", "d;"),
        ("#if 0\na;\n#elif B\nb;\n#endif", "b;"),
        ("a;\n#if 0\nb;", "a;"),
        ("#if 1\na;\n#else\nb;\n#endif", "a; b;"),
        ("#ifdef 0\na;\n#endif", "a;"),
    ],
)
def test_what_nobody_compiles_is_no_code(text: str, left: str) -> None:
    assert squeezed(text) == left


def conditional(text: str, word: str) -> bool:
    return plain(text).is_conditional(text.index(word))


def test_inside_and_outside_of_a_condition() -> None:
    text = "before;\n#ifdef A\nfirst;\n#if B\ndeep;\n#endif\nlast;\n#else\nother;\n#endif\nafter;\n"
    inside = [
        w for w in ("before", "first", "deep", "last", "other", "after") if conditional(text, w)
    ]
    assert inside == ["first", "deep", "last", "other"]


def test_an_include_guard_is_no_condition() -> None:
    text = "#ifndef _A_H\n#define _A_H\na;\n#ifdef B\nb;\n#endif\n#endif\n"
    assert not conditional(text, "a;")
    assert conditional(text, "b;")


def test_ifndef_alone_is_one() -> None:
    assert conditional("#ifndef A\n#define B\na;\n#endif\n", "a;")


def test_a_condition_begun_above_the_fragment() -> None:
    text = "above;\n#endif\nafter;\n"
    assert conditional(text, "above")
    assert not conditional(text, "after")


def test_a_guard_begun_above_the_fragment() -> None:
    assert not conditional("above;\n\n#endif\n", "above")


def test_a_condition_that_ends_below_the_fragment() -> None:
    text = "before;\n#ifdef A\nopen;\n"
    assert not conditional(text, "before")
    assert conditional(text, "open")


@pytest.mark.parametrize(
    "unit", ["#if\n", "#else\n", "#endif\n", "#ifndef a\n", "#if 0\n", "# \\\n"]
)
def test_time_is_linear_in_the_input(unit: str) -> None:
    text = "#if a\n" * 20_000 + unit * 40_000
    assert len(plain(text).code) == len(text)
