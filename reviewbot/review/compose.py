"""Compose: verdicts on the mail channel become replies.

Law: a pure function; the same series and verdicts give the same replies, Message-IDs included. No header holds
text that was not made safe. Nobody is written to who did not send the patch. Must not know how a reply is
written down or sent.

Sources: rule catalogue §4.2 (etiquette), RFC 5322 §3.6.4 (References).
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime, parseaddr
from hashlib import sha256

from msgspec import Struct

from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.message import Address, Message
from reviewbot.model.printable import email, header, identifier
from reviewbot.model.reply import Reply
from reviewbot.model.series import Patch, Series
from reviewbot.review.plan import Sheet, sheets
from reviewbot.review.policy import Policy
from reviewbot.review.quote import Block, Remark, blocks
from reviewbot.review.render import Words
from reviewbot.review.wrap import wrapped

MAX_REFERENCES = 20
MAX_RELATED = 3
NAME_LIMIT = 80
NO_DOMAIN = "reviewbot.invalid"


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """Who writes: the `[identity]` table.

    Without `email` a draft carries no `From`, so that the program that sends it puts the sender's own.
    `reply_to` is a mailbox, `operator` the person who runs reviewbot, `rules_url` the address below which
    the page of each rule is found.
    """

    name: str = "reviewbot"
    email: str = ""
    reply_to: str = ""
    operator: str = ""
    rules_url: str = ""

    def __post_init__(self) -> None:
        for name, value in (("email", self.email), ("reply_to", parseaddr(self.reply_to)[1])):
            if getattr(self, name) and not email(value):
                raise ValueError(f"`{name}` is not an address: {getattr(self, name)!r}")


class Part(Struct, frozen=True):
    """Blocks about one mail; `about` names the patch where it is not the mail that is answered."""

    about: str
    blocks: tuple[Block, ...]


def replies(
    series: Series,
    verdicts: Iterable[Verdict],
    policy: Policy,
    identity: Identity,
    words: Words,
    on_cover: Collection[str] = (),
) -> tuple[Reply, ...]:
    """The mails that the mail-channel verdicts make, at most `policy.max_mails_per_series`.

    `on_cover` are the ids of the rules whose words belong into the answer to the cover letter.
    Raises TemplateError.
    """
    mailed = [verdict for verdict in verdicts if verdict.channel is Channel.MAIL]
    written = []
    for sheet in sheets(series, mailed, policy, on_cover):
        rules = tuple(
            dict.fromkeys(v.finding.rule for v in (*sheet.quoted, *sheet.noted, *sheet.rest))
        )
        body = _body(series, sheet, rules, identity, words)
        written.append(_reply(sheet.message, body, rules, identity))
    return tuple(written)


def _reply(parent: Message, body: str, rules: tuple[str, ...], identity: Identity) -> Reply:
    """The mail that answers `parent`."""
    own = email(identity.email)
    domain = own.partition("@")[2] or NO_DOMAIN
    digest = sha256(f"{parent.message_id}\0{body}".encode("utf-8", "surrogatepass")).hexdigest()
    return Reply(
        message_id=f"{digest[:32]}@{domain}",
        in_reply_to=identifier(parent.message_id),
        references=_references(parent),
        sender=Address(header(identity.name, NAME_LIMIT), own),
        reply_to=_mailbox(*parseaddr(identity.reply_to)),
        to=tuple(filter(None, [_mailbox(parent.sender.name, parent.sender.email)])),
        cc=(),
        subject=_subject(parent.subject),
        body=body,
        rules=rules,
    )


def _mailbox(name: str, address: str) -> Address | None:
    """A mailbox that can stand in a header, or None."""
    safe = email(address)
    return Address(header(name, NAME_LIMIT), safe) if safe else None


def _subject(subject: str) -> str:
    """The subject with exactly one `Re:` before it."""
    bare = header(subject)
    while bare[:3].lower() == "re:":
        bare = bare[3:].lstrip()
    return f"Re: {bare}"


def _references(parent: Message) -> tuple[str, ...]:
    """The parent's References (or its only In-Reply-To) and the parent: the first and the newest 19."""
    known = parent.references or parent.in_reply_to[:1]
    ids = [*filter(None, map(identifier, dict.fromkeys((*known, parent.message_id))))]
    return tuple(ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]])


def _body(
    series: Series, sheet: Sheet, rules: tuple[str, ...], identity: Identity, words: Words
) -> str:
    named = list(dict.fromkeys(_entry(series, sheet, verdict) for verdict in sheet.rest))
    shown, more = _fitting(named, sheet.rest_lines)
    sender = sheet.message.sender
    return words.reply(
        date=_date(sheet.message.date),
        name=header(sender.name, NAME_LIMIT) or email(sender.email) or "somebody",
        parts=tuple(_parts(series, sheet)),
        rest=shown,
        more=more,
        rules=rules,
        operator=header(identity.operator, NAME_LIMIT),
        rules_url=header(identity.rules_url).rstrip("/"),
    )


def _parts(series: Series, sheet: Sheet) -> Iterator[Part]:
    """What is quoted and noted, in the order of the mail."""
    if sheet.quoted:
        yield Part("", _blocks(sheet.message, sheet.patch, sheet.quoted))
    for patch in series.patches:
        about = [v for v in sheet.noted if v.finding.anchor.message_id == patch.message_id]
        if about:
            yield Part(position(patch), _blocks(patch.message, patch, about))


def _blocks(
    message: Message, patch: Patch | None, verdicts: Iterable[Verdict]
) -> tuple[Block, ...]:
    remarks = (Remark(_places(verdict), wrapped(verdict.comment)) for verdict in verdicts)
    return tuple(blocks(message.body, patch.files if patch else (), remarks))


def _places(verdict: Verdict) -> tuple[int, ...]:
    """The body lines of a finding: its own, and those of the same file that it refers to."""
    anchor = verdict.finding.anchor
    related = [
        other.mail
        for other in verdict.finding.related
        if (other.message_id, other.path) == (anchor.message_id, anchor.path)
    ]
    return (anchor.mail, *(related if len(related) <= MAX_RELATED else ()))


def position(patch: Patch) -> str:
    """How people name a patch within its series: `3/7`, or its text where it has no number."""
    subject = patch.subject
    if subject.position is None:
        return header(subject.text, NAME_LIMIT)
    insert = f".{subject.insert}" if subject.insert else ""
    total = f"/{subject.total}" if subject.total is not None else ""
    return f"{subject.position}{insert}{total}"


def _entry(series: Series, sheet: Sheet, verdict: Verdict) -> str:
    """One line that names a finding: patch (if it is another one), place, rule."""
    finding = verdict.finding
    target = finding.anchor.message_id
    others = (patch for patch in series.patches if patch is not sheet.patch)
    where = [position(patch) for patch in others if patch.message_id == target]
    if finding.function:
        where.append(f"{header(finding.function, NAME_LIMIT)}()")
    elif finding.anchor.path:
        where.append(header(finding.anchor.path, NAME_LIMIT))
    return wrapped(f"- {', '.join((*where, finding.rule))}", "  ")


def _fitting(entries: list[str], lines: int) -> tuple[list[str], int]:
    """The entries that fit into so many own lines, and how many do not; two lines are for the frame."""
    shown = []
    left = lines - 2
    for entry in entries:
        left -= entry.count("\n") + 1
        if left < 0:
            break
        shown.append(entry)
    return shown, len(entries) - len(shown)


def _date(date: datetime | None) -> str:
    """A date as mail programs write it, or an empty string."""
    return format_datetime(date) if date else ""
