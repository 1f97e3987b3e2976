"""format=flowed is undone, in a diff only where the sender's program did it."""

from textwrap import wrap

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.flowed import unflowed


def test_soft_breaks_are_joined() -> None:
    assert unflowed("one \ntwo \nthree\nfour\n") == "one two three\nfour\n"


def test_delsp() -> None:
    assert unflowed("exam \nple\n", delete_space=True) == "example\n"


def test_stuffing_is_removed() -> None:
    assert unflowed("  indented\n >quote\n From x\n") == " indented\n>quote\nFrom x\n"


def test_the_signature_line_is_no_soft_break() -> None:
    assert unflowed("text \n-- \n2.39.5\n") == "text \n-- \n2.39.5\n"


def test_a_soft_break_at_the_end() -> None:
    assert unflowed("text ") == "text "


STUFFED = (
    "diff --git a/lib/one.c \nb/lib/one.c\n--- a/lib/one.c\n+++ b/lib/one.c\n"
    "@@ -1,3 +1,3 @@ static int first(struct thing \n*thing)\n"
    "  \tint a;\n-\tint b;\n+\tlong b;\n  }\n"
)


def test_a_stuffed_diff() -> None:
    assert unflowed(STUFFED) == (
        "diff --git a/lib/one.c b/lib/one.c\n--- a/lib/one.c\n+++ b/lib/one.c\n"
        "@@ -1,3 +1,3 @@ static int first(struct thing *thing)\n \tint a;\n-\tint b;\n+\tlong b;\n }\n"
    )


def test_a_diff_that_was_never_stuffed_stays() -> None:
    text = "Say it. \n---\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n \tint a;\n-\tint b; \n+\tlong b;\n"
    assert unflowed(text) == text


def test_a_no_break_space_does_not_look_unstuffed() -> None:
    assert unflowed("\n@@ -1 +1 @@\n \xa0int a;\n") == "\n@@ -1 +1 @@\n\xa0int a;\n"


LINE = st.text(st.sampled_from("ab >-+"), max_size=30).map(lambda line: line.rstrip(" "))


def sent(line: str) -> str:
    """A line as a program that follows RFC 3676 §4.2 sends it."""
    pieces = wrap(line, 10, drop_whitespace=False, break_long_words=False) or [""]
    pieces = [piece + ("" if piece.endswith(" ") else " ") for piece in pieces[:-1]] + pieces[-1:]
    if any(not piece.strip() for piece in pieces[:-1]) or "".join(pieces) != line:
        pieces = [line]
    if "-- " in pieces:  # a line of its own would begin the signature (§4.3)
        pieces = [line]
    return "\n".join(" " + piece if piece[:1] in (" ", ">") else piece for piece in pieces)


@given(st.lists(LINE))
def test_what_is_sent_comes_back(lines: list[str]) -> None:
    assert unflowed("\n".join(map(sent, lines))) == "\n".join(lines)


@given(st.text(max_size=200), st.booleans())
def test_never_raises(text: str, delete_space: bool) -> None:
    unflowed(text, delete_space)
