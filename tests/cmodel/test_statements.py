"""Blocks, jumps, labels and `if`."""

import pytest

from reviewbot.cmodel.flow import Kind
from tests.cmodel.graphs import flow_of, runs, ways


def test_statements_follow_each_other() -> None:
    assert ways(flow_of("a();\nb();\nreturn 0;")) == {("a()", "b()", "return 0")}


def test_the_end_of_the_body_is_an_exit_without_value() -> None:
    graph = flow_of("a();", "void foo(void)")
    ends = [step for step in graph.steps if step.kind is Kind.EXIT]
    assert [(step.text, step.line) for step in ends] == [("", 4)]
    assert graph.returns == "void"


def test_if_else() -> None:
    assert ways(flow_of("if (x)\n\ta();\nelse\n\tb();\nreturn 0;")) == {
        ("x", "a()", "return 0"),
        ("x", "b()", "return 0"),
    }


def test_branch_goes_to_the_first_where_it_holds() -> None:
    graph = flow_of("if (x)\n\treturn 1;\nreturn 2;")
    (branch,) = (step for step in graph.steps if step.kind is Kind.BRANCH)
    assert [graph.steps[number].text for number in branch.next] == ["1", "2"]
    assert branch.line == 3


def test_goto_and_label() -> None:
    assert ways(flow_of("if (x)\n\tgoto out;\na();\nout:\nb();\nreturn 0;")) == {
        ("x", "goto out", "b()", "return 0"),
        ("x", "a()", "b()", "return 0"),
    }


def test_label_inside_a_block() -> None:
    body = "if (x)\n\tgoto in;\nif (y) {\n\ta();\nin:\n\tb();\n}\nreturn 0;"
    assert runs(flow_of(body), x=True) == ["goto in", "b()", "return 0"]
    assert runs(flow_of(body), y=True) == ["a()", "b()", "return 0"]


def test_goto_back_and_label_at_the_end() -> None:
    body = "again:\nif (x)\n\tgoto again;\nif (y)\n\tgoto out;\na();\nout:\n;"
    assert runs(flow_of(body), y=True) == ["goto out"]
    assert ("x", "y", "a()") in ways(flow_of(body))


def test_skipped_code_is_kept_with_the_branch() -> None:
    graph = flow_of("if (x)\n\ta();\nelse\n\tb();\nif (y)\n\treturn 1;\nreturn 0;")
    kept = {s.text: (s.body, s.other) for s in graph.steps if s.kind is Kind.BRANCH}
    assert kept["x"] == ("a();", "else b();")
    assert kept["y"] == ("", "")


@pytest.mark.parametrize(
    ("last", "is_kept"),
    [
        ("return;", False),
        ("goto out;", False),
        ("return_ptr(b);", False),
        ("c();", True),
        (";", True),
    ],
)
def test_skipped_code_that_leaves_is_not_kept(last: str, is_kept: bool) -> None:
    graph = flow_of(f"if (x) {{\n\ta();\n\t{last}\n}}\nout:\nreturn;")
    (branch,) = (step for step in graph.steps if step.kind is Kind.BRANCH)
    assert bool(branch.body) is is_kept


def test_local_types_and_stray_semicolons_are_nothing() -> None:
    body = "struct bar { int x; };\nenum { A, B };\ntypedef int t;;\na();\nreturn 0;"
    assert ways(flow_of(body)) == {("a()", "return 0")}
