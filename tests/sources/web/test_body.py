import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.sources.web.body import CutOffError, TooMuchError, plain, starts_packed
from tests.sources.faults import bomb, one_member_bomb

MUCH = 256 << 20
BODIES = st.lists(st.binary(max_size=3000), min_size=1, max_size=5)


def cut(data: bytes, size: int) -> list[bytes]:
    """As it comes over the wire, in pieces."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def read(data: bytes, size: int = 7, encoding: str = "", limit: int = MUCH) -> bytes:
    return b"".join(plain(cut(data, size), encoding, limit))


@given(BODIES, st.integers(1, 500), st.integers(0, 9))
def test_gzip_members_in_a_row_are_one_body(bodies: list[bytes], size: int, level: int) -> None:
    """However they are cut; the answers of public-inbox are many members."""
    packed = b"".join(gzip.compress(body, level) for body in bodies)
    assert read(packed, size) == b"".join(bodies)
    assert read(packed, size) == gzip.decompress(packed)


@given(st.binary(max_size=3000).filter(lambda b: not starts_packed(b)), st.integers(1, 500))
def test_what_is_not_packed_comes_as_it_is(body: bytes, size: int) -> None:
    assert read(body, size) == body
    assert read(body, size, "identity") == body
    assert read(gzip.compress(body), size, "gzip") == body
    assert read(gzip.compress(gzip.compress(body)), size, "x-gzip") == body


@given(BODIES, st.data())
@settings(max_examples=50)
def test_no_part_of_a_gzip_is_taken_for_all_of_it(bodies: list[bytes], data: st.DataObject) -> None:
    """Unless it was cut exactly between two members, where nothing can tell: the wire has a length for that."""
    members = [gzip.compress(body) for body in bodies]
    packed = b"".join(members)
    ends = {sum(map(len, members[:n])) for n in range(len(members) + 1)}
    end = data.draw(st.integers(2, len(packed) - 1).filter(lambda n: n not in ends))
    with pytest.raises(CutOffError):
        read(packed[:end])


@given(st.binary(min_size=30, max_size=300), st.data())
@settings(max_examples=100)
def test_damage_is_found(body: bytes, data: st.DataObject) -> None:
    packed = bytearray(gzip.compress(body))
    at = data.draw(st.integers(10, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    with suppress(CutOffError):
        assert read(bytes(packed)) == body


@given(st.binary(max_size=400), st.integers(1, 50))
def test_rubbish_never_raises_anything_else(data: bytes, size: int) -> None:
    for encoding in ("", "gzip"):
        for start in (b"", b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0\0\0"):
            with suppress(CutOffError):
                read(start + data, size, encoding)


def test_zeros_behind_the_last_member_are_padding() -> None:
    assert read(gzip.compress(b"x") + bytes(1000)) == b"x"
    assert read(gzip.compress(b"x") + bytes(9) + gzip.compress(b"y")) == b"xy"


def test_anything_else_behind_it_is_damage() -> None:
    with pytest.raises(CutOffError):
        read(gzip.compress(b"x") + b"<html>")


def test_an_empty_body_is_empty() -> None:
    assert read(b"") == b""
    assert read(b"", encoding="gzip") == b""
    assert read(gzip.compress(b"")) == b""
    assert list(plain([b"", b"a", b""], "", 10)) == [b"a"]


def test_the_checksum_is_checked() -> None:
    packed = gzip.compress(b"x" * 100)
    with pytest.raises(CutOffError):
        read(packed[:-8] + b"\0\0\0\0" + packed[-4:])


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(ValueError, match=encoding):
        read(b"x", encoding=encoding)


@pytest.mark.parametrize("make", [bomb, one_member_bomb])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_bomb_is_refused_early(make: object, encoding: str) -> None:
    size = 0
    with pytest.raises(TooMuchError, match="250 times what was sent"):
        for piece in plain(cut(make(), 65536), encoding, MUCH):
            assert len(piece) <= 256 << 10
            size += len(piece)
    assert size <= 17 << 20


def test_what_packs_well_is_no_bomb() -> None:
    body = b"> On Monday, somebody wrote what everybody quotes.\n" * 200_000
    assert len(read(gzip.compress(body), 65536)) == len(body)


@pytest.mark.parametrize("packed", [True, False])
def test_the_limit_is_exact(packed: bool) -> None:
    body = bytes(range(256)) * 40
    sent = gzip.compress(body) if packed else body
    assert read(sent, limit=len(body)) == body
    with pytest.raises(TooMuchError, match=f"more than {len(body) - 1} bytes"):
        read(sent, limit=len(body) - 1)


def test_many_empty_members_cost_little() -> None:
    """Sixty thousand of them: each begins an inflater, none may copy what follows it again and again."""
    member = zlib.compressobj(9, zlib.DEFLATED, 31)
    empty = member.compress(b"") + member.flush()
    assert read(empty * 60_000, 65536) == b""
