"""Functions, prototypes and includes as an outline shows them."""

import pytest

from reviewbot.cmodel.image import Image, Stretch
from reviewbot.cmodel.outline import Function, Include, Prototype, Variable
from reviewbot.model.diff import Side
from tests.cmodel.sources import outline


def function(text: str, first: int = 1, heading: str = "") -> Function:
    (found,) = outline(text, first, heading).functions
    return found


def test_a_function() -> None:
    text = "static int foo(struct kvm *kvm,\n\t       int a)\n{\n\tint b;\n\n\treturn b;\n}\n"
    assert function(text) == Function(
        name="foo",
        header="static int foo(struct kvm *kvm, int a)",
        first=1,
        last=7,
        whole=True,
        parameters=(Variable("struct kvm *", "kvm"), Variable("int", "a")),
        locals=(Variable("int", "b"),),
    )


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("int __init foo(void)\n{\n}\n", "int __init foo(void)"),
        ("static __always_inline int\nfoo(void)\n{\n}\n", "static __always_inline int foo(void)"),
        ("__bpf_kfunc int foo(void)\n{\n}\n", "__bpf_kfunc int foo(void)"),
        ("int foo(void)\n\t__must_hold(&lock)\n{\n}\n", "int foo(void) __must_hold(&lock)"),
        ("__printf(1, 2)\nint foo(void)\n{\n}\n", "__printf(1, 2) int foo(void)"),
        ("int foo(void) /* why */\n{\n}\n", "int foo(void)"),
        ("static inline int foo(void) { return 0; }\n", "static inline int foo(void)"),
    ],
)
def test_the_header_keeps_its_attributes(text: str, header: str) -> None:
    found = function(text)
    assert (found.name, found.header, found.whole) == ("foo", header, True)


@pytest.mark.parametrize(
    ("text", "first", "last", "whole"),
    [
        ("\treturn 0;\n}\n", 40, 41, False),
        ("\n\treturn 0;\n", 40, 41, False),
        ("\t\tint b)\n{\n\treturn 0;\n}\n", 40, 43, False),
    ],
)
def test_a_function_cut_at_the_top(text: str, first: int, last: int, whole: bool) -> None:
    found = function(text, 40, "static int foo(struct kvm *kvm,")
    assert (found.name, found.first, found.last, found.whole) == ("foo", first, last, whole)
    assert found.type_of("kvm") == "struct kvm *"


def test_the_header_of_a_cut_function_is_what_is_seen() -> None:
    above = function("\treturn 0;\n}\n", 40, "static int  __init foo(void)")
    assert above.header == "static int __init foo(void)"
    between = function("\t\tint b)\n{\n}\n", 40, "static int foo(int a,")
    assert between.header == "static int foo(int a, int b)"
    assert [parameter.name for parameter in between.parameters] == ["a", "b"]


def test_a_function_cut_at_the_bottom() -> None:
    found = function("int foo(void)\n{\n\tbar();\n")
    assert (found.first, found.last, found.whole) == (1, 3, False)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("int bar;\n\n#define A\n", "int foo(void)"),
        ("}\n\nint bar;\n", "int foo(void)"),
        ("\tx();\n", ""),
        ("\tx();\n}\n", "int foo(void);"),
    ],
)
def test_no_function_is_made_up(text: str, heading: str) -> None:
    assert outline(text, 40, heading).functions == ()


def test_twins_under_a_condition() -> None:
    text = """
#ifdef CONFIG_FOO
int foo(int a)
{
	return a;
}
#else
static inline int foo(int a) { return 0; }
#endif
int bar(void)
{
}
"""
    found = outline(text).functions
    assert [(one.name, one.conditional) for one in found] == [
        ("foo", True),
        ("foo", True),
        ("bar", False),
    ]


def test_two_headers_for_one_body() -> None:
    text = "#ifdef A\nint foo(int a)\n#else\nint foo(void)\n#endif\n{\n\treturn 0;\n}\nint x;\n"
    found = outline(text).functions
    assert [(one.name, one.last) for one in found] == [("foo", 8)]


