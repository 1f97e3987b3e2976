"""Which steps lie behind or before others."""

from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.reachable import reached, reaching
from tests.cmodel.graphs import flow_of


def at(flow: Flow, text: str) -> int:
    """The step with that text."""
    (found,) = (n for n, step in enumerate(flow.steps) if step.text == text)
    return found


def names(flow: Flow, steps: frozenset[int]) -> set[str]:
    """The texts of statements among the steps."""
    return {flow.steps[n].text for n in steps if flow.steps[n].kind is Kind.STATEMENT}


def test_behind() -> None:
    flow = flow_of("a();\nif (n)\n\tc();\nelse\n\td();\ne();\nreturn 0;")
    assert names(flow, reached(flow, (at(flow, "c()"),))) == {"e()"}
    assert names(flow, reached(flow, (at(flow, "a()"),))) == {"c()", "d()", "e()"}


def test_a_step_is_behind_itself_only_in_a_loop() -> None:
    flow = flow_of("a();\nwhile (n)\n\tc();\nreturn 0;")
    assert at(flow, "c()") in reached(flow, (at(flow, "c()"),))
    assert at(flow, "a()") not in reached(flow, (at(flow, "a()"),))


def test_before_without_passing_a_stop() -> None:
    flow = flow_of("a();\nc();\nd();\nreturn 0;")
    target = (at(flow, "d()"),)
    assert names(flow, reaching(flow, target, ())) == {"a()", "c()", "d()"}
    assert names(flow, reaching(flow, target, (at(flow, "c()"),))) == {"d()"}
    assert names(flow, reaching(flow, target, target)) == {"a()", "c()", "d()"}
