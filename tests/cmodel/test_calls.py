"""Calls: what is one, its arguments, what becomes of its result."""

import pytest

from tests.cmodel.sources import body, call, outline


def names(text: str) -> list[str]:
    return [found.name for found in outline(text).calls]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("bar(x);", ["bar"]),
        ("bar (x);", ["bar"]),
        ("bar(baz(x), y);", ["bar", "baz"]),
        ("if (bar(x)) return baz(y);", ["bar", "baz"]),
        ("else_bar(x);", ["else_bar"]),
        ("if (a) bar(x); else baz(x);", ["bar", "baz"]),
        ("f->ops->bar(x);", ["f->ops->bar"]),
        ("f->ops[i].bar(x);", ["f->ops[i].bar"]),
        ("f\n\t\t->bar(x);", ["f ->bar"]),
        ("baz(a)->bar(x);", ["baz", "->bar"]),
        ("list_for_each_entry(a, b, c) {\n\tbar(a);\n}", ["list_for_each_entry", "bar"]),
        ("u32 x = sizeof(y) + offsetof(struct z, a);", []),
        ("typeof(x) y = (int)(z);", []),
        ("while (x) for (;;) switch (y) {}", []),
        ("int (*fn)(int a) = b;", []),
        ("struct a *(*fn)(void);", []),
        ("extern int bar(int a);", []),
        ("struct foo *x __free(kfree) = bar();", ["bar"]),
        ("struct foo *x __aligned(8);", []),
        ('printk("bar(x)");', ["printk"]),
        ("/* bar(x) */ // baz(y)", []),
        ("foo(struct bar, x);", ["foo"]),
        ("case A ... bar(x):", ["bar"]),
        ("(*fn)(bar(x));", ["bar"]),
        ("asm volatile(ALTERNATIVE(a, b) : : );", ["ALTERNATIVE"]),
    ],
)
def test_what_is_a_call(statement: str, found: list[str]) -> None:
    assert names(body(statement)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("int bar(int a);\n", []),
        ("static struct foo *bar(int (*cb)(int));\n", []),
        ("struct foo *bar(int a)\n{\n}\n", []),
        ("static int __must_check bar(int a)\n{\n}\n", []),
        ("int bar(int a,\n", []),
        ("static int bar(int a)\n", []),
        ("module_init(bar);\n", ["module_init"]),
        ('MODULE_IMPORT_NS("BAR");\n', ["MODULE_IMPORT_NS"]),
        ("static DEFINE_MUTEX(bar);\n", ["DEFINE_MUTEX"]),
        ("static int x = BAR(1);\n", ["BAR"]),
        ("static struct foo x = {\n\t.a = BAR(1),\n};\n", ["BAR"]),
        ("BTF_ID(func, bar)\nBTF_ID(func, baz)\n", ["BTF_ID", "BTF_ID"]),
        ("#define A(x) bar(x)\n", []),
        ("#define A(x)\t\\\n\tbar(x)\nbaz(1);\n", ["baz"]),
        ("#if BAR(x)\n#elif defined(y)\n#endif\n", []),
        ("#if 0\nbar(x);\n#endif\n", []),
        ("typedef int (*bar_t)(int a);\n", []),
        ("struct foo {\n\tint (*bar)(int a);\n\tDECLARE_BITMAP(b, 4);\n};\n", ["DECLARE_BITMAP"]),
    ],
)
def test_calls_at_file_scope(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("statement", "arguments"),
    [
        ("bar();", ()),
        ("bar( );", ()),
        ("bar(x);", ("x",)),
        ("bar(x, y->z[1, 2], (a, b));", ("x", "y->z[1, 2]", "(a, b)")),
        ("bar(x,\n\t    y  +  1);", ("x", "y + 1")),
        ('bar("a,  b", \'"\', x);', ('"a,  b"', "'\"'", "x")),
        ("bar(x, /* first, */ y);", ("x", "y")),
        ("bar((void __user *)x);", ("(void __user *)x",)),
        ("bar(struct foo *, x);", ("struct foo *", "x")),
        ("bar({ 1, 2 }, x);", ("{ 1, 2 }", "x")),
        ("bar(x)(&y, z);", ("x", "&y", "z")),
    ],
)
def test_arguments_are_the_text_between_commas(statement: str, arguments: tuple[str, ...]) -> None:
    assert call(body(statement), "bar").args == arguments


def test_a_cut_call_shows_the_arguments_that_are_whole() -> None:
    assert call("int foo(void)\n{\n\tbar(a, b(c),\n\t    d", "bar").args == ("a", "b(c)")


DISCARDED = [
    "bar(x);",
    "if (a) bar(x);",
    "if (a)\n\tbar(x);\nelse\n\tbaz(x);",
    "while (a)\n\tbar(x);",
    "list_for_each_entry(a, b, c)\n\tbar(x);",
    "list_for_each_entry(a, b, c) {\n\tbar(x);\n}",
    "scoped_guard(mutex, &lock)\n\tbar(x);",
    "out: bar(x);",
    "case A:\n\tbar(x);",
    "do { bar(x); } while (0);",
    "bar(x,\n\t    y);",
    "bar(x) /* why */ ;",
    "bar(struct foo, x);",
    "a;\n#ifdef A\n\tbaz(x);\n#else\n\tbar(x);\n#endif",
]


