from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.mbox import split
from reviewbot.sinks.mboxrd import is_quoted, mboxrd

HEAD = b"From: a@b.org\nSubject: foo\nMessage-ID: <1@b.org>\n\n"
LINES = st.lists(
    st.sampled_from(
        [b"From a@b.org Mon Mar  2 12:00:00 2026", b">From x", b"text", b"", b">>From y"]
    )
)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_law_what_is_split_is_what_was_put_in(bodies: list[list[bytes]]) -> None:
    mails = [HEAD + b"\n".join([*lines, b"end"]) + b"\n" for lines in bodies]
    assert list(split(b"".join(map(mboxrd, mails)))) == mails


def test_a_last_line_without_an_end_gets_one() -> None:
    assert list(split(mboxrd(HEAD + b"end"))) == [HEAD + b"end\n"]


def test_carriage_returns_stay() -> None:
    mail = HEAD.replace(b"\n", b"\r\n") + b"text\r\n"
    assert list(split(mboxrd(mail) * 2)) == [mail, mail]


def test_quoting_is_told() -> None:
    assert is_quoted(HEAD + b"\nFrom here on\n")
    assert is_quoted(HEAD + b"\n>From here on\n")
    assert not is_quoted(HEAD + b"\n From here on\n")
