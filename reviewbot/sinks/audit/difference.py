"""A difference of two audits as text, Markdown or JSON.

Law: the same facts in each format; what is too long for people is counted, never dropped silently, and JSON has
all of it. Must not know how audits are compared.
"""

from collections.abc import Iterator, Sequence

import msgspec

from reviewbot.model.printable import header
from reviewbot.model.sighting import Sighting
from reviewbot.sinks.audit.csv import day
from reviewbot.sinks.audit.diff import Change, Difference, Lone
from reviewbot.sinks.audit.links import Links
from reviewbot.sinks.audit.markdown import precision
from reviewbot.sinks.audit.markup import code, link, table, words
from reviewbot.sinks.audit.score import Score
from reviewbot.sinks.findings_json import encoded

SCHEMA = "reviewbot-audit-diff/1"
SHOWN = 50
_WIDEST = 200


def as_json(difference: Difference) -> Iterator[str]:
    """One JSON object: `new` and `gone` findings with `why`, `changes` from `before` to `after`, `rules`."""
    plain = {"schema": SCHEMA, **msgspec.to_builtins(difference)}
    yield encoded(plain, indent=2) + "\n"


def as_text(difference: Difference, most: int = SHOWN) -> Iterator[str]:
    """Lines for a terminal, at most so many of each kind."""
    yield f"{_summary(difference)}\n"
    for title, rows in (
        ("New", [_lone_line(lone) for lone in difference.new[:most]]),
        ("Gone", [_lone_line(lone) for lone in difference.gone[:most]]),
        ("Came to another fate", [_change_line(change) for change in difference.changes[:most]]),
    ):
        if rows:
            yield f"\n{title}:\n"
            yield from (f"  {row}\n" for row in rows)
            yield from (f"  and {more:,} more\n" for more in _more(title, difference, most))
    if difference.rules:
        yield "\nPrecision:\n"
    for rule in difference.rules:
        yield f"  {header(rule.rule, 60)}: {_score(rule.before)} -> {_score(rule.after)}\n"


def as_markdown(
    difference: Difference, links: Links | None = None, most: int = SHOWN
) -> Iterator[str]:
    """A page of tables, at most so many rows of each kind."""
    links = links or Links()
    yield f"# Two audits compared\n\n{_summary(difference)}\n"
    for title, found in (("New", difference.new), ("Gone", difference.gone)):
        if found:
            rows = ((*_cells(lone.sighting, links), lone.why.value) for lone in found[:most])
            yield f"\n## {title}\n\n{table((*_HEADINGS, 'Why'), rows)}"
            yield from (f"\nand {more:,} more\n" for more in _more(title, difference, most))
    if difference.changes:
        changes = (
            (*_cells(c.after, links), c.before.fate.value, c.after.fate.value)
            for c in difference.changes[:most]
        )
        yield f"\n## Came to another fate\n\n{table((*_HEADINGS, 'Before', 'Now'), changes)}"
        yield from (f"\nand {more:,} more\n" for more in _more("", difference, most))
    if difference.rules:
        scores = (
            [words(r.rule)]
            + [f"{score.fires:,}" for score in (r.before, r.after)]
            + [precision(score) for score in (r.before, r.after)]
            for r in difference.rules
        )
        headings = ("Rule", "Findings before", "now", "Precision before", "now")
        yield f"\n## Rules\n\n{table(headings, scores, (1, 2))}"


_HEADINGS = ("Sent", "Rule", "Place", "Subject")


def _cells(sighting: Sighting, links: Links) -> tuple[str, ...]:
    line = f":{sighting.line}" if sighting.line > 0 else ""
    where = code(f"{sighting.path or 'commit message'}{line}")
    return (
        day(sighting.sent)[:10],
        words(sighting.rule),
        link(where, links.mail(sighting.message_id)),
        code(sighting.subject, 120),
    )


def _summary(difference: Difference) -> str:
    return (
        f"{len(difference.new):,} new, {len(difference.gone):,} gone, {len(difference.changes):,} came to "
        f"another fate, {difference.same:,} as before ({difference.carried:,} seen in a later revision now)."
    )


def _more(title: str, difference: Difference, most: int) -> Iterator[int]:
    """How many are not shown, if there are any."""
    every: dict[str, Sequence[object]] = {"New": difference.new, "Gone": difference.gone}
    count = len(every.get(title, difference.changes)) - most
    if count > 0:
        yield count


def _lone_line(lone: Lone) -> str:
    why = f" ({lone.why.value})" if lone.why.value else ""
    return f"{_line(lone.sighting)}{why}"


def _change_line(change: Change) -> str:
    proof = change.after.proofs[0]
    by = f" by {header(proof.by, 100)}" if proof.by else ""
    return f"{_line(change.after)}: {change.before.fate.value} -> {change.after.fate.value}{by}"


def _line(sighting: Sighting) -> str:
    line = f":{sighting.line}" if sighting.line > 0 else ""
    where = f"{sighting.path or 'commit message'}{line}"
    told = f"{day(sighting.sent)[:10]} {sighting.rule} {where} <{sighting.message_id}>"
    return header(told, _WIDEST)


def _score(score: Score) -> str:
    return precision(score) or f"{score.fires:,} undecided"
