"""The table for spreadsheets: whole, of one line a record, and without formulas."""

import csv
import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.csv import COLUMNS, LONGEST, day, safe, write
from reviewbot.sinks.audit.links import Links
from tests.sinks.audit.invented import Many, account, hostile, sighting


def table(sightings: Iterable[Sighting], links: Links | None = None) -> list[dict[str, str]]:
    stream = io.BytesIO()
    write(account(), list(sightings), stream, links)
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))


def test_a_record() -> None:
    (row,) = table([sighting(proofs=(Proof(Fate.FIXED, "v3@example.com"),), superseded=True)])
    assert tuple(row) == COLUMNS
    assert row["sent"] == "2010-01-01T00:00:00Z"
    assert row["rule"] == "get-without-put"
    assert (row["fate"], row["standing"]) == ("fixed", "confirmed")
    assert (row["path"], row["line"]) == ("drivers/vfio/pci/lumen/main.c", "218")
    assert row["superseded"] == "yes"
    assert row["proofs"] == "fixed v3@example.com"
    assert row["thread"] == "https://lore.kernel.org/r/2010000000.1-2@example.com/"


def test_the_text_is_the_line_pointed_at() -> None:
    (row,) = table([sighting()])
    assert row["text"] == "'+ lumen_get(lumen->host);"
    (without,) = table([sighting(quote=(), marked=3)])
    assert without["text"] == ""


def test_without_findings_there_are_headings() -> None:
    stream = io.BytesIO()
    write(account(), [], stream)
    assert stream.getvalue().decode() == ",".join(COLUMNS) + "\r\n"


def test_links_lead_where_they_are_told_to() -> None:
    (row,) = table([sighting(message_id="a@b")], Links("https://mails.example/"))
    assert row["thread"] == "https://mails.example/a@b/"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", " =1", "\r\n-1", "＝1", "＠x"])
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert safe(text).startswith("'")


def test_other_text_is_left_alone() -> None:
    assert safe("vfio: put it, once") == "vfio: put it, once"
    assert safe("") == ""
    assert len(safe("=" * 40_000)) == LONGEST + 1


@given(st.lists(hostile(), min_size=1, max_size=3))
def test_no_cell_begins_a_formula_or_a_line(sightings: list[Sighting]) -> None:
    stream = io.BytesIO()
    write(account(), sightings, stream)
    text = stream.getvalue().decode()
    assert text.count("\r\n") == text.count("\n") == len(sightings) + 1
    for row in table(sightings):
        for column, cell in row.items():
            number = column in ("line", "revision", "since")
            assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_findings_come_in_the_order_they_have() -> None:
    assert [row["message_id"] for row in table(Many(20))] == [one.message_id for one in Many(20)]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, ""), (1, "1970-01-01T00:00:01Z"), (1 << 60, ""), (-(1 << 60), "")],
)
def test_a_time_that_cannot_be_is_empty(seconds: int, expected: str) -> None:
    assert day(seconds) == expected
