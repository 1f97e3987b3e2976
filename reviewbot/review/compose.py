"""Compose: verdicts on the mail channel become replies.

Law: a pure function; the same series and verdicts give the same replies, Message-IDs included. No header holds
text that was not made safe. Nobody is written to who did not send the patch. Must not know how a reply is
written down or sent.

Sources: rule catalogue §4.2 (etiquette), RFC 5322 §3.6.4 (References).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime, parseaddr

from msgspec import Struct

from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.message import Address, Message
from reviewbot.model.printable import email, header, identifier, spoken
from reviewbot.model.reply import Claim, Reply, derived
from reviewbot.model.series import Patch, Series
from reviewbot.review.plan import Sheet, sheets
from reviewbot.review.policy import Policy
from reviewbot.review.quote import Block, Remark, blocks
from reviewbot.review.render import Words
from reviewbot.review.wrap import wrapped

MAX_REFERENCES = 20
MAX_RELATED = 3
# Places of one rule that the summary names; more would be read by nobody.
MAX_PLACES = 4
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


class Named(Struct, frozen=True):
    """An entry of the summary, wrapped, and how many findings it names."""

    text: str
    findings: int


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
    summaries: Mapping[str, str] = {},
) -> tuple[Reply, ...]:
    """The mails that the mail-channel verdicts make, at most `policy.max_mails_per_series`.

    `on_cover` are the ids of the rules whose words belong into the answer to the cover letter. By the
    `summaries`, one sentence for the id of each rule, findings are called that are only named.
    Raises TemplateError.
    """
    mailed = [verdict for verdict in verdicts if verdict.channel is Channel.MAIL]
    written = []
    for sheet in sheets(series, mailed, policy, on_cover):
        claims = _claims((*sheet.quoted, *sheet.noted, *sheet.rest))
        body = _body(series, sheet, _named(series, sheet, summaries), identity, words)
        written.append(_reply(sheet.message, body, claims, identity))
    return tuple(written)


def _claims(said: Iterable[Verdict]) -> tuple[Claim, ...]:
    """What a mail says of these findings, each once."""
    found = (verdict.finding for verdict in said)
    return tuple(dict.fromkeys(Claim(f.rule, f.fingerprint, f.symbol or f.function) for f in found))


def _reply(parent: Message, body: str, claims: tuple[Claim, ...], identity: Identity) -> Reply:
    """The mail that answers `parent`."""
    own = email(identity.email)
    domain = own.partition("@")[2] or NO_DOMAIN
    own_id = derived(parent.message_id, body, domain)
    return Reply(
        message_id=own_id,
        in_reply_to=identifier(parent.message_id),
        references=_references(parent, own_id),
        sender=Address(header(identity.name, NAME_LIMIT), own),
        reply_to=_mailbox(*parseaddr(identity.reply_to)),
        to=tuple(filter(None, [_mailbox(parent.sender.name, parent.sender.email)])),
        cc=(),
        subject=_subject(parent.subject),
        body=body,
        rules=tuple(dict.fromkeys(claim.rule for claim in claims)),
        claims=claims,
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


def _references(parent: Message, own_id: str) -> tuple[str, ...]:
    """The parent's References (or its only In-Reply-To) and the parent: the first and the newest 19.

    The parent comes last and we do not come at all, whatever circles there are.
    """
    above = parent.references or parent.in_reply_to[:1]
    known = dict.fromkeys(name for name in above if name not in (own_id, parent.message_id))
    ids = [*filter(None, map(identifier, (*known, parent.message_id)))]
    return tuple(ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]])


def _body(
    series: Series, sheet: Sheet, named: list[Named], identity: Identity, words: Words
) -> str:
    shown, more = _fitting(named, sheet.rest_lines)
    sender = sheet.message.sender
    said = (verdict.finding.rule for verdict in (*sheet.quoted, *sheet.noted, *sheet.rest))
    return words.reply(
        date=_date(sheet.message.date),
        name=spoken(sender.name, NAME_LIMIT) or email(sender.email) or "somebody",
        parts=tuple(_parts(series, sheet, words)),
        rest=shown,
        more=more,
        rules=tuple(dict.fromkeys(said)),
        operator=header(identity.operator, NAME_LIMIT),
        rules_url=header(identity.rules_url).rstrip("/"),
    )


def _parts(series: Series, sheet: Sheet, words: Words) -> Iterator[Part]:
    """What is quoted and noted, in the order of the mail."""
    if sheet.quoted:
        yield Part("", _blocks(sheet.message, sheet.patch, sheet.quoted, words))
    for patch in series.patches:
        about = [v for v in sheet.noted if v.finding.anchor.message_id == patch.message_id]
        if about:
            yield Part(position(patch), _blocks(patch.message, patch, about, words))


def _blocks(
    message: Message, patch: Patch | None, verdicts: Iterable[Verdict], words: Words
) -> tuple[Block, ...]:
    """The blocks about one mail; what would be said twice in a row is said once."""
    remarks = (Remark(_places(verdict), wrapped(verdict.comment)) for verdict in verdicts)
    made = tuple(blocks(message.body, patch.files if patch else (), remarks))
    said = ("", *(block.text for block in made))
    same = words.same()
    return tuple(
        Block(block.quote, same) if block.text == before and len(same) < len(before) else block
        for before, block in zip(said, made, strict=False)
    )


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
        return spoken(subject.text, NAME_LIMIT)
    insert = f".{subject.insert}" if subject.insert else ""
    total = f"/{subject.total}" if subject.total is not None else ""
    return f"{subject.position}{insert}{total}"


def _named(series: Series, sheet: Sheet, summaries: Mapping[str, str]) -> list[Named]:
    """What is only named, the gravest first: a line for each rule with the places where it speaks."""
    places: dict[str, list[str]] = {}
    for verdict in sorted(sheet.rest, key=lambda verdict: -verdict.finding.severity.rank):
        places.setdefault(verdict.finding.rule, []).append(_place(series, sheet, verdict))
    return [
        Named(_entry(rule, tuple(filter(None, dict.fromkeys(where))), summaries), len(where))
        for rule, where in places.items()
    ]


def _entry(rule: str, where: tuple[str, ...], summaries: Mapping[str, str]) -> str:
    """The places, and in a sentence what is there; a rule without a summary goes by its id."""
    more = len(where) - MAX_PLACES
    places = ", ".join(where[:MAX_PLACES]) + (f" and {more} more" if more > 0 else "")
    said = spoken(summaries.get(rule, "")).replace("`", "").removesuffix(".")
    if said[1:2].islower() or said[1:2] == " ":
        said = said[0].lower() + said[1:]
    return wrapped(f"- {': '.join(filter(None, (places, said or rule)))}", "  ")


def _place(series: Series, sheet: Sheet, verdict: Verdict) -> str:
    """Where a finding is: the patch, if it is another one, and the function or else the file."""
    finding = verdict.finding
    target = finding.anchor.message_id
    others = (patch for patch in series.patches if patch is not sheet.patch)
    where = [position(patch) for patch in others if patch.message_id == target]
    if finding.function:
        where.append(f"{spoken(finding.function, NAME_LIMIT)}()")
    elif finding.anchor.path:
        where.append(spoken(finding.anchor.path, NAME_LIMIT))
    return " ".join(where)


def _fitting(named: list[Named], lines: int) -> tuple[list[str], int]:
    """The entries that fit into so many own lines, and how many findings do not; two are for the frame."""
    shown = []
    left, more = lines - 2, sum(one.findings for one in named)
    for one in named:
        left -= one.text.count("\n") + 1
        if left < 0:
            break
        shown.append(one.text)
        more -= one.findings
    return shown, more


def _date(date: datetime | None) -> str:
    """A date as mail programs write it, or an empty string."""
    return format_datetime(date) if date else ""
