"""Assignments, locals, structs and objects as an outline shows them."""

import pytest

from reviewbot.cmodel.outline import Assignment, Field, Initializer, StructDefinition
from tests.cmodel.sources import body, outline


@pytest.mark.parametrize(
    ("statement", "target", "value"),
    [
        ("x = y;", "x", "y"),
        ("f->kvm\t=\n\t\tkvm;", "f->kvm", "kvm"),
        ("*p = a + b;", "*p", "a + b"),
        ("int x = bar(y);", "x", "bar(y)"),
        ("struct kvm *kvm = f->kvm;", "kvm", "f->kvm"),
        ('name = "a  b"; /* c */', "name", '"a  b"'),
        ("f->fops.owner = THIS_MODULE;", "f->fops.owner", "THIS_MODULE"),
        ("if ((x = y)) z;", "x", "y"),
        ("f->ops = &(struct ops) { 1 };", "f->ops", "&(struct ops) { 1 }"),
    ],
)
def test_an_assignment(statement: str, target: str, value: str) -> None:
    assert outline(body(statement)).assignments == (Assignment(target, value, 3, "foo"),)


@pytest.mark.parametrize(
    "statement", ["x += y;", "x == y;", "x->y;", "int x;", "/* x = y; */", 'f("x = y");', "x++;"]
)
def test_no_assignment(statement: str) -> None:
    assert outline(body(statement)).assignments == ()


def test_assignments_come_in_order_of_line() -> None:
    found = outline(body("int a = 1;\nb = 2;\nint c = 3;\nd = e = 4;"), 1).assignments
    assert [(one.target, one.line) for one in found] == [
        ("a", 3),
        ("b", 4),
        ("c", 5),
        ("d", 6),
        ("e", 6),
    ]


@pytest.mark.parametrize("end", ["x = foo(a,", "x =", "int x = foo(a)", "x = y +\n\t\tz"])
def test_an_assignment_that_may_go_on_below_is_left_out(end: str) -> None:
    found = outline(f"int foo(void)\n{{\n\ta = b;\n\t{end}\n")
    assert [one.target for one in found.assignments] == ["a"]
    assert {call.target for call in found.calls} <= {""}


def test_an_assignment_at_file_scope() -> None:
    assert outline("static int x = 1;\n").assignments == (Assignment("x", "1", 1, ""),)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("struct kvm *kvm;", [("struct kvm *", "kvm")]),
        ("int a, *b = c;", [("int", "a"), ("int *", "b")]),
        ("u8 buffer[16] = { 0 };", [("u8 [16]", "buffer")]),
        ("for (int i = 0; i < 3; i++)\n\tx;", [("int", "i")]),
        ("if (x) {\n\tstruct foo *f = bar();\n}", [("struct foo *", "f")]),
        ("struct foo __user *f;", [("struct foo *", "f")]),
        ("static const struct foo f;", [("const struct foo", "f")]),
        ("int (*fn)(int a) = x;", [("int (*)(int a)", "fn")]),
        ("x = y;", []),
        ("foo(x);", []),
        ("}\nelse goto out;", []),
    ],
)
def test_locals(statement: str, found: list[tuple[str, str]]) -> None:
    (function,) = outline(body(statement)).functions
    assert [(one.type, one.name) for one in function.locals] == found


def test_a_local_that_cleans_up() -> None:
    text = body("struct foo *f __free(foo_put) = foo_get();\nstruct foo *g = f;")
    (function,) = outline(text).functions
    assert [one.cleanup for one in function.locals] == ["foo_put", ""]


OPS = """
static const struct file_operations foo_fops = {
	.owner	= THIS_MODULE,
	.read	= foo_read,	/* .write = foo_write, */
	.name	= "foo  bar",
};
"""


def test_an_object() -> None:
    assert outline(OPS).initializers == (
        Initializer(
            "struct file_operations",
            "foo_fops",
            2,
            6,
            True,
            True,
            True,
            (
                Field("owner", "THIS_MODULE", 3),
                Field("read", "foo_read", 4),
                Field("name", '"foo  bar"', 5),
            ),
        ),
    )


def fields(text: str, first: int = 1, heading: str = "") -> dict[str, str]:
    found = outline(text, first, heading).initializers
    return {field.name: field.value for one in found for field in one.fields}


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (".driver = { .owner = THIS_MODULE, },", {"driver.owner": "THIS_MODULE"}),
        (".driver.owner = THIS_MODULE,", {"driver.owner": "THIS_MODULE"}),
        (".a = { .b = { .c = 1 } },", {"a.b.c": "1"}),
        (".id = { 1, 2 },", {"id": "{ 1, 2 }"}),
        (".map[3] = x,", {"map[3]": "x"}),
        ("owner: THIS_MODULE,", {"owner": "THIS_MODULE"}),
        ("[A] = { .b = 1 },", {}),
        ("1, 2", {}),
        ("", {}),
        ("#ifdef A\n\t.a = x,\n#endif\n\t.b = y,", {"a": "x", "b": "y"}),
        (".a = FOO(x, y),", {"a": "FOO(x, y)"}),
        (".a = (struct b) { .c = 1 },", {"a": "(struct b) { .c = 1 }"}),
        (".a = x, .b = y", {"a": "x", "b": "y"}),
    ],
)
def test_fields(inside: str, found: dict[str, str]) -> None:
    assert fields(f"static struct foo x = {{\n\t{inside}\n}};\n") == found


