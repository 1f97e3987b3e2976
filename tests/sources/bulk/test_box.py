"""An mbox of any size: where its mails lie."""

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.parse import mbox
from reviewbot.sources.bulk import box
from tests.sources.bulk.stores import ONE, SEPARATOR, TWO, rd

LINES = st.sampled_from(
    [
        SEPARATOR,
        b"From a@example.org Mon Mar  2 12:00:00 2026\n",
        b"From a@example.org Mon Mar  2 12:00:00 2026\r\n",
        b"From here on, all is well.\n",
        *(b"\n", b"\r\n", b"\n\n", b"Subject: x\n", b"Message-ID: <1@example.org>\n", b" folded\n"),
        *(b"Text.\n", b">From me\n", b"no line end", b"-" * 60 + b"\n"),
    ]
)
BOXES = st.lists(LINES, max_size=25).map(
    lambda lines: SEPARATOR + b"Subject: x\n" + b"".join(lines)
)
EXAMPLES = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mails(data: bytes, begin: int = 0) -> list[bytes]:
    spans = list(box.spans(io.BytesIO(data), begin, len(data)))
    return [mbox.unwrapped(data[at : at + length]) for at, length in spans]


@given(BOXES)
@EXAMPLES
def test_the_mails_are_those_of_the_parser(data: bytes) -> None:
    assert mails(data) == list(mbox.split(data))


@given(BOXES, st.integers(20, 90))
@EXAMPLES
def test_however_small_the_pieces_are(
    monkeypatch: pytest.MonkeyPatch, data: bytes, piece: int
) -> None:
    monkeypatch.setattr(box, "_CHUNK", piece)
    monkeypatch.setattr(mbox, "REACH", 64)
    assert mails(data) == list(mbox.split(data))


@given(BOXES, st.integers(0, 600))
@EXAMPLES
def test_an_mbox_that_grew_is_read_on_from_where_it_ended(data: bytes, cut: int) -> None:
    """Or it is said that it cannot be, and never lists a mail twice or not at all."""
    cut = min(cut, len(data))
    if mbox.is_mbox(data[:cut]) and box.resumes(io.BytesIO(data), cut, len(data)):
        parted = mails(data[:cut]) + mails(data, cut)
        assert [each.rstrip(b"\r\n") for each in parted] == [
            each.rstrip(b"\r\n") for each in mbox.split(data)
        ]


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    assert mails(data) == list(mbox.split(data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")))
    assert box.size_of(box.mark(io.BytesIO(data), len(data))) == len(data)


def test_leading_empty_lines_and_a_byte_order_mark() -> None:
    assert mails(b"\xef\xbb\xbf\n\r\n" + rd(ONE, TWO)) == [ONE, TWO]


def test_only_so_much_is_read_as_is_asked_for() -> None:
    data = rd(ONE, TWO)
    end = len(rd(ONE))
    assert [length for _, length in box.spans(io.BytesIO(data), 0, end)] == [end - len(SEPARATOR)]


def test_a_file_that_became_shorter_while_it_is_read() -> None:
    data = rd(ONE, TWO)
    assert len(list(box.spans(io.BytesIO(data), 0, len(data) + 1_000))) == 2


@pytest.mark.parametrize(
    ("more", "whole"),
    [
        (b"", True),
        (b"\n\n", True),
        (rd(TWO), True),
        (b"\n" + rd(TWO), True),
        (b"More of the last mail.\n", False),
        (b"From here on it is text.\n", False),
        (SEPARATOR, False),
    ],
)
def test_whether_an_mbox_resumes(more: bytes, whole: bool) -> None:
    data = rd(ONE)
    assert box.resumes(io.BytesIO(data + more), len(data), len(data + more)) is whole


def test_a_separator_needs_an_empty_line_above() -> None:
    cut = len(rd(ONE)) - 1
    data = rd(ONE)[:cut] + rd(TWO)
    assert not box.resumes(io.BytesIO(data), cut, len(data))


def test_a_mark_tells_of_changes(tmp_path: Path) -> None:
    data = bytes(1_000_000)
    before = box.mark(io.BytesIO(data), len(data))
    assert box.mark(io.BytesIO(data + b"more"), len(data)) == before
    for at in (0, 60_000, 200_000, 999_999):
        changed = data[:at] + b"x" * 60_000 + data[at + 60_000 :]
        assert box.mark(io.BytesIO(changed), len(data)) != before


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1:", ":1", "-1:2", "1:2:3", "²:1", "a:b", f"{1 << 70}:1"]
)
def test_what_is_no_place(text: str) -> None:
    assert box.place_of(text) == (0, 0)
    assert box.place_of(box.place(3, 4)) == (3, 4)


def test_memory_does_not_grow(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        for _ in range(30):
            file.write(rd(ONE + b"x" * 1_000_000 + b"\n"))
    with path.open("rb") as file:
        tracemalloc.start()
        count = sum(1 for _ in box.spans(file, 0, path.stat().st_size))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 30
    assert peak < 20 << 20
