"""What follows a step, and what follows a line."""

import pytest

from reviewbot.cmodel.afterwards import following, plain, straight
from reviewbot.cmodel.flow import Step
from reviewbot.cmodel.flow_build import flow
from tests.changes import image


def after(body: str, start: str, end: str = "-") -> list[str]:
    indented = body.replace("\n", "\n\t")
    whole = image(f"int foo(int x)\n{{\n\t{indented}\n}}\n")
    graph = flow(whole, whole.outline.functions[0])
    assert graph is not None
    number = next(n for n, step in enumerate(graph.steps) if step.text == start)

    def is_end(step: Step) -> bool:
        return step.text == end

    return [step.text for step in following(graph, number, is_end) if step.text]


def test_statements_in_a_row() -> None:
    assert after("a();\nb();\nc();\nreturn 0;", "b()") == ["c()", "0"]


def test_nothing_behind_an_end() -> None:
    assert after("a();\nb();\nc();\nreturn 0;", "a()", "b()") == ["b()"]


def test_both_ways() -> None:
    found = after("a();\nif (x)\n\tb();\nelse\n\tc();\nreturn 0;", "a()")
    assert {"b()", "c()", "0"} <= {*found}


def test_a_way_that_is_known_not_to_be_taken() -> None:
    found = after("if (x)\n\ta();\nif (!x)\n\tb();\nreturn 0;", "a()")
    assert "b()" not in found


def test_a_jump() -> None:
    assert "b()" not in after("a();\ngoto out;\nb();\nout:\nc();\nreturn 0;", "a()")


def test_a_loop_comes_round_once() -> None:
    found = after("while (x()) {\n\ta();\n\tb();\n}\nreturn 0;", "b()")
    assert found.count("a()") == 1


TEXT = "void foo(struct foo *f)\n{\n\tkfree(f);\n\n\tb(f);\n\tc(f,\n\t  g);\n\td(f);\n}\n"


def rest(text: str, line: int) -> list[str]:
    return [step.text for step in straight(image(text), line, 20)]


def test_a_straight_line() -> None:
    assert rest(TEXT, 3) == ["b(f)"]


@pytest.mark.parametrize(
    "line",
    ["return;", "goto out;", "out:", "if (x)", "#ifdef X", "}", "else", "case 1:", "for (;;)", "{"],
)
def test_a_straight_line_ends(line: str) -> None:
    assert rest(TEXT.replace("b(f);", f"{line}\n\tb(f);"), 3) == []


@pytest.mark.parametrize("above", ["if (f)", "else", "for (;;)", "x =", "a ||"])
def test_a_statement_that_hangs_on_a_condition(above: str) -> None:
    assert rest(TEXT.replace("\tkfree", f"\t{above}\n\t\tkfree"), 4) == []


def test_the_top_of_what_is_seen() -> None:
    assert rest("\tkfree(f);\n\tb(f);\n", 1) == []


def test_a_line_as_a_step() -> None:
    found = plain(image(TEXT), 3)
    assert found is not None
    assert (found.text, found.line) == ("kfree(f)", 3)
    assert plain(image(TEXT), 6) is None
    assert plain(image(TEXT), 99) is None
