"""JSON Lines: what is written is read back, and is safe to look at."""

import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from reviewbot.errors import InputError
from reviewbot.model.printable import printable
from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.jsonl import Stored, read, record, write
from tests.sinks.audit.invented import Many, account, hostile, sighting

PAGE = Path(__file__).resolve().parents[3] / "docs" / "audit-reports.md"


def written(sightings: Iterable[Sighting]) -> bytes:
    stream = io.BytesIO()
    write(account(), list(sightings), stream)
    return stream.getvalue()


def test_what_is_written_is_read_back() -> None:
    lines = written(Many(50)).splitlines(keepends=True)
    assert len(lines) == 50
    assert list(read(lines)) == list(Many(50))


@given(st.lists(hostile(), max_size=3))
def test_every_sighting_is_read_back_from_printable_lines(sightings: list[Sighting]) -> None:
    text = written(sightings)
    assert list(read(text.splitlines(keepends=True))) == sightings
    assert printable(text.decode()) == text.decode()
    assert text.count(b"\n") == len(sightings)


def test_a_lone_surrogate_is_all_that_is_lost() -> None:
    (back,) = read([written([sighting(path="a\udc80.c")])])
    assert back == sighting(path="a\ufffd.c")


def test_fate_and_standing_are_there_for_those_who_only_read_json() -> None:
    plain = json.loads(written([sighting(proofs=(Proof(Fate.NAMED, "2@example.org", "yes"),))]))
    assert (plain["fate"], plain["standing"]) == ("named", "confirmed")
    assert plain["proofs"] == [{"fate": "named", "by": "2@example.org", "how": "yes"}]
    assert plain["severity"] == "bug"


def test_each_field_is_documented() -> None:
    page = PAGE.read_text()
    names = record(sighting()).keys()
    assert names >= {field.name for field in fields(Sighting)}
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_fields_to_come_are_passed_over() -> None:
    plain = {**record(sighting()), "mood": "good"}
    assert list(read([json.dumps(plain).encode()])) == [sighting()]


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"{", b'{"rule": 1}', b"\xff"])
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    with pytest.raises(InputError, match=r"findings\.jsonl, line 2: not a finding"):
        list(read([written([sighting()]), line]))


def test_a_file_may_be_read_as_often_as_one_likes(tmp_path: Path) -> None:
    path = tmp_path / "findings.jsonl"
    path.write_bytes(written(Many(5)))
    stored = Stored(path)
    assert list(stored) == list(stored) == list(Many(5))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(Stored(tmp_path / "none"))
