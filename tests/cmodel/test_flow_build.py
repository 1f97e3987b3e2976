"""The flow of a function: every construct of C and of the kernel's macros, and what is refused."""

import time

import pytest

from reviewbot.cmodel.flow import Kind
from tests.cmodel.flows import flow_of, read, ways


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


def test_assignment_in_a_condition_comes_before_it() -> None:
    assert ways(flow_of("if ((n = a()) < 0)\n\treturn n;\nreturn 0;")) == {
        ("n = a()", "n < 0", "return n"),
        ("n = a()", "n < 0", "return 0"),
    }


def test_error_or_null_is_two_conditions() -> None:
    graph = flow_of("if (IS_ERR_OR_NULL(b))\n\treturn 1;\nreturn 0;")
    assert {s.text for s in graph.steps if s.kind is Kind.BRANCH} == {"IS_ERR(b)", "!b"}


def test_constant_condition_has_one_way() -> None:
    assert ways(flow_of("while (1) {\n\tif (a())\n\t\treturn 1;\n}\nreturn 2;")) == {
        ("a()", "return 1")
    }


def test_goto_and_label() -> None:
    assert ways(flow_of("if (x)\n\tgoto out;\na();\nout:\nb();\nreturn 0;")) == {
        ("x", "goto out", "b()", "return 0"),
        ("x", "a()", "b()", "return 0"),
    }


def test_loops_with_break_and_continue() -> None:
    text = "while (x) {\n\tif (y)\n\t\tbreak;\n\tif (z)\n\t\tcontinue;\n\ta();\n}\nreturn 0;"
    assert ways(flow_of(text)) == {("x", "return 0"), ("x", "y", "return 0")}


def test_do_runs_once_before_its_condition() -> None:
    assert ways(flow_of("do {\n\ta();\n} while (x);\nreturn 0;")) == {("a()", "x", "return 0")}


def test_for_begins_with_its_initializer() -> None:
    found = ways(flow_of("for (n = 0; n < 3; n++)\n\ta();\nreturn 0;"))
    assert found == {("n = 0", "n < 3", "return 0")}


@pytest.mark.parametrize(
    "head", ["list_for_each_entry(a, b, c)", "for_each_node(n)", "xa_for_each(x, i, e)"]
)
def test_loop_macro_runs_any_number_of_times(head: str) -> None:
    graph = flow_of(f"{head} {{\n\tif (x)\n\t\tbreak;\n\ta();\n}}\nreturn 0;")
    assert ways(graph) == {(head, "return 0"), (head, "x", "return 0")}


def test_scoped_guard_runs_once() -> None:
    assert ways(flow_of("scoped_guard(mutex, &f->lock) {\n\ta();\n}\nreturn 0;")) == {
        ("scoped_guard(mutex, &f->lock)", "a()", "return 0")
    }


def test_switch_falls_through() -> None:
    text = "switch (n) {\ncase 1:\n\ta();\n\tfallthrough;\ncase 2:\n\tb();\n\tbreak;\ndefault:\n\treturn 9;\n}\nreturn 0;"
    assert ways(flow_of(text)) == {
        ("(n)", "a()", "b()", "return 0"),
        ("(n)", "b()", "return 0"),
        ("(n)", "return 9"),
    }


def test_switch_without_default_may_be_skipped() -> None:
    assert ("(n)", "return 0") in ways(flow_of("switch (n) {\ncase 1:\n\ta();\n}\nreturn 0;"))


def test_what_does_not_come_back_ends_the_path() -> None:
    assert ways(flow_of('if (x)\n\tpanic("foo");\nreturn 0;')) == {
        ("x", 'panic(" ")'),
        ("x", "return 0"),
    }


def test_skipped_code_is_kept_with_the_branch() -> None:
    graph = flow_of("if (x)\n\ta();\nelse\n\tb();\nif (y)\n\treturn 1;\nreturn 0;")
    kept = {s.text: (s.body, s.other) for s in graph.steps if s.kind is Kind.BRANCH}
    assert kept["x"] == ("a();", "else b();")
    assert kept["y"] == ("", "")


@pytest.mark.parametrize(
    "statement",
    [
        "n = ({ a(); });",
        "RETURN_IF(x);",
        'asm goto("jmp %l0" : : : : out);',
        "if ((a = b) && (c += d = e))\n\ta();",
    ],
)
def test_statement_that_may_hide_a_jump_is_unknown(statement: str) -> None:
    graph = read(f"{statement}\nout:\nreturn 0;")
    assert graph is None or graph.has_unknown


@pytest.mark.parametrize(
    "body",
    [
        "#ifdef CONFIG_FOO\na();\n#endif\nreturn 0;",
        "WITH_LOCK(f) {\n\ta();\n}\nreturn 0;",
        "if (x) {\n\ta();\nreturn 0;",
        "break;",
        "out:\na();\nout:\nreturn 0;",
        "goto nowhere;",
    ],
)
def test_structure_that_is_not_certain_is_refused(body: str) -> None:
    assert read(body) is None


def test_nothing_unusual_is_unknown() -> None:
    text = "struct foo *g = a(b);\n\n*g->x = (struct foo) { .y = 1 };\nreturn g ? 0 : -EIO;"
    assert not flow_of(text).has_unknown


def test_a_monster_is_refused_in_time() -> None:
    begun = time.process_time()
    branches = "".join(f"if (x{n})\n\tgoto l{n % 500};\n" for n in range(10_000))
    labels = "".join(f"l{n}:\na{n}();\n" for n in range(500))
    assert read(f"{branches}{labels}return 0;") is None
    deep = "if (x) {\n" * 400 + "a();\n" + "}\n" * 400
    assert read(f"{deep}return 0;") is None
    assert time.process_time() - begun < 5
