"""A mail as bytes becomes a Message.

Law: never raises, whatever the bytes; what is wrong with the mail is a Problem of the message. Must not
know threads or what a patch is, but for one thing: a diff sent as an attachment belongs to the body.
"""

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from hashlib import sha256

from reviewbot.model.message import MADE_UP, Address, Message, RawMessage
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse import extent, header
from reviewbot.parse.address import mailboxes, message_ids
from reviewbot.parse.header import Fields
from reviewbot.parse.machine import machine
from reviewbot.parse.mime import Part, parts

# Far above any real mail (a whole subsystem removed is 3 MB); the rest of a larger one is not read.
MAX_BYTES = 32 << 20

_DAY = 24 * 60 * 60
# Beyond these a clock is wrong, and arithmetic with zones may overflow.
_YEARS = range(1970, 9999)


def message(raw: RawMessage) -> Message:
    """The decoded mail. Ids come without brackets; a mail without Message-ID gets one made of its bytes."""
    block, content = header.split(raw.data[:MAX_BYTES])
    fields = header.fields(block)
    body, problems = _text(parts(fields, content))
    message_id = _message_id(fields)
    sender = next(iter(_people(fields, b"from")), None)
    date = date_of(header.value(fields, b"date"))
    if len(raw.data) > MAX_BYTES:
        problems.append(
            Problem(ProblemKind.TOO_LARGE, f"only the first {MAX_BYTES >> 20} MiB are read")
        )
    if not message_id:
        problems.append(Problem(ProblemKind.NO_MESSAGE_ID))
    if sender is None:
        problems.append(Problem(ProblemKind.NO_SENDER))
    if date is None:
        problems.append(Problem(ProblemKind.NO_DATE))
    return Message(
        message_id=message_id or f"{sha256(raw.data).hexdigest()[:32]}{MADE_UP}",
        subject=header.value(fields, b"subject"),
        sender=sender or Address("", ""),
        body=body,
        date=date,
        to=_people(fields, b"to"),
        cc=_people(fields, b"cc"),
        in_reply_to=_ids(fields, b"in-reply-to"),
        references=_ids(fields, b"references"),
        list_ids=_list_ids(fields),
        auto_submitted=header.value(fields, b"auto-submitted"),
        origin=raw.origin,
        problems=tuple(problems),
        received=_received(fields),
        machine=machine(fields),
    )


def _text(found: tuple[Part, ...]) -> tuple[str, list[Problem]]:
    """The body text of a mail, and what was wrong with it.

    Inline text is joined as git joins it (so is Mailman's footer, a part of its own), and attached diffs
    stand in their places in between where the inline text has none. HTML is read where there is nothing else.
    """
    used = [part for part in found if _is_inline(part)]
    body = _joined(used)
    if len(found) > len(used):
        if extent.begin(body) < 0:
            used = [part for part in found if _is_inline(part) or _is_diff(part)]
            body = _joined(used)
        if not body.strip():
            used = [part for part in found if part.text]
            body = _joined(used)
    problems = dict.fromkeys(problem for part in used for problem in part.problems)
    if used and all(part.media == "text/html" for part in used):
        problems[Problem(ProblemKind.MIME_DAMAGED, "the mail is HTML only")] = None
    return body, list(problems)


def _joined(found: list[Part]) -> str:
    texts = (part.text for part in found if part.text)
    return "".join(text if text.endswith("\n") else text + "\n" for text in texts)


def _is_inline(part: Part) -> bool:
    return part.media == "text/plain" and not part.attached


def _is_diff(part: Part) -> bool:
    return part.media != "text/html" and extent.begin(part.text) >= 0


def own_id(raw: RawMessage) -> str:
    """The Message-ID of a mail, without brackets and with nothing else read; empty where it has none."""
    return _message_id(header.fields(header.split(raw.data[:MAX_BYTES])[0]))


def _people(fields: Fields, name: bytes) -> tuple[Address, ...]:
    return tuple(
        person for raw in fields.get(name, ()) for person in mailboxes(header.unfolded(raw))
    )


def _ids(fields: Fields, name: bytes) -> tuple[str, ...]:
    found = (each for raw in fields.get(name, ()) for each in message_ids(header.unfolded(raw)))
    return tuple(dict.fromkeys(found))


def _message_id(fields: Fields) -> str:
    """The id of the mail; one without brackets and `@` is taken as it stands."""
    bare = header.value(fields, b"message-id").split()
    return next(iter(_ids(fields, b"message-id") or bare), "")


def _list_ids(fields: Fields) -> tuple[str, ...]:
    """The identifiers of the `List-Id` fields (RFC 2919): what stands in brackets, in lower case."""
    found = []
    for raw in fields.get(b"list-id", ()):
        text = header.text(raw)
        start = text.rfind("<")
        found.append(text[start + 1 :].strip(" <>").lower())
    return tuple(dict.fromkeys(each for each in found if each))


def _received(fields: Fields) -> datetime | None:
    """When the last server took the mail: it puts its line on top (RFC 5321 §4.4); all below may be forged."""
    for raw in fields.get(b"received", ())[:1]:
        return date_of(header.one_line(raw.rpartition(b";")[2].decode("ascii", "replace")))
    return None


def date_of(text: str) -> datetime | None:
    """The date of an RFC 5322 `Date` value, or None for what is no date; a missing zone is UTC."""
    try:
        found = parsedate_tz(text[:200])
        if found is None:
            return None
        offset = found[9] or 0
        if abs(offset) >= _DAY or found[0] not in _YEARS:
            return None
        return datetime(*found[:6], tzinfo=timezone(timedelta(seconds=offset)))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
