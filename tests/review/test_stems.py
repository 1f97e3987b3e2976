"""Stems: words without endings, names left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.review.stems import bare, stems


@pytest.mark.parametrize(
    "words",
    [
        "leak leaks leaked leaking",
        "release releases released releasing",
        "drop drops dropped dropping",
        "lock locks locked locking",
        "miss misses missed missing",
        "export exports exported",
    ],
)
def test_the_forms_of_a_word_are_one(words: str) -> None:
    assert len(bare(words.split())) == 1


def test_other_words_stay_apart() -> None:
    assert bare(["expose"]).isdisjoint(bare(["export"]))


@pytest.mark.parametrize(
    "text", ["foo_leak()", "foo->leak", "fs/leak.c", "leak()", "the and this", "--leak-x", "a"]
)
def test_names_and_common_words_are_no_words(text: str) -> None:
    assert stems(text).isdisjoint({"leak", "th", "and"})


def test_a_name_in_capitals_is_words() -> None:
    assert "export" in stems("Why EXPORT_SYMBOL_GPL(foo)?")


@given(st.text())
def test_law_any_text_has_stems(text: str) -> None:
    assert all(word == word.lower() for word in stems(text))


@given(st.lists(st.text("abcdegilnst", min_size=1, max_size=12)))
def test_law_case_does_not_matter(words: list[str]) -> None:
    assert bare(words) == bare([word.upper() for word in words])
