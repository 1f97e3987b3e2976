"""`reviewbot post`: letters that were approved leave.

Law: without `--send` nothing is sent and nothing is changed; what is said of a letter is what would come of it.
Must not know how a mail gets to a server.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from msgspec import Struct

from reviewbot.commands.civility import civility
from reviewbot.commands.damaged import tell_damaged
from reviewbot.commands.options import config_option
from reviewbot.commands.queueing import letters_of, person
from reviewbot.commands.reach import Reach, tell
from reviewbot.commands.stopping import stopping
from reviewbot.commands.wanted import Wanted
from reviewbot.config import Config, load
from reviewbot.config.places import state_folder
from reviewbot.config.settings import Settings
from reviewbot.errors import ConfigError, ExitCode
from reviewbot.model.letter import Stage
from reviewbot.model.printable import header, printable
from reviewbot.sinks.arrivals import ArchiveArrivals, Arrivals, FolderArrivals
from reviewbot.sinks.outbox.entry import Entry, Query
from reviewbot.sinks.outbox.mark import Mark
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.outbox.sole import sole
from reviewbot.sinks.sending import (
    Clock,
    Desk,
    Pace,
    Result,
    held_back,
    left_in_a_day,
    recipients,
    recovered,
    sent,
    spent,
)
from reviewbot.sinks.transport.chosen import Way, way_out
from reviewbot.sinks.transport.settings import Via

EXAMPLE = """\b
Examples:
  reviewbot post
  reviewbot post --list kvm --limit 1 --send
