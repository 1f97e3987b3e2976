"""Masking: a text in which only code is left.

Comments, the contents of string and character literals, and the bodies of `#define` become spaces.

Law: the masked text has the length and the line ends of the original, so that an offset or a line number
holds in both. A fragment may begin in the middle of a comment or of a macro. Must not know C's grammar.
"""

import re

# Every branch consumes what it has looked at, closed or not: no input is scanned twice.
_COMMENT = r"/\*(?>.*?\*/|.*)|//[^\n]*"
_LITERAL = r'"(?:[^"\\\n]|\\.)*+"?|\'(?:[^\'\\\n]|\\.)*+\'?'
_MACRO = rf"\#[ \t]*define\b[ \t]*+\w*+(?:\([^()\n]*+\))?+(?P<body>(?>{_COMMENT}|{_LITERAL}|\\\r?.|[^\n])*+)"
_HIDDEN = re.compile(f"{_MACRO}|{_COMMENT}|{_LITERAL}", re.DOTALL)

_STARRED = re.compile(r"\s*(?:\*(?:\s.*)?)?")
_CONTINUED = re.compile(r"(?!\s*#)(?:[^\n]*\\\r?(?:\n|\Z))+[^\n]*")


def mask(text: str, *, cut: bool = False) -> str:
    """The text with everything but code blanked; `cut` says that lines above it are unknown."""
    start = _hidden_start(text) if cut else 0
    if not start:
        return _HIDDEN.sub(_blanked, text)
    return blank(text[:start]) + _HIDDEN.sub(_blanked, text[start:])


def blank(text: str) -> str:
    """As many spaces as the text has characters, with its line ends."""
    if "\n" not in text:
        return " " * len(text)
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _blanked(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] == "#":
        kept = found.start("body") - found.start()
        return text[:kept] + blank(text[kept:])
    if text[0] == "/" or len(text) == 1 or text[-1] != text[0]:
        return blank(text)
    return text[0] + blank(text[1:-1]) + text[-1]


def _hidden_start(text: str) -> int:
    """How much of the beginning of a fragment belongs to a comment or macro begun above it."""
    close, opened = text.find("*/"), text.find("/*")
    if close != -1 and (opened == -1 or close < opened) and not _in_string(text, close):
        return close + 2
    if text.lstrip()[:1] == "*" and (starred := _starred(text)):
        return starred
    continued = _CONTINUED.match(text)
    return continued.end() if continued else 0


def _starred(text: str) -> int:
    """How many characters the leading lines have that look like ` * text` or are empty."""
    length = 0
    for line in text.split("\n"):
        if not _STARRED.fullmatch(line):
            break
        length += len(line) + 1
    return min(length, len(text))


def _in_string(text: str, offset: int) -> bool:
    """Whether an odd number of quotes stands before `offset` on its line."""
    return text.count('"', text.rfind("\n", 0, offset) + 1, offset) % 2 == 1
