"""Paths on which a function puts what it has put already."""

import pytest

from reviewbot.cmodel.twice import Twice, twice
from tests.cmodel.flows import walk_of

GET = "int r;\nbox_get(b);\nr = a(f);\n"
OUT = "c(f);\nout:\nbox_put(b);\nreturn r;"


def found(body: str) -> list[Twice]:
    """The second puts of the only object."""
    return list(twice(walk_of(body)))


def lines(body: str) -> list[tuple[int, int]]:
    """The lines of the first and of the second put."""
    return [
        (one.walk.flow.steps[one.steps[0]].line, one.walk.flow.steps[one.steps[-1]].line)
        for one in found(body)
    ]


def test_put_and_jump_to_the_put() -> None:
    body = f"{GET}if (r) {{\n\tbox_put(b);\n\tgoto out;\n}}\n{OUT}"
    assert lines(body) == [(7, 12)]
    assert found(body)[0].is_certain


def test_path_leads_from_entry_to_exit() -> None:
    (one,) = found(f"{GET}if (r) {{\n\tbox_put(b);\n\tgoto out;\n}}\n{OUT}")
    assert one.path[0].step == one.walk.flow.entry
    assert one.path[-1] in one.walk.ends


def test_own_reference_needs_no_other_path() -> None:
    (one,) = found("struct box *x = find(n);\nlose(x);\nlose(x);\nreturn 0;")
    assert one.is_certain


def test_straight_double_put_of_an_argument_is_not_certain() -> None:
    (one,) = found(f"{GET}box_put(b);\nbox_put(b);\nreturn r;")
    assert not one.is_certain


@pytest.mark.parametrize(
    "body",
    [
        f"{GET}box_put(b);\nreturn r;",
        f"{GET}box_get(b);\nbox_put(b);\nbox_put(b);\nreturn r;",
        f"{GET}box_put(b);\nbox_get(b);\nbox_put(b);\nreturn r;",
        f"{GET}box_put(b);\nb = f->box;\nbox_put(b);\nreturn r;",
        f"{GET}if (r)\n\tbox_put(b);\nc();\nif (!r)\n\tbox_put(b);\nreturn r;",
        f"{GET}while (n--)\n\tbox_put(b);\nreturn r;",
        "struct box *x = find(n);\nif (x)\n\tlose(x);\nx = NULL;\nlose(x);\nreturn 0;",
        f'{GET}box_put(b);\nbox_put(b);\npanic("x");',
    ],
)
def test_one_put_too_many_is_not_there(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    "before",
    [
        "struct box *y = foo_create(f);\nbox_get(y);",
        "struct box *y = kzalloc(4, GFP_KERNEL);\nbox_get(y);",
        "struct box *y = f->box;\nbox_init(y);\nbox_get(y);",
    ],
)
def test_object_the_function_made_has_a_reference_from_the_beginning(before: str) -> None:
    assert (
        found(
            f"{before}\nif (a()) {{\n\tbox_put(y);\n\tgoto out;\n}}\nc();\nout:\nbox_put(y);\nreturn -EIO;"
        )
        == []
    )


def test_object_that_was_looked_up_has_none() -> None:
    body = "struct box *y = list_find(f);\nbox_get(y);\nif (a()) {\n\tbox_put(y);\n\tgoto out;\n}\nc();\nout:\nbox_put(y);\nreturn -EIO;"
    assert len(found(body)) == 1


def test_second_put_is_reached_without_having_taken_any() -> None:
    body = "if (n)\n\tgoto out;\nbox_get(b);\nif (a()) {\n\tbox_put(b);\n\tgoto out;\n}\nreturn 0;\nout:\nbox_put(b);\nreturn -EIO;"
    assert found(body) == []


def test_call_that_may_take_a_reference() -> None:
    body = f"{GET}foo_hold(b);\nif (r) {{\n\tbox_put(b);\n\tgoto out;\n}}\n{OUT}"
    assert found(body) == []


def test_every_path_puts_twice_is_a_design() -> None:
    body = f"{GET}if (r) {{\n\tbox_put(b);\n\tgoto out;\n}}\nbox_put(b);\nout:\nbox_put(b);\nreturn -EIO;"
    assert [one.is_certain for one in found(body)] == [False] * len(found(body))


def test_function_that_only_puts_is_never_certain() -> None:
    assert not any(one.is_certain for one in found("if (n)\n\tbox_put(b);\nbox_put(b);\nreturn 0;"))


def test_the_round_after_a_put_goes_on_to_the_put_behind_the_loop() -> None:
    loop = "for (n = 0; n < f->n; n++) {\n\tif (a(n)) {\n\t\tbox_put(b);\n\t\tc(f);\n\t}\n}\n"
    assert lines(f"box_get(b);\n{loop}box_put(b);\nreturn 0;") == [(6, 10)]
