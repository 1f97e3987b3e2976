from hypothesis import given
from hypothesis import strategies as st

from reviewbot.review.wrap import own_lines, paragraphs, wrapped

TEXT = st.text(st.sampled_from("ab-/ \n\tFrom >.ü"), max_size=300)


def test_lines_are_at_most_72_wide() -> None:
    text = "word " * 100
    assert max(map(len, wrapped(text).split("\n"))) <= 72
    assert wrapped(text).split() == text.split()


def test_long_words_and_hyphens_stay_whole() -> None:
    path = "drivers/vfio/" + "very-long-" * 12 + "name.c"
    assert wrapped(f"See {path} there.").split() == ["See", path, "there."]


def test_paragraphs_are_kept_apart() -> None:
    assert wrapped("one\ntwo\n\n \n three") == "one two\n\nthree"
    assert paragraphs("\n\n a\tb \n\nc\n") == ["a b", "c"]


def test_later_lines_may_stand_further_in() -> None:
    lines = wrapped("- " + "word " * 20, "  ").split("\n")
    assert len(lines) == 2
    assert lines[1].startswith("  word")


def test_no_line_looks_like_the_start_of_a_mail() -> None:
    assert wrapped("From here to there") == " From here to there"
    assert wrapped("x" * 70 + " From here") == "x" * 70 + "\n From here"


def test_no_line_looks_like_a_quote() -> None:
    assert wrapped(f"{'x' * 71} > 4") == f"{'x' * 71}\n > 4"
    assert wrapped("> x") == " > x"


def test_own_lines_are_those_with_words() -> None:
    assert own_lines("") == 0
    assert own_lines("a\n\nb") == 2
    assert own_lines("word " * 30) == 3


@given(TEXT)
def test_only_white_space_changes(text: str) -> None:
    assert wrapped(text).split() == text.split()


@given(TEXT)
def test_wrapping_again_changes_nothing_but_the_guard(text: str) -> None:
    assert wrapped(wrapped(text)) == wrapped(text)


def test_the_blank_before_from_is_no_column_too_many() -> None:
    """A line of 72 columns that begins with `From ` keeps to 72 with the blank before it."""
    for length in range(60, 80):
        text = f"{'x' * 40} {'y' * 30} From {'z' * (length - 5)} word word word"
        lines = wrapped(text).split("\n")
        assert all(len(line) <= 72 or " " not in line.strip() for line in lines)
        assert not any(line.startswith("From ") for line in lines)
