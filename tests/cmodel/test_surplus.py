"""Puts and uses after a put that a change brings in."""

import pytest

from reviewbot.cmodel.surplus import added_twice, added_uses
from reviewbot.model.diff import Side
from tests.cmodel.flows import BALANCE, added, edited, function

GET = "int r;\n\nbox_get(b);\nr = a(f);\n"
ONCE = f"{GET}if (r)\n\tgoto out;\nc(f);\nout:\nbox_put(b);\nreturn r;"
TWICE = ONCE.replace("if (r)\n\tgoto out;", "if (r) {\n\tbox_put(b);\n\tgoto out;\n}")
FIND = "struct box *x = find(n);\n\nif (!x)\n\treturn -ENODEV;\n"
USED = f"{FIND}f->n = x->n;\nlose(x);\nreturn 0;"
SPENT = f"{FIND}lose(x);\nf->n = x->n;\nreturn 0;"
HANDED = "f->n = b->n;\nc(f);\nd(f);\nbox_put(b);\nreturn 0;"
LATE = "c(f);\nd(f);\nbox_put(b);\nf->n = b->n;\nreturn 0;"


def puts(before: str, after: str) -> list[str]:
    """The lines at which second puts are told."""
    lines = function(after).splitlines()
    found = (one for change in edited(before, after) for one in added_twice(change, BALANCE))
    return [lines[one.line - 1].strip() for one in found]


def jumps(before: str, after: str) -> list[tuple[str, str]]:
    """The removed jumps at which second puts are told: the word, and the line as it was."""
    lines = function(before).splitlines()
    found = (one for change in edited(before, after) for one in added_twice(change, BALANCE))
    return [(one.jump, lines[one.line - 1].strip()) for one in found if one.side is Side.OLD]


def uses(before: str, after: str, *, of_any: bool = False) -> list[str]:
    """The lines at which uses behind a put are told."""
    lines = function(after).splitlines()
    changes = edited(before, after)
    found = (one for change in changes for one in added_uses(change, BALANCE, of_any=of_any))
    return [lines[one.line - 1].strip() for one in found]


def test_first_put_is_added() -> None:
    assert puts(ONCE, TWICE) == ["box_put(b);"]


def test_second_put_is_added() -> None:
    before = f"{GET}box_put(b);\nc(f);\nreturn r;"
    assert puts(before, before.replace("return", "box_put(b);\nreturn")) == ["box_put(b);"]


def test_what_leads_from_one_to_the_other_is_added() -> None:
    before = f"{GET}if (r) {{\n\tbox_put(b);\n\treturn r;\n}}\nc(f);\nbox_put(b);\nreturn r;"
    assert puts(before, before.replace("\treturn r;\n}", "\td(f);\n}")) == ["d(f);"]


LEFT = f"{GET}if (r) {{\n\tbox_put(b);\n\treturn r;\n}}\nc(f);\nbox_put(b);\nreturn 0;"


def test_a_removed_jump_leads_from_one_to_the_other() -> None:
    assert jumps(LEFT, LEFT.replace("\treturn r;\n}", "}")) == [("return", "return r;")]
    left = LEFT.replace("return r;", "goto out;").replace("return 0;", "out:\nreturn 0;")
    assert jumps(left, left.replace("\tgoto out;\n", "")) == [("goto", "goto out;")]


def test_another_removed_line_does_not() -> None:
    before = LEFT.replace("\treturn r;\n}", "\td(f);\n}")
    assert jumps(before, before.replace("\td(f);\n", "")) == []


def test_new_function() -> None:
    assert len([one for f in added(TWICE) for one in added_twice(f, BALANCE)]) == 1
    assert [one for f in added(ONCE) for one in added_twice(f, BALANCE)] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TWICE, ONCE),
        (TWICE, TWICE.replace("c(f);", "d(f);")),
        (ONCE, ONCE.replace("c(f);", "d(f);")),
        ("c(f);\nbox_put(b);\nreturn 0;", "c(f);\nbox_put(b);\nbox_put(b);\nreturn 0;"),
        (f"{GET}box_put(b);\nreturn r;", f"{GET}d(b);\nbox_put(b);\nbox_put(b);\nreturn r;"),
    ],
)
def test_nothing_that_was_so_before_or_may_be_meant(before: str, after: str) -> None:
    assert puts(before, after) == []


def test_put_above_the_use() -> None:
    assert uses(USED, SPENT) in (["lose(x);"], ["f->n = x->n;"])


def test_use_is_added_behind() -> None:
    assert uses(f"{FIND}lose(x);\nreturn 0;", SPENT) == ["f->n = x->n;"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SPENT, USED),
        (SPENT, SPENT.replace("-ENODEV", "-EINVAL")),
        (USED, USED.replace("-ENODEV", "-EINVAL")),
        (
            "box_get(b);\nbox_put(b);\nreturn 0;",
            "box_get(b);\nbox_put(b);\nf->n = b->n;\nreturn 0;",
        ),
    ],
)
def test_no_use_that_was_there_or_that_others_answer_for(before: str, after: str) -> None:
    assert uses(before, after) == []


def test_somebody_may_have_the_object_of_a_new_function() -> None:
    given = SPENT.replace("lose(x);", "foo_register(x);\nlose(x);")
    assert len([one for f in added(SPENT) for one in added_uses(f, BALANCE)]) == 1
    assert [one for f in added(given) for one in added_uses(f, BALANCE)] == []


ASK = "struct box *x;\n\nx = look(n);\nif (!try_box(x))\n\treturn -ENODEV;\n"


def test_who_has_to_ask_has_no_other_reference() -> None:
    late = f"{ASK}untry_box(x);\nf->n = x->n;\nreturn 0;"
    assert len([one for f in added(late) for one in added_uses(f, BALANCE)]) == 1
    given = "if (!try_box(b))\n\treturn -ENODEV;\nuntry_box(b);\nf->n = b->n;\nreturn 0;"
    assert [one for f in added(given) for one in added_uses(f, BALANCE)] == []


def test_what_an_array_holds() -> None:
    late = (
        "struct box **all = a(n);\nstruct box *x;\nint i = 0;\n\n"
        "list_for_each_entry(x, &f->all, list) {\n\tbox_get(x);\n\tall[i++] = x;\n}\n"
        "for (i = 0; all[i]; i++) {\n\tx = all[i];\n\tbox_put(x);\n\tc(x);\n}\nreturn 0;"
    )
    assert len([one for f in added(late) for one in added_uses(f, BALANCE)]) == 1
    early = late.replace("\tbox_put(x);\n\tc(x);\n", "\tc(x);\n\tbox_put(x);\n")
    assert [one for f in added(early) for one in added_uses(f, BALANCE)] == []
    others = late.replace("\tbox_get(x);\n", "")
    assert [one for f in added(others) for one in added_uses(f, BALANCE)] == []


def test_a_use_between_two_puts_ends_with_the_first() -> None:
    body = f"{FIND}lose(x);\nf->n = x->n;\nlose(x);\nreturn 0;"
    assert len([one for f in added(body) for one in added_twice(f, BALANCE)]) == 1
    assert [one for f in added(body) for one in added_uses(f, BALANCE)] == []


def test_put_of_what_was_handed_in() -> None:
    assert uses(HANDED, LATE) == ["f->n = b->n;"]
    only = "box_put(b);\nreturn 0;"
    with_use = "box_put(b);\nf->n = b->n;\nreturn 0;"
    assert uses(only, with_use) == []
    assert uses(only, with_use, of_any=True) == ["f->n = b->n;"]