@pytest.mark.parametrize("statement", DISCARDED)
def test_a_result_thrown_away(statement: str) -> None:
    found = call(body(statement), "bar")
    assert found.discarded
    assert not found.target


@pytest.mark.parametrize(
    "statement",
    [
        "(void)bar(x);",
        "y = bar(x);",
        "int y = bar(x);",
        "return bar(x);",
        "if (bar(x)) a;",
        "if (!bar(x))\n\treturn;",
        "WARN_ON(!bar(x));",
        "bar(x) && baz(y);",
        "bar(x), baz(y);",
        "y += bar(x);",
        "y = a ? bar(x) : 0;",
        "y = ({ a; bar(x); });",
        "bar(x)->y = 1;",
        "bar(x) {\n\ta;\n}",
        "bar(x)(y);",
        "y =\n#ifdef A\n\tbaz(x);\n#else\n\tbar(x);\n#endif",
        "!bar(x);",
        "for (bar(x); a; b)\n\tc;",
    ],
)
def test_a_result_used(statement: str) -> None:
    assert not call(body(statement), "bar").discarded


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("y = bar(x);", "y"),
        ("f->a[1].b = bar(x);", "f->a[1].b"),
        ("*y = bar(x);", "*y"),
        ("struct foo *y = bar(x);", "y"),
        ("int a, y = bar(x), b;", "y"),
        ("y = (struct foo *)bar(x);", "y"),
        ("y = (bar(x));", "y"),
        ("if (!(y = bar(x)))\n\treturn;", "y"),
        ("while ((y = bar(x)))\n\ta;", "y"),
        ("z = y = bar(x);", "y"),
        ("f\n\t->a = bar(x);", "f ->a"),
        ("struct foo *y __free(kfree) = bar(x);", "y"),
        ("bar(x);", ""),
        ("y += bar(x);", ""),
        ("y = bar(x) + 1;", ""),
        ("y = !bar(x);", ""),
        ("y = a ? bar(x) : b;", ""),
        ("y = baz(bar(x));", ""),
        ("return bar(x);", ""),
    ],
)
def test_where_a_result_goes(statement: str, target: str) -> None:
    assert call(body(statement), "bar").target == target


def test_line_and_function() -> None:
    found = call(body("a;\nb = bar(x,\n\t    y);"), "bar", 100, "")
    assert (found.line, found.function) == (103, "foo")


def test_the_function_of_a_cut_body() -> None:
    assert call("\tbar(x);\n}\nbaz(y);\n", "bar", 50, "int foo(void)").function == "foo"
    assert call("\tbar(x);\n}\nbaz(y);\n", "baz", 50, "int foo(void)").function == ""


@pytest.mark.parametrize("start", ["\tbar(x);", "\t    baz, y);\n\tbar(x);"])
def test_what_is_above_a_fragment_may_use_the_first_result(start: str) -> None:
    text = f"{start}\n\tlast(y);\n"
    found = outline(text, 50, "int foo(void)")
    assert [one.discarded for one in found.calls][-1]
    first = outline("\tbar(x);\n\tlast(y);\n", 50, "int foo(void)").calls[0]
    assert (first.name, first.discarded) == ("bar", False)


@pytest.mark.parametrize("start", ["\n", "\ta;\n", "\t}\n", "{\n", "\t/* a */\n\n"])
def test_but_not_behind_an_empty_line_or_a_statement(start: str) -> None:
    assert call(f"{start}\tbar(x);\n", "bar", 50, "int foo(void)").discarded


def test_a_fragment_that_begins_in_a_condition() -> None:
    text = "\t    a(b)) {\n\t\tbar(x);\n\t}\n"
    assert call(text, "bar", 50, "int foo(void)").discarded
    assert not call(text, "a", 50, "int foo(void)").discarded


def test_a_call_cut_at_the_end_is_not_thrown_away() -> None:
    assert not call("int foo(void)\n{\n\tbar(x,\n", "bar").discarded
    assert not call("int foo(void)\n{\n\tbar(x)\n", "bar").discarded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("struct a {\n\tint (*open)(int x);\n\tvoid (*close)(void);\n};\n", ["open", "close"]),
        ("typedef struct a *(*fn_t)(int x);\n", ["fn_t"]),
        ("int foo(int a, void (*cb)(void *data));\n", ["cb"]),
        ("void foo(void)\n{\n\tint (* const fn)(int) = bar;\n}\n", ["fn"]),
        ("static int (*table[4])(int x);\n", ["table"]),
        ("int\t(*open)(int x);\n", ["open"]),
        ("void foo(void)\n{\n\treturn (*fn)(x);\n}\n", []),
        ("void foo(void)\n{\n\t(*fn)(x);\n\ta = (*fn)(x);\n}\n", []),
        ("/* int (*open)(int x); */\n", []),
    ],
)
def test_function_pointers(text: str, found: list[str]) -> None:
    assert [pointer.name for pointer in outline(text).pointers] == found


def test_the_line_of_a_function_pointer_is_that_of_its_name() -> None:
    (pointer,) = outline("int foo(int a,\n\tint\n\t(*cb)(int));\n").pointers
    assert pointer.line == 3
