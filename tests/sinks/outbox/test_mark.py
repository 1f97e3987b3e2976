from pathlib import Path

import pytest

from reviewbot.errors import OutputError
from reviewbot.sinks.outbox.mark import FILE, Mark

ONE, TWO = "1" * 32, "2" * 32


def test_only_what_was_begun_and_nothing_else_is_begun(tmp_path: Path) -> None:
    mark = Mark(tmp_path)
    assert not mark.is_begun(ONE)
    mark.begin(ONE)
    assert mark.is_begun(ONE)
    assert not mark.is_begun(TWO)
    mark.over(ONE)
    assert not mark.is_begun(ONE)
    mark.begin(TWO)
    assert Mark(tmp_path).is_begun(TWO)
    assert not mark.is_begun(ONE)


@pytest.mark.parametrize(
    "text", [b"", b"begun", b"begun " + b"1" * 31, b"\xff", b"begun 1\nbegun 2\n"]
)
def test_a_mark_that_cannot_be_read_proves_nothing(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE).write_bytes(text)
    assert not Mark(tmp_path).is_begun(ONE)
    Mark(tmp_path).begin(ONE)
    assert Mark(tmp_path).is_begun(ONE)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    Mark(tmp_path).begin(ONE)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_no_place_for_a_mark(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        Mark(tmp_path / "absent").begin(ONE)
