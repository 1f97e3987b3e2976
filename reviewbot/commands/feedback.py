"""`reviewbot feedback`: what people asked for in their answers is kept, and followed from then on.

Law: without `--apply` nothing is kept; nothing is ever answered. Must not know what wishes are weighed by.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click

from reviewbot.commands.belt import TreeOf, standing
from reviewbot.commands.damaged import tell_damaged
from reviewbot.commands.fetching import fetching
from reviewbot.commands.hearing import (
    Answer,
    Hearing,
    Manner,
    PeopleOf,
    Vouch,
    ambiguous,
    gathered,
)
from reviewbot.commands.options import config_option, tree_options
from reviewbot.commands.wanted import Wanted, fetch_options
from reviewbot.config import load
from reviewbot.config.places import state_folder
from reviewbot.config.settings import Settings
from reviewbot.errors import ExitCode
from reviewbot.model.letter import Letter
from reviewbot.model.message import Address, Message, RawMessage
from reviewbot.model.printable import header, printable
from reviewbot.model.reply import derived
from reviewbot.model.said import Objection
from reviewbot.model.trust import Trust, Vouched
from reviewbot.parse.feedback import may_ask, requests
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.objecting import Ground, places
from reviewbot.sinks.outbox.outbox import FILE, Outbox
from reviewbot.sources.maintainers import people

EXAMPLE = """\b
Examples:
  reviewbot feedback --tree ~/linux.git 'https://lore.kernel.org/kvm/ID/'
  reviewbot feedback --apply ~/mail/answers.mbox
  reviewbot objections
"""
# Needs packages that are only there where they were asked for.
DKIM = "reviewbot.sources.dkim"
OPTIONAL = frozenset({"dkim", "dns"})
MISSING = Vouched(Trust.UNKNOWN, "dkimpy is not installed: pip install 'reviewbot[dkim]'")
NAME_LIMIT = 60
KEPT, KNOWN, WOULD, REFUSED = "kept", "kept already", "to be kept", "not followed"


@click.command(epilog=EXAMPLE)
@fetch_options
@click.option("--apply", "keep", is_flag=True, help="Keep them. Without this they are only shown.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="MESSAGE-ID",
    help="Follow this mail although its signature says nothing: you are sure. May be repeated.",
)
@tree_options
@config_option
def command(
    words: tuple[str, ...],
    wanted: Wanted,
    keep: bool,
    accepted: tuple[str, ...],
    trees: tuple[Path, ...],
    source_dir: Path | None,
    base: str,
    config: Path | None,
) -> ExitCode:
    """Show what answers in SOURCE ask of reviewbot, and with --apply follow it from now on.

    A line `reviewbot: false-positive [RULE] [reason]`, `reviewbot: off` (for the series) or `reviewbot: optout`
    (for its author) counts in own words of the author, or of somebody named in the tree's MAINTAINERS for the
    files of the patch, if the mail has a valid DKIM signature of the sender's domain. Nobody is ever answered.
    """
    configuration = load(config)
    rules = frozenset(rule.id for rule in configuration.rules)
    mails: list[Message] = []
    with ExitStack() as stack:
        tree_of = stack.enter_context(standing(trees, source_dir, base))
        fetcher = stack.enter_context(fetching(configuration.settings, wanted, trees))
        outbox = _outbox(stack, made=keep)
        read = _read(fetcher.sources(words), mails)
        wishes = tuple(gathered(read, lambda mail: requests(mail, rules)))
        hearing = Hearing(
            places=places(series(mails)) if wishes else {},
            letters=_letters(outbox) if wishes else {},
            people_of=_people_of(tree_of),
            vouch=_vouch(wanted.offline),
            now=datetime.now(UTC),
            manner=_manner(configuration.settings),
            accepted=frozenset(name.strip(" <>") for name in accepted),
            several=ambiguous(wishes),
        )
        _tell(tuple(map(hearing.answer, wishes)), outbox if keep else None)
        lost = bool(outbox and wishes and tell_damaged(outbox))
    return ExitCode.UNUSABLE if lost else ExitCode.OK


def _manner(settings: Settings) -> Manner:
    own = settings.identity.email.lower()
    return Manner(settings.feedback, own, settings.post.robots)


def _outbox(stack: ExitStack, *, made: bool) -> Outbox | None:
    """The outbox, if there is one or one is to be made."""
    folder = state_folder()
    if not made and not (folder / FILE).exists():
        return None
    return stack.enter_context(Outbox(folder))


def _letters(outbox: Outbox | None) -> Mapping[str, Letter]:
    """Ours by Message-ID, whatever became of them: a draft may have been sent by hand."""
    entries = outbox.letters() if outbox else ()
    found: dict[str, Letter] = {}
    for entry in entries:
        letter, reply = entry.letter, entry.letter.reply
        # What `review --format mail` writes has no salt in its Message-ID.
        domain = reply.message_id.rpartition("@")[2]
        found.setdefault(derived(letter.posting.message_id, reply.body, domain), letter)
        found[letter.message_id] = letter
    return found


def _read(
    sources: Iterable[Iterable[RawMessage]], mails: list[Message]
) -> Iterator[tuple[RawMessage, Message]]:
    """The mails that may hold a wish; all are put into `mails`."""
    for source in sources:
        for raw in source:
            mail = message(raw)
            mails.append(mail)
            if may_ask(raw):
                yield raw, mail


def _people_of(tree_of: TreeOf) -> PeopleOf:
    def found(about: Ground) -> Collection[Address] | None:
        return people(tree_of(about.series), about.paths) if about.series else None

    return found


def _vouch(offline: bool) -> Vouch:
    """What checks signatures; nothing is imported before there is one."""

    def vouch(raw: RawMessage) -> Vouched:
        try:
            dkim = import_module(DKIM)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in OPTIONAL:
                raise
            return MISSING
        answer: Vouched = dkim.vouched(raw, dkim.not_asked if offline else dkim.dns_text)
        return answer

    return vouch


def _tell(answers: Sequence[Answer], outbox: Outbox | None) -> None:
    """Say what each wish comes to, and keep that if there is an outbox to keep it in."""
    count: Counter[str] = Counter()
    for answer in answers:
        what = _kept(answer.objections, outbox)
        count[what] += 1
        for line in _lines(answer, what):
            click.echo(printable(line))
    said = ", ".join(f"{number} {what}" for what, number in count.items())
    click.echo(f"{_wishes(len(answers))}{': ' if said else ''}{said}")
    if count[WOULD]:
        click.echo("Nothing was kept; --apply keeps.")


def _kept(objections: Sequence[Objection], outbox: Outbox | None) -> str:
    """Keep objections; what became of them."""
    if not objections:
        return REFUSED
    if outbox is None:
        return WOULD
    new = [one for one in objections if outbox.object(one)]
    return KEPT if new else KNOWN


def _lines(answer: Answer, what: str) -> Iterator[str]:
    mail, request = answer.wished.mail, answer.wished.request
    yield f"{header(str(mail.sender), NAME_LIMIT)}: reviewbot: {request}"
    if request.reason:
        yield f"    {request.reason}"
    yield f"    <{mail.message_id}>{', about ' if answer.about else ''}{answer.about}"
    until = answer.objections[0].until if answer.objections else None
    end = f" until {until.date()}" if until else ""
    yield f"    {what}{end}: {answer.why}"


def _wishes(count: int) -> str:
    return "1 wish" if count == 1 else f"{count} wishes"
