"""What the old function did on the path of the new one."""

from reviewbot.cmodel.replay import Decision, decisions, replayed, retraced
from tests.cmodel.flows import line, walk_of

OLD = "box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;"


def taken(body: str, fresh: tuple[int, ...] = (), at: int = -1) -> tuple[Decision, ...]:
    """The decisions on the way to the exit in that place, the branches on the lines `fresh` being added."""
    walk = walk_of(body)
    steps = {n for n, step in enumerate(walk.flow.steps) if step.line in fresh}
    end = sorted(walk.ends, key=lambda state: line(walk, state))[at]
    return decisions(walk.flow, walk.path(end), steps)


def test_decisions_in_words() -> None:
    assert taken(OLD, at=0) == (Decision("a()", 0, False),)
    assert taken(OLD) == (Decision("a()", 1, False),)
    assert taken(OLD, (4,)) == (Decision("a()", 1, True),)


def test_the_old_function_decides_the_same() -> None:
    walk = walk_of(OLD)
    assert [line(walk, state) for state in replayed(walk, taken(OLD, at=0))] == [5]
    assert [line(walk, state) for state in replayed(walk, taken(OLD))] == [7]


def test_an_added_branch_is_passed_over() -> None:
    new = OLD.replace("box_put(b);", "if (c())\n\td();\nbox_put(b);")
    walk = walk_of(OLD)
    assert [line(walk, state) for state in replayed(walk, taken(new, (6,)))] == [7]


def test_where_the_two_part_there_is_no_answer() -> None:
    walk = walk_of(OLD)
    assert replayed(walk, taken(OLD.replace("a()", "c()"))) == ()
    assert replayed(walk, ()) == ()


def test_a_branch_too_many_that_is_not_added_is_no_answer() -> None:
    new = OLD.replace("box_put(b);", "if (c())\n\td();\nbox_put(b);")
    assert replayed(walk_of(OLD), taken(new)) == ()


def test_retraced_paths_end_where_the_states_do() -> None:
    walk = walk_of(OLD)
    (path,) = retraced(walk, taken(OLD))
    assert (path[-1],) == replayed(walk, taken(OLD))
    assert path[0].step == walk.flow.entry
