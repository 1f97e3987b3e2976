"""Controlling expressions: what is evaluated in which order."""

import pytest

from reviewbot.cmodel.flow import Kind
from tests.cmodel.graphs import flow_of, runs, ways


def test_short_circuit_evaluates_in_order() -> None:
    assert ways(flow_of("if (a && (b || c))\n\treturn 1;\nreturn 2;")) == {
        ("a", "return 2"),
        ("a", "b", "return 1"),
        ("a", "b", "c", "return 1"),
        ("a", "b", "c", "return 2"),
    }


def test_negated_group_swaps_the_branches() -> None:
    graph = flow_of("if (!(a && b))\n\treturn 1;\nreturn 2;")
    first = graph.steps[graph.entry]
    assert graph.steps[first.next[1]].text == "1"


@pytest.mark.parametrize(
    ("condition", "set_", "asked"),
    [
        ("(n = a()) < 0", "n = a()", "n < 0"),
        ("!(n = a())", "n = a()", "n"),
        ("(f->n = a(b)) != NULL", "f->n = a(b)", "f->n != NULL"),
        ("unlikely((n = a()))", "n = a()", "n"),
        ("n = a()", "n = a()", "n"),
        ("(n -= a()) >= 4", "n -= a()", "n >= 4"),
        ("n = a(), n > 3", "n = a()", "n > 3"),
        ("(n++, b)", "n++", "b"),
    ],
)
def test_effect_in_a_condition_comes_before_it(condition: str, set_: str, asked: str) -> None:
    (found,) = {way[:2] for way in ways(flow_of(f"if ({condition})\n\treturn 1;\nreturn 0;"))}
    assert found == (set_, asked)


def test_assignment_behind_an_operator_is_done_only_then() -> None:
    body = "if (x && (n = a()) && !(b = c()))\n\treturn 1;\nreturn 0;"
    assert runs(flow_of(body)) == ["return 0"]
    assert runs(flow_of(body), x=True) == ["n = a()", "return 0"]
    assert runs(flow_of(body), x=True, n=True) == ["n = a()", "b = c()", "return 1"]


def test_error_or_null_is_two_conditions() -> None:
    graph = flow_of("if (IS_ERR_OR_NULL(b))\n\treturn 1;\nreturn 0;")
    assert {s.text for s in graph.steps if s.kind is Kind.BRANCH} == {"IS_ERR(b)", "!b"}


def test_constant_condition_has_one_way() -> None:
    assert ways(flow_of("while (1) {\n\tif (a())\n\t\treturn 1;\n}\nreturn 2;")) == {
        ("a()", "return 1")
    }


def test_choice_inside_a_condition() -> None:
    graph = flow_of("if (x ? a(b) : c(b))\n\treturn 1;\nreturn 0;")
    assert ways(graph) == {
        ("x", "a(b)", "return 1"), ("x", "a(b)", "return 0"),
        ("x", "c(b)", "return 1"), ("x", "c(b)", "return 0"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        ("WARN_ON(!f)", "!f"),
        ("WARN_ON_ONCE(f || n)", "f"),
        ('WARN(n < 0, "%d", n)', "n < 0"),
        ("KVM_BUG_ON(n, f->kvm)", "n"),
        ("drm_WARN_ON(&f->drm, !n)", "!n"),
        ("likely(!!n)", "n"),
    ],
)
def test_warnings_decide_on_what_they_warn_of(condition: str, key: str) -> None:
    graph = flow_of(f"if ({condition})\n\treturn 1;\nreturn 0;")
    assert graph.steps[graph.entry].text in (key, f"!!{key}")


def test_two_effects_are_unknown() -> None:
    graph = flow_of("if ((a = b()) < (c = d()))\n\treturn 1;\nreturn 0;")
    assert graph.has_unknown
