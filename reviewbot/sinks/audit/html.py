"""The report of an audit as one page for a browser, which needs nothing but itself.

The page is whole without its script: tables, charts and the newest findings. The script shows all the others,
which the page carries as JSON.

Law: nothing is fetched, and nothing runs but the page's own script and style, which its policy names by their
hashes; text of strangers is text wherever it stands. Memory does not grow with the findings. Must not know
how they came about.

Source: W3C Content Security Policy Level 3, §8.4 (hashes) and HTML's `meta` element.
"""

from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from msgspec import Struct

from reviewbot.model.printable import printable
from reviewbot.model.sighting import Fate, Standing
from reviewbot.review.render import Pages
from reviewbot.sinks.audit import charts, embedded
from reviewbot.sinks.audit.account import Account, Sightings
from reviewbot.sinks.audit.csv import day
from reviewbot.sinks.audit.links import Links, web
from reviewbot.sinks.audit.score import Score
from reviewbot.sinks.audit.tables import Share, Tables, counted

PAGE = "audit/report.html.j2"
STYLE = "audit/report.css"
SCRIPT = "audit/report.js"
MOST = 20_000
STATIC = 50
ROWS = 15
# With fewer decided than this, a share in percent says more than is known.
FEW = 10


class Look(Struct, frozen=True, dict=True):
    """How a page is made: the folders of templates, where links lead, the most findings it carries."""

    templates: tuple[Path, ...]
    links: Links = Links()
    most: int = MOST

    @cached_property
    def pages(self) -> Pages:
        """The templates, read once."""
        return Pages(self.templates)


class Here(Struct, frozen=True):
    """Where in the page the findings go: no text that is shown can hold it, since it is not printable."""

    mark: str = "\0findings\0"

    def __html__(self) -> str:
        """What stands there until then."""
        return self.mark


def write(
    account: Account,
    sightings: Sightings,
    stream: BinaryIO,
    look: Look,
    tables: Tables | None = None,
) -> None:
    """The page, in UTF-8; `tables` are those of `sightings` where they are there already.

    Raises TemplateError.
    """
    tables = tables or counted(sightings)
    total = tables.score.fires
    carried = min(total, look.most)
    newest = deque(islice(sightings, max(0, total - STATIC), None), STATIC)
    here = Here()
    values = _values(account, tables, look) | {
        "newest": list(reversed(newest)),
        "carried": carried,
        "here": here,
    }
    before, _, after = "".join(look.pages.pieces(PAGE, values)).partition(here.mark)
    stream.write(before.encode())
    rows = islice(sightings, total - carried, None)
    for piece in embedded.pieces(rows, look.links, total):
        stream.write(piece.encode())
    stream.write(after.encode())


def _values(account: Account, tables: Tables, look: Look) -> dict[str, object]:
    style, script = ("".join(look.pages.pieces(name, {})) for name in (STYLE, SCRIPT))
    axis = charts.timeline(tables.months)
    return {
        "account": account,
        "tables": tables,
        "links": look.links,
        "style": style,
        "script": script,
        "policy": _policy(style, script),
        "axis": axis,
        "bars": charts.stacked(axis, tables.months) if axis else [],
        "grid": charts.grid(axis, tables.months) if axis else [],
        "charts": charts,
        "silent": _silent(account, tables),
        "described": {row.id: row for row in account.rules},
        "period": _period(account, tables),
        "most_rows": ROWS,
        **_words(),
    }


def _words() -> Mapping[str, object]:
    """What the template asks for beside values."""
    return {
        "Fate": Fate,
        "Standing": Standing,
        "day": _day,
        "number": _number,
        "fragment": _fragment,
        "percent": _percent,
        "few": FEW,
        "paragraphs": embedded.spoken,
        "quoted": embedded.quoted,
        "web": web,
        "sum_of": _sum_of,
    }


def _policy(style: str, script: str) -> str:
    """The page's Content-Security-Policy: this style, this script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _silent(account: Account, tables: Tables) -> list[str]:
    """The rules that found nothing."""
    loud = {count.rule for count in tables.rules}
    return [row.id for row in account.rules if row.id not in loud]


def _period(account: Account, tables: Tables) -> tuple[str, str]:
    """The first and last month there is something of: those asked for, else those of the archives."""
    first = account.since or min((a.first for a in account.archives if a.first > 0), default=0)
    last = account.until or max((a.last for a in account.archives), default=0)
    months = [charts.month_name(when) for when in tables.months] or [""]
    return day(first)[:7] or months[0], day(last)[:7] or months[-1]


def _day(seconds: int) -> str:
    return day(seconds)[:10]


def _number(count: int) -> str:
    return f"{count:,}"


def _fragment(name: str, value: str) -> str:
    """The part of an address that makes the page's script show what has that value."""
    return f"#{name}={quote(printable(value), safe='')}"


def _percent(score: Score) -> str:
    """The precision for a narrow column; where few are decided, in whole numbers, that say how few."""
    if score.precision is None:
        return ""
    if score.decided < FEW:
        return f"{score.confirmed} of {score.decided}"
    return f"{100 * score.precision:.0f} %"


def _sum_of(shares: Iterable[Share]) -> Score:
    return sum((share.score for share in shares), Score())