"""
_DOUBT = (Stage.SENDING, Stage.UNDECIDED)
# Of these a letter that cannot be read is missed here.
_OURS = (Stage.APPROVED, *_DOUBT)
_WORDS = {
    Stage.SENT: "sent",
    Stage.APPROVED: "not sent",
    Stage.HELD: "refused, held again",
    Stage.UNDECIDED: "UNDECIDED",
}


class Chosen(Struct, frozen=True):
    """Which letters are meant, and how many at most (0: all)."""

    query: Query
    limit: int = 0


@click.command(epilog=EXAMPLE)
@click.option("--send", is_flag=True, help="Send them. Without this nothing leaves.")
@click.option(
    "--list", "mailing_list", default="", metavar="LIST", help="To patches sent to this list."
)
@click.option(
    "--series", default="", metavar="SERIES", help="Of this Message-ID, or words of the subject."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Not more than N letters.  [default: all that may leave]",
)
@click.option(
    "--offline",
    is_flag=True,
    envvar="REVIEWBOT_OFFLINE",
    help="Look for answers, and for what has left, in local mirrors alone.  [env: REVIEWBOT_OFFLINE]",
)
@config_option
def command(
    send: bool,
    mailing_list: str,
    series: str,
    limit: int | None,
    offline: bool,
    config: Path | None,
) -> ExitCode:
    """Send the letters that were approved; without --send say what would be sent.

    A letter leaves at most once. Asked to end (SIGTERM), a run settles the letter that is on its way first.
    Where one was ended otherwise, or a server did not answer, the letter is looked for in the archives and in
    the folder of sent mails; if it is not found there, it is undecided, and you say what becomes of it: see
    `reviewbot queue --help`.
    """
    configuration = load(config)
    settings = configuration.settings
    chosen = Chosen(Query((Stage.APPROVED,), series=series, list=mailing_list), limit or 0)
    with ExitStack() as stack:
        reach = Reach(settings, Wanted(offline=offline), (), stack)
        if not send:
            return _shown(configuration, reach, chosen, stack)
        stop = stack.enter_context(stopping())
        lock = stack.enter_context(sole(state_folder()))
        outbox = stack.enter_context(Outbox(state_folder()))
        way = way_out(settings.transport, settings.smtp, tell, lock)
        stack.callback(way.transport.close)
        return _sent(
            settings,
            reach,
            chosen,
            Desk(
                outbox,
                Mark(state_folder()),
                way,
                civility(configuration, outbox, reach),
                person(),
                tell,
                _pace(settings),
                Clock(sleep=stop.sleep, is_over=stop.is_asked),
                settings.transport.sent_folder if settings.transport.file_sent else None,
            ),
        )


def _shown(config: Config, reach: Reach, chosen: Chosen, stack: ExitStack) -> ExitCode:
    """Say what would be sent; each letter is judged as if those before it had left."""
    outbox = stack.enter_context(Outbox(state_folder()))
    leaving: list[Entry] = []
    polite = civility(config, outbox, reach, leaving)
    way = _way(config.settings)
    now, pace = Clock().now(), _pace(config.settings)
    left = left_in_a_day(outbox, now)
    entries = outbox.letters(chosen.query)
    for entry in entries:
        reasons = held_back(way, polite, entry, now)
        if not reasons and chosen.limit and len(leaving) >= chosen.limit:
            reasons = [f"--limit {chosen.limit}"]
        if not reasons and left + len(leaving) >= pace.daily:
            reasons = [spent(pace)]
        if not reasons:
            leaving.append(entry)
        _say(entry, "not to be sent" if reasons else "to be sent", reasons or [_whom(entry)])
    click.echo(f"{letters_of(len(entries))} approved, {len(leaving)} to be sent")
    _tell_doubts(outbox)
    if leaving:
        by = f" by {printable(way.transport.name)}" if way is not None else ""
        click.echo(f"Nothing was sent; --send sends{by}.")
    return ExitCode.UNUSABLE if tell_damaged(outbox, _OURS) else ExitCode.OK


def _sent(settings: Settings, reach: Reach, chosen: Chosen, desk: Desk) -> ExitCode:
    """Send, and say what came of it."""
    places = _places(settings, reach)
    for result in recovered(desk, places):
        _report(result, desk.way)
    entries = desk.outbox.letters(chosen.query)
    results: list[Result] = []
    for result in _limited(sent(desk, entries), chosen.limit):
        results.append(result)
        _report(result, desk.way)
    gone = sum(result.stage is Stage.SENT for result in results)
    click.echo(
        f"{letters_of(len(entries))} approved, {gone} sent by {printable(desk.way.transport.name)}"
    )
    doubts = _tell_doubts(desk.outbox)
    lost = tell_damaged(desk.outbox, _OURS)
    if desk.clock.is_over():
        tell("asked to end: no further letter was begun")
        return ExitCode.INTERRUPTED
    failed = any(result.tried and result.stage is not Stage.SENT for result in results)
    if failed or doubts:
        return ExitCode.SERVICE
    return ExitCode.UNUSABLE if lost else ExitCode.OK


def _limited(results: Iterable[Result], limit: int) -> Iterator[Result]:
    """The results until so many letters were handed over."""
    tried = 0
    for result in results:
        yield result
        tried += result.tried
        if limit and tried >= limit:
            return


def _places(settings: Settings, reach: Reach) -> Sequence[Arrivals]:
    """Where a letter that has left may be found, the nearest first."""
    outgoing = settings.transport
    folders = [outgoing.sent_folder, outgoing.drafts_folder if outgoing.via is Via.DRAFTS else None]
    near = [FolderArrivals(folder) for folder in folders if folder is not None]
    return (*near, *map(ArchiveArrivals, reach.archives()))


def _way(settings: Settings) -> Way | None:
    """The way letters would leave by, or None, and why, where there is none yet."""
    try:
        return way_out(settings.transport, settings.smtp, tell)
    except ConfigError as error:
        tell(f"{error}. {error.hint}".rstrip())
        return None


def _pace(settings: Settings) -> Pace:
    outgoing = settings.transport
    return Pace(outgoing.pause, outgoing.daily, outgoing.tries)


def _report(result: Result, way: Way) -> None:
    is_draft = result.stage is Stage.SENT and not way.is_final
    what = "put into the drafts" if is_draft else _WORDS.get(result.stage, result.stage.value)
    _say(result.entry, what, [result.why])


def _say(entry: Entry, what: str, why: Sequence[str]) -> None:
    subject = header(entry.letter.reply.subject, 100)
    click.echo(printable(f"{entry.short}  {what}: {subject}"))
    for reason in filter(None, why):
        click.echo(printable(f"    {reason}"))


def _whom(entry: Entry) -> str:
    found = recipients(entry.letter.reply)
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"to {', '.join(found[:5])}{more}"


def _tell_doubts(outbox: Outbox) -> bool:
    """Name the letters that only a person can decide on; whether there are any."""
    doubtful = outbox.letters(Query(stages=_DOUBT))
    for entry in doubtful:
        tell(f"{entry.short} may have left or not, see `reviewbot queue why {entry.short}`")
    return bool(doubtful)
