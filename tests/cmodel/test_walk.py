"""The paths of a function: how many references are held where. Lines: the body begins at 3."""

from itertools import pairwise

import pytest

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.walk import Held
from tests.cmodel.flows import line, walk_of


def ends(body: str) -> set[tuple[int, int]]:
    """The exits by line, with the number of references held there."""
    walk = walk_of(body)
    return {(line(walk, end), end.count) for end in walk.ends}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("box_get(b);\nbox_put(b);\nreturn 0;", {(5, 0)}),
        ("box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;", {(5, 1), (7, 0)}),
        ("if (!try_box(b))\n\treturn -EIO;\nuntry_box(b);\nreturn 0;", {(4, 0), (6, 0)}),
        ("struct box *x = find(n);\nif (!x)\n\treturn -EIO;\nreturn 0;", {(5, 0), (6, 1)}),
        ("struct box *x = find(n);\nlose(x);\nreturn 0;", {(5, 0)}),
        (
            "struct box *x = context_of(n);\nif (IS_ERR(x))\n\treturn PTR_ERR(x);\nreturn 0;",
            {(5, 0), (6, 1)},
        ),
        ("n = notify_of(b, n);\nif (n < 0)\n\treturn n;\nreturn 0;", {(5, 0), (6, 1)}),
        ("if (n)\n\tbox_get(b);\na();\nif (n)\n\tbox_put(b);\nreturn 0;", {(8, 0)}),
        ("box_get(b);\nb = f->box;\nreturn 0;", {(5, 0)}),
        ("for_each_file(f, b) {\n\tif (a(b))\n\t\treturn -EIO;\n}\nreturn 0;", {(5, 1), (7, 0)}),
        ("box_get(b);\nbox_get(b);\nbox_put(b);\nreturn 0;", {(6, 1)}),
    ],
)
def test_counts(body: str, expected: set[tuple[int, int]]) -> None:
    assert ends(body) == expected


def test_put_of_null_does_nothing() -> None:
    walk = walk_of("struct box *x = find(n);\nif (x)\n\ta();\nlose(x);\nreturn 0;")
    assert {end.count for end in walk.ends} == {0}
    assert {end.held for end in walk.ends} == {Held.NOTHING, Held.PUT}


@pytest.mark.parametrize(
    "body",
    [
        "box_get(b);\nbox_put(a(b));\nreturn 0;",
        "box_get(b);\nFOO_RETURN_IF(n);\nreturn 0;",
        'box_get(b);\npanic("x");\nreturn 0;',
    ],
)
def test_path_ends_where_one_cannot_say(body: str) -> None:
    assert walk_of(body).ends == ()


def test_more_references_than_two_are_not_followed() -> None:
    assert walk_of("box_get(b);\n" * 4 + "return 0;").ends == ()


def test_doubt_where_an_open_condition_skips_a_put() -> None:
    walk = walk_of("box_get(b);\nif (a())\n\tbox_put(b);\nreturn 0;")
    assert {(end.count, end.doubt) for end in walk.ends} == {(0, False), (1, True)}


def test_no_doubt_where_the_consequence_leaves() -> None:
    walk = walk_of("box_get(b);\nif (a()) {\n\tbox_put(b);\n\treturn 0;\n}\nreturn -EIO;")
    assert {(end.count, end.doubt) for end in walk.ends} == {(0, False), (1, False)}


def test_no_doubt_where_the_put_in_a_loop_leaves() -> None:
    loop = "box_get(b);\nwhile (n--) {\n\tif (a()) {\n\t\tbox_put(b);\n\t\t"
    leaves = walk_of(loop + "return -EIO;\n\t}\n}\nreturn 0;")
    assert {(end.count, end.doubt) for end in leaves.ends} == {(0, False), (1, False)}
    stays = walk_of(loop + "n = 0;\n\t}\n}\nreturn 0;")
    assert (1, True) in {(end.count, end.doubt) for end in stays.ends}


def test_what_is_asked_again_under_a_lock_is_open() -> None:
    body = "if (f->on)\n\treturn 0;\nmutex_lock(&f->lock);\nbox_get(b);\nif (f->on)\n\treturn 1;\nreturn 2;"
    walk = walk_of(body)
    assert {walk.flow.steps[end.step].text for end in walk.ends} == {"0", "1", "2"}


def test_answers() -> None:
    walk = walk_of("box_get(b);\nif (a())\n\treturn -EIO;\nreturn 0;")
    assert {walk.answer(end) for end in walk.ends} == {Answer.ERROR, Answer.SUCCESS}


def test_path_leads_from_the_entry_along_the_edges() -> None:
    walk = walk_of("box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;")
    for end in walk.ends:
        path = walk.path(end)
        assert path[0].step == walk.flow.entry
        assert path[-1] == end
        for before, behind in pairwise(path):
            assert behind.step in walk.flow.steps[before.step].next


def test_onward_leads_to_an_exit() -> None:
    walk = walk_of("box_get(b);\na();\nreturn 0;")
    onward = walk.onward(next(iter(walk.seen)))
    assert onward[-1] in walk.ends
    assert walk.onward(walk.ends[0]) == (walk.ends[0],)


def test_onward_is_empty_without_an_exit() -> None:
    walk = walk_of('box_get(b);\npanic("x");\nreturn 0;')
    assert walk.onward(next(iter(walk.seen))) == ()


def test_beyond_the_bound_it_is_not_complete() -> None:
    tests = "".join(f"if (f->x{n})\n\ta{n}();\n" for n in range(16))
    again = "".join(f"if (f->x{n})\n\tc{n}();\n" for n in range(16))
    walk = walk_of(f"box_get(b);\n{tests}{again}return 0;")
    assert not walk.is_complete
    assert walk_of("box_get(b);\nreturn 0;").is_complete
