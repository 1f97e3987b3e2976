"""The folder of an audit: whole or as it was."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import InputError, OutputError, UsageError
from reviewbot.model.sighting import Sighting
from reviewbot.sinks.audit.account import Account
from reviewbot.sinks.audit.folder import FILES, SCHEMA, USUAL, read_report, write_report
from reviewbot.sinks.audit.html import Look
from reviewbot.sinks.audit.tables import counted
from tests.sinks.audit.invented import Many, account, sighting

LOOK = Look((Path(__file__).resolve().parents[3] / "templates",))


class Broken:
    """Sightings whose store fails in the middle, the second time one goes through them."""

    def __init__(self) -> None:
        self.times = 0

    def __iter__(self) -> Iterator[Sighting]:
        self.times += 1
        yield sighting()
        if self.times > 1:
            raise InputError("the journal is damaged")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_usual_format_is_there(tmp_path: Path) -> None:
    tables = write_report(tmp_path / "a" / "report", account(), Many(30), LOOK)
    assert names(tmp_path / "a" / "report") == {FILES[kind] for kind in USUAL} | {"account.json"}
    assert tables == counted([*read_report(tmp_path / "a" / "report").sightings])


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_report(tmp_path, account(), Many(30), LOOK, ["csv"], names=True)
    assert names(tmp_path) == {"findings.csv", "findings.jsonl", "account.json"}
    audit = read_report(tmp_path)
    assert audit.account == account()
    assert list(audit.sightings) == list(Many(30))


def test_two_reports_of_one_audit_are_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_report(tmp_path / name, account(), Many(60), LOOK)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_authors_are_named_only_if_asked_for(tmp_path: Path) -> None:
    write_report(tmp_path / "no", account(), Many(40), LOOK)
    write_report(tmp_path / "yes", account(), Many(40), LOOK, names=True)
    for path in (tmp_path / "no").iterdir():
        assert "Author Number" not in path.read_text()
    for kind in USUAL:
        assert "Author Number" in (tmp_path / "yes" / FILES[kind]).read_text()


def test_parquet_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb (reviewbot[parquet]) is not installed")
    write_report(tmp_path, account(), Many(30), LOOK, ["parquet"])
    path = tmp_path / "findings.parquet"
    assert duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall() == [(30,)]
    assert names(tmp_path) == {"findings.parquet", "findings.jsonl", "account.json"}


def test_a_package_that_is_missing_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.delitem(sys.modules, "reviewbot.sinks.audit.parquet", raising=False)
    with pytest.raises(UsageError, match="duckdb, which is not installed") as caught:
        write_report(tmp_path / "report", account(), Many(3), LOOK, ["html", "parquet"])
    assert caught.value.hint == "pip install 'reviewbot[parquet]'"
    assert not (tmp_path / "report").exists()


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pdf: no format"):
        write_report(tmp_path / "report", account(), Many(3), LOOK, ["pdf"])
    assert not (tmp_path / "report").exists()


def test_a_failure_leaves_the_last_report_as_it_was(tmp_path: Path) -> None:
    write_report(tmp_path, account(), Many(5), LOOK)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match="journal"):
        write_report(tmp_path, account(tree=""), Broken(), LOOK)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_one_left_that_was_killed_is_cleared_up(tmp_path: Path) -> None:
    """Parts of files that nobody will finish; what is not ours stays."""
    for name in (".report.html.4711.part", ".account.json.4711.part", ".notes.part"):
        (tmp_path / name).write_text("half of it")
    write_report(tmp_path, account(), Many(3), LOOK, ["jsonl"])
    assert {name for name in names(tmp_path) if name.endswith(".part")} == {".notes.part"}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(tmp_path / "file" / "report", account(), Many(3), LOOK)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not an account"),
        ("{}", "not of an audit that can be read"),
        ("[]", "not of an audit that can be read"),
        (json.dumps({"schema": "reviewbot-audit/9"}), "not of an audit that can be read"),
        (json.dumps({"schema": SCHEMA}), "not an account"),
    ],
)
def test_an_account_that_is_none_is_said(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "account.json").write_text(text)
    with pytest.raises(InputError, match=expected):
        read_report(tmp_path)


def test_a_folder_that_is_no_report_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file") as caught:
        read_report(tmp_path)
    assert "audit --report" in caught.value.hint


def test_an_account_adds_up() -> None:
    about = account()
    assert (about.mails, about.patches, about.series) == (314_020, 92_348, 14_449)
    assert Account((), (), ()).mails == 0
