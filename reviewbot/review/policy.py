"""Policy: findings become verdicts, each with a channel and the reason for it.

Law: a verdict is never louder than the rule, the hit and the configuration ask for, and says why it is
quieter. Nothing is dropped. Sources: rule catalogue §1.0 (channels), §4.2 (etiquette), §6 (traps).
Must not know words or mails.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.model.diff import Sign
from reviewbot.model.finding import Anchor, Channel, Confidence, Finding, Verdict
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Patch, Series
from reviewbot.rule import Rule

DAMAGE = frozenset({ProblemKind.DIFF_DAMAGED, ProblemKind.WHITESPACE_DAMAGED})
IGNORE = re.compile(
    r"^\s*reviewbot:\s*ignore\b[ \t]*(?P<rules>[^\n]*)$", re.IGNORECASE | re.MULTILINE
)


class Suppression(Struct, frozen=True, forbid_unknown_fields=True):
    """A stated reason not to show findings. Empty fields match anything; `path` is a glob."""

    reason: str
    rule: str = ""
    path: str = ""
    function: str = ""
    symbol: str = ""
    fingerprint: str = ""

    def matches(self, finding: Finding) -> bool:
        """Whether every stated field agrees with the finding."""
        stated = (
            (self.rule, finding.rule),
            (self.path, finding.anchor.path),
            (self.function, finding.function),
            (self.symbol, finding.symbol),
            (self.fingerprint, finding.fingerprint),
        )
        return all(fnmatchcase(value, wanted) for wanted, value in stated if wanted)


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """Another channel for rules on some paths or lists. Empty fields match anything.

    `rule` is an id or a glob; `path` a glob on the file; `list` a glob on the addresses and List-Ids
    of the mail.
    """

    channel: Channel
    rule: str = "*"
    path: str = ""
    list: str = ""

    def matches(self, finding: Finding, lists: tuple[str, ...]) -> bool:
        """Whether the override speaks about this finding in a mail to these lists."""
        return (
            fnmatchcase(finding.rule, self.rule)
            and (not self.path or fnmatchcase(finding.anchor.path, self.path))
            and (not self.list or any(fnmatchcase(name, self.list) for name in lists))
        )


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """What may go into a mail, and how much of it (defaults: rule catalogue §4.2)."""

    rfc: str = "off"
    max_findings_per_mail: int = 3
    max_own_lines: int = 30
    max_mails_per_series: int = 2
    skip_tags: tuple[str, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    override: tuple[Override, ...] = ()


def verdicts(
    series: Series, findings: Iterable[Finding], policy: Policy, rules: Mapping[str, Rule]
) -> tuple[Verdict, ...]:
    """One verdict for each finding, in the order given; comments are still empty."""
    patches = {patch.message_id: patch for patch in series.patches}
    said: set[str] = set()
    commented: dict[Anchor, str] = {}
    judged: list[Verdict] = []
    for finding in findings:
        patch = patches.get(finding.anchor.message_id)
        channel, reason = _configured(finding, patch, policy)
        objections = _objections(series, patch, finding, policy)
        repeated = _said_already(finding, said, commented)
        for quieter, why in (*objections, *repeated):
            if quieter.rank > channel.rank:
                channel, reason = quieter, why
        judged.append(Verdict(finding, channel, reason))
        said.add(finding.fingerprint)
        if channel is Channel.MAIL:
            commented.setdefault(finding.anchor, finding.rule)
    return tuple(_without_lonely_companions(judged, rules))


def _configured(finding: Finding, patch: Patch | None, policy: Policy) -> tuple[Channel, str]:
    """The channel the rule and the overrides ask for; the last matching override decides."""
    lists = _lists(patch) if patch else ()
    for override in reversed(policy.override):
        if override.matches(finding, lists):
            return (
                override.channel,
                f"override for {override.path or override.list or override.rule}",
            )
    return finding.channel, "channel of the rule"


def _lists(patch: Patch) -> tuple[str, ...]:
    message = patch.message
    return (*message.list_ids, *(address.email for address in (*message.to, *message.cc)))


def _objections(
    series: Series, patch: Patch | None, finding: Finding, policy: Policy
) -> Iterator[tuple[Channel, str]]:
    """Every reason for less than the rule asks, with the loudest channel it still allows."""
    if finding.confidence is not Confidence.HIGH:
        yield Channel.DRAFT, f"confidence is {finding.confidence.value}"
    if series.tagged("RFC") and policy.rfc == "off":
        yield Channel.DRAFT, "an RFC series"
    for tag in policy.skip_tags:
        if series.tagged(tag):
            yield Channel.DRAFT, f"tagged {tag}"
    if series.superseded_by:
        yield Channel.DRAFT, f"revision {series.superseded_by} of the series is out"
    if patch and any(problem.kind in DAMAGE for problem in patch.problems):
        yield Channel.DRAFT, "the patch is damaged"
    if patch and (later := _removed_later(series, patch, finding)):
        yield Channel.DRAFT, f"patch {later} of the series removes the line again"
    for suppression in policy.suppress:
        if suppression.matches(finding):
            yield Channel.SUPPRESSED, suppression.reason
    if _ignored(series, patch, finding.rule):
        yield Channel.SUPPRESSED, "the mail says reviewbot: ignore"


def _said_already(
    finding: Finding, said: Collection[str], commented: Mapping[Anchor, str]
) -> Iterator[tuple[Channel, str]]:
    """One thing is said once, and one line gets one comment."""
    if finding.fingerprint in said:
        yield Channel.SUPPRESSED, "the same finding as above"
    if rule_id := commented.get(finding.anchor):
        yield Channel.DRAFT, f"{rule_id} already comments on the line"


def _removed_later(series: Series, patch: Patch, finding: Finding) -> int:
    """The position of a later patch that removes the line found, or 0."""
    if not finding.anchor.line:
        return 0
    text = finding.anchor.text.split()
    later = series.patches[series.patches.index(patch) + 1 :]
    for number, other in enumerate(later, series.patches.index(patch) + 2):
        for file in other.files:
            if file.old_path != finding.anchor.path:
                continue
            lines = (line for hunk in file.hunks for line in hunk.lines)
            if any(line.sign is Sign.REMOVED and line.text.split() == text for line in lines):
                return other.subject.position or number
    return 0


def _ignored(series: Series, patch: Patch | None, rule_id: str) -> bool:
    """Whether the cover letter or the notes of the patch say `reviewbot: ignore [RULE, …]`."""
    texts = [series.cover.body if series.cover else "", patch.notes if patch else ""]
    for match in (match for text in texts for match in IGNORE.finditer(text)):
        named = re.findall(r"[a-z0-9-]+", match["rules"].lower())
        if not named or rule_id in named:
            return True
    return False


def _without_lonely_companions(
    judged: list[Verdict], rules: Mapping[str, Rule]
) -> Iterator[Verdict]:
    """Verdicts again; a companion is only mailed together with another finding."""
    mailed = (v.finding.rule for v in judged if v.channel is Channel.MAIL)
    accompanied = any(not rules[rule_id].companion for rule_id in mailed)
    for verdict in judged:
        lonely = verdict.channel is Channel.MAIL and rules[verdict.finding.rule].companion
        if lonely and not accompanied:
            yield Verdict(verdict.finding, Channel.DRAFT, "said only beside another comment")
        else:
            yield verdict
