"""The report of an audit in short, for the terminal: how much was read, and how each rule came out.

Law: only what the report says too. Must not know how findings were counted.
"""

from collections.abc import Iterator
from typing import TextIO

from reviewbot.commands.tables import show
from reviewbot.sinks.audit.account import Account
from reviewbot.sinks.audit.markdown import precision
from reviewbot.sinks.audit.tables import Tables

HEADINGS = ("rule", "findings", "confirmed", "contradicted", "unknown", "precision")


def summary(account: Account, tables: Tables, stream: TextIO) -> None:
    """Write the report in short."""
    stream.writelines(f"{line}\n" for line in _read(account, tables))
    if tables.rules:
        stream.write("\n")
        show(HEADINGS, _rows(tables), stream)


def _read(account: Account, tables: Tables) -> Iterator[str]:
    found = _counted(tables.score.fires, "finding")
    yield (
        f"{account.mails:,} mails, {account.patches:,} of them with a diff;"
        f" {account.series:,} series reviewed in which a rule may fire; {found}"
    )
    if account.failures:
        crashed = _counted(len(account.failures), "crash", "crashes")
        yield f"{crashed} of rules: see the report, and please tell us"
    unread = sum(one.count for one in account.troubles)
    if unread:
        yield f"{_counted(unread, 'trouble')} with mails and patches: see the report"


def _rows(tables: Tables) -> Iterator[tuple[str, ...]]:
    for one in tables.rules:
        score = one.score
        numbers = (score.fires, score.confirmed, score.contradicted, score.unknown)
        yield (one.rule, *(f"{number:,}" for number in numbers), precision(score))


def _counted(count: int, word: str, words: str = "") -> str:
    return f"{count:,} {word if count == 1 else words or word + 's'}"
