"""An answer to a patch, taken apart: what is quoted, and what the answerer says under it.

Law: only what the answerer wrote is words; quotes, trailers, signatures, mails copied whole below an answer and
listings of compilers are not. One pass, near linear. Must not know patches, findings or people.

Sources: RFC 3676 §4.3 (signature) and §4.5 (quote marks); reports of the kernel test robot (`vim +LINE FILE`).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

# `>` and `> >`; some mail programs put the initials of who is quoted before it.
_MARKS = re.compile(r"[ \t]{0,3}[A-Z]{0,4}>[> \t]*")
# A robot marks what is new in a report by `>>`, which is no quote.
_NEW = re.compile(r">> ?[\w./-]+:\d+")
# From here on it is no longer the answerer who speaks.
_END = re.compile(
    r"--[ \t]?$|-{2,}[ \t]*(?:original|forwarded) message\b|_{20,}[ \t]*$|vim \+|#syz|sent from my ",
    re.IGNORECASE,
)
_TOP = re.compile(r"(?:from|von|de):[ \t]+\S", re.IGNORECASE)
_BELOW_TOP = re.compile(r"(?:sent|gesendet|date|to|datum|envoyé):[ \t]+\S", re.IGNORECASE)
_TRAILER = re.compile(
    r"(?:[a-z]+(?:-[a-z]+)*-by|fixes|closes|link|cc|message-id|reported-[a-z]+)[ \t]*:",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(r"(?:\b(?:wrote|writes|said|schrieb)|écrit)[ \t]*:$")
_CUT = re.compile(
    r"(?:[\[<(]?[ \t]*(?:\.{2,}|…)[ \t]*[\])>]?"
    r"|[\[<(=-]+[ \t]*(?:snip|cut|trim|skip)[a-z ]{0,20}[ \t]*[\])>=-]+)$",
    re.IGNORECASE,
)
# What is longer is said, whatever it looks like.
_LONGEST = 500
# The compiler's own words, with the name of the switch, and the lines of the source it shows.
_COMPILED = re.compile(r"\[-W[\w=+-]+\]|: In function [‘'`]|^(?:\d+[ \t]*)?\|(?:[ \t]|$)")
_CONTEXT = re.compile(r"(?:diff --git |index [0-9a-f]{7,}|(?:---|\+\+\+) [\w/]|@@ -\d)")


class Saying(Struct, frozen=True):
    """Words, and the lines quoted right above them, both without marks of quoting and empty lines.

    `changes` are the lines that a diff among the words takes out and puts in, without their signs.
    """

    quote: tuple[str, ...]
    words: tuple[str, ...]
    changes: tuple[str, ...] = ()


def sayings(body: str) -> Iterator[Saying]:
    """What an answer says, from top to bottom; what is quoted and not answered is left out."""
    quote: list[str] = []
    for is_quoted, group in groupby(_spoken(body.split("\n")), key=lambda line: line[0]):
        texts = [text for _, text in group]
        if is_quoted:
            quote = texts
        elif any(said := _said(texts)):
            yield Saying(tuple(quote), *said)


def _spoken(lines: list[str]) -> Iterator[tuple[bool, str]]:
    """The lines up to the end of what is said, without empty ones: whether it is quoted, and the text."""
    for number, line in enumerate(lines):
        mark = None if _NEW.match(line) else _MARKS.match(line)
        text = line[mark.end() :] if mark else line
        if not mark and (_END.match(line) or _is_copied(lines, number)):
            return
        if text.strip():
            yield mark is not None, text


def _is_copied(lines: list[str], number: int) -> bool:
    """Whether the head of a mail that was copied whole begins here."""
    return bool(_TOP.match(lines[number])) and any(
        _BELOW_TOP.match(line) for line in lines[number + 1 : number + 3]
    )


def _said(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those lines that say something, and the changes of a diff."""
    words: list[str] = []
    changes: list[str] = []
    in_diff = False
    for line in lines:
        if _CONTEXT.match(line):
            in_diff = True
        elif in_diff and line[0] in "+-":
            changes.append(line[1:])
        elif not in_diff or line[0] not in " \t":
            in_diff = False
            if _is_said(line):
                words.append(line)
    return tuple(words), tuple(changes)


def _is_said(line: str) -> bool:
    """Whether a line is neither a trailer nor an attribution, a cut, or a compiler's."""
    text = line.strip()
    return len(text) > _LONGEST or not (
        _TRAILER.match(text)
        or _CUT.match(text)
        or _ATTRIBUTION.search(text)
        or _COMPILED.search(text)
    )
