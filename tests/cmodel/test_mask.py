"""Masking comments, literals and macro bodies."""

import pytest

from reviewbot.cmodel.mask import blank, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("a /* b */ c", "a         c"),
        ("a // b", "a     "),
        ("a /* b", "a     "),
        ("a /* b\n * c\n */ d", "a     \n    \n    d"),
        ("a /*/ b */ c", "a          c"),
        ("a / b * c", "a / b * c"),
        ("a *b; /**/ c", "a *b;      c"),
        ('"a /* b" c', '"      " c'),
        ('"a\\"b" c', '"    " c'),
        ('"a" "b"', '" " " "'),
        ("'\"' a", "' ' a"),
        ("'\\'' a", "'  ' a"),
        ('/* " */ a " b', "        a    "),
        ('"http://x" a', '"        " a'),
        ('"not closed\na', "           \na"),
        ("#error don't\na", "#error don  \na"),
        ('"two \\\nlines" a', '"     \n     " a'),
        ("\tx\t/* y\t*/", "\tx\t       "),
        ("", ""),
    ],
)
def test_comments_and_literals(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("#define A foo()\nb", "#define A      \nb"),
        ("#define A(x) foo(x)\nb", "#define A(x)       \nb"),
        ("#define A (x)\nb", "#define A    \nb"),
        ("# define A(x) \\\n\tfoo(x)\nb", "# define A(x)  \n       \nb"),
        ("#define A 1 /* b\n c */ d\ne", "#define A       \n       \ne"),
        ('#define A "/*"\nb', "#define A     \nb"),
        ("#define A '\"'\nb", "#define A    \nb"),
        ("#define A // /* x\nb", "#define A        \nb"),
        ("#define A\nb", "#define A\nb"),
        ("#define\nb", "#define\nb"),
        ("#if A(x)\nb", "#if A(x)\nb"),
        ("#define A \\\r\n x\r\nb", "#define A   \n   \nb"),
    ],
)
def test_bodies_of_macros(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" * foo(a)\n */\nb();", "b();"),
        ("foo(a) in a comment\n */ b();", "b();"),
        (" * foo(a)\n * bar(b)", ""),
        (" * foo(a)\n *\n\n *\tbar(b)", ""),
        ("\n * foo(a)\nb();", "b();"),
        (" * foo(a)\n\t*b = c();", "*b = c();"),
        ("*a = b();", "*a = b();"),
        ("*/ a();", "a();"),
        ('a("*/");', 'a("  ");'),
        ("a(); /* b */ c();", "a();         c();"),
        (" foo(a) \\\n bar(b)\nc();", "c();"),
        (" foo(a) \\\n bar(b) \\\n", ""),
        (" foo(a) \\", ""),
        ("#if A || \\\n    B\nc();", "#if A || \\\n    B\nc();"),
        ("a();\n\tb(); \\\n", "a();\n\tb(); \\"),
    ],
)
def test_a_fragment_may_begin_inside(text: str, kept: str) -> None:
    masked = mask(text, cut=True)
    assert len(masked) == len(text)
    assert masked.strip() == kept


def test_only_a_fragment_does() -> None:
    assert mask(" * b();\n").strip() == "* b();"
    assert mask("a \\\nb").strip() == "a \\\nb"


def test_blank_keeps_length_and_line_ends() -> None:
    assert blank("ab\n\tc\n\n") == "  \n  \n\n"
    assert blank("") == ""


@pytest.mark.parametrize(
    "unit",
    [
        "/*",
        "//",
        '"',
        "'",
        "\\",
        "#define A /*",
        '#define A "',
        " * \n",
        "a\\\n",
        "*/",
        "#define A(",
    ],
)
def test_time_is_linear_in_the_input(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert len(mask(text, cut=True)) == len(text)
