"""The grammar: what it finds, and that nothing makes it hang."""

import gc
import tracemalloc
from time import process_time

import pytest

from reviewbot.cmodel.syntax import found


def texts(code: str, what: str) -> list[str]:
    return [code[node.start_byte : node.end_byte] for node in found(code).get(what, ())]


CODE = """
{
	struct foo *f = get(a), *g;
	x = y = put(f);
	z += 1;
	put(f);
	(void)put(f);
	struct bar { int b; };
}
"""


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("statement", ["put(f)"]),
        ("assignment", ["x = y = put(f)", "y = put(f)"]),
        ("declaration", ["struct foo *f = get(a), *g;"]),
        ("struct", ["struct bar { int b; }"]),
    ],
)
def test_the_nodes_asked_for(what: str, expected: list[str]) -> None:
    assert texts(CODE, what) == expected


def test_offsets_count_characters() -> None:
    code = "{ é€𐍈 = 1; foo(x); }"
    assert texts(code, "statement") == ["foo(x)"]


def test_what_stands_on_the_page_from_before_is_not_seen() -> None:
    assert texts("{ " + "foo(x); " * 50 + "}", "statement") == ["foo(x)"] * 50
    assert texts("{ bar(x); " + " " * 300 + "}", "statement") == ["bar(x)"]


def test_what_was_parsed_is_let_go() -> None:
    """Of sources of 4 kB nothing is kept; tree-sitter would keep them all."""
    tracemalloc.start()
    try:
        for number in range(100):
            found(f"{{ foo({number}); }}\n" * 300)
            if number == 9:
                gc.collect()
                before, _ = tracemalloc.get_traced_memory()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


@pytest.mark.parametrize("code", ["", "\0", "\ud800", "}{)(", "\x00foo();\x00", "é" * 100])
def test_odd_text_is_no_error(code: str) -> None:
    assert isinstance(found(code), dict)


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "{",
        "& , . ",
        "sizeof -> ",
        "goto sizeof ",
        "= ] & ",
        ".a={",
        "f(",
        "a*",
        "(a)",
        "struct{",
        "*",
    ],
)
def test_what_the_grammar_cannot_digest_takes_little_time(unit: str) -> None:
    for size in (3_900, 64_000):
        start = process_time()
        found(unit * (size // len(unit)))
        assert process_time() - start < 1


def test_what_is_too_large_is_left_alone() -> None:
    assert found("{ x(); }" * 100_000) == {}
    assert found("{ f(" + "a" * 5000 + "); }") == {}


def test_the_parser_works_on_after_giving_up() -> None:
    found("& , . " * 600)
    assert texts("{ put(f); }", "statement") == ["put(f)"]
