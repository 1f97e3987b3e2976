"""Items at file scope, and what a fragment's first lines are the rest of."""

from itertools import pairwise

import pytest

from reviewbot.cmodel.layout import Item, Kind, items


def laid(text: str, heading: str = "", *, cut: bool = False) -> list[Item]:
    return list(items(text, heading, cut=cut))


def kinds(text: str) -> list[Kind]:
    return [item.kind for item in laid(text)]


FUNCTION, OBJECT, AGGREGATE = Kind.FUNCTION, Kind.OBJECT, Kind.AGGREGATE
STATEMENT, UNKNOWN = Kind.STATEMENT, Kind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int foo(void)\n{\n\treturn 1;\n}\n", FUNCTION),
        ("static int\nfoo(void)\n{\n}\n", FUNCTION),
        ("static int foo(int a,\n\t       int b)\n{\n}\n", FUNCTION),
        ("int foo(void) { return 1; }\n", FUNCTION),
        ("int foo(void)\n{ return 1; }\n", FUNCTION),
        ("void foo(void) {\n\tbar();\n}\n", FUNCTION),
        ("SYSCALL_DEFINE1(foo, int, a)\n{\n}\n", FUNCTION),
        ("static const struct foo x = {\n\t.a = 1,\n};\n", OBJECT),
        ("static const struct foo x[] =\n{\n\t{ 1 },\n};\n", OBJECT),
        ("static struct foo x = { .a = 1 };\n", OBJECT),
        ("struct foo {\n\tint a;\n};\n", AGGREGATE),
        ("struct foo\n{\n\tint a;\n};\n", AGGREGATE),
        ("typedef struct {\n\tint a;\n} foo_t;\n", AGGREGATE),
        ("enum foo { A, B };\n", AGGREGATE),
        ("int x;\n", STATEMENT),
        ("int foo(int a,\n\tint b);\n", STATEMENT),
        ("EXPORT_SYMBOL_GPL(foo);\n", STATEMENT),
        ("module_init(foo)\n", STATEMENT),
        ("int foo(int a,\n", STATEMENT),
        ("if (x) {\n}\n", UNKNOWN),
        ("}\n", UNKNOWN),
        (");\n", UNKNOWN),
        ('extern "C" {\n}\n', UNKNOWN),
    ],
)
def test_the_kind_of_an_item(text: str, kind: Kind) -> None:
    (item,) = laid(text)
    assert item.kind is kind
    assert item.start == 0


def test_items_follow_each_other() -> None:
    text = """
int x;
MODULE_FOO(bar)
static int foo(void)
{
out:
	return 1;
}
EXPORT_SYMBOL(foo);
static struct foo y = {
	.z = 1,
};
int last(int a)
{
}
"""
    found = laid(text)
    assert [item.kind for item in found] == [
        STATEMENT,
        STATEMENT,
        FUNCTION,
        STATEMENT,
        OBJECT,
        FUNCTION,
    ]
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_function_ends_at_the_brace_at_column_0() -> None:
    text = "int foo(void)\n{\n\tif (a) {\n}\nint x;\n"
    first, second = laid(text)
    assert (first.kind, first.end, first.closed) == (FUNCTION, text.index("}") + 1, True)
    assert second.kind is STATEMENT


def test_a_function_that_ends_out_of_style_does_not_swallow_the_next() -> None:
    text = "int foo(void)\n{\n\tx();\n\t}\nint bar(void)\n{\n\ty();\n}\n"
    first, second = laid(text)
    assert (first.kind, first.end) == (FUNCTION, text.index("}") + 1)
    assert (second.kind, second.start) == (FUNCTION, text.index("int bar"))


def test_a_list_of_structs_goes_on_behind_its_inner_braces() -> None:
    assert kinds("static struct foo x[] = { {\n\t.a = 1,\n}, {\n\t.a = 2,\n} };\nint y;\n") == [
        OBJECT,
        STATEMENT,
    ]


def test_an_item_that_is_cut_off_is_not_closed() -> None:
    (item,) = laid("int foo(void)\n{\n\tx();\n")
    assert (item.kind, item.opened, item.closed) == (FUNCTION, True, False)


HEADING = "static int foo(struct kvm *kvm)"


@pytest.mark.parametrize(
    ("text", "heading", "kind", "closed"),
    [
        ("\tx();\n\ty();\n", HEADING, FUNCTION, False),
        ("\tx();\n}\n", HEADING, FUNCTION, True),
        ("\tx();\nout:\n\ty();\n}\n\nint z;\n", HEADING, FUNCTION, True),
        ("out:\n\ty();\n", HEADING, FUNCTION, False),
        ("\n\ty();\n", HEADING, FUNCTION, False),
        ("\tx();\n", "static int foo(struct kvm *kvm, struct", FUNCTION, False),
        ("\tx();\n", "void foo(void) {", FUNCTION, False),
        ("\t.a = 1,\n};\n", "static const struct foo x = {", OBJECT, True),
        ("\tint a;\n};\n", "struct foo {", AGGREGATE, True),
        ("\tint a;\n", "struct foo", AGGREGATE, False),
        ("\tx();\n}\n", "", UNKNOWN, True),
        ("\tx();\n}\n", "int foo(void);", UNKNOWN, True),
        ("\tx();\n}\n", "int foo(void) { return 1; }", UNKNOWN, True),
        ("\tx();\n", "TRACE_EVENT(foo,", UNKNOWN, False),
        ("\tx();\n", "EXPORT_SYMBOL_GPL(foo)", UNKNOWN, False),
        ("\tx();\n", "#define FOO(x)", UNKNOWN, False),
        ("\t\tint b);\nint c;\n", "int foo(int a,", UNKNOWN, True),
    ],
)
def test_what_a_fragment_begins_in(text: str, heading: str, kind: Kind, closed: bool) -> None:
    first = laid(text, heading, cut=True)[0]
    assert (first.kind, first.opened, first.closed) == (kind, False, closed)
    assert first.start == 0


@pytest.mark.parametrize(
    "text", ["int z;\n", "\nint z;\n", " \n\n", "static int bar(void)\n{\n\tx();\n}\n"]
)
def test_a_heading_does_not_hold_at_file_scope(text: str) -> None:
    assert all(item.opened for item in laid(text, HEADING, cut=True))


def test_a_closing_brace_alone_ends_what_was_begun_above() -> None:
    brace, function = laid("}\n\nint bar(void)\n{\n}\n", HEADING, cut=True)
    assert (brace.kind, brace.opened) == (UNKNOWN, False)
    assert function.kind is FUNCTION


def test_a_header_may_be_cut_in_two() -> None:
    text = "\t       int b)\n{\n\tx();\n}\n"
    (item,) = laid(text, "static int foo(int a,", cut=True)
    assert (item.kind, item.opened, item.body) == (FUNCTION, False, text.index("{"))


@pytest.mark.parametrize("tail", ["\tx();\n{\n", "\ta = b\n{\n"])
def test_not_every_brace_at_column_0_follows_the_heading(tail: str) -> None:
    assert laid(tail, HEADING, cut=True)[0].kind is UNKNOWN


@pytest.mark.parametrize(
    "unit", ["f(a)\n", "{\n", "}\n", "struct a {\n", "int f(void)\n{\n", "a:\n", "x\n"]
)
def test_time_is_linear_in_the_input(unit: str) -> None:
    found = list(items(unit * (400_000 // len(unit)), HEADING, cut=True))
    assert found
