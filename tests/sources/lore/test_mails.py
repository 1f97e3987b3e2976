import io

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse import mbox
from reviewbot.sources.lore.mails import mails
from tests.builders import mail
from tests.sources.publicinbox import mboxrd

SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"

lines = st.sampled_from(
    [
        "From here\n",
        ">From there\n",
        "\n",
        "text\n",
        "From mboxrd@z Thu Jan  1 00:00:00 1970\n",
        "Subject: x\n",
        "é\n",
    ]
)
bodies = st.lists(lines, max_size=8).map("".join)


def read(data: bytes) -> list[bytes]:
    return list(mails(io.BytesIO(data)))


@given(st.lists(bodies, min_size=1, max_size=5))
def test_law_mails_come_out_of_an_mbox_as_they_went_in(texts: list[str]) -> None:
    whole = [mail(text, message_id=f"{n}@example.org") for n, text in enumerate(texts)]
    assert read(mboxrd(whole)) == whole == list(mbox.split(mboxrd(whole)))


def test_a_single_mail_without_separator() -> None:
    whole = mail("From here on.\n")
    assert read(whole) == [whole]


def test_a_mail_that_does_not_end_with_a_line_end_splits_too() -> None:
    first, second = mail("no line end"), mail("second\n")
    assert read(SEPARATOR + first + b"\n" + SEPARATOR + second + b"\n") == [first + b"\n", second]


def test_crlf_mails() -> None:
    whole = mail("one\ntwo\n").replace(b"\n", b"\r\n")
    answer = SEPARATOR.replace(b"\n", b"\r\n") + whole + b"\n"
    assert read(answer + answer) == [whole, whole]


def test_nothing_is_no_mail() -> None:
    assert read(b"") == [] == read(b"\n\n")
