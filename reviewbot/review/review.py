"""Everything that happens to one series between parsing and the outlets, as one sentence.

Law: a pure function; the same series, tree and kit give the same outcome. A rule whose template does not
render has failed like a rule that crashed: its finding is named as a failure and the others go on. Must not
know where mails come from or where an outcome goes.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from reviewbot.errors import TemplateError
from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.series import Series
from reviewbot.model.tree import NoTree, Tree
from reviewbot.review.addressing import to_people
from reviewbot.review.compose import position, replies
from reviewbot.review.engine import findings
from reviewbot.review.history import NOTHING, Memory, fixed
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome, RuleFailure
from reviewbot.review.policy import LOUD, verdicts
from reviewbot.review.render import Words
from reviewbot.review.silence import Silence


def review(series: Series, kit: Kit, tree: Tree = NoTree(), memory: Memory = NOTHING) -> Outcome:
    """The outcome of one series: verdicts with their words, replies, and all that was not looked at.

    `memory` is what was said of earlier revisions.
    """
    found = findings(series, kit, tree)
    silence = Silence(series, found.findings, memory, kit.policy.max_repeats)
    rules = {rule.id: rule for rule in kit.rules}
    gates = (Verdict(gate, Channel.GATE, "makes other rules abstain") for gate in found.gates)
    judged = verdicts(series, found.findings, kit.policy, rules, silence.reasons)
    positions = {patch.message_id: position(patch) for patch in series.patches}
    words = kit.words_for(series)
    worded = [*_worded((*gates, *judged), words, positions, silence)]
    on_cover = frozenset(rule.id for rule in kit.rules if rule.on_cover)
    spoken = tuple(one for one in worded if isinstance(one, Verdict))
    said = tuple(one for one in spoken if one.channel is not Channel.GATE)
    summaries = {name: one.summary for name, one in rules.items()}
    written = replies(series, said, kit.policy, kit.identity, words, on_cover, summaries)
    return Outcome(
        series=series,
        verdicts=said,
        gates=tuple(one for one in spoken if one.channel is Channel.GATE),
        replies=tuple(to_people(series, written, kit.manners)),
        skipped=found.skipped,
        failures=(*found.failures, *(one for one in worded if isinstance(one, RuleFailure))),
        fixed=fixed(series, found, rules, memory),
    )


def _worded(
    judged: Iterable[Verdict], words: Words, positions: Mapping[str, str], silence: Silence
) -> Iterator[Verdict | RuleFailure]:
    """Each verdict with its comment, or the failure of its template."""
    for verdict in judged:
        finding, anchor = verdict.finding, verdict.finding.anchor
        try:
            place = positions.get(anchor.message_id, "")
            comment = words.comment(finding, place)
            if verdict.channel in LOUD and (revision := silence.since(finding)):
                comment = f"{comment} {words.again(revision)}"
            yield replace(verdict, comment=comment)
        except TemplateError as error:
            yield RuleFailure(finding.rule, anchor.message_id, anchor.path, str(error))
