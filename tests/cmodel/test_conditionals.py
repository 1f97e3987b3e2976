"""Directives of which some are decided."""

import pytest

from reviewbot.cmodel.conditionals import directives, normal, resolved


def left(code: str, **decided: bool) -> tuple[str, list[tuple[str, str]]]:
    """The code that is left, and the directives, with these symbols decided."""
    found = resolved(code, directives(code), {f"defined({k})": v for k, v in decided.items()})
    assert found is not None
    text, marks = found
    assert len(text) == len(code)
    return " ".join(text.split()), [(mark.word, mark.condition) for mark in marks]


TWINS = "#ifdef A\na\n#elif defined B\nb\n#else\nc\n#endif\nd"


@pytest.mark.parametrize(
    ("decided", "text", "marks"),
    [
        ({}, "a b c d", ["if", "elif", "else", "endif"]),
        ({"A": True}, "a d", []),
        ({"A": False}, "b c d", ["if", "else", "endif"]),
        ({"A": False, "B": True}, "b d", []),
        ({"A": False, "B": False}, "c d", []),
    ],
)
def test_what_is_decided_is_gone(decided: dict[str, bool], text: str, marks: list[str]) -> None:
    code, found = left(TWINS, **decided)
    assert (code, [word for word, _ in found]) == (text, marks)


def test_what_stands_in_dead_code_is_dead() -> None:
    assert left("#if 0\n#ifdef A\na\n#else\nb\n#endif\n#include <c>\n#endif\nd") == ("d", [])


@pytest.mark.parametrize(
    "code", ["#endif", "#else", "#ifdef A\n#endif\n#endif", "#if A", "#include <a>"]
)
def test_what_does_not_match_is_refused(code: str) -> None:
    assert resolved(code, directives(code), {}) is None


def test_conditions_are_those_of_c() -> None:
    assert (
        left("#if defined A && \\\n !defined( B )\n#endif")[1][0][1] == "defined(A) && !defined(B)"
    )
    assert normal("!defined(A)") == ("defined(A)", False)
    assert normal("A > 2") == ("A > 2", True)
