"""The text parts of a mail."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.problem import ProblemKind
from reviewbot.parse import header
from reviewbot.parse.mime import Part, parts


def read(mail: bytes) -> tuple[Part, ...]:
    block, content = header.split(mail)
    return parts(header.fields(block), content)


def multipart(kind: str, *pieces: str, boundary: str = "=_b") -> bytes:
    body = "".join(f"--{boundary}\n{piece}\n" for piece in pieces)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\nnone\n{body}--{boundary}--\nend\n'.encode()


def test_plain() -> None:
    assert read(b"Subject: x\n\ntext\n") == (Part("text/plain", "text\n"),)


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("7bit", b"a=3Db\n", "a=3Db\n"),
        ("8BIT", "ü\n".encode(), "ü\n"),
        ("quoted-printable", b"a=3D=C3=BC=\nb\n", "a=üb\n"),
        ("Quoted-Printable", b"x=20\n", "x \n"),
        ("base64", b"YT3D\nvAo=\n", "a=ü\n"),
        ("x-odd", b"a\n", "a\n"),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, text: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    assert read(head.encode() + body)[0].text == text


def test_damaged_base64_is_named() -> None:
    part = read(b"Content-Transfer-Encoding: base64\n\naGFsbG8\n")[0]
    assert part.text == "hallo"
    assert [problem.kind for problem in part.problems] == [ProblemKind.ENCODING_DAMAGED]


def test_wrong_charset_is_named() -> None:
    part = read(b"Content-Type: text/plain; charset=y\n\nx\n")[0]
    assert [problem.kind for problem in part.problems] == [ProblemKind.CHARSET_WRONG]


def test_crlf_and_byte_order_mark() -> None:
    assert read(b"A: b\r\n\r\n\xef\xbb\xbfone\r\ntwo\r\n")[0].text == "one\ntwo\n"


def test_flowed() -> None:
    mail = b"Content-Type: text/plain; format=flowed; delsp=yes\n\nfoo \nbar\n"
    assert read(mail)[0].text == "foobar\n"
    assert read(mail.replace(b"delsp=yes", b"x=y"))[0].text == "foo bar\n"


def test_mixed() -> None:
    mail = multipart("mixed", "\none", "Content-Type: text/x-diff; name=a.patch\n\ntwo")
    assert [(part.media, part.text, part.filename) for part in read(mail)] == [
        ("text/plain", "one", ""),
        ("text/x-diff", "two", "a.patch"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_at_boundaries(end: str) -> None:
    mail = multipart("mixed", "\none\n", "\ntwo").replace(b"\n", end.encode())
    assert [part.text for part in read(mail)] == ["one\n", "two"]


def test_disposition() -> None:
    piece = 'Content-Disposition: attachment; filename="a \\"b\\".txt"\n\nx'
    (part,) = read(multipart("mixed", piece))
    assert part.attached
    assert part.filename.startswith("a ")


@pytest.mark.parametrize("first", ["plain", "html"])
def test_alternative_prefers_plain(first: str) -> None:
    pieces = ["Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<b>html</b>"]
    if first == "html":
        pieces.reverse()
    assert [part.text for part in read(multipart("alternative", *pieces))] == ["plain"]


def test_alternative_without_plain() -> None:
    (part,) = read(multipart("alternative", "Content-Type: text/html\n\n<b>html</b>"))
    assert (part.media, part.text) == ("text/html", "html\n")


def test_signed_within_mixed() -> None:
    inner = multipart(
        "signed", "\ntext\n", "Content-Type: application/pgp-signature\n\nsig", boundary="in"
    )
    found = read(multipart("mixed", inner.decode(), "\nfooter"))
    assert [part.text for part in found] == ["text\n", "", "footer"]


def test_what_is_no_text_is_not_decoded() -> None:
    mail = multipart("mixed", "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA")
    assert read(mail) == (Part("image/png"),)


@pytest.mark.parametrize("name", ["0001-x.patch", "x.DIFF"])
def test_a_patch_under_another_type_is_text(name: str) -> None:
    piece = f"Content-Type: application/octet-stream; name={name}\n\nx"
    assert read(multipart("mixed", piece))[0].text == "x"


@pytest.mark.parametrize(
    "mail",
    [
        b"Content-Type: multipart/mixed\n\ntext\n",
        b"Content-Type: multipart/mixed; boundary=b\n\ntext\n",
        b"Content-Type: multipart/mixed; boundary=b\n\ntext\n --b\n",
    ],
)
def test_no_parts_found(mail: bytes) -> None:
    (part,) = read(mail)
    assert "text\n" in part.text
    assert [problem.kind for problem in part.problems] == [ProblemKind.MIME_DAMAGED]


def test_a_missing_closing_boundary() -> None:
    assert read(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n")[0].text == "text\n"


def test_parts_too_deep() -> None:
    mail = b"\ndeep\n"
    for level in range(30):
        mail = f"Content-Type: multipart/mixed; boundary=b{level}.\n\n--b{level}.\n".encode() + mail
    (part,) = read(mail)
    assert [problem.kind for problem in part.problems] == [ProblemKind.MIME_DAMAGED]


def test_very_many_parts() -> None:
    assert len(read(multipart("mixed", *["\nx"] * 1000))) == 200


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=80)


@given(TEXT, TEXT, st.sampled_from(["7bit", "8bit", "base64", "quoted-printable"]))
def test_what_the_standard_library_writes_is_read(one: str, two: str, encoding: str) -> None:
    if encoding == "7bit":
        one, two = (text.encode("ascii", "replace").decode() for text in (one, two))
    mail = EmailMessage()
    mail.set_content(one + "\n", cte=encoding)
    mail.add_attachment(two + "\n", subtype="x-patch", cte=encoding, filename="a.patch")
    found = read(mail.as_bytes())
    assert [part.text.removeprefix("\ufeff") for part in found] == [
        text.removeprefix("\ufeff") + "\n" for text in (one, two)
    ]
    assert found[1].filename == "a.patch"


@given(st.binary(max_size=400))
def test_never_raises(data: bytes) -> None:
    read(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + data)
    read(data)
