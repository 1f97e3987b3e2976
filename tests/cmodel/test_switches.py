"""Switches: where each value leads."""

from reviewbot.cmodel.flow import Kind
from tests.cmodel.graphs import flow_of, runs, ways


def test_falls_through() -> None:
    text = "switch (n) {\ncase 1:\n\ta();\n\tfallthrough;\ncase 2:\n\tb();\n\tbreak;\ndefault:\n\treturn 9;\n}\nreturn 0;"
    assert ways(flow_of(text)) == {
        ("(n)", "a()", "b()", "return 0"),
        ("(n)", "b()", "return 0"),
        ("(n)", "return 9"),
    }


def test_without_default_may_be_skipped() -> None:
    assert ("(n)", "return 0") in ways(flow_of("switch (n) {\ncase 1:\n\ta();\n}\nreturn 0;"))
    assert ways(flow_of("switch (n) {\n}\nreturn 0;")) == {("(n)", "return 0")}


def test_default_may_stand_anywhere() -> None:
    body = "switch (n) {\ndefault:\n\ta();\ncase 1:\n\tb();\n}\nreturn 0;"
    assert ways(flow_of(body)) == {("(n)", "a()", "b()", "return 0"), ("(n)", "b()", "return 0")}


def test_variable_asked_for_elsewhere_is_compared() -> None:
    body = "switch (n) {\ncase 0:\ncase -EAGAIN:\n\ta();\n\tbreak;\ncase A:\n\tb();\n\tbreak;\ndefault:\n\tc();\n}\nreturn n;"
    graph = flow_of(body)
    assert runs(graph, n=False) == ["a()", "return n"]
    assert runs(graph, n=True, **{"n==-EAGAIN": True}) == ["a()", "return n"]
    assert runs(graph, n=True, **{"n==A": True}) == ["b()", "return n"]
    assert runs(graph, n=True) == ["c()", "return n"]
    assert not any(step.kind is Kind.CHOICE for step in graph.steps)


def test_assignment_comes_first() -> None:
    body = "switch (n = a()) {\ncase 0:\n\tb();\n}\nreturn n;"
    assert runs(flow_of(body), n=True) == ["n = a()", "return n"]
    assert runs(flow_of(body), n=False) == ["n = a()", "b()", "return n"]


def test_characters_and_ranges_are_not_compared() -> None:
    for case in ("'a'", "1 ... 3", "A | B"):
        graph = flow_of(
            f"switch (n) {{\ncase {case}:\n\ta();\n\tbreak;\ncase 9:\n\tb();\n}}\nreturn n;"
        )
        assert any(step.kind is Kind.CHOICE for step in graph.steps), case
        assert len(ways(graph)) == 3
        assert not graph.has_unknown


def test_case_inside_a_block() -> None:
    body = (
        "switch (n) {\ncase 1:\n\tdo {\n\t\ta();\ncase 2:\n\t\tb();\n\t} while (x);\n}\nreturn 0;"
    )
    assert ways(flow_of(body)) == {
        ("(n)", "a()", "b()", "x", "return 0"),
        ("(n)", "b()", "x", "return 0"),
        ("(n)", "return 0"),
    }


def test_declarations_and_braces_around_cases() -> None:
    body = "switch (n) {\n\tint m;\ncase 1: {\n\tint k = a();\n\tb(k);\n\tbreak;\n}\ncase 2:\n\tm = 3;\n}\nreturn 0;"
    assert ways(flow_of(body)) == {
        ("(n)", "int k = a()", "b(k)", "return 0"),
        ("(n)", "m = 3", "return 0"),
        ("(n)", "return 0"),
    }


def test_break_inside_a_loop_inside_a_switch() -> None:
    body = "switch (n) {\ncase 1:\n\twhile (x)\n\t\tbreak;\n\ta();\n}\nreturn 0;"
    assert runs(flow_of(body), x=True) == ["(n)", "a()", "return 0"]
