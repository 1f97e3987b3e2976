"""The body of a patch mail in its parts: in-body headers, commit message, notes, diff.

Law: the commit message is what `git am` would commit (mailinfo.c is the source, followed step by step), and
every part keeps its place, so that a finding can quote the mail. Must not know what a diff says.

A scissors line (`-- >8 --`) does not cut: `git am` and `b4 am` cut only when asked (`--scissors`), and what
stands above may be the commit message. Its line is recorded for those who want to know.
"""

import re

from msgspec import Struct

from reviewbot.model.message import Address
from reviewbot.model.series import Trailer
from reviewbot.parse import extent
from reviewbot.parse.address import mailbox
from reviewbot.parse.header import one_line, words
from reviewbot.parse.trailers import trailers


class Body(Struct, frozen=True):
    """The parts of a body.

    `author` and `subject` are the in-body headers, if there are any; `commit_message` is the text below
    the subject line, trailers included; `notes` is what stands between `---` and the diff. `diff` is the
    text from the first diff line to the signature, `diff_mail` the 0-based index of its first line in the
    body (-1 without a diff). `prerequisites` are patch ids and Message-IDs, `change_id` is b4's.
    `scissors` is the index of the scissors line, or -1.
    """

    author: Address | None = None
    subject: str = ""
    commit_message: str = ""
    notes: str = ""
    trailers: tuple[Trailer, ...] = ()
    diff: str = ""
    diff_mail: int = -1
    base_commit: str = ""
    prerequisites: tuple[str, ...] = ()
    change_id: str = ""
    scissors: int = -1


_IN_BODY = re.compile(r"(?:From|Subject|Date):[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)", re.IGNORECASE)
_MARKED = re.compile(r"\[PATCH\][ \t][^\n]*(?:\n|\Z)")
# What mail programs make of the first line of a `git format-patch` file pasted into a body.
_SEPARATOR = re.compile(r">From [0-9a-f]{40} Mon Sep 17 00:00:00 2001[ \t]*(?:\n|\Z)")
_BLANK = " \t\r\v\f"
_BLANK_LINES = re.compile(r"\n{3,}")
_SCISSORS = re.compile(r"\n(?=[^\n]*(?:>8|8<|>%|%<))[ \t>8<%-]{6,}(?=\n)")
_BASE = re.compile(r"\nbase-commit: ([0-9a-f]{7,64})\b")
_PREREQUISITE = re.compile(
    r"\nprerequisite-(?:patch-id: ([0-9a-f]{40,64})|message-id: ?<?([^\s<>]+))"
)
_CHANGE = re.compile(r"\nchange-id: (\S{1,200})")


def body(text: str) -> Body:
    """The parts of a decoded mail body with `\\n` line ends (a `Message.body`)."""
    headers, log = _in_body_headers(text)
    diff = extent.begin(text)
    stop = extent.log_end(text, log)
    if diff >= 0:
        stop = max(log, min(stop, diff))
    message = text[log:stop]
    end = extent.end(text, diff) if diff >= 0 else len(text)
    return Body(
        author=mailbox(headers.get("from", "")),
        subject=headers.get("subject", ""),
        commit_message=_stripped(message),
        notes=_notes(text, stop, diff),
        trailers=trailers(message, text.count("\n", 0, log)),
        diff=text[diff:end] if diff >= 0 else "",
        diff_mail=text.count("\n", 0, diff) if diff >= 0 else -1,
        base_commit=found[1] if "\nbase-commit: " in text and (found := _BASE.search(text)) else "",
        prerequisites=_prerequisites(text),
        change_id=change_id(text),
        scissors=_scissors(text),
    )


def change_id(text: str) -> str:
    """What b4 calls all revisions of a series, from the body of a mail; empty where it says nothing."""
    return found[1] if "\nchange-id: " in text and (found := _CHANGE.search(text)) else ""


def _in_body_headers(text: str) -> tuple[dict[str, str], int]:
    """The in-body headers by lower-case name, and the offset where the commit message begins.

    As in check_inbody_header(): blank lines, then each of From, Subject, Date at most once in any order,
    then a blank line; folded lines belong to the header above. The author is still to be decoded.
    """
    found: dict[str, str] = {}
    at = _past_blank_lines(text, 0)
    while True:
        header = _IN_BODY.match(text, at)
        if header:
            name, _, value = header[0].partition(":")
            if name.lower() in found:
                return found, at
            found[name.lower()] = one_line(value if name.lower() == "from" else words(value))
        elif marked := _MARKED.match(text, at):
            header = marked
            found["subject"] = one_line(words(marked[0]))
        else:
            header = _SEPARATOR.match(text, at)
            if not header:
                return found, at
        at = header.end()
        if found and text.startswith("\n", at):
            return found, _past_blank_lines(text, at)


def _past_blank_lines(text: str, at: int) -> int:
    while text.startswith("\n", at):
        at += 1
    return at


def _stripped(message: str) -> str:
    """`message` as `git stripspace` leaves it, without the final newline."""
    text = "\n".join(line.rstrip(_BLANK) for line in message.split("\n"))
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip("\n")


def _notes(text: str, stop: int, diff: int) -> str:
    """What stands between the `---` at `stop` and the diff, or the signature where there is no diff."""
    if stop >= len(text) or stop == diff:
        return ""
    line_end = text.find("\n", stop) + 1 or len(text)
    start = line_end if not text[stop:line_end].strip("-\n" + _BLANK) else stop
    return text[start : diff if diff >= 0 else extent.signature(text, start)]


def _prerequisites(text: str) -> tuple[str, ...]:
    if "\nprerequisite-" not in text:
        return ()
    return tuple(found[1] or found[2] for found in _PREREQUISITE.finditer(text))


def _scissors(text: str) -> int:
    """The index of the first scissors line: dashes, blanks and scissors only, or -1."""
    if not (">8" in text or "8<" in text or ">%" in text or "%<" in text):
        return -1
    found = _SCISSORS.search(text)
    return text.count("\n", 0, found.start() + 1) if found else -1
