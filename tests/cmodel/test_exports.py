"""Export macros: which there are, what they mean, where they stand."""

from itertools import pairwise

import pytest

from reviewbot.cmodel.exports import Audience, Exported, Licence, macro, scope
from reviewbot.cmodel.outline import Export
from tests.cmodel.sources import outline

ANY = ("EXPORT_SYMBOL", "EXPORT_SYMBOL_NS", "EXPORT_STATIC_CALL", "EXPORT_STATIC_CALL_TRAMP")
GPL = (
    "EXPORT_SYMBOL_GPL",
    "EXPORT_SYMBOL_NS_GPL",
    "EXPORT_SYMBOL_GPL_FOR_MODULES",
    "EXPORT_SYMBOL_FOR_MODULES",
    "EXPORT_SYMBOL_FOR_KVM_INTERNAL",
    "EXPORT_SYMBOL_FOR_KVM",
    "EXPORT_STATIC_CALL_GPL",
    "EXPORT_STATIC_CALL_TRAMP_GPL",
    "EXPORT_STATIC_CALL_FOR_MODULES",
    "EXPORT_STATIC_CALL_FOR_KVM",
    "EXPORT_SYMBOL_RUST_GPL",
    "EXPORT_SYMBOL_IF_KUNIT",
)


@pytest.mark.parametrize("name", ANY + GPL)
def test_licences(name: str) -> None:
    known = macro(name)
    assert known is not None
    assert known.licence is (Licence.ANY if name in ANY else Licence.GPL)


@pytest.mark.parametrize(
    ("name", "audience", "kind"),
    [
        ("EXPORT_SYMBOL", Audience.ALL, Exported.SYMBOL),
        ("EXPORT_UNUSED_SYMBOL_GPL", Audience.GPL, Exported.SYMBOL),
        ("EXPORT_SYMBOL_GPL_FUTURE", Audience.GPL, Exported.SYMBOL),
        ("EXPORT_SYMBOL_GPL_FOR_KVM_INTERNAL", Audience.KVM_INTERNAL, Exported.SYMBOL),
        ("EXPORT_STATIC_CALL_FOR_KVM_INTERNAL", Audience.KVM_INTERNAL, Exported.STATIC_CALL),
        ("EXPORT_STATIC_CALL_TRAMP_FOR_MODULES", Audience.MODULES, Exported.STATIC_CALL),
        ("EXPORT_TRACEPOINT_SYMBOL", Audience.ALL, Exported.TRACEPOINT),
        ("EXPORT_TRACEPOINT_SYMBOL_GPL", Audience.GPL, Exported.TRACEPOINT),
        ("EXPORT_PER_CPU_SYMBOL_GPL", Audience.GPL, Exported.PER_CPU),
        ("EXPORT_EARLY_PER_CPU_SYMBOL", Audience.ALL, Exported.PER_CPU),
        ("EXPORT_DEV_PM_OPS", Audience.ALL, Exported.PM_OPS),
        ("EXPORT_GPL_SIMPLE_DEV_PM_OPS", Audience.GPL, Exported.PM_OPS),
        ("EXPORT_NS_RUNTIME_DEV_PM_OPS", Audience.NAMESPACE, Exported.PM_OPS),
        ("EXPORT_NS_GPL_DEV_SLEEP_PM_OPS", Audience.NAMESPACE_GPL, Exported.PM_OPS),
        ("EXPORT_PM_FN_GPL", Audience.GPL, Exported.PM_OPS),
        ("EXPORT_PM_FN_NS_GPL", Audience.NAMESPACE_GPL, Exported.PM_OPS),
        ("EXPORT_SYMBOL_IF_KUNIT", Audience.TESTS, Exported.TEST),
        ("EXPORT_SYMBOL_IF_MAC80211_KUNIT", Audience.TESTS, Exported.TEST),
        ("EXPORT_SYMBOL_FOR_TESTS_ONLY", Audience.TESTS, Exported.TEST),
    ],
)
def test_audiences_and_kinds(name: str, audience: Audience, kind: Exported) -> None:
    known = macro(name)
    assert known is not None
    assert (known.name, known.audience, known.kind) == (name, audience, kind)


@pytest.mark.parametrize(
    "name",
    [
        "ACPI_EXPORT_SYMBOL",
        "BRCMF_EXPORT_SYMBOL_GPL",
        "CGROUP_REF_EXPORT",
        "DECLARE_EXPORT",
        "EXPORT_INDIRECT_CALLABLE",
        "EXPORT_IPV6_MOD",
        "EXPORT_IPV6_MOD_GPL",
        "EXPORT_SYMBOL_ACPI_LIB",
        "EXPORT_SYMBOL_FWTBL_LIB",
        "EXPORT_SYMBOL_KASAN",
        "EXPORT_SYMBOL_NOKASAN",
        "EXPORT_WEXT_HANDLER",
        "IWL_EXPORT_SYMBOL",
        "UASM_EXPORT_SYMBOL",
    ],
)
def test_wrappers_are_known_but_have_no_order(name: str) -> None:
    known = macro(name)
    assert known is not None and known.conditional and not known.namespaced
    assert scope(Export(name, "foo", 1)) is None


