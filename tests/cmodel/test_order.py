"""Which steps can come after which, and what a step calls."""

from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.order import Called, called, calls_in, reached
from tests.cmodel.sources import image


def test_calls_in_a_step() -> None:
    assert list(calls_in(3, "x->y = f(a, g(b), (void *)c)")) == [
        Called(3, "f", ("a", "g(b)", "(void *)c"), "x->y"),
        Called(3, "g", ("b",)),
    ]
    assert list(calls_in(0, "ops->f(a)")) == []
    assert list(calls_in(0, "f()")) == [Called(0, "f", ())]
    assert list(calls_in(0, "f(a")) == []


def test_what_comes_after() -> None:
    seen = image("int foo(int n)\n{\n\ta();\n\twhile (n)\n\t\tb();\n\tc();\n\treturn 0;\n}\n")
    graph = flow(seen, seen.outline.functions[0])
    assert graph is not None
    a, b, c = (call.step for call in sorted(called(graph, ("a", "b", "c")), key=lambda x: x.name))
    assert {b, c} <= reached(graph, a)
    assert b in reached(graph, b)
    assert a not in reached(graph, c)
