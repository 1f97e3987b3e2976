"""Glimpse: lines of a diff as they stand in a mail, and the pieces of them that hold one file, or one function.

Law: sound, not exact: a file or a function that a parsed diff shows lies within one piece; a piece may hold
more. Nothing is parsed. Must not know rules, nor what is looked for.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

_DIFF = b"\ndiff --"
_PATHS = re.compile(rb"\n(?:\+\+\+|---) ([^\n\t]+)")
_HUNK = re.compile(rb"\n@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@[^\n]*")
_GONE = re.compile(rb"\n[-\\][^\n]*")
# The brace that ends a function stands at the left edge; one before a comma ends something else.
_EDGE = re.compile(rb"\n[+ ]\}(?![ \t]*,)[^\n]*")
# Where a function begins: a brace on a line at the left edge, or what looks like the header above one.
_OPENS = re.compile(rb"\n[+ ](?:\{|[^\s][^\n]*\{|[A-Za-z_]\w*[ \t*][^\n;]*\([^;{}]*\{)")
_SIGN = re.compile(rb"\n[+ ]")
_BLANKED = bytes.maketrans(b"+", b" ")
_BRACE = re.compile(rb"[{}]")
_BODY = re.compile(rb"\n[+ ]\{")
_CONDITIONAL = re.compile(rb"\n[+ ][ \t]*#[ \t]*(if|endif)")


class Glimpse(Struct, frozen=True, dict=True):
    """Lines of a diff with their signs, each behind a line end.

    Of a piece of it, `file` is all that is seen of the file, and `closed` says that a function surely ends
    with it.
    """

    raw: bytes
    file: "Glimpse | None" = None
    closed: bool = False

    @cached_property
    def after(self) -> str:
        """The lines after the change, without signs."""
        kept = _GONE.sub(b"", self.raw)
        return _SIGN.sub(b"\n", kept).decode("utf-8", "replace")

    @cached_property
    def rough(self) -> str:
        """The same with a blank for each sign, and for any other `+`: made in a third of the time."""
        return _GONE.sub(b"", self.raw).translate(_BLANKED).decode("utf-8", "replace")

    @cached_property
    def added(self) -> str:
        """The added lines, without signs."""
        return _lines(self.raw, b"\n+")

    @cached_property
    def removed(self) -> str:
        """The removed lines, without signs."""
        return _lines(self.raw, b"\n-")

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths named above the hunks, without git's `a/` and `b/`."""
        if self.file is not None:
            return self.file.paths
        found = (raw.strip().decode("utf-8", "replace") for raw in _PATHS.findall(self.raw))
        return tuple(path[2:] if path[:2] in ("a/", "b/") else path for path in found)

    @cached_property
    def changed(self) -> Sequence["Glimpse"]:
        """Those of them in which a line is added or removed."""
        return [piece for piece in self.functions if piece.is_changed]

    @property
    def is_changed(self) -> bool:
        """Whether a line is added or removed."""
        return b"\n+" in self.raw or b"\n-" in self.raw

    @cached_property
    def may_be_whole(self) -> bool:
        """Whether a function may be seen from its first line to its last."""
        opened = _OPENS.search(self.raw)
        if opened is None or self.closed:
            return opened is not None
        depth = 0
        for brace in _BRACE.finditer(_GONE.sub(b"", self.raw[opened.start() :])):
            depth = max(depth + (1 if brace[0] == b"{" else -1), 0)
            if depth == 0:
                return True
        return False

    @cached_property
    def functions(self) -> Sequence["Glimpse"]:
        """The pieces in each of which a function, or what is seen of it, lies, after the change."""
        # Not this one: it would hold its pieces and they it, and a Struct of bytes is not looked at by whoever
        # collects garbage, so that neither would ever be let go.
        whole = self.file or Glimpse(self.raw)
        return tuple(
            Glimpse(piece, whole, closed)
            for hunk in _hunks(self.raw)
            for piece, closed in _pieces(hunk)
        )


def _lines(raw: bytes, sign: bytes) -> str:
    found = [line.partition(b"\n")[0] for line in raw.split(sign)[1:]]
    return b"\n".join(found).decode("utf-8", "replace")


def files(text: bytes) -> Iterator[Glimpse]:
    """A mail's text by files with hunks; diffs without git's header line are in one piece, with the message."""
    first, *others = (b"\n" + text).split(_DIFF)
    for raw in (first, *(_DIFF + other for other in others)):
        if b"\n@@ -" in raw:
            yield Glimpse(raw)


def _hunks(raw: bytes) -> Iterator[bytes]:
    """The lines of the hunks; of hunks between which no line is missing, together."""
    found = [*_HUNK.finditer(raw)]
    ends = [*(hunk.start() for hunk in found[1:]), len(raw)]
    below, lines = -1, b""
    for hunk, end in zip(found, ends, strict=False):
        start, count = int(hunk[1]), int(hunk[2] or 1)
        if lines and start != below:
            yield lines
            lines = b""
        lines += raw[hunk.end() : end]
        below = start + count
    if lines:
        yield lines


def _pieces(hunk: bytes) -> Iterator[tuple[bytes, bool]]:
    """A hunk cut behind each brace that surely ends a function, and whether one ends a piece."""
    start = 0
    for edge in _EDGE.finditer(hunk):
        if _is_end(hunk[start : edge.start()]):
            yield hunk[start : edge.end()], True
            start = edge.end()
    if hunk[start:].strip():
        yield hunk[start:], False


def _is_end(above: bytes) -> bool:
    """Whether a brace at the left edge below these lines is neither in a comment, a macro nor half an `#if`."""
    if b"/*" not in above and b"#" not in above and not above.endswith(b"\\"):
        return True
    kept = _GONE.sub(b"", above)
    if kept.endswith(b"\\") or kept.count(b"/*") != kept.count(b"*/"):
        return False
    *_, body = (None, *_BODY.finditer(kept))
    depth = 0
    for word in _CONDITIONAL.findall(kept, body.start() if body else 0):
        depth = depth + 1 if word == b"if" else max(depth - 1, 0)
    return depth == 0
