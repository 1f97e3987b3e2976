"""The header block: fields, folding, encoded words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse import header


def test_split_at_the_first_empty_line() -> None:
    assert header.split(b"A: 1\nB: 2\n\nbody\n\nmore") == (b"A: 1\nB: 2", b"body\n\nmore")


def test_split_with_crlf() -> None:
    assert header.split(b"A: 1\r\n\r\nbody\r\n\r\n\n\n") == (b"A: 1\r", b"body\r\n\r\n\n\n")


@pytest.mark.parametrize(("data", "body"), [(b"\nbody", b"body"), (b"\r\nbody", b"body")])
def test_split_without_header(data: bytes, body: bytes) -> None:
    assert header.split(data) == (b"", body)


def test_split_without_body() -> None:
    assert header.split(b"A: 1\n") == (b"A: 1\n", b"")


def test_fields_are_found_by_lower_case_name() -> None:
    found = header.fields(b"Subject: one\nRECEIVED: a\nReceived : b\n folded")
    assert found[b"subject"] == [b" one"]
    assert found[b"received"] == [b" a", b" b\n folded"]


def test_a_line_that_is_no_field_is_passed_over() -> None:
    assert header.value(header.fields(b"From someone else\nSubject: s\n"), b"subject") == "s"


def test_crlf_fields() -> None:
    assert header.value(header.fields(b"Subject: a\r\n b\r\nTo: x"), b"subject") == "a b"


def test_missing_field() -> None:
    assert header.value({}, b"subject") == ""


def test_first_of_several() -> None:
    assert header.value(header.fields(b"Date: 1\nDate: 2"), b"date") == "1"


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        ("=?utf-8?q?M=C3=BCller?=", "Müller"),
        ("=?UTF-8?Q?a_b?=", "a b"),
        ("=?iso-8859-1?B?TfxsbGVy?=", "Müller"),
        ("=?utf-8*de?q?M=C3=BCller?=", "Müller"),
        ("x =?utf-8?q?y?= z", "x y z"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=\n =?utf-8?q?b?= c", "ab c"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=FC?=", "aü"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("[PATCH]=?utf-8?q?_=C3=BC?=", "[PATCH] ü"),
        ("=?utf-8?b?w7w?=", "ü"),
        ("=?nonsense?q?abc?=", "abc"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?abc", "=?utf-8?q?abc"),
        ("no word", "no word"),
    ],
)
def test_encoded_words(encoded: str, text: str) -> None:
    assert header.words(encoded) == text


def test_a_value_is_one_line_whatever_is_encoded() -> None:
    assert header.text(b" =?utf-8?q?a=0D=0ABcc:_x=00?=") == "a Bcc: x"
    assert header.text(" a\x1b[31mb\x85c\x7f".encode()) == "a [31mb c"


def test_raw_eight_bit_values() -> None:
    assert header.text("Müller".encode()) == "Müller"
    assert header.text(b"M\xfcller") == "Müller"


def test_unfolded_leaves_words_encoded() -> None:
    assert header.unfolded(b" =?utf-8?q?a=2Cb?=\n <a@b>") == "=?utf-8?q?a=2Cb?= <a@b>"


def test_a_no_break_space_is_content() -> None:
    assert header.one_line("a\xa0b") == "a\xa0b"
    assert header.one_line("a  b\t") == "a b"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"aGFsbG8=", (b"hallo", True)),
        (b"aGFs\nbG8=\n", (b"hallo", True)),
        (b"aGFsbG8", (b"hallo", False)),
        (b"aGFsbG8=\nFooter, not encoded\n", (b"hallo", True)),
        (b"aGFsb", (b"hal", False)),
        (b"", (b"", True)),
    ],
)
def test_base64(data: bytes, found: tuple[bytes, bool]) -> None:
    assert header.base64(data) == found


@given(st.binary(max_size=400))
def test_never_raises(data: bytes) -> None:
    block, _ = header.split(data)
    for values in header.fields(block).values():
        for value in values:
            assert "\n" not in header.text(value)


@given(st.binary(max_size=200))
def test_base64_never_raises(data: bytes) -> None:
    header.base64(data)


@given(st.binary(max_size=200).map(lambda data: b"A: 1\nB: 2\n\n" + data))
def test_split_loses_nothing(data: bytes) -> None:
    block, body = header.split(data)
    assert block + b"\n\n" + body == data
