"""The diff of a patch cannot be trusted, so no rule speaks about it.

Why: a finding computed from a reflowed hunk is wrong in ways that the author cannot reproduce.
Fix: fetch the raw mail; where that is damaged too, Documentation/process/email-clients.rst has settings
for most mailers.
Quiet when: the patch parsed as git reads it; a damaged file costs only that file.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import PatchChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.rule import Needs, rule

NAMED = 2
UNREADABLE = {
    ProblemKind.DIFF_DAMAGED: "damaged",
    ProblemKind.WHITESPACE_DAMAGED: "white space damaged",
    ProblemKind.LINE_TOO_LONG: "line too long",
    ProblemKind.NOT_REVIEWED: "not reviewed",
}


@rule(severity=Severity.NIT, channel=Channel.GATE, needs=Needs.DIFF, triggers=())
def check(change: PatchChange) -> Iterator[Hit]:
    """One hit for a patch with any such problem; the first reasons are named, the rest counted."""
    patch = change.patch
    reasons = list(dict.fromkeys(_reason(p) for p in patch.problems if p.kind in UNREADABLE))
    if reasons:
        yield change.at_top(
            position=patch.subject.position or 0,
            reasons="; ".join(reasons[:NAMED]),
            more=max(0, len(reasons) - NAMED),
        )


def _reason(problem: Problem) -> str:
    what = UNREADABLE[problem.kind]
    return f"{what}: {problem.detail}" if problem.detail else what
