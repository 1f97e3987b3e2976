"""Questions to the index of a mirror: which mail has an id, which are in its thread, which may be sought.

Law: only reads; an answer says in which epoch and blob a mail is, and opens neither. Must not know git.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from reviewbot.sources.archive import Sought

_WORD = re.compile(r"\w+")
_FOUND = "SELECT m.epoch, hex(m.blob), n.message_id, m.seconds FROM mail AS m JOIN name AS n ON n.id = m.name"
_OF_ID = f"""
    {_FOUND} WHERE m.name = (SELECT id FROM name WHERE message_id = :id)
    UNION ALL
    {_FOUND} WHERE m.id IN
        (SELECT mail FROM alias WHERE name = (SELECT id FROM name WHERE message_id = :id))
"""
_THREADS = "SELECT thread FROM name WHERE message_id IN (SELECT value FROM json_each(:ids))"
_SOUGHT = """
    SELECT m.epoch, hex(m.blob), n.message_id, m.seconds, m.subject
    FROM mail AS m JOIN name AS n ON n.id = m.name
    WHERE {} AND m.seconds BETWEEN :since AND :until ORDER BY m.seconds, m.id
"""
_NEVER = 1 << 62


class Place(Struct, frozen=True):
    """Where a mail is kept: the number of its epoch and the id of its blob; `seconds` is when it was sent."""

    epoch: int
    blob: str
    message_id: str
    seconds: int


def of_id(index: sqlite3.Connection, message_id: str) -> list[Place]:
    """The mails of that id: more than one where it was used twice."""
    return [_place(*row) for row in index.execute(_OF_ID, {"id": _text(message_id)})]


def of_threads(index: sqlite3.Connection, ids: Iterable[str]) -> list[Place]:
    """The mails of all threads in which one of these ids is that of a mail, or answered; oldest first."""
    asked = {"ids": json.dumps([_text(each) for each in ids])}
    of_name = f"{_FOUND} WHERE n.thread IN ({_THREADS}) ORDER BY m.seconds, m.id"
    return [_place(*row) for row in index.execute(of_name, asked)]


def of_sought(index: sqlite3.Connection, sought: Sought) -> Iterator[Place]:
    """The mails that are sought, oldest first; nothing where nothing is asked for."""
    words = _words(sought.subject)
    if sought.change_id:
        condition, words = "m.change_id = :change_id", ""
    elif sought.author:
        condition = "m.author = :author"
    elif words:
        condition = "1"
    else:
        return
    asked = {
        "change_id": _text(sought.change_id),
        "author": _text(sought.author.lower()),
        "since": _seconds(sought.since, -_NEVER),
        "until": _seconds(sought.until, _NEVER),
    }
    for *where, subject in index.execute(_SOUGHT.format(condition), asked):
        if words in _words(subject):
            yield _place(*where)


def _words(subject: str) -> str:
    """The words of a subject, a blank before and after each, so that whole words are found by `in`."""
    found = _WORD.findall(subject.casefold())
    return f" {' '.join(found)} " if found else ""


def _place(epoch: int, blob: str, message_id: str, seconds: int) -> Place:
    return Place(epoch, blob.lower(), message_id, seconds)


def _seconds(moment: datetime | None, default: int) -> int:
    return default if moment is None else int(moment.timestamp())


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
