"""Machine: whether a mail says of itself that a program sent it in answer to another, or to report on one.

Law: told from its headers alone; a mail of which they say nothing is a person's, or a robot's that has
something to say. Must not know what becomes of it.

Sources: RFC 3834 (Auto-Submitted, Return-Path), RFC 3462 (multipart/report); the rest are customs of vacation
programs. `Precedence: bulk` says nothing: list servers put it on every mail.
"""

import re

from reviewbot.model.printable import header as one_line
from reviewbot.parse import header
from reviewbot.parse.header import Fields

_MARKS = (b"x-autoreply", b"x-autorespond", b"x-auto-reply", b"x-autoresponder", b"x-vacation")
_PRECEDENCES = frozenset({b"auto_reply", b"auto-reply", b"junk"})
# As vacation programs and mail servers begin a subject, in the languages of kernel mail.
_SUBJECT = re.compile(
    r"(?:re:\s*)?(?:out[ -]of[ -](?:the[ -])?office|auto(?:matic|mated)?[ -]?(?:reply|response)"
    r"|vacation (?:reply|response|message)|away from (?:the )?(?:office|my mail)"
    r"|automatische antwort|abwesenheits|r\xe9ponse automatique|respuesta autom\xe1tica"
    r"|risposta automatica|undeliver(?:ed|able)\b|delivery status notification|mail delivery failed"
    r"|returned mail:)",
    re.IGNORECASE,
)


def machine(fields: Fields) -> str:
    """Why a mail was written by a program without a person, by its fields; empty if they say nothing."""
    answered = header.value(fields, b"auto-submitted").lower()
    if answered and answered.partition(";")[0].strip() != "no":
        return f"written by a program (Auto-Submitted: {one_line(answered, 40)})"
    for name in _MARKS:
        if name in fields:
            return f"written by a program ({name.decode().title()})"
    if (precedence := _bare(fields, b"precedence")) in _PRECEDENCES:
        return f"written by a program (Precedence: {precedence.decode()})"
    is_report = _bare(fields, b"content-type").startswith(b"multipart/report")
    if is_report or _bare(fields, b"return-path") == b"<>":
        return "a report of a mail server"
    # Nearly all subjects begin with a bracket, and need not be decoded.
    if not _bare(fields, b"subject").startswith((b"[", b"re: [")) and _SUBJECT.match(
        header.value(fields, b"subject")
    ):
        return "written by a program (by its subject)"
    return ""


def _bare(fields: Fields, name: bytes) -> bytes:
    """The first field of that name as it stands, in lower case."""
    return fields[name][0].strip().lower() if name in fields else b""
