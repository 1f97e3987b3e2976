"""Hasty looks at guards: no where no pointer of an added line is both tested and followed by an arrow.

Law: as in `cmodel.hasty`: a no is certain. Must not know rules.
"""

import re
from string import ascii_letters, digits

from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.signs import Expression

_WITHIN = r"(?:[^\n]|\n+[^@\n])*"
# A test, an arrow, and the end of a function within one hunk.
IN_FUNCTION = Expression(rf"if \({_WITHIN}->{_WITHIN}\n+[+ ]\}}", coarse="->")
_CONDITION = re.compile(r"if ?\(([^;{]*)")
_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
# What stands in no call, but for an annotation: those in small letters are named.
_OPERAND = re.compile(
    r"(?:[!&]|\((?:(?<![a-z0-9]\()|(?<=likely\()|(?<=data_race\()|(?<=builtin_expect\()|(?<=bool\()))"
    rf"\s*({_PATH})(?=\s*(?:\)|&&|[!=]=))"
)
# Who finds no pointer leaves: what follows is guarded.
_REFUSED = re.compile(rf"! ?{_PATH}\)\s+(?:return|goto|break|continue)\b")
_GOES_ON = f"{ascii_letters}{digits}_.>"


def may_guard(mail: Glimpse) -> bool:
    """Whether a mail as a whole has such a pointer."""
    text = mail.rough
    conditions = (found for found in _CONDITION.findall(text) if not _REFUSED.match(found))
    tested = set(_OPERAND.findall("(".join(("", *conditions))))
    used = [name for name in tested if _is_dereferenced(name, text)]
    if not used or not any(map(_has_both, mail.raw.split(b"\n@"))):
        return False
    return any(name in mail.added for name in used)


def _is_dereferenced(path: str, text: str) -> bool:
    for arrow in (f"{path}->", f"{path} ->"):
        at = text.find(arrow)
        while at >= 0:
            if not at or text[at - 1] not in _GOES_ON:
                return True
            at = text.find(arrow, at + len(arrow))
    return False


def _has_both(hunk: bytes) -> bool:
    """Whether in a hunk an arrow follows a test, and the end of a function both."""
    first = hunk.find(b"if (")
    return 0 <= first < hunk.find(b"->", first) < max(hunk.rfind(b"\n }"), hunk.rfind(b"\n+}"))
