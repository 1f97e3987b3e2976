"""Statements as they are nested, of whole functions and of fragments."""

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.cmodel.blocks import Kind, Statement, blocks, every, leaves, may_leave
from tests.cmodel.sources import body, image

TOKENS = (
    "if (a)", "else", "while (b)", "do {", "} while (x);", "switch (n) {", "case 1:", "out:", "return;",
    "goto out;", "{", "}", "(", ")", ";", "f->a = NULL;", "put(f->a);", "list_for_each(a, b)", "#ifdef A\n",
    "#endif\n", "({", "})", ",", "=", "é", "scoped_guard(a, b)", "for (;;)", "\n",
)  # fmt: skip


def read(text: str, first: int = 1, heading: str = "") -> tuple[Statement, ...]:
    """The statements of the only function in a text."""
    seen = image(text, first, heading)
    (function,) = seen.outline.functions
    return blocks(seen, function)


def told(block: tuple[Statement, ...]) -> list[object]:
    """Kind and text of each statement, and what is inside."""
    return [
        (one.kind.value, one.text, *(told(inner) for inner in one.blocks))
        if one.blocks
        else (one.kind.value, one.text)
        for one in block
    ]


def fragment(text: str) -> list[object]:
    """The statements of a fragment below a function's header."""
    return told(read(text, 90, "static void foo(struct foo *f)"))


def test_a_whole_function() -> None:
    text = (
        "if (a)\n\tb();\nelse if (c) {\n\td();\n\treturn;\n}\nfor (;;)\n\te(1,\n\t  2);\nout:\nf();"
    )
    assert told(read(body(text))) == [
        ("if", "(a)", [("plain", "b()")], [("if", "(c)", [("plain", "d()"), ("jump", "return")], [])]),
        ("loop", "for (;;) e(1, 2);", [("plain", "e(1, 2)")]),
        ("label", "out"),
        ("plain", "f()"),
    ]  # fmt: skip


def test_lines_are_those_of_the_file() -> None:
    found = read(body("a();\n\nif (b)\n\tc();"))
    assert [(one.line, one.text) for top in found for one in top.walk()] == [
        (3, "a()"),
        (5, "(b)"),
        (6, "c()"),
    ]


def test_cases_stand_before_their_statements() -> None:
    text = "switch (n) {\ncase 1:\n\ta();\n\tbreak;\ndefault:\n\tb();\n}"
    inside = [("label", "case 1"), ("plain", "a()"), ("jump", "break"), ("label", "default")]
    assert told(read(body(text))) == [("switch", "(n)", [*inside, ("plain", "b()")])]


def test_macros_with_a_block() -> None:
    text = "list_for_each_entry(a, b, c)\n\td(a);\nscoped_guard(mutex, &m)\n\te();\nodd(x) {\n\tf();\n}"
    assert told(read(body(text))) == [
        ("loop", "list_for_each_entry(a, b, c)", [("plain", "d(a)")]),
        ("block", "scoped_guard(mutex, &m)", [("plain", "e()")]),
        ("unknown", "odd(x)"),
    ]


def test_what_does_not_come_back_is_a_jump() -> None:
    found = read(body('if (a)\n\tpanic("no a");\nif (b)\n\tBUG();\nreturn_ACPI_STATUS(0);'))
    assert [leaves(one.blocks[0]) for one in found[:2]] == [True, True]
    assert [one.kind for one in found[2:]] == [Kind.UNKNOWN]
    assert all(map(may_leave, found))


def test_a_fragment_opens_what_it_closes() -> None:
    text = "\n\t\ta();\n\t} else if (b) {\n\t\tc();\n\t}\n\td();\n}\n"
    inner: object = ("if", "(0)", [("plain", "a()")], [("if", "(b)", [("plain", "c()")], [])])
    assert fragment(text) == [("block", "", [inner, ("plain", "d()")])]


def test_the_end_of_a_loop_that_begins_above() -> None:
    found = fragment("\n\t\ta();\n\t} while (b);\n\tc();\n")
    assert found == [("loop", "(b)", [("plain", "a()")]), ("plain", "c()")]


def test_what_is_torn_off_is_nothing() -> None:
    assert fragment("\t\t  b, c);\n\td();\n\te(f,\n") == [("unknown", ""), ("plain", "d()")]


def test_the_first_statement_may_belong_to_a_condition_above() -> None:
    assert fragment("\t\ta();\n\tb();\n") == [("unknown", ""), ("plain", "b()")]
    assert fragment("\tif (a) {\n\t\tb();\n\t}\n") == [("if", "(a)", [("plain", "b()")], [])]


def test_a_directive_is_a_gap() -> None:
    found = read(body("a();\n#ifdef B\nb();\n\nc();\n#endif\n\nd();"))
    texts = [[one.text for one in top.walk() if one.text] for top in found]
    assert texts == [["a()"], ["c()"], ["d()"]]
    assert [one.line for block in every(found) for one in block if one.text == "d()"] == [10]


def test_every_block() -> None:
    found = list(every(read(body("a();\nif (b) {\n\tc();\n}"))))
    assert [[one.text for one in block] for block in found] == [["a()", "(b)"], ["c()"], []]


@given(st.lists(st.sampled_from(TOKENS), max_size=40), st.booleans())
@settings(max_examples=300, deadline=None)
def test_nothing_raises_and_lines_never_go_back(tokens: list[str], whole: bool) -> None:
    text = " ".join(tokens)
    seen = image(body(text)) if whole else image(text, 90, "static void foo(struct foo *f)")
    for function in seen.outline.functions:
        for block in every(blocks(seen, function)):
            lines = [one.line for one in block]
            assert lines == list(accumulate(lines, max))
