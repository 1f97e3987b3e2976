"""The form namespaces have in a tree, and in a file."""

import pytest

from reviewbot.cmodel.namespaces import BaseForm, base_form, operations, spelled_in
from reviewbot.model.tree import DictTree, NoTree
from tests.builders import new_file
from tests.changes import source

OLD, NEW = "EXPORT_SYMBOL_GPL_FOR_MODULES", "EXPORT_SYMBOL_FOR_MODULES"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("#define EXPORT_SYMBOL_NS(sym, ns)\t__EXPORT_SYMBOL(sym, ns)", BaseForm(True, "")),
        ("#define EXPORT_SYMBOL_NS(s, n) __EXPORT_SYMBOL(s, __stringify(n))", BaseForm(False, "")),
        ("# define EXPORT_SYMBOL_NS(s, n) \\\n\t__EXPORT(s, #n)", BaseForm(False, "")),
        (
            "#define EXPORT_SYMBOL_NS(s, n) F(s, #n)\n#define EXPORT_SYMBOL_NS(s, n) F(s, n)",
            BaseForm(None, ""),
        ),
        (f"#define {OLD}(s, mods) F(s, mods)", BaseForm(None, OLD)),
        (f"#define {NEW}(s, mods) F(s, mods)", BaseForm(None, NEW)),
        (f"#define {NEW}(s, m) F(s, m)\n#define {OLD}(s, m) F(s, m)", BaseForm(None, "")),
        ("/* EXPORT_SYMBOL_NS(sym, ns) */", BaseForm(None, "")),
    ],
)
def test_the_header_tells(header: str, expected: BaseForm) -> None:
    assert base_form(DictTree({"include/linux/export.h": header})) == expected


def test_without_the_header_nothing_is_known() -> None:
    assert base_form(NoTree()) == base_form(DictTree({})) == BaseForm(None, "")


def test_what_a_file_spells() -> None:
    text = (
        'EXPORT_SYMBOL_NS(foo, "FOO");\nMODULE_IMPORT_NS(BAR);\nEXPORT_SYMBOL_NS(odd, odd(BAR));\n'
        "EXPORT_NS_DEV_PM_OPS(foo_pm, FOO) = { };\n"
    )
    seen = source(new_file("drivers/foo/foo.c", text))
    found = list(spelled_in(seen))
    assert [(one.line, one.namespace, one.quoted) for one in found] == [
        (1, "FOO", True),
        (2, "BAR", False),
    ]
    assert [one.turned() for one in found] == [
        "EXPORT_SYMBOL_NS(foo, FOO)",
        'MODULE_IMPORT_NS("BAR")',
    ]
    assert [one.turned() for one in operations(seen)] == [
        'EXPORT_NS_DEV_PM_OPS(foo_pm, ..., "FOO")'
    ]
