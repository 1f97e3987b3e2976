"""Compressed bytes become plain bytes, within bounds."""

import bz2
import gzip
import lzma
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.errors import InputError
from reviewbot.sources.packed import is_packed, pieces, unpacked

TEXT = b"From: a@example.org\nSubject: x\n\n" + b"text " * 1000
PACKERS = {"gzip": gzip.compress, "xz": lzma.compress, "bzip2": bz2.compress}


@pytest.mark.parametrize("packer", PACKERS)
def test_unpacked(packer: str) -> None:
    data = PACKERS[packer](TEXT)
    assert is_packed(data)
    assert unpacked(data, "x") == TEXT


@pytest.mark.parametrize("packer", PACKERS)
def test_members_in_a_row(packer: str) -> None:
    assert unpacked(PACKERS[packer](TEXT) + PACKERS[packer](b"more"), "x") == TEXT + b"more"


def test_plain_stays() -> None:
    assert not is_packed(TEXT)
    assert unpacked(TEXT, "x") is TEXT
    assert unpacked(b"", "x") == b""


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("keep", [0.4, 0.9])
def test_cut_off(packer: str, keep: float) -> None:
    data = PACKERS[packer](TEXT)
    with pytest.raises(InputError, match=r"^box: the compressed file is cut off before its end$"):
        unpacked(data[: int(len(data) * keep)], "box")


@pytest.mark.parametrize("packer", PACKERS)
def test_damaged(packer: str) -> None:
    data = bytearray(PACKERS[packer](TEXT))
    for at in range(len(data) // 2, len(data) // 2 + 8):
        data[at] ^= 0xFF
    with pytest.raises(InputError, match=r"^box: the compressed file is (damaged|cut off)"):
        unpacked(bytes(data), "box")


def test_too_large() -> None:
    with pytest.raises(InputError, match=r"^box: refused, it unpacks to more than 2 MiB$"):
        unpacked(gzip.compress(bytes(3 << 20)), "box", limit=2 << 20)


def test_what_grows_like_no_mail() -> None:
    with pytest.raises(InputError, match="refused"):
        unpacked(gzip.compress(bytes(80 << 20)), "box")


@given(
    st.sampled_from([b"\x1f\x8b\x08\0", b"\xfd7zXZ\0", b"BZh9", b"BZh"]), st.binary(max_size=200)
)
def test_only_input_errors(magic: bytes, data: bytes) -> None:
    with suppress(InputError):
        unpacked(magic + data, "x")


@pytest.mark.parametrize("packer", PACKERS)
def test_piece_by_piece(packer: str) -> None:
    data = PACKERS[packer](TEXT * 500)
    found = list(pieces(BytesIO(data), len(data), "x", 1 << 30))
    assert len(found) > 1
    assert b"".join(found) == TEXT * 500


def test_pieces_come_before_the_trouble() -> None:
    data = gzip.compress(bytes(3 << 20))
    reading = pieces(BytesIO(data), len(data), "box", 2 << 20)
    assert len(next(reading)) == 1 << 20
    with pytest.raises(InputError, match="refused"):
        list(reading)
