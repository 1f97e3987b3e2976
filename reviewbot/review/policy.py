"""Policy: findings become verdicts, each with a channel and the reason for it.

Law: a verdict is never louder than the rule, the hit and the configuration ask for, and says why it is
quieter. Nothing is dropped. Sources: rule catalogue §1.0 (channels), §4.2 (etiquette), §6 (traps).
Must not know words or mails.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from msgspec import Meta, Struct

from reviewbot.model.diff import FileChange, Sign
from reviewbot.model.finding import Anchor, Channel, Confidence, Finding, Verdict
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Patch, Series
from reviewbot.rule import Rule

DAMAGE = frozenset({ProblemKind.DIFF_DAMAGED, ProblemKind.WHITESPACE_DAMAGED})
IGNORE = re.compile(
    r"^\s*reviewbot:\s*ignore\b[ \t]*(?P<rules>[^\n]*)$", re.IGNORECASE | re.MULTILINE
)


NOT_A_GATE = "channel 'gate' is not for findings"
LOUD = (Channel.MAIL, Channel.DRAFT)
Count = Annotated[int, Meta(ge=0)]


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

    def __post_init__(self) -> None:
        """Refuse the channel that is not for findings."""
        if self.channel is Channel.GATE:
            raise ValueError(NOT_A_GATE)

    def matches(self, finding: Finding, lists: tuple[str, ...]) -> bool:
        """Whether the override speaks about this finding in a mail to these lists."""
        return (
            fnmatchcase(finding.rule, self.rule)
            and (not self.path or fnmatchcase(finding.anchor.path, self.path))
            and (not self.list or any(fnmatchcase(name, self.list) for name in lists))
        )


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """What may go into a mail, and how much of it (defaults: rule catalogue §4.2)."""

    rfc: Literal["off", "author"] = "off"
    max_findings_per_mail: Count = 3
    max_own_lines: Count = 30
    max_mails_per_series: Count = 2
    max_repeats: Count = 2
    skip_tags: tuple[str, ...] = ()
    test_paths: tuple[str, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    override: tuple[Override, ...] = ()


# Reasons to be quieter that are not in the series itself: the loudest channel each still allows.
Hush = Callable[[Finding], Iterable[tuple[Channel, str]]]


def nobody(_finding: Finding) -> Iterable[tuple[Channel, str]]:
    """Of no finding anybody has said anything."""
    return ()


def verdicts(
    series: Series,
    findings: Iterable[Finding],
    policy: Policy,
    rules: Mapping[str, Rule],
    hush: Hush = nobody,
) -> tuple[Verdict, ...]:
    """One verdict for each finding, in the order given; comments are still empty.

    `hush` is asked about those that would be mailed or drafted.
    """
    findings = list(findings)
    patches = {patch.message_id: patch for patch in series.patches}
    places = {patch.message_id: number for number, patch in enumerate(series.patches)}
    gone = _removed_later(series, findings, places) if findings else {}
    said: set[str] = set()
    commented: dict[Anchor, str] = {}
    judged: list[Verdict] = []
    for finding in findings:
        patch = patches.get(finding.anchor.message_id)
        channel, reason = _configured(finding, patch, policy)
        objections = _objections(series, patch, finding, policy)
        repeated = _said_already(finding, said, commented)
        for quieter, why in (*objections, *_gone(finding, gone), *repeated):
            if quieter.rank > channel.rank:
                channel, reason = quieter, why
        for quieter, why in hush(finding) if channel in LOUD else ():
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
    if any(fnmatchcase(finding.anchor.path, wanted) for wanted in policy.test_paths):
        yield Channel.DRAFT, "a unit test"
    if patch and any(problem.kind in DAMAGE for problem in patch.problems):
        yield Channel.DRAFT, "the patch is damaged"
    for suppression in policy.suppress:
        if suppression.matches(finding):
            yield Channel.SUPPRESSED, suppression.reason
    if _ignored(series, patch, finding.rule):
        yield Channel.SUPPRESSED, "the mail says reviewbot: ignore"


def _gone(finding: Finding, gone: Mapping[Anchor, int]) -> Iterator[tuple[Channel, str]]:
    """What is said of a line that does not outlive the series."""
    if later := gone.get(finding.anchor):
        yield Channel.DRAFT, f"patch {later} of the series removes the line again"


def _said_already(
    finding: Finding, said: Collection[str], commented: Mapping[Anchor, str]
) -> Iterator[tuple[Channel, str]]:
    """One thing is said once, and one line gets one comment."""
    if finding.fingerprint in said:
        yield Channel.SUPPRESSED, "the same finding as above"
    if rule_id := commented.get(finding.anchor):
        yield Channel.DRAFT, f"{rule_id} already comments on the line"


def _removed_later(
    series: Series, findings: Iterable[Finding], places: Mapping[str, int]
) -> Mapping[Anchor, int]:
    """For each place found that a later patch removes again, that patch's position.

    `places` are the indices of the patches by Message-ID. One pass over the series, however many findings.
    """
    anchors = {finding.anchor for finding in findings if finding.anchor.line}
    removals: dict[tuple[str, str], list[int]] = {_line_of(anchor): [] for anchor in anchors}
    paths = {path for path, _ in removals}
    for number, patch in enumerate(series.patches):
        for file in (file for file in patch.files if file.old_path in paths):
            for text in _removed(file):
                if (known := removals.get((file.old_path, text))) is not None:
                    known.append(number)
    found: dict[Anchor, int] = {}
    for anchor in anchors:
        numbers = removals[_line_of(anchor)]
        later = bisect_right(numbers, places.get(anchor.message_id, len(places)))
        if later < len(numbers):
            number = numbers[later]
            found[anchor] = series.patches[number].subject.position or number + 1
    return found


def _removed(file: FileChange) -> Iterator[str]:
    lines = (line for hunk in file.hunks for line in hunk.lines)
    return (" ".join(line.text.split()) for line in lines if line.sign is Sign.REMOVED)


def _line_of(anchor: Anchor) -> tuple[str, str]:
    return anchor.path, " ".join(anchor.text.split())


def _ignored(series: Series, patch: Patch | None, rule_id: str) -> bool:
    """Whether the cover letter or the notes of the patch say `reviewbot: ignore [RULE, …]`."""
    texts = [series.cover.body if series.cover else "", patch.notes if patch else ""]
    for match in (match for text in texts for match in IGNORE.finditer(text)):
        said = match["rules"].lower()
        named = re.findall(r"[a-z0-9-]+", said)
        # What follows a rule's name is prose; a family is one only where a list has it.
        listed = (word for piece in said.split(",") for word in piece.split()[:1])
        if not named or rule_id in named or any(rule_id.startswith(f"{w}-") for w in listed):
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