@pytest.mark.parametrize(
    "name", ["EXPORT", "EXPORT_FOO", "FOO_EXPORT_BAR", "EXPORT_SYMBOL_FOO", ""]
)
def test_unknown_macros(name: str) -> None:
    assert macro(name) is None
    assert scope(Export(name, "foo", 1, known=False)) is None


@pytest.mark.parametrize(
    ("name", "namespaced", "module_list", "key"),
    [
        ("EXPORT_SYMBOL_NS_GPL", True, False, False),
        ("EXPORT_NS_GPL_SIMPLE_DEV_PM_OPS", True, False, False),
        ("EXPORT_SYMBOL_FOR_MODULES", False, True, False),
        ("EXPORT_SYMBOL_FOR_KVM", False, False, False),
        ("EXPORT_STATIC_CALL_GPL", False, False, True),
        ("EXPORT_STATIC_CALL_TRAMP_GPL", False, False, False),
    ],
)
def test_what_a_macro_takes(name: str, namespaced: bool, module_list: bool, key: bool) -> None:
    known = macro(name)
    assert known is not None
    assert (known.namespaced, known.module_list, known.key) == (namespaced, module_list, key)


# The order of the rule catalogue (export-scope-relaxed), narrow to wide.
WIDENING = [
    ("EXPORT_SYMBOL_FOR_KVM_INTERNAL", ""),
    ("EXPORT_SYMBOL_FOR_KVM", ""),
    ("EXPORT_SYMBOL_FOR_MODULES", '"kvm"'),
    ("EXPORT_SYMBOL_FOR_MODULES", '"kvm,kvm-intel"'),
    ("EXPORT_SYMBOL_FOR_MODULES", '"kvm-*"'),
    ("EXPORT_SYMBOL_NS_GPL", '"KVM"'),
    ("EXPORT_SYMBOL_GPL", ""),
    ("EXPORT_SYMBOL_NS", '"KVM"'),
    ("EXPORT_SYMBOL", ""),
]


@pytest.mark.parametrize(("narrow", "wide"), list(pairwise(WIDENING)), ids=lambda pair: pair[0])
def test_scopes_have_the_order_of_the_catalogue(
    narrow: tuple[str, str], wide: tuple[str, str]
) -> None:
    old = scope(Export(narrow[0], "foo", 1, narrow[1]))
    new = scope(Export(wide[0], "foo", 1, wide[1]))
    assert old is not None and new is not None
    assert old < new


def test_the_key_of_a_static_call_is_wider_than_its_trampoline() -> None:
    trampoline = scope(Export("EXPORT_STATIC_CALL_TRAMP_GPL", "foo", 1))
    key = scope(Export("EXPORT_STATIC_CALL_GPL", "foo", 1))
    assert trampoline is not None and key is not None
    assert trampoline < key


def test_renamed_macros_have_the_same_scope() -> None:
    old, new = (
        scope(Export(name, "foo", 1, '"a,b"'))
        for name in ("EXPORT_SYMBOL_GPL_FOR_MODULES", "EXPORT_SYMBOL_FOR_MODULES")
    )
    assert old == new


def test_exports_for_tests_have_no_order() -> None:
    assert scope(Export("EXPORT_SYMBOL_IF_KUNIT", "foo", 1)) is None


