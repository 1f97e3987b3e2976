"""The account of an audit, from the index and the journal.

Law: of the archives as the audit saw them; no clock, no path of this machine but what was asked for by name.
Must not know formats.
"""

from collections.abc import Iterator
from itertools import groupby

from reviewbot.review.kit import Kit
from reviewbot.run.audit.index import Index
from reviewbot.run.audit.journal import Journal
from reviewbot.run.audit.request import Pinned, Request
from reviewbot.run.audit.trouble import Trouble
from reviewbot.sinks.audit.account import (
    Account,
    ArchiveAccount,
    Example,
    FailureRow,
    RuleRow,
    TroubleCount,
)

_EXAMPLES = 20
_COUNTED = """
    SELECT count(*), coalesce(sum(role = 2), 0), coalesce(min(nullif(seconds, 0)), 0), coalesce(max(seconds), 0)
    FROM mail WHERE volume IN ({}) AND id <= ?
"""


def account(request: Request, kit: Kit, index: Index, journal: Journal) -> Account:
    """What an audit is beside its findings; the audit must have ended."""
    pinned = journal.pinned or Pinned(0, ())
    terms = request.terms
    return Account(
        sources=request.sources,
        archives=tuple(_archives(request, pinned, index, journal)),
        rules=tuple(
            RuleRow(
                rule.id,
                rule.severity,
                kit.channels.get(rule.id, rule.channel),
                rule.summary,
                f"docs/rules/{rule.id}.md",
            )
            for rule in sorted(kit.rules, key=lambda rule: rule.id)
        ),
        since=request.since,
        until=request.until,
        tree=", ".join((*terms.trees, *((terms.source,) if terms.source else ()))),
        program=request.program,
        troubles=tuple(_troubles(request, pinned, index, journal)),
        failures=tuple(
            FailureRow(one.rule, one.message_id, one.path, one.error) for one in journal.failures()
        ),
    )


def _archives(
    request: Request, pinned: Pinned, index: Index, journal: Journal
) -> Iterator[ArchiveAccount]:
    """One for each name; the epochs of a list are one archive."""
    counts = journal.counts()
    numbers: dict[str, list[int]] = {}
    for volume, span in zip(request.volumes, pinned.spans, strict=True):
        numbers.setdefault(volume.name, []).append(span.number)
    for name, found in numbers.items():
        listed = ",".join(map(str, found))
        ((mails, patches, first, last),) = index.rows(_COUNTED.format(listed), pinned.upto)
        yield ArchiveAccount(name, mails, patches, counts.get(f"series of {name}", 0), first, last)


def _troubles(
    request: Request, pinned: Pinned, index: Index, journal: Journal
) -> Iterator[TroubleCount]:
    """What could not be read or reviewed, and what was wrong with the patches that were."""
    found = sorted({*_unread(request, pinned, index), *journal.troubles()})
    for kind, group in groupby(found, key=lambda one: one.kind):
        each = list(group)
        yield TroubleCount(kind, len(each), tuple(map(_example, each[:_EXAMPLES])))
    for name, count in journal.counts().items():
        if name.startswith("problem "):
            yield TroubleCount(name.removeprefix("problem "), count)


def _unread(request: Request, pinned: Pinned, index: Index) -> Iterator[Trouble]:
    names = {
        span.number: volume.name for volume, span in zip(request.volumes, pinned.spans, strict=True)
    }
    listed = ",".join(map(str, names))
    query = f"SELECT kind, volume, place, detail FROM trouble WHERE volume IN ({listed})"
    for kind, volume, place, detail in index.rows(query):
        yield Trouble(kind, names[volume], place, detail)


def _example(trouble: Trouble) -> Example:
    return Example(f"{trouble.archive} {trouble.place}", trouble.detail)
