"""Checks for a Patchwork server: an outcome becomes a light beside each patch, and the light is kept true.

Only what may be mailed is told: the world reads checks, and a draft is for the person who runs the tool. A
series of which a mail is missing is `pending`; one that is superseded gets none, nor does a patch that people
have decided on. Sources: Patchwork's API documentation (`CheckCreate`) and its states
(`fixtures/default_states.xml`, kernel.org's beside them), its documentation of checks; rule catalogue §4.1
(NIPA: checks, not mails).

Law: a check that is there already is not made again; what was sent is sent once, and where nobody knows whether
it arrived it is looked up, never repeated. Nobody else may post meanwhile: who sends holds a lock. Must not
know how servers are asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Protocol
from urllib.parse import quote

from msgspec import Struct

from reviewbot.errors import ServiceError
from reviewbot.model.check import Check, Standing, State
from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.printable import header
from reviewbot.model.series import Patch
from reviewbot.review.grade import Grade, counted, grade
from reviewbot.review.outcome import Outcome
from reviewbot.review.policy import DAMAGE

# CheckCreate: maxLength of target_url. A description has no limit; it is one line in a table.
_LONGEST_URL = 200
_LONGEST = 150
# The states in which a patch waits for somebody. A project has further ones, whose meaning nobody knows here.
OPEN = frozenset({"new", "under-review", "needs-ack", "action-required"})
# Those in which it does not, whatever is asked for.
DECIDED = frozenset(
    {"accepted", "applied", "rejected", "rfc", "not-applicable", "changes-requested"}
    | {"awaiting-upstream", "superseded", "deferred", "mainlined", "queued", "in-next"}
    | {"handled-elsewhere"}
)
_STATES = {Grade.PASS: State.SUCCESS, Grade.WARN: State.WARNING, Grade.FAIL: State.FAIL}


class Words(Struct, frozen=True):
    """How checks are signed: their context, and the address they lead to (`{message_id}`, `{rule}`).

    Without an address they lead to the page of the gravest rule below `rules_url`, where there is one.
    """

    context: str = "reviewbot"
    url: str = ""
    rules_url: str = ""


class Fate(Enum):
    """What became of a check."""

    SAME = "there already"
    DUE = "would be posted"
    POSTED = "posted"
    FAILED = "not posted"
    DECIDED = "decided already"
    UNKNOWN = "the server has no such patch"


class Report(Struct, frozen=True):
    """One patch: its Message-ID, the check, what became of it and why; `before` is the check that was there."""

    message_id: str
    check: Check
    fate: Fate
    before: Check | None = None
    why: str = ""


class Server(Protocol):
    """A server that keeps checks."""

    def patch(self, message_id: str) -> Standing | None:
        """A patch, or None."""

    def newest(self, patch: int, context: str) -> Check | None:
        """The check of that context that counts, or None."""

    def create(self, patch: int, check: Check) -> None:
        """One more check."""


def checks(outcome: Outcome, words: Words) -> Iterator[tuple[Patch, Check]]:
    """The check of each patch of a series; none where a newer revision is out or it is not for the kernel."""
    series = outcome.series
    if series.superseded_by or series.project:
        return
    for patch in series.patches:
        said = [
            verdict
            for verdict in outcome.verdicts
            if verdict.channel is Channel.MAIL
            and verdict.finding.anchor.message_id == patch.message_id
        ]
        yield patch, _check(outcome, patch, said, words)


def _check(outcome: Outcome, patch: Patch, said: Sequence[Verdict], words: Words) -> Check:
    state = _STATES[grade(said)]
    rules = ", ".join(dict.fromkeys(verdict.finding.rule for verdict in said))
    text = f"{counted(said)}: {rules}" if said else "nothing to comment on"
    if not said and outcome.series.missing:
        state = State.PENDING
        missing = ", ".join(map(str, outcome.series.missing))
        text = f"waiting for the rest of the series (missing: {missing})"
    elif not said and any(problem.kind in DAMAGE for problem in patch.problems):
        state = State.WARNING
        text = "the patch is damaged, so not all of it was looked at"
    gravest = max(said, key=lambda v: v.finding.severity.rank, default=None)
    rule = gravest.finding.rule if gravest else ""
    return Check(state, words.context, header(text, _LONGEST), _target(patch, rule, words))


def _target(patch: Patch, rule: str, words: Words) -> str:
    """Where a check leads, if that is an address that Patchwork takes."""
    page = f"{words.rules_url.rstrip('/')}/{rule}" if words.rules_url and rule else ""
    named = words.url.replace("{message_id}", quote(patch.message_id, safe="@"))
    url = named.replace("{rule}", rule) if words.url else page
    return url if url.startswith(("https://", "http://")) and len(url) <= _LONGEST_URL else ""


def posted(
    wanted: Iterable[tuple[Patch, Check]], server: Server, *, send: bool, states: Sequence[str] = ()
) -> Iterator[Report]:
    """What becomes of each check; without `send` nothing is posted. A failure is reported, and ends it.

    `states` are those a person asked for: one that nobody knows here is as open as they say.
    """
    for patch, check in wanted:
        found = server.patch(patch.message_id)
        if found is None:
            yield Report(patch.message_id, check, Fate.UNKNOWN)
            continue
        if why := _decided(found, states):
            yield Report(patch.message_id, check, Fate.DECIDED, None, why)
            continue
        before = server.newest(found.number, check.context)
        if before == check:
            yield Report(patch.message_id, check, Fate.SAME, before)
        elif not send:
            yield Report(patch.message_id, check, Fate.DUE, before)
        else:
            report = _sent(
                server, found.number, Report(patch.message_id, check, Fate.POSTED, before)
            )
            yield report
            if report.fate is Fate.FAILED:
                return


def _decided(patch: Standing, states: Sequence[str]) -> str:
    """Why a patch waits for nobody any more, or an empty string."""
    state = patch.state.lower().replace(" ", "-").replace("_", "-")
    if patch.archived:
        return "archived"
    if state in DECIDED or not (not state or state in OPEN or state in states):
        return header(state, _LONGEST)
    return ""


def _sent(server: Server, number: int, report: Report) -> Report:
    """The report of a check that is posted now; where the answer is lost, the server is asked what it has."""
    try:
        server.create(number, report.check)
    except ServiceError as error:
        try:
            arrived = server.newest(number, report.check.context) == report.check
        except ServiceError:
            arrived = False
        if not arrived:
            before, why = report.before, str(error)
            return Report(report.message_id, report.check, Fate.FAILED, before, why)
    return report
