"""The ledger: one line for each claim, in forms that others read."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.entry import Query
from reviewbot.sinks.outbox.ledger import SCHEMA, Line, as_csv, as_json, lines
from reviewbot.sinks.outbox.outbox import Outbox
from tests.letters import MINUTE, WHEN, brought, letter

ALL = Query()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path) as made:
        yield made


def table(found: list[Line]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(as_csv(found)), newline="")))


def test_a_line_for_each_claim(outbox: Outbox) -> None:
    one = letter("a-rule", "b-rule", revision=2)
    key = brought(outbox, one, Stage.SENT)
    first, second = lines(outbox, ALL)
    assert (first.rule, second.rule) == ("a-rule", "b-rule")
    assert first.fingerprint == "a-rule-fingerprint"
    (entry,) = outbox.letters()
    assert (first.letter, first.patch) == (key, "1@example.org")
    assert first.message_id == entry.letter.message_id
    assert (first.stage, first.when, first.why) == (Stage.SENT, WHEN + 3 * MINUTE, "to sent")
    assert (first.revision, first.lists) == (2, ("kvm.vger.kernel.org",))
    assert (first.to, first.approved_by) == (("author@example.org",), "somebody")


def test_only_what_the_rule_said(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule", "b-rule"), Stage.SENT)
    assert [line.rule for line in lines(outbox, Query(rule="b-*"))] == ["b-rule"]


def test_only_since(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule"), Stage.SENT)
    brought(outbox, letter("b-rule", parent="2@x"), Stage.SENT, WHEN + 10 * MINUTE)
    assert [line.rule for line in lines(outbox, ALL, WHEN + 5 * MINUTE)] == ["b-rule"]


def test_who_approved_is_not_who_did_before_it_was_held_again(outbox: Outbox) -> None:
    key = brought(outbox, letter(), Stage.APPROVED)
    outbox.edit(key, "Mine.\n", "x", WHEN)
    (line,) = lines(outbox, ALL)
    assert (line.approved_by, line.edited) == ("", True)
    outbox.move(key, Stage.HELD, Stage.APPROVED, "another", WHEN)
    outbox.move(key, Stage.APPROVED, Stage.SENDING, "robot", WHEN)
    outbox.move(key, Stage.SENDING, Stage.APPROVED, "robot", WHEN)
    (line,) = lines(outbox, ALL)
    assert line.approved_by == "another"


def test_as_json(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule", subject="\x1b[2J\u202e"), Stage.SENT)
    text = as_json(lines(outbox, ALL))
    assert "\x1b" not in text and "\u202e" not in text
    read = json.loads(text)
    assert read["schema"] == SCHEMA
    (line,) = read["lines"]
    assert list(line) == list(Line.__struct_fields__)
    assert (line["subject"], line["stage"]) == ("\x1b[2J\u202e", "sent")
    assert datetime.fromisoformat(line["when"]) == WHEN + 3 * MINUTE


def test_as_csv(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule", list_ids=("a.x", "b.x")), Stage.SENT)
    (row,) = table([*lines(outbox, ALL)])
    assert tuple(row) == Line.__struct_fields__
    assert (row["lists"], row["edited"], row["stage"]) == ("a.x b.x", "no", "sent")
    assert row["when"] == "2026-03-09T08:03:00+00:00"


@pytest.mark.parametrize("subject", ['=cmd|"/c calc"!A1', "+1", "-1", "@x", '"a",\nb\x1b[31m'])
def test_a_cell_of_a_stranger_is_text(outbox: Outbox, subject: str) -> None:
    brought(outbox, letter(subject=subject), Stage.SENT)
    (row,) = table([*lines(outbox, ALL)])
    assert row["subject"][0] not in "=+-@"
    assert "\x1b" not in row["subject"] and "\n" not in row["subject"]


def test_nothing_at_all() -> None:
    assert json.loads(as_json([])) == {"schema": SCHEMA, "lines": []}
    assert table([]) == []
