"""Seemly: whether a mail reads as a careful reviewer's program should write it.

Law: told from the reply alone; what is quoted is the author's and never objected to. Must not know when or to
whom it goes.

Sources: rule catalogue §4.2 (headers, body), RFC 5322 §3.6.4 (References), RFC 3676 §4.3 (signature).
"""

import re
from collections.abc import Iterator

from reviewbot.model.printable import printable
from reviewbot.model.reply import Reply

MAX_REFERENCES = 20
COLUMNS = 72
SIGNATURE = "-- "
_STOP = "reviewbot: off"
_TRAILER = re.compile(r"[ \t]*[A-Z][\w-]*-by:", re.IGNORECASE)
_COMMAND = re.compile(r"[ \t]*(?:pw-bot|#syz|#regzbot|@sashiko|bot:)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"[\w/-]+\.[chS]:\d+|\blines? \d+\b")
_SHOUTED = re.compile(
    r"\b(?:please fix|nack(?:ed)?\b|critical|severity|blocker|great (?:work|job|patch))",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")


def unseemly(reply: Reply) -> Iterator[str]:
    """Every fault of the headers and of our own words."""
    yield from _headers(reply)
    own, footer, signature = _parts(reply.body)
    if not signature or _STOP not in " ".join(footer.split()):
        yield f"no footer that says how to stop it ({_STOP!r})"
    for line in own:
        yield from _faults(line)
    if not any(line.strip() for line in own):
        yield "nothing is said in it"


def own_words(body: str) -> tuple[str, ...]:
    """The lines of a body that are ours: no attribution, quotes, cuts, signature, empty lines."""
    return tuple(line for line in _parts(body)[0] if line.strip())


def _headers(reply: Reply) -> Iterator[str]:
    if not reply.in_reply_to:
        yield "it answers no mail"
    if len(reply.references) > MAX_REFERENCES:
        yield f"more than {MAX_REFERENCES} References"
    if reply.in_reply_to and reply.references[-1:] != (reply.in_reply_to,):
        yield "the mail that is answered is not the last of the References"
    subject = reply.subject.lower()
    if not subject.startswith("re: ") or subject[4:].lstrip().startswith("re:"):
        yield "the subject has not exactly one Re:"


def _faults(line: str) -> Iterator[str]:
    shown = line.strip()[:40]
    if len(line) > COLUMNS and " " in line.strip():
        yield f"wider than {COLUMNS} columns: {shown}"
    if _TRAILER.match(line):
        yield f"a trailer is for people to give: {shown}"
    if _COMMAND.match(line):
        yield f"a command to a program: {shown}"
    if _NUMBERED.search(line):
        yield f"a line number: {shown}"
    if _SHOUTED.search(line):
        yield f"a verdict, not a remark: {shown}"
    if _EMOJI.search(line) or printable(line) != line:
        yield f"a character that is no plain text: {printable(shown)}"


def _parts(body: str) -> tuple[list[str], str, bool]:
    """Our own lines, the footer, and whether a signature line stands between them."""
    text, mark, footer = ("\n" + body).rpartition(f"\n{SIGNATURE}\n")
    if not mark:
        text, footer = body, ""
    lines = [line for line in text.strip("\n").split("\n") if not line.startswith(">")]
    start = next(
        (n + 1 for n, line in enumerate(lines[:3]) if line.rstrip().endswith(" wrote:")), 0
    )
    return [line for line in lines[start:] if line.strip() != "[...]"], footer, bool(mark)
