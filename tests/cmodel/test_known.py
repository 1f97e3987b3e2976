"""What is known on a path."""

import pytest

from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.known import after, after_loop, known_at, learnt
from tests.cmodel.graphs import flow_of


@pytest.mark.parametrize(
    "text", ["n = a()", "n += 1", "n++", "--n", "a(&n)", "int n = a()", "int m, n = a()"]
)
def test_a_change_is_forgotten(text: str) -> None:
    assert after({"n": True, "q": False}, text) == {"q": False}


@pytest.mark.parametrize("text", ["a(n)", "m = n == 3", "a(m & n)", "f->n = 3", "x = n <= 2"])
def test_a_use_changes_nothing(text: str) -> None:
    assert after({"q": True, "n": True}, text)["q"]


def test_assembler_may_change_all_it_names() -> None:
    assert after({"n": True, "m": True, "q": True}, 'asm volatile(" " : "=r" (n) : "r" (m))') == {
        "q": True
    }


def test_constants_are_known() -> None:
    assert after({}, "int n = -EIO, m = 0")["n<0"]
    assert after({}, "int n = -EIO, m = 0")["m"] is False


def test_a_loop_macro_changes_its_arguments() -> None:
    assert after_loop({"n": True, "q": True}, "for_each_foo(n, f)") == {"q": True}


def test_only_what_every_path_agrees_on_is_known() -> None:
    graph = flow_of("n = 0;\nif (x)\n\tn = 1;\nif (y)\n\treturn n;\nb();\nreturn 0;")
    known = known_at(graph, step_of(graph, "b()"))
    assert known is not None
    assert known.get("y") is False
    assert "n" not in known


def test_a_case_is_known_behind_it() -> None:
    graph = flow_of(
        "n = a();\nswitch (n) {\ncase 0:\n\tb();\n\tbreak;\ncase -EIO:\n\tc();\n}\nreturn n;"
    )
    assert (known_at(graph, step_of(graph, "b()")) or {})["n"] is False
    assert (known_at(graph, step_of(graph, "c()")) or {})["n==-EIO"]


def test_a_branch_is_not_taken_against_what_is_known() -> None:
    graph = flow_of("if (x)\n\treturn 1;\nreturn 0;")
    branch = graph.steps[graph.entry]
    assert learnt(branch, 0, {"x": False}) is None
    assert learnt(branch, 1, {}) == {"x": False}


def test_a_condition_that_changes_what_it_asks_is_not_remembered() -> None:
    for text in ("--n", "n++ < 3", "a(f, n--)"):
        branch = next(s for s in flow_of(f"if ({text})\n\ta();").steps if s.kind is Kind.BRANCH)
        assert learnt(branch, 0, {"q": True}) == {"q": True}


def test_masked_literals_are_not_told_apart() -> None:
    body = 'if (!strcmp(b->name, "foo"))\n\ta();\nif (!strcmp(b->name, "bar"))\n\tb();\nreturn 0;'
    for branch in (s for s in flow_of(body).steps if s.kind is Kind.BRANCH):
        assert learnt(branch, 0, {}) == {}


def test_a_loop_may_end_after_a_round() -> None:
    graph = flow_of("while (more(f))\n\ta();\nb();\nreturn 0;")
    loop = next(step for step in graph.steps if step.kind is Kind.BRANCH)
    first = learnt(loop, 0, {})
    assert first is not None
    assert first["more(f)"]
    assert learnt(loop, 1, first) == {"more(f)": False}
    assert learnt(loop, 0, first) == first


def test_a_loop_is_not_left_at_once_where_its_condition_is_known() -> None:
    loop = next(s for s in flow_of("while (n)\n\ta();").steps if s.kind is Kind.BRANCH)
    assert learnt(loop, 1, {"n": True}) is None


def step_of(graph: Flow, text: str) -> int:
    """The number of the step with that text."""
    return next(number for number, step in enumerate(graph.steps) if step.text == text)
