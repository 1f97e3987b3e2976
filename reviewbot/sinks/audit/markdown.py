"""The report of an audit as Markdown: to be read in a terminal, put into a wiki or sent by mail.

Law: what strangers wrote is escaped or stands as code. The newest findings of each rule are listed, the rest
counted, so that the page does not grow with the archive. Must not know the page for browsers.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.account import Account, Sightings, TroubleCount
from reviewbot.sinks.audit.csv import day
from reviewbot.sinks.audit.links import Links, web
from reviewbot.sinks.audit.markup import code, link, prose, table, words
from reviewbot.sinks.audit.score import Score
from reviewbot.sinks.audit.tables import RuleCount, Share, Tables, counted

LISTED = 25
ROWS = 20
_SHARES = ("Findings", "Confirmed", "Contradicted", "Unknown", "Precision")


def write(
    account: Account,
    sightings: Sightings,
    stream: BinaryIO,
    links: Links | None = None,
    tables: Tables | None = None,
) -> None:
    """The report, in UTF-8; `tables` are those of `sightings` where they are there already."""
    tables = tables or counted(sightings)
    newest: dict[str, deque[Sighting]] = {}
    for sighting in sightings:
        newest.setdefault(sighting.rule, deque(maxlen=LISTED)).append(sighting)
    for part in _parts(account, tables, newest, links or Links()):
        stream.write(f"{part}\n".encode())


def precision(score: Score) -> str:
    """A rule's precision with what it is made of: `87 % of 52 (75–94 %)`, empty where nothing is decided."""
    if score.precision is None:
        return ""
    low, high = score.interval
    return (
        f"{100 * score.precision:.0f} % of {score.decided:,} ({100 * low:.0f}–{100 * high:.0f} %)"
    )


def _parts(
    account: Account, tables: Tables, newest: Mapping[str, Iterable[Sighting]], links: Links
) -> Iterator[str]:
    yield _head(account, tables)
    yield "## How often each rule is right\n"
    yield (
        "Precision is the share of the confirmed (fixed, or named by a person) among those that were decided "
        "either way, with the 95 % interval; contradicted is what was merged as it was.\n"
    )
    yield _rules(tables)
    yield "## Archives\n"
    yield _archives(account, tables)
    for title, shares in (
        ("Lists", tables.lists),
        ("Paths", tables.paths),
        ("Domains of authors", tables.domains),
    ):
        yield f"## {title}\n"
        yield _shares(title, shares)
    yield "## Series with the most findings\n"
    yield _series(tables, links)
    if account.troubles or account.failures:
        yield "## What could not be read\n"
        yield from _troubles(account)
    yield "## Findings\n"
    described = {row.id: row for row in account.rules}
    for count in tables.rules:
        yield f"### {words(count.rule)}\n"
        if row := described.get(count.rule):
            page = link("Documentation", web(row.page)) if web(row.page) else ""
            yield f"{prose(row.summary)} {page}".rstrip() + "\n"
        yield f"{_cases(count, links)}.\n"
        yield from _findings(count, list(newest.get(count.rule, ())), links)


def _head(account: Account, tables: Tables) -> str:
    names = ", ".join(code(archive.name) for archive in account.archives) or "no archive"
    score = tables.score
    rate = f", {precision(score)} right" if score.decided else ""
    program = f" of reviewbot {words(account.program)}" if account.program else ""
    bounds = [
        f"{name} {day(when)[:10]}"
        for name, when in (("since", account.since), ("until", account.until))
        if when
    ]
    return (
        f"# Audit of {names}\n\n"
        f"{account.mails:,} mails, {account.patches:,} of them patches; {account.series:,} series reviewed by "
        f"{len(account.rules)} rules{program}{', ' if bounds else ''}{' '.join(bounds)}.\n\n"
        f"**{score.fires:,} findings**: {score.confirmed:,} confirmed, {score.contradicted:,} contradicted, "
        f"{score.unknown:,} unknown{rate}.\n"
    )


def _rules(tables: Tables) -> str:
    rows = (
        [words(c.rule), _n(c.score.fires), _n(c.mailed.fires), *_came(c.score)]
        for c in tables.rules
    )
    return table(("Rule", "Findings", "To be mailed", *_SHARES[1:]), rows, range(1, 6))


