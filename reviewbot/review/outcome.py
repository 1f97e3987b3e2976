"""Outcome: everything that came of one series, findings that are not shown included.

Law: nothing is dropped silently; what a rule could not look at is a Skip with its reason, a rule that
crashed is a RuleFailure. Must not know how an outcome is shown.
"""

from msgspec import Struct

from reviewbot.model.finding import Finding, Verdict
from reviewbot.model.reply import Reply
from reviewbot.model.said import Said
from reviewbot.model.series import Series
from reviewbot.model.skip import SkipReason

__all__ = ["Found", "Outcome", "RuleFailure", "Skip", "SkipReason"]


class Skip(Struct, frozen=True):
    """What one rule did not look at. `message_id` is the patch's, or the series' for series rules.

    `detail` is what there is to say of this very case.
    """

    rule: str
    message_id: str
    path: str
    reason: SkipReason
    detail: str = ""


class RuleFailure(Struct, frozen=True):
    """A rule crashed on a subject: the error in one line, and the traceback to paste."""

    rule: str
    message_id: str
    path: str
    error: str
    traceback: str = ""


class Found(Struct, frozen=True):
    """What the engine found in one series, before any policy."""

    findings: tuple[Finding, ...] = ()
    gates: tuple[Finding, ...] = ()
    skipped: tuple[Skip, ...] = ()
    failures: tuple[RuleFailure, ...] = ()


class Outcome(Struct, frozen=True):
    """One reviewed series.

    `verdicts` are in order of patch, file and line, each with its rendered comment; `gates` are the
    findings of gate rules, worded too; `replies` are the mails that the mail-channel verdicts make.
    `fixed` is what was said of an earlier revision and is no longer found.
    """

    series: Series
    verdicts: tuple[Verdict, ...] = ()
    gates: tuple[Verdict, ...] = ()
    replies: tuple[Reply, ...] = ()
    skipped: tuple[Skip, ...] = ()
    failures: tuple[RuleFailure, ...] = ()
    fixed: tuple[Said, ...] = ()
