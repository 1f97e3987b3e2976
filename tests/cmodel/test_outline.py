"""What an outline answers about lines."""

import pytest

from reviewbot.cmodel.outline import Call, Function
from tests.cmodel.sources import known

CALLS = tuple(Call(f"f{line}", (), line) for line in (1, 3, 3, 7))
FUNCTIONS = (
    Function("one", "int one(void)", 2, 5, True),
    Function("two", "int two(void)", 7, 9, True),
)


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(2, 6, CALLS[1:3]), (1, 7, CALLS), (4, 6, ()), (8, 9, ())]
)
def test_calls_between_lines_are_those_of_the_lines(
    first: int, last: int, expected: object
) -> None:
    assert known(calls=CALLS).calls_between(first, last) == expected


@pytest.mark.parametrize(
    ("line", "name"), [(1, ""), (2, "one"), (5, "one"), (6, ""), (7, "two"), (9, "two"), (10, "")]
)
def test_the_function_at_a_line(line: int, name: str) -> None:
    found = known(functions=FUNCTIONS).function_at(line)
    assert (found.name if found else "") == name