def test_a_function_with_braces_in_both_branches() -> None:
    text = """
int foo(void)
{
#ifdef A
	if (a) {
#else
	if (b) {
#endif
		bar();
	}
	return baz();
}
int last(void)
{
}
"""
    found = outline(text)
    assert [(one.name, one.whole) for one in found.functions] == [("foo", True), ("last", True)]
    assert [call.function for call in found.calls] == ["foo", "foo"]


@pytest.mark.parametrize(
    ("text", "prototype"),
    [
        ("int foo(int a);\n", Prototype("foo", "int foo(int a)", 1)),
        ("extern int foo(int a);\n", Prototype("foo", "extern int foo(int a)", 1, True)),
        (
            "extern struct a *foo(struct b *b,\n\t\t     int c);\n",
            Prototype("foo", "extern struct a *foo(struct b *b, int c)", 1, True),
        ),
        ("struct a *\nfoo(void);\n", Prototype("foo", "struct a * foo(void)", 1)),
        (
            "int __must_check foo(void) __releases(&l);\n",
            Prototype("foo", "int __must_check foo(void) __releases(&l)", 1),
        ),
        ("__printf(1, 2) void foo(int);\n", Prototype("foo", "__printf(1, 2) void foo(int)", 1)),
        ("int foo(int (*cb)(int));\n", Prototype("foo", "int foo(int (*cb)(int))", 1)),
    ],
)
def test_a_prototype(text: str, prototype: Prototype) -> None:
    assert outline(text, path="include/linux/foo.h").prototypes == (prototype,)


@pytest.mark.parametrize(
    "text",
    [
        "int (*foo)(int a);\n",
        "extern struct mutex foo;\n",
        "extern int (*foo)(int a);\n",
        "typedef int foo(int a);\n",
        "int foo(int a)\n{\n}\n",
        "static inline int foo(int a) { return 0; }\n",
        "EXPORT_SYMBOL(foo);\n",
        "static DEFINE_MUTEX(foo);\n",
        "int x = foo(1);\n",
        "struct a {\n\tint (*foo)(int a);\n};\n",
        "/* int foo(int a); */\n",
        "#define A int foo(int a);\n",
        "int foo(int a,\n",
    ],
)
def test_no_prototype(text: str) -> None:
    assert outline(text, path="include/linux/foo.h").prototypes == ()


def test_prototypes_between_functions() -> None:
    text = "int a(void);\nint b(void)\n{\n\tc();\n}\nint d(void);\nint e(void);\n"
    assert [(one.name, one.line) for one in outline(text).prototypes] == [
        ("a", 1),
        ("d", 6),
        ("e", 7),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#include <linux/kvm.h>\n", [Include("linux/kvm.h", 1)]),
        ('#include "foo.h"\n', [Include("foo.h", 1)]),
        ("\n  #  include <a.h> /* why */\n", [Include("a.h", 2)]),
        ("/*\n#include <a.h>\n*/\n", []),
        ("// #include <a.h>\n", []),
        ("#define A \\\n#include <a.h>\n", []),
        ("#include FOO\n", []),
        ("#ifdef A\n#include <a.h>\n#endif\n", [Include("a.h", 2)]),
    ],
)
def test_includes(text: str, found: list[Include]) -> None:
    assert list(outline(text).includes) == found


def test_stretches_are_surveyed_one_by_one() -> None:
    seen = Image(
        "a.c",
        Side.NEW,
        (
            Stretch(5, ("\ta();", "}"), "int foo(void)"),
            Stretch(90, ("\tb();",), "int bar(void)"),
            Stretch(200, ("int baz(void)", "{", "\tc();", "}")),
        ),
    )
    found = seen.outline
    assert [(one.name, one.first, one.whole) for one in found.functions] == [
        ("foo", 5, False),
        ("bar", 90, False),
        ("baz", 200, True),
    ]
    assert [(one.name, one.line, one.function) for one in found.calls] == [
        ("a", 5, "foo"),
        ("b", 90, "bar"),
        ("c", 202, "baz"),
    ]


def test_a_file_too_large_for_the_grammar_still_shows_its_exports() -> None:
    text = "EXPORT_SYMBOL(foo);\n" + "int x;\n" * 300_000
    found = outline(text)
    assert [export.symbol for export in found.exports] == ["foo"]
    assert found.calls == ()


def test_an_empty_stretch() -> None:
    assert outline("").functions == ()