def exported(text: str, path: str = "drivers/foo/foo.c") -> list[tuple[str, str, str, int]]:
    found = outline(text, path=path).exports
    return [(one.macro, one.symbol, one.argument, one.line) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EXPORT_SYMBOL(foo);", [("EXPORT_SYMBOL", "foo", "", 1)]),
        ("\n\tEXPORT_SYMBOL_GPL (foo);", [("EXPORT_SYMBOL_GPL", "foo", "", 2)]),
        ("}EXPORT_SYMBOL(foo);", [("EXPORT_SYMBOL", "foo", "", 1)]),
        ("int foo; EXPORT_SYMBOL(foo);", [("EXPORT_SYMBOL", "foo", "", 1)]),
        ('EXPORT_SYMBOL_NS(foo, "BAR");', [("EXPORT_SYMBOL_NS", "foo", '"BAR"', 1)]),
        ("EXPORT_SYMBOL_NS_GPL(foo, BAR);", [("EXPORT_SYMBOL_NS_GPL", "foo", "BAR", 1)]),
        (
            'EXPORT_SYMBOL_FOR_MODULES(foo,\n\t"a,b");',
            [("EXPORT_SYMBOL_FOR_MODULES", "foo", '"a,b"', 1)],
        ),
        (
            'EXPORT_SYMBOL_FOR_MODULES(\n\tfoo, /* x */ "a, b");',
            [("EXPORT_SYMBOL_FOR_MODULES", "foo", '"a, b"', 1)],
        ),
        (
            "EXPORT_GPL_SIMPLE_DEV_PM_OPS(foo_pm, foo_suspend, foo_resume);",
            [("EXPORT_GPL_SIMPLE_DEV_PM_OPS", "foo_pm", "foo_suspend", 1)],
        ),
        (
            "EXPORT_NS_GPL_RUNTIME_DEV_PM_OPS(foo_pm, a, b, c, FOO);",
            [("EXPORT_NS_GPL_RUNTIME_DEV_PM_OPS", "foo_pm", "FOO", 1)],
        ),
        (
            "EXPORT_NS_GPL_DEV_PM_OPS(foo_pm, FOO) = {\n\t.a = b,\n};",
            [("EXPORT_NS_GPL_DEV_PM_OPS", "foo_pm", "FOO", 1)],
        ),
        ("EXPORT_SYMBOL_GPL(FOO_SAFE(bar));", [("EXPORT_SYMBOL_GPL", "FOO_SAFE(bar)", "", 1)]),
        ("EXPORT_SYMBOL(foo##_bar);", [("EXPORT_SYMBOL", "foo##_bar", "", 1)]),
        ("EXPORT_SYMBOL(foo);\nEXPORT_SYMBOL(bar);", None),
        ("EXPORT_SYMBOL_FOR_MODULES(foo,", [("EXPORT_SYMBOL_FOR_MODULES", "foo", "", 1)]),
        ("EXPORT_SYMBOL(", [("EXPORT_SYMBOL", "", "", 1)]),
        ("/* EXPORT_SYMBOL(foo); */", []),
        (" * EXPORT_SYMBOL(foo);", []),
        ("// EXPORT_SYMBOL(foo);", []),
        ('x = "\\\nEXPORT_SYMBOL(foo);";', []),
        ("#define A(x) EXPORT_SYMBOL(x)", []),
        ("#define A(x) \\\n\tint x; \\\n\tEXPORT_SYMBOL(x)\n", []),
        ("#if 0\nEXPORT_SYMBOL(foo);\n#endif", []),
        ("#ifdef A\nEXPORT_SYMBOL(foo);\n#endif", [("EXPORT_SYMBOL", "foo", "", 2)]),
        ("static VISIBLE_IF_KUNIT int foo(void);", []),
        ("x = EXPORT_SYMBOL(foo);", []),
        ("DEFINE_DMA_BUF_EXPORT_INFO(info);", []),
    ],
)
def test_where_exports_stand(text: str, found: list[tuple[str, str, str, int]] | None) -> None:
    if found is None:
        found = [("EXPORT_SYMBOL", "foo", "", 1), ("EXPORT_SYMBOL", "bar", "", 2)]
    assert exported(text) == found


def test_a_macro_that_only_sounds_like_one_is_not_known() -> None:
    (found,) = outline("FOO_EXPORT_BAR(foo, bar);\n").exports
    assert found == Export("FOO_EXPORT_BAR", "foo", 1, "bar", known=False)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("arch/x86/lib/foo.S", 1),
        ("rust/exports.c", 1),
        ("rust/helpers.rs", 1),
        ("include/linux/foo.h", 1),
        ("Documentation/foo.c", 0),
        ("scripts/foo.c", 0),
        ("tools/testing/foo.c", 0),
        ("drivers/tools/foo.c", 1),
    ],
)
def test_files_that_export(path: str, number: int) -> None:
    assert len(exported("EXPORT_SYMBOL_GPL(foo);", path)) == number


ASSEMBLER = """
SYM_FUNC_START(foo)
	ret			/* EXPORT_SYMBOL(no) */
SYM_FUNC_END(foo)
EXPORT_SYMBOL(foo)
EXPORT(bar)
FEXPORT(baz)
#define LABEL(x) EXPORT_SYMBOL(x)
"""


def test_labels_of_mips_assembler_are_no_exports() -> None:
    assert exported(ASSEMBLER, "arch/mips/lib/foo.S") == [("EXPORT_SYMBOL", "foo", "", 5)]


def test_in_c_such_a_name_is_an_unknown_macro() -> None:
    (found,) = outline("EXPORT(bar);\n").exports
    assert not found.known


def test_rust() -> None:
    assert exported("EXPORT_SYMBOL_RUST_GPL(foo);", "rust/exports.c") == [
        ("EXPORT_SYMBOL_RUST_GPL", "foo", "", 1)
    ]
