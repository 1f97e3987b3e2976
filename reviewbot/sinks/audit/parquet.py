"""Sightings as Parquet, for questions over millions of them.

DuckDB reads the JSON Lines of `reviewbot/sinks/audit/jsonl.py` and writes the columns, both as streams.

Law: memory stays below `MEMORY`, no extension is fetched, and no other file is read. The only file that imports
duckdb: it is optional (`reviewbot[parquet]`). Must not know what the columns mean.

Source: DuckDB documentation, COPY, read_json, and Securing DuckDB.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from reviewbot.errors import OutputError
from reviewbot.sinks.audit import jsonl
from reviewbot.sinks.audit.account import Account, Sightings

MEMORY = "100MB"
ROWS = 8_192
# A line of a finding with the longest mails there are.
LONGEST_LINE = 16 << 20
COLUMNS = {
    **dict.fromkeys(("rule", "severity", "channel", "reason", "fate", "standing"), "VARCHAR"),
    **dict.fromkeys(("fingerprint", "archive", "message_id", "series_id"), "VARCHAR"),
    **dict.fromkeys(("subject", "author", "domain"), "VARCHAR"),
    **dict.fromkeys(("sent", "revision", "since"), "BIGINT"),
    **dict.fromkeys(("path", "function", "symbol"), "VARCHAR"),
    "line": "BIGINT",
    "comment": "VARCHAR",
    "quote": "VARCHAR[]",
    "marked": "BIGINT",
    "superseded": "BOOLEAN",
    "facts": "MAP(VARCHAR, VARCHAR)",
    "lists": "VARCHAR[]",
    "proofs": 'STRUCT(fate VARCHAR, "by" VARCHAR, how VARCHAR)[]',
}


def write(account: Account, sightings: Sightings, path: Path) -> None:
    """A file of these sightings; `sent` is a timestamp (UTC). Raises OutputError."""
    with TemporaryDirectory(prefix=".parquet-", dir=path.parent) as folder:
        lines = Path(folder) / "findings.jsonl"
        with lines.open("wb") as stream:
            jsonl.write(account, sightings, stream)
        copy(lines, path)


def copy(lines: Path, path: Path) -> None:
    """A file of the sightings that are in JSON Lines already. Raises OutputError."""
    read = "read_json(?, format = 'newline_delimited', columns = ?, maximum_object_size = ?)"
    chosen = "* REPLACE (to_timestamp(sent) AT TIME ZONE 'UTC' AS sent)"
    target = str(path).replace("'", "''")
    to = f"TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS})"
    try:
        with duckdb.connect(":memory:", config=_settings(path.parent)) as database:
            values = [str(lines), COLUMNS, LONGEST_LINE]
            database.execute(f"COPY (SELECT {chosen} FROM {read}) {to}", values)
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        raise OutputError(f"{path}: cannot be written: {first}") from None


def _settings(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": 1,
        "memory_limit": MEMORY,
        "preserve_insertion_order": True,
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
