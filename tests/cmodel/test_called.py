"""Names before a parenthesis, in code and in diffs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.called import called


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("foo(bar(x), y);", {"foo", "bar"}),
        ("+\tfoo\n+\t\t(x);", {"foo"}),
        ("if (x) return (foo)(y);", set()),
        ("static int foo(void)\n{\n", {"foo"}),
        ("f->ops->open (inode)", {"open"}),
        ("/* calls foo() */ bar", {"foo"}),
        ("", set()),
    ],
)
def test_names_before_a_parenthesis(text: str, names: set[str]) -> None:
    assert called((text,)) == names


def test_several_texts_are_one() -> None:
    assert called(("foo(", "bar(", "foo(")) == {"foo", "bar"}


@given(
    st.lists(st.sampled_from(("foo", "bar_2", "(", ")", " ", "\n+", ";", "->", "x"))).map("".join)
)
def test_law_no_call_is_missed(text: str) -> None:
    names = {found[1] for found in re.finditer(r"([A-Za-z_]\w*)\s*\(", text)}
    assert names <= called((text,))
