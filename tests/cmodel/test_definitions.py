"""Definitions at file scope and their marks."""

import pytest

from reviewbot.cmodel.definitions import definitions, may_be_marked
from reviewbot.cmodel.image import Image, Stretch
from reviewbot.model.diff import Side


def image(text: str) -> Image:
    return Image("drivers/foo/foo.c", Side.NEW, (Stretch(1, tuple(text.split("\n"))),), True)


@pytest.mark.parametrize(
    ("text", "symbol", "mark", "line"),
    [
        ("int foo(void)\n{\n}\n", "foo", "", 1),
        ("static int foo(void)\n{\n}\n", "foo", "static", 1),
        ("static inline int\nfoo(void)\n{\n}\n", "foo", "static", 1),
        ("int __init foo(void)\n{\n}\n", "foo", "__init", 1),
        ("void __exit\nfoo(void)\n{\n}\n", "foo", "__exit", 1),
        ("static int foo;\n", "foo", "static", 1),
        ("int foo __initdata = 3;\n", "foo", "__initdata", 1),
        ("static DEFINE_MUTEX(foo);\n", "foo", "static", 1),
        ("DEFINE_MUTEX(foo);\n", "foo", "", 1),
        ("struct foo foo[] = {\n\t1,\n};\n", "foo", "", 1),
    ],
)
def test_a_definition_bears_its_mark(text: str, symbol: str, mark: str, line: int) -> None:
    (found,) = definitions(image(text))
    assert (found.symbol, found.mark, found.line) == (symbol, mark, line)


@pytest.mark.parametrize(
    "text", ["extern int foo;\n", "typedef int foo;\n", "EXPORT_SYMBOL(foo);\n", "int foo(void);\n"]
)
def test_what_defines_nothing(text: str) -> None:
    assert not list(definitions(image(text)))


def test_functions_are_written_with_parentheses() -> None:
    function, variable = definitions(image("int foo(void)\n{\n}\nint bar;\n"))
    assert (function.name, variable.name) == ("foo()", "bar")


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("static int foo(void)\n{\n}\n", True),
        ("static int\nfoo(void)\n{\n}\n", True),
        ("int foo(void)\n{\n\tstatic int x;\n}\n", False),
        ("static int bar(void)\n{\n\tfoo();\n}\n", False),
    ],
)
def test_a_cheap_look_before_the_outline(text: str, may: bool) -> None:
    assert may_be_marked(image(text), {"foo"}) is may


def test_law_what_has_a_mark_is_not_missed_by_the_cheap_look() -> None:
    texts = (
        "static int foo;\n",
        "int __init\nfoo(void)\n{\n}\n",
        "static int foo(\n\tint a)\n{\n}\n",
    )
    for text in texts:
        (found,) = definitions(image(text))
        assert found.mark and may_be_marked(image(text), {"foo"})
