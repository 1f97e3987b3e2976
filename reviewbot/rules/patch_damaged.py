"""The diff of a patch cannot be trusted, so no rule speaks about it.

Why: a finding computed from a reflowed hunk is wrong in ways that the author cannot reproduce.
Fix: fetch the raw mail; where that is damaged too, Documentation/process/email-clients.rst has settings
for most mailers.
Quiet when: the patch parsed as git reads it; a damaged file costs only that file.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import PatchChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.model.problem import ProblemKind
from reviewbot.rule import Needs, rule

UNREADABLE = {
    ProblemKind.DIFF_DAMAGED: "damaged",
    ProblemKind.WHITESPACE_DAMAGED: "white space damaged",
    ProblemKind.LINE_TOO_LONG: "line too long",
    ProblemKind.NOT_REVIEWED: "not reviewed",
}


@rule(severity=Severity.NIT, channel=Channel.GATE, needs=Needs.DIFF, triggers=())
def check(change: PatchChange) -> Iterator[Hit]:
    """One hit for a patch with any such problem; the reasons are joined."""
    reasons = [
        f"{UNREADABLE[problem.kind]}: {problem.detail}"
        if problem.detail
        else UNREADABLE[problem.kind]
        for problem in change.patch.problems
        if problem.kind in UNREADABLE
    ]
    if reasons:
        yield change.at_top(
            position=change.patch.subject.position or 0, reasons="; ".join(dict.fromkeys(reasons))
        )
