"""Text of strangers, made safe to show: on a terminal, in a header, in a file of one line a record.

Law: what comes out holds no character that moves a cursor, turns the direction of writing or ends a line
unasked; text without such characters comes out as it went in. Must not know who shows it, or where.

Sources: ECMA-48 (C0, C1), Unicode TR #36 and #9 (direction), RFC 5322 §3.6.4 (msg-id), §3.4.1 (addr-spec).
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # direction, zero width
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"  # line separators, annotations, tags
    "\ud800-\udfff]"  # lone surrogates
)
# What makes a line one for programs: a trailer, a command to a robot.
_ADDRESSED = re.compile(r"(-by|\bbot|reviewbot)(?=:)|([#@])(?=syz|regzbot|sashiko)", re.IGNORECASE)
_ID = re.compile(r"[!-;=?-~]{1,250}")
# What begins with `-`, `/` or `|` is an option, a file or a program to some programs that send mail. A dot at
# the end of a domain would make the address of a list another one to us, and the same to a server.
_EMAIL = re.compile(
    r"(?![-/|])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?=.{1,255}\Z)[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*"
)


def printable(text: str) -> str:
    """`text` with every unsafe character made visible; tabs and `\\n` are kept.

    C0 and DEL become their Unicode pictures (ESC is `␛`), lone surrogates U+FFFD, the rest `<U+202E>`.
    """
    return _UNSAFE.sub(_picture, text)


def header(text: str, limit: int = 500) -> str:
    """`text` as one line of at most `limit` characters, fit to be the value of a header.

    Line ends, tabs and controls become spaces, other unsafe characters vanish; what is cut ends in `...`.
    """
    text = text[: limit * 4].translate({9: " ", 10: " "})
    line = _UNSAFE.sub(_blank, text).strip()
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def spoken(text: str, limit: int = 500) -> str:
    """`text` as `header` makes it, fit to stand in words of our own.

    Wherever a line may begin: a trailer and a command to a program lose their mark (`Acked-by :`, `# syz`).
    """
    return _ADDRESSED.sub(r"\1\2 ", header(text, limit))


def escaped(json: str) -> str:
    """JSON text with every unsafe character written as `\\uXXXX`: the same value, safe to look at.

    A lone surrogate, which no JSON can carry, becomes U+FFFD.
    """
    return _UNSAFE.sub(_escape, json)


def identifier(text: str) -> str:
    """`text` if it may stand between the angle brackets of a Message-ID, else an empty string."""
    return text if _ID.fullmatch(text) else ""


def email(text: str) -> str:
    """`text` if it is a plain `local@domain` of ASCII, else an empty string."""
    return text if _EMAIL.fullmatch(text) else ""


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"<U+{code:04X}>"


def _blank(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return " " if code < 0xA0 else ""


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))
