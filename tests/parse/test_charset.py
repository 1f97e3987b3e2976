"""Bytes become text by the declared charset, as far as it can be believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.charset import decode


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("Müller", "utf-8", "utf-8"),
        ("Müller", "utf-8", "UTF8"),
        ("Müller", "utf-8", '"utf-8"'),
        ("Müller", "latin-1", "ISO-8859-1"),
        ("Łódź", "iso8859_2", "iso-8859-2"),
        ("10 €", "iso8859_15", "iso-8859-15"),
        ("10 €", "cp1252", "Windows-1252"),
        ("内核", "gbk", "gb2312"),
        ("内核", "gb18030", "gb18030"),
        ("カーネル", "iso2022_jp", "iso-2022-jp"),
        ("ядро", "koi8_r", "koi8-r"),
        ("커널", "cp949", "ks_c_5601-1987"),
        ("[ä]", "utf-7", "utf-7"),
    ],
)
def test_declared_charset(text: str, codec: str, declared: str) -> None:
    found = decode(text.encode(codec), declared)
    assert (found.text, found.wrong) == (text, "")


def test_nothing_declared_is_utf8() -> None:
    assert decode("Müller".encode()).text == "Müller"
    assert decode("Müller".encode()).wrong == ""


def test_nothing_declared_and_not_utf8() -> None:
    found = decode(b"M\xfcller")
    assert found.text == "Müller"
    assert found.wrong == "8-bit text without a charset"


@pytest.mark.parametrize(
    "name",
    ["y", "n", "yes", "unknown-8bit", "x-unknown", "idna", "rot13", "base64", "hex", "a\0b", "é"],
)
def test_a_name_that_is_no_charset_is_named_and_utf8_is_tried(name: str) -> None:
    found = decode("32×TX".encode(), name)
    assert found.text == "32×TX"
    assert found.wrong.startswith("unknown charset")


def test_an_unknown_name_is_wrong_even_over_ascii() -> None:
    # git refuses such a mail ("cannot convert from y to UTF-8").
    assert decode(b"plain", "y").wrong == "unknown charset 'y'"


def test_a_declaration_that_does_not_fit() -> None:
    assert decode("ü".encode(), "us-ascii").text == "ü"
    assert decode("ü".encode(), "us-ascii").wrong == "the bytes are not us-ascii"
    assert decode(b"\xff\xfe\xfd", "utf-8").text == "ÿþý"


def test_a_long_name_is_cut() -> None:
    assert len(decode(b"x", "q" * 10_000).wrong) < 80


@given(st.binary(max_size=300), st.text(max_size=20))
def test_never_raises(data: bytes, name: str) -> None:
    decode(data, name)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_utf8_comes_back(text: str) -> None:
    assert decode(text.encode(), "utf-8").text == text
