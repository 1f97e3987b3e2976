"""Directives inside functions: read as branches where they can be, decided for the whole function where not."""

import time

import pytest

from reviewbot.cmodel.flow import Flow, Kind, Step, Why
from reviewbot.cmodel.variants import Fork, Text, readings
from tests.cmodel.graphs import flow_of, read, runs, ways

FOO = "defined(CONFIG_FOO)"


def chosen(body: str, **truth: bool) -> list[str]:
    """What is done with these outcomes of conditions; a capital word is whether that symbol is defined."""
    named = {f"defined({key})" if key.isupper() else key: held for key, held in truth.items()}
    return runs(flow_of(body), **named)


def test_twins_are_two_ways() -> None:
    body = "a();\n#ifdef CONFIG_FOO\nb();\n#else\nc();\n#endif\nreturn 0;"
    assert ways(flow_of(body)) == {
        ("a()", FOO, "b()", "return 0"),
        ("a()", FOO, "c()", "return 0"),
    }


def test_lines_hold() -> None:
    body = "a();\n#if FOO && \\\n\tBAR\nb();\n#elif BAZ\nc();\n#else\nd();\n#endif\nreturn 0;"
    lines = {step.text: step.line for step in flow_of(body).steps}
    assert {text: lines[text] for text in ("a()", "b()", "c()", "d()", "0", "FOO", "BAZ")} == {
        "a()": 3, "FOO": 4, "b()": 6, "BAZ": 7, "c()": 8, "d()": 10, "0": 12
    }  # fmt: skip


@pytest.mark.parametrize(
    ("directive", "text"),
    [
        ("#ifdef FOO", "defined(FOO)"),
        ("#if defined FOO", "defined(FOO)"),
        ("# if defined( FOO )", "defined(FOO)"),
        ("#if IS_ENABLED(CONFIG_FOO)", "IS_ENABLED(CONFIG_FOO)"),
        ("#if FOO > 2", "FOO > 2"),
        ("#ifndef FOO", "defined(FOO)"),
        ("#if !defined(FOO)", "!defined(FOO)"),
    ],
)
def test_condition_is_that_of_c(directive: str, text: str) -> None:
    graph = flow_of(f"{directive}\na();\n#endif\nreturn 0;")
    found = [step.text for step in graph.steps if step.kind is Kind.BRANCH]
    assert found in ([text], [f"!{text}"])


def test_both_operators_become_edges() -> None:
    body = "#if defined(A) && !defined(B)\na();\n#endif\nreturn 0;"
    assert chosen(body, A=True) == ["a()", "return 0"]
    assert chosen(body, A=True, B=True) == ["return 0"]


def test_dead_code_is_gone() -> None:
    body = "#if 0\nthis is ( no C\n#ifdef FOO\n{\n#endif\n#else\na();\n#endif\n#if 1\nb();\n#else\n}\n#endif\nreturn 0;"
    assert ways(flow_of(body)) == {("a()", "b()", "return 0")}


def test_nesting() -> None:
    body = "#ifdef A\na();\n#ifdef B\nb();\n#else\nc();\n#endif\n#endif\nreturn 0;"
    assert chosen(body) == ["return 0"]
    assert chosen(body, A=True) == ["a()", "c()", "return 0"]
    assert chosen(body, A=True, B=True) == ["a()", "b()", "return 0"]


def test_elif_is_asked_only_where_the_first_does_not_hold() -> None:
    body = "#if defined(A)\na();\n#elif defined(B)\nb();\n#endif\nreturn 0;"
    assert chosen(body, A=True, B=True) == ["a()", "return 0"]
    assert chosen(body, B=True) == ["b()", "return 0"]


def test_labels_and_jumps_in_a_part() -> None:
    body = "if (x)\n\tgoto out;\n#ifdef A\nif (y)\n\tgoto undo;\n#endif\nreturn 0;\n#ifdef A\nundo:\na();\n#endif\nout:\nreturn n;"
    assert chosen(body, A=True, y=True) == ["goto undo", "a()", "return n"]
    assert chosen(body, x=True) == ["goto out", "return n"]


def test_a_part_may_end_with_a_label() -> None:
    assert chosen("#ifdef A\nagain:\n#endif\nreturn 0;", A=True) == ["return 0"]


@pytest.mark.parametrize(
    "body",
    [
        "if (x)\n#ifdef A\n\ta();\n#else\n\tb();\n#endif\nreturn 0;",
        "if (x)\n\ta();\n#ifndef A\nelse\n\tb();\n#endif\nreturn 0;",
        "#ifdef A\nif (x) {\n#else\nif (x) {\nb();\n#endif\na();\n}\nreturn 0;",
        "#ifdef A\nif (x) {\n#endif\na();\n#ifdef A\n}\n#endif\nreturn 0;",
        "#ifdef A\nif (x)\n#endif\n\ta();\nreturn 0;",
        "a(b,\n#ifdef A\nc\n#else\nd\n#endif\n);\nreturn 0;",
        "if (x\n#ifdef A\n&& y\n#endif\n)\n\ta();\nreturn 0;",
        "int z[] = {\n#ifdef A\n1,\n#endif\n};\nreturn 0;",
    ],
)
def test_what_cuts_through_a_statement_is_decided_for_the_function(body: str) -> None:
    graph = flow_of(body)
    assert graph.steps[graph.entry].text == "defined(A)"
    assert not graph.has_unknown
    assert sum(step.text == "defined(A)" for step in graph.steps) == 1


