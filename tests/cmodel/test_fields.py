"""Fields that functions release, and that others overwrite."""

from reviewbot.cmodel.fields import field, overwritten, uses
from tests.changes import image, seen

RELEASE = (
    "static void foo_unset(struct foo *f)\n{\n\tstruct box *b = f->box;\n\n\tbox_put(b);\n}\n\n"
)
SET = "static void foo_set(struct foo *f, struct box *b)\n{\n%s}\n"


def found(body: str, more: str = "") -> list[tuple[str, str]]:
    """What is assigned in foo_set() over a field that foo_unset() releases, and by whom."""
    whole = image(RELEASE + SET % "".join(f"\t{line}\n" for line in body.split("\n")) + more)
    function = whole.outline.function("foo_set")
    assert function is not None
    return [
        (one.assignment.target, one.releaser) for one in overwritten(whole, function, ("box_put",))
    ]


def test_a_field_is_type_and_members() -> None:
    function, _ = seen("int foo(struct foo *f)\n{\n\tstruct bar b;\n\n\treturn 0;\n}\n", "foo")
    assert field("f->a.b", function) == ("struct foo *", "->a.b")
    assert field("b.c", function) == ("struct bar", ".c")
    assert field("f", function) is None
    assert field("g->a", function) is None
    assert field("get(f)->a", function) is None


def test_what_a_call_is_passed_by_way_of_a_local() -> None:
    (used,) = uses(image(RELEASE), ("box_put",))
    assert (used[0], used[1].line) == (("struct foo *", "->box"), 5)


def test_overwritten() -> None:
    assert found("f->box = b;") == [("f->box", "foo_unset")]
    assert found("f->box = NULL;") == [("f->box", "foo_unset")]


def test_not_overwritten() -> None:
    assert found("f->other = b;") == []
    assert found("if (f->box)\n\treturn;\nf->box = b;") == []
    assert found("box_put(f->box);\nf->box = b;") == []
    assert found("foo_unset(f);\nf->box = b;") == []
    assert found("f = kzalloc(sizeof(*f), GFP_KERNEL);\nf->box = b;") == []


def test_a_caller_that_looks() -> None:
    caller = "\nstatic void bar(struct foo *f)\n{\n\tif (!f->box)\n\t\tfoo_set(f, NULL);\n}\n"
    assert found("f->box = b;", caller) == []
    assert found("f->box = b;", caller.replace("!f->box", "f->open")) == [("f->box", "foo_unset")]
