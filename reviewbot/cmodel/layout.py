"""Layout: where functions, objects, aggregates and statements stand in plain code.

The kernel's style makes this reliable without a grammar: what stands at file scope begins at column 0, and
so does the brace that ends it (Documentation/process/coding-style.rst §3).

Law: items are in order and never overlap; what follows the closing brace of an item never changes it. Must
not know what is inside an item.
"""

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from reviewbot.cmodel.declarator import KEYWORDS
from reviewbot.cmodel.header import signature

_EDGE = re.compile(r"^[^\s]", re.MULTILINE)
_STOP = re.compile(r"[;{]")
# Where a text at file scope ends: at a semicolon, a brace, or a macro's parenthesis before the next item.
_END = re.compile(r"[;{]|\)[ \t]*+\n(?:[ \t]*+\n)*+(?=[A-Za-z_])")
_BRACE = re.compile(r"[{}]")
_COLUMN_0 = re.compile(r"\n(?:\{|\}(?![ \t]*,))")
_LABEL = re.compile(r"\w+[ \t]*+:(?!:)")
_FIRST = re.compile(r"\w+")
_AGGREGATE = re.compile(r"\b(?:struct|union|enum)\b")
_EVENT = re.compile(r"\w*(?:TRACE_EVENT|EVENT_CLASS|DEFINE_EVENT|EXPORT_|MODULE_|INIT)")


class Kind(Enum):
    """What an item is."""

    FUNCTION = "function"
    OBJECT = "object"
    AGGREGATE = "aggregate"
    STATEMENT = "statement"
    UNKNOWN = "unknown"


class Item(Struct, frozen=True, gc=False):
    """A piece of file scope, by offsets: `start`, `body` (its brace, or where it ends), `end` (behind it).

    `opened` is False where its beginning is above the stretch, `closed` where its end is not seen.
    """

    kind: Kind
    start: int
    body: int
    end: int
    opened: bool = True
    closed: bool = True


def items(code: str, heading: str = "", *, cut: bool = False) -> Iterator[Item]:
    """The items of plain code without attributes; `cut` says that lines above it are unknown."""
    position = 0
    if cut:
        first = _begun_above(code, heading)
        if first is not None:
            yield first
            position = first.end
    while edge := _EDGE.search(code, position):
        item = _item(code, edge.start())
        position = item.end
        yield item


def _item(code: str, start: int) -> Item:
    """The item that begins at column 0 of a line."""
    first = code[start]
    if not (first.isalpha() or first == "_"):
        end = _line_end(code, start) if first != "{" else _closed(code, start)[0]
        return Item(Kind.UNKNOWN, start, start, end)
    stop = _END.search(code, start)
    if stop is None:
        return Item(Kind.STATEMENT, start, len(code), len(code), closed=False)
    limit = stop.start()
    if stop[0] == "{":
        return _braced(code, start, limit, _kind(code[start:limit]))
    return Item(Kind.STATEMENT, start, limit + (stop[0] != ";"), limit + 1)


def _braced(code: str, start: int, brace: int, kind: Kind) -> Item:
    end, closed = _closed(code, brace)
    if kind is not Kind.FUNCTION and closed:
        end = _terminated(code, end)
    return Item(kind, start, brace, end, closed=closed)


def _kind(head: str) -> Kind:
    """What a text before an opening brace at file scope begins."""
    text = head.rstrip()
    if text.endswith("="):
        return Kind.OBJECT
    if text.endswith(")") and "=" not in text:
        first = _FIRST.match(text)
        return Kind.FUNCTION if first and first[0] not in KEYWORDS else Kind.UNKNOWN
    return Kind.AGGREGATE if _AGGREGATE.search(text) else Kind.UNKNOWN


def _closed(code: str, brace: int) -> tuple[int, bool]:
    """The offset behind the brace that ends what `brace` begins, and whether it is seen."""
    edge = _COLUMN_0.search(code, brace + 1)
    limit = edge.end() if edge else len(code)
    is_closing = edge is not None and edge[0] == "\n}"
    at_column_0 = brace == 0 or code[brace - 1] == "\n"
    if is_closing and at_column_0 and code[brace + 1 : brace + 2] == "\n":
        return limit, True
    depth = 0
    for found in _BRACE.finditer(code, brace, limit):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end(), True
    if edge is None or is_closing:
        return limit, is_closing
    # A second body begins before a brace at column 0: the first ended out of style.
    last = code.rfind("}", brace, limit)
    return (last + 1 if last != -1 else limit - 1), False


def _terminated(code: str, end: int) -> int:
    """Behind the semicolon, attributes and names that may follow a closing brace."""
    stop = _STOP.search(code, end)
    if stop is None or stop[0] == "{":
        return end
    edge = _EDGE.search(code, end, stop.start())
    return end if edge else stop.end()


def _line_end(code: str, start: int) -> int:
    found = code.find("\n", start)
    return found if found != -1 else len(code)


def _begun_above(code: str, heading: str) -> Item | None:
    """What the first lines of a fragment are the rest of; None where they begin something."""
    edge = next((e for e in _EDGE.finditer(code) if not _LABEL.match(code, e.start())), None)
    start = edge.start() if edge else len(code)
    sign = edge[0] if edge else ""
    if sign == "{":
        end, closed = _closed(code, start)
        tail = code[:start].rstrip()
        is_header = tail[-1:] in ("", ")") and ";" not in tail
        known = is_header and _heading_kind(heading) is Kind.FUNCTION
        kind = Kind.FUNCTION if known else Kind.UNKNOWN
        return Item(kind, 0, start, end, opened=False, closed=closed)
    if not code[:start].strip():
        # Nothing but a brace: it still ends what the heading began.
        return Item(Kind.UNKNOWN, 0, 0, start + 1, opened=False) if sign == "}" else None
    if sign not in ("", "}"):
        return Item(Kind.UNKNOWN, 0, 0, start, opened=False)
    kind = _heading_kind(heading)
    end = start + 1 if sign else start
    if sign and kind is not Kind.FUNCTION:
        end = _terminated(code, end)
    return Item(kind, 0, 0, end, opened=False, closed=bool(sign))


def _heading_kind(heading: str) -> Kind:
    """What git's heading begins; it shows one line, cut at 80 characters."""
    text = heading.rstrip("{ \t")
    if not text or text[-1] in ";}" or text[0] in "#{}":
        return Kind.UNKNOWN
    if text.endswith("="):
        return Kind.OBJECT
    if "(" not in text:
        return Kind.AGGREGATE if _AGGREGATE.search(text) else Kind.UNKNOWN
    known = "=" not in text and not _EVENT.match(text) and signature(text)
    return Kind.FUNCTION if known else Kind.UNKNOWN