@pytest.mark.parametrize(
    ("head", "kind", "static", "const"),
    [
        ("static const struct foo x = {", "struct foo", True, True),
        ("struct foo x = {", "struct foo", False, False),
        ("const struct foo x = {", "struct foo", False, True),
        ("static struct foo __ro_after_init x = {", "struct foo", True, False),
        ("static struct foo x __maybe_unused = {", "struct foo", True, False),
        ("static foo_t x = {", "foo_t", True, False),
        ("static const union foo x = {", "union foo", True, True),
    ],
)
def test_what_an_object_is_declared_as(head: str, kind: str, static: bool, const: bool) -> None:
    (found,) = outline(f"{head}\n\t.a = b,\n}};\n").initializers
    assert (found.type, found.name, found.static, found.const) == (kind, "x", static, const)


@pytest.mark.parametrize(
    "text",
    [
        "static struct foo x[] = {\n\t{ .a = 1 },\n};\n",
        "static int x[] = { 1, 2 };\n",
        "static DEFINE_PER_CPU(struct foo, x) = {\n\t.a = 1,\n};\n",
        "static struct foo x;\n",
        "#define X static struct foo x = { .a = 1 }\n",
    ],
)
def test_no_object(text: str) -> None:
    assert outline(text).initializers == ()


def test_a_local_object() -> None:
    (found,) = outline(body("struct foo x = { .a = 1 };")).initializers
    assert (found.name, found.first, found.field("a")) == ("x", 3, Field("a", "1", 3))


HEADING = "static const struct foo x = {"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\t.a = 1,\n\t.b = 2,\n", {"a": "1", "b": "2"}),
        ("\t.a = 1,\n};\n\nint y;\n", {"a": "1"}),
        ("\t.a = FOO(b,\n\t\t c),\n", {"a": "FOO(b, c)"}),
        ("\t\t.owner = THIS_MODULE,\n\t},\n\t.b = 2,\n};\n", {"b": "2"}),
        ("\t\t.owner = THIS_MODULE,\n", {}),
        ("\t.driver = {\n\t\t.owner = THIS_MODULE,\n", {"driver.owner": "THIS_MODULE"}),
    ],
)
def test_the_rest_of_an_object(text: str, found: dict[str, str]) -> None:
    assert fields(text, 70, HEADING) == found


def test_a_cut_object_is_not_whole() -> None:
    (above,) = outline("\t.a = 1,\n};\n", 70, HEADING).initializers
    assert (above.type, above.name, above.first, above.whole) == ("struct foo", "x", 70, False)
    (below,) = outline(f"{HEADING}\n\t.a = 1,\n").initializers
    assert (below.first, below.last, below.whole) == (1, 2, False)


STRUCT = """
struct foo {
	struct kvm *kvm;
	int (*open)(struct foo *foo);
	u8 id[16], kind;
	union {
		int a;
		void *b;
	};
	struct {
		int c;
	} inner;
	struct list_head list;	/* int not; */
};
"""


def test_a_struct_and_its_members() -> None:
    (found,) = outline(STRUCT).structs
    assert (found.name, found.first, found.last, found.whole) == ("foo", 2, 14, True)
    assert [(member.type, member.name) for member in found.members] == [
        ("struct kvm *", "kvm"),
        ("int (*)(struct foo *foo)", "open"),
        ("u8 [16]", "id"),
        ("u8", "kind"),
        ("int", "a"),
        ("void *", "b"),
        ("struct", "inner"),
        ("struct list_head", "list"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "heading", "found"),
    [
        ("\tint a;\n\tint b;\n", 9, "struct foo {", StructDefinition("foo", 9, 10, False)),
        ("\tint a;\n};\n", 9, "struct foo", StructDefinition("foo", 9, 10, False)),
        ("struct foo {\n\tint a;\n", 1, "", StructDefinition("foo", 1, 2, False)),
        ("struct foo {\n};\n", 1, "", StructDefinition("foo", 1, 2, True)),
    ],
)
def test_the_extent_of_a_struct(
    text: str, first: int, heading: str, found: StructDefinition
) -> None:
    (one,) = outline(text, first, heading).structs
    assert (one.name, one.first, one.last, one.whole) == (
        found.name,
        found.first,
        found.last,
        found.whole,
    )


@pytest.mark.parametrize(
    "text",
    ["struct foo;\n", "struct foo x;\n", "struct { int a; } x;\n", "union foo { int a; };\n"],
)
def test_no_struct(text: str) -> None:
    assert outline(text).structs == ()
