"""Parquet: the same findings, as columns."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.errors import OutputError
from reviewbot.model.sighting import Fate, Proof, Sighting
from tests.sinks.audit.invented import Many, account, hostile, sighting
from tests.test_architecture import importers

duckdb = pytest.importorskip("duckdb", reason="duckdb (reviewbot[parquet]) is not installed")
parquet = pytest.importorskip("reviewbot.sinks.audit.parquet")


def written(sightings: Iterable[Sighting], folder: Path) -> Path:
    path = folder / "findings.parquet"
    parquet.write(account(), list(sightings), path)
    return path


def asked(question: str, path: Path) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = duckdb.execute(question, [str(path)]).fetchall()
    return found


def test_each_field_is_a_column(tmp_path: Path) -> None:
    proofs = (Proof(Fate.MERGED, "0123456789ab", "the tree has it"), Proof(Fate.KEPT))
    one = sighting(proofs=proofs, superseded=True)
    path = written([one], tmp_path)
    columns = "rule, sent, line, superseded, quote, facts, lists, proofs, fate, standing"
    assert asked(f"SELECT {columns} FROM read_parquet(?)", path) == [
        (
            "get-without-put",
            datetime(2010, 1, 1),
            218,
            True,
            list(one.quote),
            {"get": "lumen_get", "lines": "3"},
            list(one.lists),
            [
                {"fate": "merged", "by": "0123456789ab", "how": "the tree has it"},
                {"fate": "kept", "by": "", "how": ""},
            ],
            "merged",
            "contradicted",
        )
    ]


def test_findings_keep_their_order_and_number(tmp_path: Path) -> None:
    path = written(Many(3_000), tmp_path)
    ids = asked("SELECT message_id FROM read_parquet(?)", path)
    assert [message_id for (message_id,) in ids] == [one.message_id for one in Many(3_000)]


def test_without_findings_there_are_columns(tmp_path: Path) -> None:
    path = written([], tmp_path)
    names = [row[0] for row in asked("DESCRIBE SELECT * FROM read_parquet(?)", path)]
    assert sorted(names) == sorted(parquet.COLUMNS)


def test_two_files_of_the_same_findings_are_the_same(tmp_path: Path) -> None:
    first = written(Many(500), tmp_path).read_bytes()
    assert written(Many(500), tmp_path).read_bytes() == first


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    odd = tmp_path / "it's; a folder"
    odd.mkdir()
    written(Many(5), odd)
    assert [path.name for path in odd.iterdir()] == ["findings.parquet"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(hostile(), min_size=1, max_size=4))
def test_every_text_comes_back(tmp_path: Path, sightings: list[Sighting]) -> None:
    usual = [s for s in sightings if 0 <= s.sent < 1 << 40]
    path = written(usual, tmp_path)
    found = asked("SELECT rule, subject, comment, quote FROM read_parquet(?)", path)
    assert found == [(s.rule, s.subject, s.comment, list(s.quote)) for s in usual]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    lines = tmp_path / "findings.jsonl"
    lines.write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        parquet.copy(lines, tmp_path / "none" / "findings.parquet")


def test_one_file_imports_duckdb() -> None:
    assert importers("duckdb") == ["reviewbot/sinks/audit/parquet.py"]
