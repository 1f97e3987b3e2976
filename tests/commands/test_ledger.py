"""`reviewbot ledger`: what was said where."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.outbox import Outbox
from tests.letters import WHEN, brought, letter


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outbox]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Outbox(state_folder()) as opened:
        yield opened


def filled(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule", "b-rule"), Stage.SENT)
    brought(
        outbox, letter("a-rule", parent="2@x", list_ids=(), to=(), series="s@x"), Stage.UNDECIDED
    )
    brought(outbox, letter("c-rule", parent="3@x"), Stage.HELD)


def rules(capsys, *options: str) -> list[str]:
    assert run(["ledger", "--format", "json", *options]) == ExitCode.OK
    return [line["rule"] for line in json.loads(capsys.readouterr().out)["lines"]]


def test_a_table_for_people(outbox: Outbox, capsys) -> None:
    filled(outbox)
    assert run(["ledger"]) == ExitCode.OK
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["when", "stage", "list", "rule", "about", "answers"]
    cells = [row.split()[2:6] for row in rows]
    assert cells == [
        ["sent", "kvm", "a-rule", "bar"],
        ["sent", "kvm", "b-rule", "bar"],
        ["undecided", "author@example.org", "a-rule", "bar"],
    ]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["a-rule", "b-rule", "a-rule"]),
        (["--all"], ["c-rule", "a-rule", "b-rule", "a-rule"]),
        (["--rule", "b-*"], ["b-rule"]),
        (["--list", "kvm"], ["a-rule", "b-rule"]),
        (["--series", "s@x"], ["a-rule"]),
        (["--since", "2026-03-09"], ["a-rule", "b-rule", "a-rule"]),
        (["--since", "2026-03-11"], []),
    ],
)
def test_only_what_is_asked_for(
    outbox: Outbox, options: list[str], found: list[str], capsys
) -> None:
    filled(outbox)
    assert rules(capsys, *options) == found


def test_csv_into_a_file(outbox: Outbox, tmp_path: Path, capsys) -> None:
    filled(outbox)
    path = tmp_path / "said.csv"
    assert run(["ledger", "--format", "csv", "--output", str(path)]) == ExitCode.OK
    assert capsys.readouterr().out == ""
    with path.open(newline="") as file:
        assert [row["rule"] for row in csv.DictReader(file)] == ["a-rule", "b-rule", "a-rule"]


def test_a_day_that_is_none(capsys) -> None:
    assert run(["ledger", "--since", "yesterday"]) == ExitCode.USAGE


def test_nothing_was_said(capsys) -> None:
    assert run(["ledger"]) == ExitCode.OK
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_nothing_of_a_stranger_reaches_the_terminal(outbox: Outbox, capsys) -> None:
    brought(outbox, letter(subject="\x1b[2J\u202e", list_ids=("\x9b1m",)), Stage.SENT, WHEN)
    for form in ("table", "json", "csv"):
        run(["ledger", "--format", form])
        assert not set(capsys.readouterr().out) & set("\x1b\u202e\x9b")
