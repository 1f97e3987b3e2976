"""Which variables later steps may ask for."""

from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.live import live, pruned
from tests.cmodel.graphs import flow_of


def test_asked_for_until_the_last_condition() -> None:
    flow = flow_of("a(n);\nif (f->n)\n\tc(b);\nd(b);\nreturn 0;")
    found = {flow.steps[number].text: words for number, words in enumerate(live(flow))}
    assert "f" in found["a(n)"]
    assert "f" in found["f->n"]
    assert "f" not in found["d(b)"]
    assert "b" not in found["a(n)"]


def test_assignments_and_exits_ask() -> None:
    flow = flow_of("int r;\nr = n;\nreturn r;")
    found = live(flow)
    (exit_,) = (n for n, step in enumerate(flow.steps) if step.kind is Kind.EXIT and step.text)
    assert found[exit_] == {"r"}
    assert found[flow.entry] >= {"r", "n"}


def test_a_loop_asks_in_its_body() -> None:
    flow = flow_of("while (n)\n\ta();\nreturn 0;")
    (body,) = (n for n, step in enumerate(flow.steps) if step.text == "a()")
    assert "n" in live(flow)[body]


def test_pruned_keeps_what_is_about_something_live_in_order() -> None:
    known = {"x<0": True, "IS_ERR(b)": False, "b": True}
    assert pruned(known, frozenset(("b",))) == (("IS_ERR(b)", False), ("b", True))
    assert pruned(known, frozenset()) == ()
