"""What is known on a path."""

import pytest

from reviewbot.cmodel.known import after, after_loop, known_at, learnt
from tests.cmodel.flows import flow_of


@pytest.mark.parametrize(
    "text", ["n = a()", "n += 1", "n++", "--n", "a(&n)", "int n = a()", "int m, n = a()"]
)
def test_a_change_is_forgotten(text: str) -> None:
    assert after({"n": True, "q": False}, text) == {"q": False}


@pytest.mark.parametrize("text", ["a(n)", "m = n == 3", "a(m & n)", "f->n = 3", "x = n <= 2"])
def test_a_use_changes_nothing(text: str) -> None:
    assert after({"q": True, "n": True}, text)["q"]


def test_constants_are_known() -> None:
    assert after({}, "int n = -EIO, m = 0")["n<0"]
    assert after({}, "int n = -EIO, m = 0")["m"] is False


def test_a_loop_macro_changes_its_arguments() -> None:
    assert after_loop({"n": True, "q": True}, "for_each_foo(n, f)") == {"q": True}


def test_only_what_every_path_agrees_on_is_known() -> None:
    graph = flow_of("n = 0;\nif (x)\n\tn = 1;\nif (y)\n\treturn n;\nb();\nreturn 0;")
    at = next(number for number, step in enumerate(graph.steps) if step.text == "b()")
    known = known_at(graph, at)
    assert known is not None
    assert known.get("y") is False
    assert "n" not in known


def test_a_branch_is_not_taken_against_what_is_known() -> None:
    graph = flow_of("if (x)\n\treturn 1;\nreturn 0;")
    branch = graph.steps[graph.entry]
    assert learnt(branch, 0, {"x": False}) is None
    assert learnt(branch, 1, {}) == {"x": False}
