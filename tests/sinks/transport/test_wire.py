import quopri

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.sinks.transport.wire import fit, stuffed

HEAD = b"Subject: foo\nContent-Transfer-Encoding: 8bit\n\n"
bodies = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(
        st.sampled_from([b".", b"..", b"From x", b"\t ", b"a" * 1200, b"", b"=", b"\xc3\xa4"])
    ).map(b"\n".join),
)


def read(wire: bytes) -> bytes:
    """What a reader has of a mail that came over the wire."""
    head, _, body = wire.replace(b"\r\n", b"\n").partition(b"\n\n")
    return quopri.decodestring(body) if b"quoted-printable" in head else body


@given(bodies, st.booleans())
def test_the_text_is_read_as_it_was_written(body: bytes, eightbit: bool) -> None:
    made = fit(HEAD + body, eightbit)
    written = body if body.endswith(b"\n") else body + b"\n"
    assert read(made) == written or read(made) == body
    assert b"\0" not in made
    lines = made.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert eightbit or made.isascii()


@given(bodies)
def test_only_a_dot_of_ours_ends_a_mail(body: bytes) -> None:
    made = stuffed(fit(HEAD + body, True))
    assert b"\r\n.\r\n" not in made
    lines = [line[1:] if line.startswith(b".") else line for line in made.split(b"\r\n")]
    assert b"\r\n".join(lines) == fit(HEAD + body, True)


def test_plain_text_goes_as_it_is() -> None:
    body = b"> +\tfoo();  \nna\xc3\xafve\n"
    assert fit(HEAD + body, True) == (HEAD + body).replace(b"\n", b"\r\n")
    assert fit(HEAD + b"plain\n", False) == (HEAD + b"plain\n").replace(b"\n", b"\r\n")


def test_a_mail_within_a_mail_cannot_be_smuggled() -> None:
    body = b"x\r.\r\nMAIL FROM:<a@b>\n.\nx\n.\r\n"
    made = stuffed(fit(HEAD + body, True))
    assert b"\r\n.\r" not in made
    assert b"\n." not in made.replace(b"\r\n", b"").replace(b"..", b"")


def test_a_first_line_that_is_a_dot() -> None:
    assert stuffed(b".\r\n") == b"..\r\n"
