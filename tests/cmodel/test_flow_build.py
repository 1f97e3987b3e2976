"""The flow of a function as a whole: what is unknown in it, what is refused, and in what time."""

import time

import pytest

from reviewbot.cmodel.flow import Flow, Kind, Why
from reviewbot.cmodel.flow_build import flow
from tests.cmodel.graphs import flow_of, function, read
from tests.cmodel.sources import image


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("RETURN_IF(x);", Why.JUMP),
        ("CHECK(x, goto out);", Why.JUMP),
        ('asm goto("jmp %l0" : : : : out);', Why.JUMP),
        ("if ((a = b) && (c += d = e))\n\ta();", Why.EFFECT),
        ("a(b ? c : ({ d(); }));", Why.JUMP),
        ("a(1 2);", Why.GRAMMAR),
        ("WITH_LOCK(f) {\n\ta();\n}", Why.MACRO),
    ],
)
def test_statement_that_is_not_understood_is_unknown(statement: str, why: Why) -> None:
    graph = flow_of(f"{statement}\nout:\nreturn 0;")
    assert [step.why for step in graph.steps if step.kind is Kind.UNKNOWN] == [why]
    assert graph.has_unknown


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("break;", Why.STRUCTURE),
        ("out:\na();\nout:\nreturn 0;", Why.STRUCTURE),
        ("goto nowhere;", Why.STRUCTURE),
        ("goto *b->next;", Why.GRAMMAR),
        ("case 1:\nreturn 0;", Why.GRAMMAR),
    ],
)
def test_structure_that_is_not_certain_is_refused(body: str, why: Why) -> None:
    assert read(body) is why


def test_what_is_not_whole_has_no_flow() -> None:
    seen = image(function("if (x) {\n\ta();\nreturn 0;"))
    one = seen.outline.functions[0]
    assert flow(seen, one) is None
    cut = image("\ta();\n\treturn 0;\n}\n", 7, "int foo(void)")
    assert flow(cut, cut.outline.functions[0]) is None


def test_nothing_unusual_is_unknown() -> None:
    text = "struct foo *g = a(b);\n\n*g->x = (struct foo) { .y = 1 };\nreturn g ? 0 : -EIO;"
    assert not flow_of(text).has_unknown


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"if (x{n})\n\tgoto l{n % 500};\n" for n in range(10_000))
        + "".join(f"l{n}:\na{n}();\n" for n in range(500)),
        "".join(f"if (x{n})\n\tgoto l{n};\n" for n in range(5000))
        + "".join(f"l{n}:\n;\n" for n in range(5000)),
        "if (x) {\n" * 400 + "a();\n" + "}\n" * 400,
        "if (x) {\n" * 90 + "a();\n" + "}\n" * 90,
        "if (" + "(" * 3000 + "x" + ")" * 3000 + ")\na();\n",
        "if (" + "!(" * 1500 + "x" + ")" * 1500 + ")\na();\n",
        "x = " + "y ? " * 900 + "z" + " : 0" * 900 + ";",
        "x = " + "({ y = " * 90 + "z;" + " });" * 90,
        "".join(f"switch (x{n}) {{\ncase 1:\na();\n}}\n" for n in range(900)),
        "switch (x) {\n" + "".join(f"case {n}:\na();\n" for n in range(3000)) + "}\n",
        "if (" + "f(" * 900 + "a == b" + ")" * 900 + ")\na();\n",
        "case " + "x ... " * 9000,
        "f(" + "a*" * 1900 + ");\n",
        "asm (" * 20_000,
        "if (" + " && ".join(f"(x{n} = y{n})" for n in range(300)) + ")\na();\n",
    ],
)
def test_a_monster_is_bounded(body: str) -> None:
    begun = time.process_time()
    found = read(f"{body}return 0;")
    assert isinstance(found, Why) or found.has_unknown or len(found.steps) < 4000
    assert time.process_time() - begun < 2


def test_ten_thousand_branches_are_too_many() -> None:
    body = "".join(f"if (x)\n\tgoto l{n % 50};\n" for n in range(10_000))
    assert not isinstance(read(f"{body}return 0;"), Flow)