def test_cut_through_says_what_each_variant_does() -> None:
    body = "if (x)\n#ifdef A\n\ta();\n#endif\n\tb();\nreturn 0;"
    assert chosen(body, x=True) == ["b()", "return 0"]
    assert chosen(body) == ["return 0"]
    assert chosen(body, A=True) == ["b()", "return 0"]
    assert chosen(body, A=True, x=True) == ["a()", "b()", "return 0"]


def test_the_same_condition_is_decided_the_same_way() -> None:
    torn = (
        "#ifdef A\nif (x) {\n#endif\na();\n#ifdef A\n}\n#endif\n#ifndef A\nb();\n#endif\nreturn 0;"
    )
    assert chosen(torn, x=True) == ["a()", "b()", "return 0"]
    assert chosen(torn, A=True, x=True) == ["a()", "return 0"]


def test_case_in_a_part_is_there_only_with_it() -> None:
    body = "switch (n) {\ncase 1:\na();\n#ifdef A\ncase 2:\nb();\n#endif\nbreak;\ndefault:\nc();\n}\nreturn 0;"
    found = ways(flow_of(body))
    assert ("(n)", "a()", "defined(A)", "b()", "return 0") in found
    assert ("(n)", "defined(A)", "b()", "return 0") in found
    assert ("(n)", "defined(A)", "c()", "return 0") in found


def test_labels_alone_in_a_part_are_no_branch() -> None:
    body = "switch (n) {\ncase 1:\n#ifdef A\ncase 2:\n#endif\na();\n}\nreturn 0;"
    assert ways(flow_of(body)) == {
        ("(n)", "a()", "return 0"),
        ("(n)", "defined(A)", "a()", "return 0"),
        ("(n)", "defined(A)", "return 0"),
        ("(n)", "return 0"),
    }


def test_error_ends_the_path() -> None:
    body = "#ifndef A\n#error no\n#endif\nreturn 0;"
    assert chosen(body) == ["BUG()"]
    assert chosen(body, A=True) == ["return 0"]


def test_definitions_are_nothing_and_hidden_jumps_unknown() -> None:
    assert ways(flow_of("#define A 3\na();\n#undef A\nreturn 0;")) == {("a()", "return 0")}
    graph = flow_of("#define A(x) do { if (x) \\\n\tgoto out; } while (0)\nA(n);\nout:\nreturn 0;")
    assert [step.why for step in graph.steps if step.kind is Kind.UNKNOWN] == [Why.JUMP]


@pytest.mark.parametrize(
    "body",
    [
        "#else\na();\n#endif\nreturn 0;",
        "#ifdef A\na();\nreturn 0;",
        '#include "a.h"\nreturn 0;',
        "#if\na();\n#endif\nreturn 0;",
        "".join(f"#ifdef A{n}\nif (x)\n#endif\n" for n in range(4)) + "a();\nreturn 0;",
    ],
)
def test_what_cannot_be_told_is_refused(body: str) -> None:
    assert read(body) is Why.DIRECTIVE


def test_code_without_directives_is_itself() -> None:
    assert readings("{ a(); }") == Text("{ a(); }")
    assert readings('{ a("#"); }') == Text('{ a("#"); }')


def test_a_fork_counts_its_texts() -> None:
    found = readings("{\nif (x)\n#ifdef A\na();\n#elif B\nb();\n#else\nc();\n#endif\n}")
    assert isinstance(found, Fork)
    assert (found.condition, found.texts) == ("defined(A)", 3)


def test_hostile_directives_are_bounded() -> None:
    begun = time.process_time()
    for part in ("#ifdef A{n}\na();\n#endif\n", "#ifdef A{n}\nif (\n#endif\n", "#ifdef A{n}\n"):
        body = "".join(part.format(n=n) for n in range(3000))
        assert not isinstance(read(f"{body}return 0;"), Flow)
    assert time.process_time() - begun < 3


def test_a_part_that_leaves_keeps_nothing() -> None:
    graph = flow_of("#ifdef A\na();\nreturn 0;\n#else\nreturn_ptr(b);\n#endif\nreturn 1;")
    (branch,) = (step for step in graph.steps if step.kind is Kind.BRANCH)
    assert (branch.body, branch.other) == ("", "")


def test_a_way_has_one_outcome_for_each_condition() -> None:
    body = "#ifdef A\na();\n#endif\nb();\n#ifdef A\nc();\n#endif\nreturn 0;"
    branches = [step for step in flow_of(body).steps if step.kind is Kind.BRANCH]
    assert {step.text for step in branches} == {"defined(A)"}
    assert all(isinstance(step, Step) and step.body for step in branches)
