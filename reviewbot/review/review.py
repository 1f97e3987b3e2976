"""Everything that happens to one series between parsing and the outlets, as one sentence.

Law: a pure function; the same series, tree and kit give the same outcome. Must not know where mails come
from or where an outcome goes.
"""

from msgspec.structs import replace

from reviewbot.model.finding import Channel, Finding, Verdict
from reviewbot.model.series import Series
from reviewbot.model.tree import NoTree, Tree
from reviewbot.review.compose import replies
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.policy import verdicts


def review(series: Series, kit: Kit, tree: Tree = NoTree()) -> Outcome:
    """The outcome of one series: verdicts with their words, replies, and all that was not looked at."""
    found = findings(series, kit, tree)
    rules = {rule.id: rule for rule in kit.rules}
    on_cover = {rule.id for rule in kit.rules if rule.on_cover}
    judged = tuple(
        replace(verdict, comment=kit.words.comment(verdict.finding))
        for verdict in verdicts(series, found.findings, kit.policy, rules)
    )
    return Outcome(
        series=series,
        verdicts=judged,
        gates=tuple(_gate(finding, kit) for finding in found.gates),
        replies=replies(series, judged, kit.policy, kit.identity, kit.words, on_cover),
        skipped=found.skipped,
        failures=found.failures,
    )


def _gate(finding: Finding, kit: Kit) -> Verdict:
    return Verdict(finding, Channel.GATE, "makes other rules abstain", kit.words.comment(finding))