def _came(score: Score) -> list[str]:
    counts = (score.confirmed, score.contradicted, score.unknown)
    return [*map(_n, counts), precision(score)]


def _cases(count: RuleCount, links: Links) -> str:
    """The fates of a rule's findings, each with links to the newest few."""
    parts = []
    for fate in Fate:
        samples = count.samples.get(fate, ())
        found = (links.mail(sample.message_id) for sample in samples)
        shown = " ".join(link(str(n), to) for n, to in enumerate(filter(None, found), 1))
        if samples:
            parts.append(f"{fate.value} {_n(count.fates[fate])} {shown}".rstrip())
    return "; ".join(parts)


def _archives(account: Account, tables: Tables) -> str:
    found = {share.name: share.score.fires for share in tables.archives}
    rows = (
        [code(a.name), day(a.first)[:10], day(a.last)[:10]]
        + [_n(n) for n in (a.mails, a.patches, a.series, found.get(a.name, 0))]
        for a in account.archives
    )
    headings = (
        "Archive",
        "First mail",
        "Last mail",
        "Mails",
        "Patches",
        "Series reviewed",
        "Findings",
    )
    return table(headings, rows, range(3, 7))


def _shares(title: str, shares: Sequence[Share]) -> str:
    rows = [[code(s.name), _n(s.score.fires), *_came(s.score)] for s in shares[:ROWS]]
    rest = sum((share.score for share in shares[ROWS:]), Score())
    if rest.fires:
        rows.append([f"{_n(len(shares) - ROWS)} more", _n(rest.fires), *_came(rest)])
    return table((title, *_SHARES), rows, range(1, 5))


def _series(tables: Tables, links: Links) -> str:
    rows = (
        (
            day(b.sent)[:10],
            link(code(b.title), links.mail(b.series_id)),
            code(b.author or b.domain),
            code(b.archive),
            _n(b.count),
            _n(b.confirmed),
            ", ".join(map(words, b.rules)),
        )
        for b in tables.series
    )
    headings = ("Sent", "First patch with a finding", "Author", "Archive", "Findings", "Confirmed")
    return table((*headings, "Rules"), rows, (4, 5))


def _troubles(account: Account) -> Iterator[str]:
    if account.troubles:
        rows = ((words(t.kind), _n(t.count), _examples(t)) for t in account.troubles)
        yield table(("What", "How often", "For example"), rows, (1,))
    if account.failures:
        yield f"{len(account.failures):,} times a rule crashed; the others went on.\n"
        failures = account.failures[:ROWS]
        crashes = ([words(f.rule), code(f.path or f.message_id), code(f.error)] for f in failures)
        yield table(("Rule", "On", "Error"), crashes)


def _examples(trouble: TroubleCount) -> str:
    return "; ".join(f"{code(case.place)}: {code(case.detail)}" for case in trouble.examples)


def _findings(count: RuleCount, newest: Sequence[Sighting], links: Links) -> Iterator[str]:
    for sighting in reversed(newest):
        yield _finding(sighting, links)
    if count.score.fires > len(newest):
        yield f"- and {_n(count.score.fires - len(newest))} older ones, see `findings.jsonl`"
    yield ""


def _finding(sighting: Sighting, links: Links) -> str:
    place = sighting.path or "commit message"
    line = f":{sighting.line}" if sighting.line > 0 else ""
    where = link(code(f"{place}{line}"), links.mail(sighting.message_id))
    proofs = ", ".join(_proof(proof, links) for proof in sighting.proofs)
    subject = code(sighting.subject, 120)
    comment = words(sighting.comment, 600)
    return (
        f"- {day(sighting.sent)[:10] or 'no date'} {where} in {subject or 'a patch without a subject'} "
        f"({sighting.channel.value}). {comment} **{sighting.standing.value}**: {proofs}"
    )


def _proof(proof: Proof, links: Links) -> str:
    shown = link(proof.fate.value, links.proof(proof.by))
    return f"{shown} ({code(proof.how)})" if proof.how else shown


def _n(count: int) -> str:
    return f"{count:,}"
