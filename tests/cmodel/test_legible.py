"""Code rewritten for the grammar, in place."""

import pytest

from reviewbot.cmodel.legible import legible
from reviewbot.cmodel.syntax import parsed


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("f(unsigned int, a);", "f(unsigned_int, a);"),
        ("f(a, struct foo *);", "f(a,        foo  );"),
        ("f(const u8 *, a);", "f(      u8  , a);"),
        ("f(a, const struct foo, b);", "f(a,              foo, b);"),
        ("x = offsetof(t, a.b[c]);", "x = offset_f(t, a.b[c]);"),
        ('printk(KERN_ERR PFX "a");', 'printk(         PFX "a");'),
        ("static DEFINE_FOO(x, 3);", "       DEFINE_FOO(x, 3);"),
        ("DECLARE_BITMAP(x, 3) = { 0 };", "DECLARE_BITMAP(x, 3)        ;"),
        ("case 1 ... 3:", "case 1      :"),
        ('asm volatile("a" : : "r" (b));', "a___________(               );"),
    ],
)
def test_what_misleads_the_grammar_is_rewritten(code: str, result: str) -> None:
    assert legible(code) == result


@pytest.mark.parametrize(
    "code",
    [
        "x = (unsigned int)y * z;",
        "x = (struct_foo *)y;",
        "x = sizeof(unsigned int);",
        "x = a * b, c;",
        "f(a * b, c * d);",
        "x = y ? z : w;",
        'asm goto("a" : : : : out);',
        "static int x = FOO(y);",
        'return FOO "a";',
    ],
)
def test_other_code_stays(code: str) -> None:
    assert legible(code) == code


def test_lines_and_offsets_hold() -> None:
    code = (
        '{\n\tasm volatile("a"\n\t\t"b" : "=r" (x)\n\t\t: : "cc");\n\tf(unsigned\tlong,\n\t  y);\n}'
    )
    found = legible(code)
    assert (len(found), found.count("\n")) == (len(code), code.count("\n"))
    assert [at for at, char in enumerate(found) if char == "\n"] == [
        at for at, char in enumerate(code) if char == "\n"
    ]
    root = parsed(found)
    assert root is not None
    assert not root.has_error
