"""Which files of a series use a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.change import SeriesChange, series_change
from reviewbot.cmodel.uses import functions, is_kernel_source, uses
from reviewbot.model.tree import NoTree
from tests.values import file_change, patch, series

HEADER = "include/linux/foo.h"
USER = "drivers/bar/bar.c"


def change(*patches: dict[str, str]) -> SeriesChange:
    """A series whose patches add these texts to these files."""
    made = [
        patch(
            *(
                file_change(path, *(f"+{line}" for line in text.split("\n")))
                for path, text in files.items()
            ),
            position=position,
        )
        for position, files in enumerate(patches, 1)
    ]
    return series_change(series(*made), NoTree())


def users(*patches: dict[str, str]) -> list[tuple[str, int]]:
    """Path and patch of everything that uses foo_pin."""
    found = uses(change(*patches), {"foo_pin"})
    return [(use.path, use.order) for use in found.get("foo_pin", ())]


def test_a_call_is_a_use() -> None:
    assert users({USER: "int bar(void)\n{\n\treturn foo_pin(0);\n}"}) == [(USER, 0)]


def test_each_patch_and_file_counts_in_order() -> None:
    call = "int bar(void)\n{\n\treturn foo_pin(0);\n}"
    found = users({USER: call}, {HEADER: "struct foo;"}, {"a.c": call, "b.c": call, USER: call})
    assert found == [(USER, 0), ("a.c", 2), ("b.c", 2), (USER, 2)]


def test_an_address_a_lookup_and_an_initializer_are_uses() -> None:
    for text in (
        "static int (*pin)(int) = foo_pin;",
        "void *bar(void)\n{\n\treturn symbol_get(foo_pin);\n}",
        "static struct ops ops = {\n\t.pin = foo_pin,\n};",
    ):
        assert users({USER: text}) == [(USER, 0)], text


@pytest.mark.parametrize(
    "text",
    [
        "int foo_pin(int level)\n{\n\treturn 0;\n}",
        "static inline struct foo *\nfoo_pin(int level)\n{\n\treturn NULL;\n}",
        "int foo_pin(int level);",
        "extern int foo_pin(int level);",
        "extern struct foo foo_pin;",
        "extern int foo_pin[4];",
        "EXPORT_SYMBOL_GPL(foo_pin);",
        "/* foo_pin() is not called */",
        'static const char *name = "foo_pin";',
        "int foo_pinned, my_foo_pin;",
        "#define foo_pin(level) (-ENODEV)",
    ],
)
def test_what_only_declares_or_tells_is_no_use(text: str) -> None:
    assert users({USER: text}) == []


def test_a_use_beside_a_declaration_counts() -> None:
    assert users({USER: "int foo_pin(int);\nint x = sizeof(foo_pin);"}) == [(USER, 0)]
    assert users({USER: "int foo_pin(int n)\n{\n\treturn n ? foo_pin(n - 1) : 0;\n}"}) == [
        (USER, 0)
    ]


def test_the_body_of_a_macro_counts() -> None:
    assert users({HEADER: "#define pin(f) foo_pin(f)"}) == [(HEADER, 0)]
    assert users({HEADER: "#define pin(f) \\\n\tfoo_pin(f)\nint x;"}) == [(HEADER, 0)]
    assert users({HEADER: "#define pin(f) bar(f)\nint foo_pin(int f);"}) == []
    assert users({HEADER: "/*\n#define pin(f) foo_pin(f)\n */"}) == []


@pytest.mark.parametrize(
    "path", ["Documentation/foo.c", "tools/foo.c", "scripts/foo.c", "foo.rst", "MAINTAINERS"]
)
def test_only_kernel_source_counts(path: str) -> None:
    assert not is_kernel_source(path)
    assert users({path: "int x = foo_pin(0);"}) == []


@pytest.mark.parametrize("path", ["mm/foo.c", "include/linux/foo.h", "lib/foo.S", "rust/foo.rs"])
def test_kernel_source(path: str) -> None:
    assert is_kernel_source(path)


def test_removed_lines_use_nothing() -> None:
    removed = patch(file_change(USER, "-int x = foo_pin(0);", "+int x;"))
    assert uses(series_change(series(removed), NoTree()), {"foo_pin"}) == {}


def test_functions_are_told_from_variables() -> None:
    seen = change(
        {
            "a.c": "int foo_pin(void)\n{\n\treturn foo_call(foo_limit);\n}",
            HEADER: "int foo_declared(int);\nextern int foo_limit;",
            "Documentation/a.c": "int foo_told(void)\n{\n}",
        }
    )
    names = {"foo_pin", "foo_call", "foo_declared", "foo_limit", "foo_told"}
    assert functions(seen, names) == {"foo_pin", "foo_call", "foo_declared"}


@given(st.lists(st.text(alphabet='foo_pin();{}#define\\/*" \t,=', max_size=30), max_size=12))
def test_no_text_is_too_odd(lines: list[str]) -> None:
    text = "\n".join(line.replace("\n", " ") for line in lines)
    assert len(users({USER: text})) <= 1
