"""The folder of an audit: the same findings in every format, and the account of the audit.

Law: a file has its name only when it is whole, and all are renamed together at the end: who is stopped before
leaves the last report as it was. Without `names` no author is in any file but by domain. Must not know how the
audit was run.
"""

import os
from collections.abc import Callable, Collection, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from reviewbot.errors import InputError, OutputError, UsageError
from reviewbot.model.sighting import Sighting
from reviewbot.sinks.audit import csv, html, jsonl, markdown, sarif
from reviewbot.sinks.audit.account import Account, Audit, Sightings
from reviewbot.sinks.audit.html import Look
from reviewbot.sinks.audit.jsonl import Stored
from reviewbot.sinks.audit.tables import Tables, counted
from reviewbot.sinks.findings_json import encoded

SCHEMA = "reviewbot-audit/1"
ACCOUNT = "account.json"
FINDINGS = "findings.jsonl"
FILES = {
    "html": "report.html",
    "markdown": "report.md",
    "csv": "findings.csv",
    "jsonl": FINDINGS,
    "sarif": "findings.sarif",
    "parquet": "findings.parquet",
}
USUAL = ("html", "markdown", "csv", "jsonl", "sarif")
PARQUET = "reviewbot.sinks.audit.parquet"
MISSING = "Parquet is written by duckdb, which is not installed"

Writer = Callable[[BinaryIO], None]


class Nameless(Struct, frozen=True):
    """Sightings without the names of authors."""

    sightings: Sightings

    def __iter__(self) -> Iterator[Sighting]:
        """The same ones in the same order."""
        return (replace(sighting, author="") for sighting in self.sightings)


def write_report(
    folder: Path,
    account: Account,
    sightings: Sightings,
    look: Look,
    formats: Collection[str] = USUAL,
    names: bool = False,
) -> Tables:
    """Write the formats (keys of `FILES`) and `account.json` into `folder`; returns what was counted.

    Findings in JSON Lines are written in any case, since the next audit is held against them. Raises
    UsageError for an unknown format and where a package is missing, OutputError, TemplateError.
    """
    parquet = _parquet(formats)
    shown = sightings if names else Nameless(sightings)
    tables = counted(shown)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _Parts(folder) as parts:
            for name, write in _writers(account, shown, look, tables, formats).items():
                parts.write(name, write)
            if parquet:
                parquet.copy(parts.path(FINDINGS), parts.path(FILES["parquet"]))
            parts.finish()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None
    return tables


def read_report(folder: Path) -> Audit:
    """The audit that `write_report` wrote. Raises InputError, at once or while its findings are read."""
    try:
        plain = msgspec.json.decode((folder / ACCOUNT).read_bytes())
        kind = plain.pop("schema", "") if isinstance(plain, dict) else ""
        if kind != SCHEMA:
            raise InputError(f"{folder / ACCOUNT}: not of an audit that can be read ({SCHEMA})")
        account = msgspec.convert(plain, Account)
    except OSError as error:
        hint = "Name a folder that `reviewbot audit --report` wrote."
        raise InputError(f"{folder / ACCOUNT}: {error.strerror}", hint) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{folder / ACCOUNT}: not an account of an audit: {error}") from None
    return Audit(account, Stored(folder / FINDINGS))


def _parquet(formats: Collection[str]) -> Any:
    """The module that writes Parquet, None where it is not wanted."""
    unknown = sorted(set(formats) - FILES.keys())
    if unknown:
        known = ", ".join(FILES)
        raise UsageError(f"{unknown[0]}: no format of a report", f"There are {known}.")
    if "parquet" not in formats:
        return None
    try:
        return import_module(PARQUET)
    except ModuleNotFoundError as error:
        if error.name != "duckdb":
            raise
        raise UsageError(MISSING, "pip install 'reviewbot[parquet]'") from None


def _writers(
    account: Account, shown: Sightings, look: Look, tables: Tables, formats: Collection[str]
) -> dict[str, Writer]:
    """What writes each file, by its name."""
    links = look.links
    writers: dict[str, Writer] = {
        "jsonl": partial(jsonl.write, account, shown),
        "csv": partial(csv.write, account, shown, links=links),
        "sarif": partial(sarif.write, account, shown, links=links),
        "markdown": partial(markdown.write, account, shown, links=links, tables=tables),
        "html": partial(html.write, account, shown, look=look, tables=tables),
    }
    wanted = {FILES[kind]: writers[kind] for kind in writers if kind in (*formats, "jsonl")}
    return {ACCOUNT: partial(_write_account, account), **wanted}


def _write_account(account: Account, stream: BinaryIO) -> None:
    plain = {"schema": SCHEMA, **msgspec.to_builtins(account)}
    stream.write(f"{encoded(plain, indent=2)}\n".encode())


class _Parts:
    """Files of a folder that have not got their names yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[str, Path] = {}

    def __enter__(self) -> "_Parts":
        # Who was killed before could not clear up.
        for name in (ACCOUNT, *FILES.values()):
            for left in self._folder.glob(f".{name}.*.part"):
                left.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Where a file lies until all are written."""
        return self._parts.setdefault(name, self._folder / f".{name}.{os.getpid()}.part")

    def write(self, name: str, write: Writer) -> None:
        with self.path(name).open("wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())

    def finish(self) -> None:
        for name, part in self._parts.items():
            part.replace(self._folder / name)
        self._parts = {}
