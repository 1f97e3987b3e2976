"""`reviewbot check --patchwork`: a check for each patch, on the server that is named.

Law: without --send nothing is posted, and nothing about the patches of who asked for silence, nor about what
is decided: a check is for everybody to see. One process posts at a time. Must not know what a check says, nor
how a server is asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext

import click
from msgspec.structs import replace

from reviewbot.commands.belt import outcomes, standing
from reviewbot.commands.checking import Task
from reviewbot.commands.ending import exit_code
from reviewbot.commands.fetching import fetching
from reviewbot.commands.reach import tell
from reviewbot.commands.remembering import objected
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.finding import Channel
from reviewbot.model.posting import lineage, posting
from reviewbot.model.printable import printable
from reviewbot.model.said import Objection
from reviewbot.model.series import Series
from reviewbot.review.eligible import settled, unfit
from reviewbot.review.etiquette import opted_out
from reviewbot.review.history import Memory
from reviewbot.review.manners import Manners
from reviewbot.review.outcome import Outcome
from reviewbot.review.post import Post
from reviewbot.sinks.outbox.sole import CHECKS, sole
from reviewbot.sinks.patchwork_checks import Fate, Report, Server, Words, checks, posted


def check(task: Task) -> ExitCode:
    """Post the checks, or say which would be posted; a line for each patch on stdout."""
    wanted = task.wanted
    elsewhere = bool(task.words or wanted.query or wanted.commits)
    sources = replace(wanted, project="", states=()) if elsewhere else wanted
    seen: list[Outcome] = []
    fates: list[Fate] = []
    with (
        sole(state_folder(), CHECKS) if task.send else nullcontext(),
        standing(task.trees, task.source_dir, task.base) as tree_of,
        fetching(task.config.settings, sources, task.trees) as fetcher,
    ):
        instance, server = fetcher.reach.checks(wanted.project)
        if task.send and not server.has_token:
            raise UsageError(
                f"patchwork {instance.name!r} takes checks with a token only",
                "Set token_command or token_env of it in the configuration.",
            )
        rules_url = task.config.settings.identity.rules_url
        words = Words(instance.check_context, instance.check_url, rules_url)
        memory = Memory(objections=objected(state_folder()))
        found = outcomes(
            fetcher.sources(task.words), task.kit, tree_of=tree_of, memory_of=lambda _: memory
        )
        for outcome in found:
            seen.append(outcome)
            for report in _reports(outcome, words, server, task, memory.objections):
                fates.append(report.fate)
                click.echo(printable(_line(report)))
            if Fate.FAILED in fates:
                return ExitCode.SERVICE
    if Fate.DUE in fates:
        tell("nothing was posted: --send posts it")
    return exit_code(seen, (Channel.MAIL,))


def _reports(
    outcome: Outcome,
    words: Words,
    server: Server,
    task: Task,
    objections: Sequence[Objection],
) -> Iterator[Report]:
    series = outcome.series
    if not series.patches:
        return
    manners = task.config.manners()
    if why := _unfit(series, manners) or _silence(series, manners.post, objections):
        tell(f"{series.subject}: no check, {why}")
        return
    wanted = checks(outcome, words)
    yield from posted(wanted, server, send=task.send, states=task.wanted.states)


def _unfit(series: Series, manners: Manners) -> str:
    """Why a program says nothing of the series where everybody reads it, or an empty string."""
    if series.tagged("RFC"):
        return "an RFC is answered to its author alone"
    first = posting(series, series.patches[0].message)
    return next(unfit(first, manners), "") or settled(series)


def _silence(series: Series, post: Post, objections: Iterable[Objection]) -> str:
    """Who asked that nothing be said to an author of the series, whatever it is, or an empty string."""
    authors = (series.author, *(patch.message.sender for patch in series.patches))
    for author in dict.fromkeys(each.email for each in authors):
        if reason := opted_out(author, post):
            return reason
        for objection in objections:
            if objection.covers(lineage(series), author, "", ""):
                return str(objection)
    return ""


def _line(report: Report) -> str:
    check = report.check
    was = report.before.state if report.before else check.state
    before = f" (was {was.value})" if was is not check.state else ""
    why = f": {report.why}" if report.why else ""
    said = f" {check.description}" if check.description else ""
    return f"{report.fate.value}{why}: {check.state.value}{before}  <{report.message_id}>{said}"
