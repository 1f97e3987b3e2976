"""Loops, and macros that take a statement."""

import pytest

from reviewbot.cmodel.flow import Kind, Why
from tests.cmodel.graphs import flow_of, runs, ways


def test_break_and_continue() -> None:
    text = "while (x) {\n\tif (y)\n\t\tbreak;\n\tif (z)\n\t\tcontinue;\n\ta();\n}\nreturn 0;"
    assert ways(flow_of(text)) == {("x", "return 0"), ("x", "y", "return 0")}


def test_do_runs_once_before_its_condition() -> None:
    assert ways(flow_of("do {\n\ta();\n} while (x);\nreturn 0;")) == {("a()", "x", "return 0")}


def test_do_while_0_is_no_loop() -> None:
    body = "do {\n\tif (x)\n\t\tbreak;\n\tif (y)\n\t\tcontinue;\n\ta();\n} while (0);\nreturn 0;"
    for truth in ({"x": True}, {"y": True}):
        assert runs(flow_of(body), **truth) == ["return 0"]
    assert runs(flow_of(body)) == ["a()", "return 0"]


def test_for_begins_with_its_initializer() -> None:
    found = ways(flow_of("for (n = 0; n < 3; n++)\n\ta();\nreturn 0;"))
    assert found == {("n = 0", "n < 3", "return 0")}
    (step,) = (
        s for s in flow_of("for (int i = c ? 1 : 2; i; i++)\n\ta();").steps if s.text == "int i = 1"
    )
    assert step.kind is Kind.STATEMENT


def test_for_without_a_condition_ends_only_by_a_jump() -> None:
    assert ways(flow_of("for (;;) {\n\tif (x)\n\t\tbreak;\n}\nreturn 0;")) == {("x", "return 0")}
    assert ways(flow_of("for (;;)\n\ta();\nreturn 0;")) == set()


def test_comma_in_the_condition_of_a_loop() -> None:
    graph = flow_of("do {\n\ta();\n} while (n = next(n), n < 3);\nreturn 0;")
    assert ways(graph) == {("a()", "n = next(n)", "n < 3", "return 0")}


def test_the_condition_of_a_loop_is_marked() -> None:
    graph = flow_of("while (x && y)\n\ta();\nif (z)\n\tb();\nreturn 0;")
    marked = {step.text: step.repeats for step in graph.steps if step.kind is Kind.BRANCH}
    assert marked == {"x": True, "y": True, "z": False}


@pytest.mark.parametrize(
    "head",
    [
        "list_for_each_entry(a, b, c)",
        "for_each_node(n)",
        "xa_for_each(x, i, e)",
        "hash_for_each_possible(t, o, m, k)",
        "FOREACH_ITEM(x)",
        "skb_walk_frags(s, i)",
        "skb_queue_reverse_walk(q, s)",
        "while_each_thing(n)",
    ],
)
def test_loop_macro_runs_any_number_of_times(head: str) -> None:
    graph = flow_of(f"{head} {{\n\tif (x)\n\t\tbreak;\n\ta();\n}}\nreturn 0;")
    assert ways(graph) == {(head, "return 0"), (head, "x", "return 0")}


def test_scoped_guard_runs_once() -> None:
    assert ways(flow_of("scoped_guard(mutex, &f->lock) {\n\ta();\n}\nreturn 0;")) == {
        ("scoped_guard(mutex, &f->lock)", "a()", "return 0")
    }


def test_unknown_macro_is_unknown_with_all_ways_kept() -> None:
    graph = flow_of("IF_LIT(f) {\n\treturn 1;\n} else {\n\ta();\n}\nreturn 0;")
    (unknown,) = (step for step in graph.steps if step.kind is Kind.UNKNOWN)
    assert (unknown.text, unknown.why) == ("IF_LIT(f)", Why.MACRO)
    assert {graph.steps[number].text for number in unknown.next} == {"1", "a()", "0"}
