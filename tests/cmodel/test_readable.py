"""Code rewritten for the grammar without moving anything."""

import pytest

from reviewbot.cmodel.brackets import parentheses
from reviewbot.cmodel.readable import heads, readable


def rewritten(code: str) -> str:
    found = readable(code, heads(code), parentheses(code))
    assert len(found) == len(code)
    return found


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("list_for_each(a, b) {", "if           (a, b) {"),
        ("for_each_set_bit(i, m, n)\n\tfoo(i);", "if              (i, m, n)\n\tfoo(i);"),
        ("scoped_guard(mutex, &l) {", "if          (mutex, &l) {"),
        ("foo(struct bar, x)", "foo(       bar, x)"),
        ("foo(x, const struct bar *)", "foo(x, const        bar *)"),
        ("foo(union a, enum b)", "foo(      a,      b)"),
    ],
)
def test_macros_are_made_readable(code: str, result: str) -> None:
    assert rewritten(code) == result


@pytest.mark.parametrize(
    "code",
    [
        "foo(a, b);",
        "if (a) {",
        "while (foo(a)) bar(b);",
        "x = (u32)y;",
        "x = foo(a) * b;",
        "struct foo x = { .a = b };",
        "return (int)x;",
        "switch (foo(a)) {",
        "foo(structure, x)",
        "f(a) g(b)",
    ],
)
def test_other_code_stays(code: str) -> None:
    assert rewritten(code) == code


def test_heads_are_names_before_a_parenthesis() -> None:
    assert heads("if (foo (x)) return sizeof(int) + a->bar(y);") == {8: (4, "foo"), 40: (37, "bar")}
