"""Steps of a function: text, line, bound."""

import pytest

from reviewbot.cmodel.flow import Kind, Step, Why
from reviewbot.cmodel.steps import Steps, inner, uncertain
from reviewbot.cmodel.syntax import Node, parsed


def block(code: str) -> tuple[Steps, list[Node]]:
    """The steps of a body that begins on line 5, and its statements."""
    root = parsed(code)
    assert root is not None
    body = root.named_children[0]
    return Steps(code, 5, root.has_error, [], jumping=frozenset(("LEAP",))), inner(
        body.named_children
    )


def test_text_is_folded_and_lines_are_those_of_the_file() -> None:
    steps, nodes = block("{\n\ta(b,\n\t  c);\n\n\td();\n}")
    assert [(steps.text(node), steps.line(node)) for node in nodes] == [
        ("a(b, c);", 6),
        ("d();", 9),
    ]
    assert steps.text(None) == ""


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("a(b);", None),
        ("a(1 2);", Why.GRAMMAR),
        ("LEAP(b);", Why.JUMP),
        ("RETURN_IF(b);", Why.JUMP),
        ("a(goto_b, returned);", None),
        ('asm("b");', None),
        ('asm goto("b");', Why.JUMP),
        ("x = ({ b; });", Why.JUMP),
    ],
)
def test_what_is_unclear(statement: str, why: Why | None) -> None:
    steps, nodes = block(f"{{ {statement} }}")
    assert steps.unclear(nodes[0], statement) is why


def test_there_is_a_bound() -> None:
    steps = Steps("", 1, False, [])
    with pytest.raises(ValueError, match="LONG"):
        for _ in range(5000):
            steps.add(Step(Kind.STATEMENT, "a", 1))
    assert uncertain().args == (Why.GRAMMAR,)
