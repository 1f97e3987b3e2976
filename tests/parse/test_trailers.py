"""Trailers of commit messages and follow-ups."""

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.series import Trailer
from reviewbot.parse.trailers import trailers

SIGNED = "Signed-off-by: Ann Author <ann@example.org>"
REVIEWED = "Reviewed-by: Rob <rob@example.org>"


def keys(text: str) -> list[str]:
    return [trailer.key for trailer in trailers(text)]


def test_the_last_paragraph() -> None:
    text = f'Do it.\n\nFixes: 0123456789ab ("foo: bar")\nX-Other: y\n{SIGNED}\n'
    assert trailers(text) == (
        Trailer("Fixes", '0123456789ab ("foo: bar")', 2),
        Trailer("X-Other", "y", 3),
        Trailer("Signed-off-by", "Ann Author <ann@example.org>", 4),
    )


def test_places_count_from_the_first_line_given() -> None:
    assert trailers(f"x\n\n{SIGNED}", 10)[0].mail == 12
    assert trailers(SIGNED, 3)[0].mail == 3


def test_any_order_and_blank_lines_between() -> None:
    assert keys(
        f"x\n\n{SIGNED}\n\nCc: stable@vger.kernel.org\n{REVIEWED}\n\nLink: https://x.org/1"
    ) == [
        "Signed-off-by",
        "Cc",
        "Reviewed-by",
        "Link",
    ]


def test_folded_values() -> None:
    text = 'x\n\nFixes: 0123456789ab ("foo: a subject\n that was folded\n\ttwice")\n' + SIGNED
    found = trailers(text)
    assert found[0].value == '0123456789ab ("foo: a subject that was folded twice")'
    assert found[1].mail == 5


def test_remarks_between() -> None:
    text = f"x\n\n{SIGNED}\n[rob: reworded]\n{REVIEWED}\n(cherry picked from commit 01234567)\nAck: yes\n"
    assert keys(text) == ["Signed-off-by", "Reviewed-by", "Ack"]


def test_prose_is_no_trailer() -> None:
    assert keys("Note: this is prose.\nWarning: so is this.\n") == []
    assert keys(f"Note: this is prose\nthat goes on.\n\n{SIGNED}") == ["Signed-off-by"]
    assert keys("See https://example.org for more.\nhttps://example.org\n") == []


def test_prose_that_ends_in_trailers() -> None:
    assert keys(f"Note: prose\nthat goes on.\n{REVIEWED}\n{SIGNED}") == [
        "Reviewed-by",
        "Signed-off-by",
    ]


def test_a_tag_above_prose_counts() -> None:
    assert keys(f"{REVIEWED}\nThough I wonder: why?\n") == ["Reviewed-by"]


def test_below_a_quotation() -> None:
    text = f"> {SIGNED}\n> > {REVIEWED}\nAcked-by: Eve <eve@example.org>\n-- \nEve\n"
    assert keys(text) == ["Acked-by"]


def test_indented_or_quoted_is_none() -> None:
    assert keys(f"    {SIGNED}\n") == []
    assert keys(f"x\n> {SIGNED}\n") == []


def test_the_header_above_a_quotation_is_none() -> None:
    assert keys("From: Ann\nSent: Monday\nCc: rob@example.org\nSubject: x\n") == []


def test_without_value() -> None:
    assert keys("Fixes:\n- the leak\n") == []


def test_case_and_blanks() -> None:
    assert trailers("signed-off-by : Ann <a@x>\n")[0] == Trailer("signed-off-by", "Ann <a@x>", 0)
    assert keys("CC: a@x.org") == ["CC"]
    assert keys("Reported-and-tested-by: Ann <a@x>") == ["Reported-and-tested-by"]


NAMES = st.sampled_from(["Signed-off-by", "Reviewed-by", "Fixes", "Cc", "Link", "X-Any"])
VALUES = st.text(st.sampled_from("ab <>@."), min_size=1, max_size=20).map(
    lambda text: "v" + text.strip()
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_what_is_written_is_read(pairs: list[tuple[str, str]]) -> None:
    text = "Prose here.\n\n" + "".join(
        f"{key}: {value}\n" for key, value in [*pairs, ("Acked-by", "v")]
    )
    assert [(found.key, found.value) for found in trailers(text)] == [*pairs, ("Acked-by", "v")]


@given(st.text(st.sampled_from("aA:-\n >[(<@")), st.integers(0, 9))
def test_places_are_lines_of_the_text(text: str, first: int) -> None:
    lines = text.split("\n")
    for trailer in trailers(text, first):
        assert lines[trailer.mail - first].startswith(trailer.key)


@given(st.text())
def test_never_raises(text: str) -> None:
    trailers(text)
