"""Embedded: findings as rows that a page carries within itself, for its script.

Law: no text can end the element it stands in, begin another, or move a letter: `<`, `>` and `&` are written as
`\\uXXXX`, and what cannot be seen is made visible. A row is an array in the order of `COLUMNS`. Must not know
how the script shows it.

Source: HTML Living Standard, "Restrictions for contents of script elements"; the JSON is valid (RFC 8259).
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from reviewbot.model.finding import Channel, Severity
from reviewbot.model.printable import identifier, printable
from reviewbot.model.sighting import Fate, Sighting, Standing
from reviewbot.review.wrap import paragraphs
from reviewbot.sinks.audit.csv import day
from reviewbot.sinks.audit.links import Links

COLUMNS = (
    *("day", "sent", "rule", "severity", "channel", "list", "path", "line", "function", "symbol"),
    *("domain", "author", "fate", "standing", "subject", "id", "revision", "since", "superseded"),
    *("reason", "comment", "quote", "marked", "proofs", "lists"),
)
_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
# The longest line of a mail that is worth a look; more would only make the page heavy.
LONGEST_QUOTE = 400
LONGEST_COMMENT = 4_000


def pieces(sightings: Iterable[Sighting], links: Links, total: int) -> Iterator[str]:
    """The JSON of the findings and of what the script must know, a line for each finding.

    `total` is how many findings there are in all, `ranks` how the members of closed sets are sorted.
    """
    known = {
        "columns": COLUMNS,
        "total": total,
        "mails": links.mails,
        "commits": links.commits,
        "ranks": [kind.value for closed in (Severity, Channel, Fate, Standing) for kind in closed],
    }
    yield f'{{"about": {safe(known)},\n"rows": ['
    gap = "\n"
    for sighting in sightings:
        yield f"{gap}{safe(row(sighting))}"
        gap = ",\n"
    yield "\n]}"


def safe(value: object) -> str:
    """JSON that may stand in a script element; the text in it must be printable already."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return printable(text).translate(_MARKUP)


def row(sighting: Sighting) -> list[object]:
    """The values of one finding, in order of `COLUMNS`."""
    proofs = [
        [proof.fate.value, printable(proof.by), printable(proof.how)] for proof in sighting.proofs
    ]
    return [
        day(sighting.sent)[:10],
        sighting.sent,
        printable(sighting.rule),
        sighting.severity.value,
        sighting.channel.value,
        printable(sighting.archive),
        printable(sighting.path),
        sighting.line,
        printable(sighting.function),
        printable(sighting.symbol),
        printable(sighting.domain),
        printable(sighting.author),
        sighting.fate.value,
        sighting.standing.value,
        printable(sighting.subject),
        identifier(sighting.message_id),
        sighting.revision,
        sighting.since,
        int(sighting.superseded),
        printable(sighting.reason),
        "\n\n".join(spoken(sighting.comment)),
        "\n".join(quoted(sighting.quote)),
        sighting.marked,
        proofs,
        printable(" ".join(sighting.lists)),
    ]


def spoken(comment: str) -> Sequence[str]:
    """The paragraphs of a comment."""
    return paragraphs(_cut(printable(comment), LONGEST_COMMENT))


def quoted(quote: Sequence[str]) -> Sequence[str]:
    """The lines of a quote, each in one line."""
    return [_cut(printable(line.replace("\n", " ")), LONGEST_QUOTE) for line in quote]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}..."
