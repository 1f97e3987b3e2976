"""The prefilter: sound for literals and for calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.called import called
from reviewbot.review.prefilter import Prefilter, Screen, prefilter


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("\tkvm_get(kvm);", True),
        ("if (!kvm_get(kvm))", True),
        ("x=kvm_get (kvm);", True),
        ("+\tkvm_get\n+\t\t(kvm);", True),
        ("a->kvm_get(kvm)", True),
        ("my_kvm_get(kvm)", False),
        ("kvm_get;", False),
        ("kvm_get(", True),
        ("", False),
    ],
)
def test_calls_are_found_by_name(text: str, passes: bool) -> None:
    assert prefilter(("kvm_get(", "fget(")).passes(text) is passes


def test_literals_are_found_anywhere_and_beside_calls() -> None:
    mixed = prefilter(("EXPORT", "fget("))
    assert mixed == Prefilter(("EXPORT",), frozenset({"fget"}))
    assert mixed.passes("MY_EXPORT_X") and mixed.passes("fget(1)") and not mixed.passes("fget")


def test_without_triggers_everything_passes() -> None:
    assert prefilter(()).passes("")


@given(st.text("ab_1 (\n+-", max_size=30), st.text("ab_1 (\n+-", max_size=30))
def test_law_a_call_in_the_text_passes(before: str, after: str) -> None:
    assert prefilter(("fget(",)).passes(f"{before};fget({after}")


FILTERS = {
    "literal": prefilter(("a_b", "b 1")),
    "call": prefilter(("a(", "b_1(")),
    "both": prefilter(("a(", "b_")),
    "none": prefilter(()),
}


@given(st.text("ab_1 (\n+-", max_size=30))
def test_law_asked_together_the_filters_answer_as_each_alone(text: str) -> None:
    alone = {name for name, one in FILTERS.items() if one.passes(text)}
    assert Screen(FILTERS).met(called((text,)), text) == alone
