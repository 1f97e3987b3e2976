"""Findings for people: series, patch, quoted lines, words, and at the end one line that counts.

Law: what is said aloud is shown whole, what goes to the report only takes one line, and what is not shown is
counted with its reason. Must not know where the text goes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import TypeGuard

from reviewbot.model.evidence import Evidence, Lack, Origin
from reviewbot.model.finding import Channel, Finding, Verdict
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Series
from reviewbot.review.outcome import Outcome
from reviewbot.review.quote import ELISION
from reviewbot.sinks.page import Page, Style
from reviewbot.sinks.records import ProblemRecord, messages, problem_records
from reviewbot.sinks.tally import Tally

ALOUD = (Channel.MAIL, Channel.DRAFT)
# What gates say in words of their own; where one speaks about the mail, the bare problem is not shown too.
GATED = frozenset(
    kind.value
    for kind in (
        ProblemKind.MISSING_PATCHES,
        ProblemKind.PREREQUISITES,
        ProblemKind.DIFF_DAMAGED,
        ProblemKind.WHITESPACE_DAMAGED,
        ProblemKind.LINE_TOO_LONG,
        ProblemKind.NOT_REVIEWED,
    )
)
SHOWN = (*ALOUD, Channel.REPORT)
UNTITLED = "(no subject)"


def text(
    outcomes: Iterable[Outcome], page: Page, channels: Collection[Channel] = SHOWN
) -> Iterator[str]:
    """The text, piece by piece as series are reviewed; a series with nothing to say takes none.

    Findings of other channels than `channels` are counted, not shown.
    """
    tally = Tally()
    for outcome in outcomes:
        tally = tally.plus(outcome, sum(not record.rule for record in problem_records(outcome)))
        shown = [*_series(outcome, page, channels)]
        if shown:
            yield page.title(0, _name(outcome.series), Style.STRONG)
            yield from shown
            yield "\n"
    yield page.text(0, summary(tally, channels), hang=2)


def summary(tally: Tally, channels: Collection[Channel] = SHOWN) -> str:
    """One sentence of numbers: what was read, found, shown, not shown and not looked at."""
    patches = _many(tally.patches, "patch", "patches")
    read = f"{tally.found} found in {patches} of {tally.series} series"
    said = {
        Channel.MAIL: f"to mail in {_many(tally.replies, 'reply', 'replies')}",
        Channel.DRAFT: "drafted",
        Channel.REPORT: "reported",
    }
    if not tally.channels[Channel.MAIL.value]:
        said[Channel.MAIL] = "to mail"
    parts = [_counted(tally, channel, words, channels) for channel, words in said.items()]
    parts.append(f"{tally.channels['suppressed']} suppressed{_reasons(tally.suppressed)}")
    skipped = _many(sum(tally.skipped.values()), "check", "checks")
    rest = [f"{skipped} skipped{_reasons(tally.skipped)}"]
    if tally.problems:
        rest.append(_many(tally.problems, "problem", "problems"))
    if tally.failures:
        rest.append(_many(tally.failures, "rule failure", "rule failures"))
    return f"{read}: {', '.join(parts)}; {'; '.join(rest)}."


def _counted(tally: Tally, channel: Channel, words: str, channels: Collection[Channel]) -> str:
    """How many findings a channel has; said too where they are not shown."""
    count = tally.channels[channel.value]
    aside = " (not shown)" if count and channel not in channels else ""
    return f"{count} {words}{aside}"


def _series(outcome: Outcome, page: Page, channels: Collection[Channel]) -> Iterator[str]:
    """What is said about one series, without its title."""
    for problems in _alike(_problems(outcome)):
        yield page.text(2, _problem(problems, outcome.series), Style.PROBLEM, hang=2)
    for failure in outcome.failures:
        where = failure.path or failure.message_id
        yield page.text(2, f"rule {failure.rule} failed on {where}: {failure.error}", Style.PROBLEM)
    for gone in outcome.fixed:
        name = f" {gone.symbol}" if gone.symbol else ""
        yield page.text(2, f"said of v{gone.revision}, no longer found: {gone.rule}{name}", hang=2)
    shown = (verdict for verdict in outcome.verdicts if verdict.channel in channels)
    mails = {mail.message_id: mail for mail in messages(outcome.series)}
    for message_id, verdicts in groupby(shown, key=lambda v: v.finding.anchor.message_id):
        mail = mails.get(message_id)
        yield page.title(2, mail.subject if mail else message_id, Style.PATCH)
        body = mail.body.split("\n") if mail else []
        for verdict in verdicts:
            yield from _verdict(verdict, body, page)


def _verdict(verdict: Verdict, body: list[str], page: Page) -> Iterator[str]:
    finding = verdict.finding
    if verdict.channel not in ALOUD:
        why = f": {verdict.reason}" if verdict.channel is Channel.SUPPRESSED else ""
        tail = f"({finding.rule}, {verdict.channel.value}{why})"
        words = f"{_place(finding)}: {verdict.comment} {tail}"
        yield page.text(4, words, hang=2)
        return
    yield page.title(4, _place(finding), Style.SOFT)
    yield from _quote(finding, body, page)
    yield page.text(6, verdict.comment)
    reason = f": {verdict.reason}" if verdict.reason else ""
    tail = f"{finding.rule} · {finding.confidence.value} · {verdict.channel.value}{reason}"
    yield page.text(6, tail, Style.SOFT)
    if _tells(finding.evidence):
        yield page.text(6, f"seen: {finding.evidence.words}", Style.SOFT)


def _tells(evidence: Evidence | None) -> TypeGuard[Evidence]:
    """Whether there is something to say of how a file was seen: that nobody looked beyond the diff is not."""
    is_of_diff = evidence is None or evidence.origin is Origin.DIFF
    return not is_of_diff or (evidence is not None and evidence.lack not in (None, Lack.NO_TREE))


def _quote(finding: Finding, body: list[str], page: Page) -> Iterator[str]:
    """The line of the finding and those of the same file it refers to, as they stand in the mail."""
    anchor = finding.anchor
    places = {anchor.mail} | {
        other.mail
        for other in finding.related
        if (other.message_id, other.path) == (anchor.message_id, anchor.path)
    }
    known = sorted(place for place in places if 0 <= place < len(body))
    for number, place in enumerate(known):
        if number and place > known[number - 1] + 1:
            yield page.title(4, ELISION)
        yield page.quote(4, body[place])


def _place(finding: Finding) -> str:
    anchor = finding.anchor
    if not anchor.path:
        return "commit message" if anchor.mail >= 0 else "the patch as a whole"
    line = f":{anchor.line}" if anchor.line else ""
    function = f" {finding.function}()" if finding.function else ""
    return f"{anchor.path}{line}{function}"


def _problems(outcome: Outcome) -> Iterator[ProblemRecord]:
    """What is wrong, without what a gate says better."""
    gated = {verdict.finding.anchor.message_id for verdict in outcome.gates}
    if gated & {patch.message_id for patch in outcome.series.patches[:1]}:
        gated.add(outcome.series.message_id)
    for record in problem_records(outcome):
        if record.rule or record.message_id not in gated or record.kind not in GATED:
            yield record


def _alike(problems: Iterable[ProblemRecord]) -> Iterable[list[ProblemRecord]]:
    """Problems of one kind and wording together, in the order of the first of each."""
    found: dict[tuple[str, str, str], list[ProblemRecord]] = {}
    for problem in problems:
        found.setdefault((problem.rule, problem.kind, problem.detail), []).append(problem)
    return found.values()


def _problem(problems: list[ProblemRecord], series: Series) -> str:
    """The kind, the reason, and the mail where it is not the whole series; gates name their patch."""
    first = problems[0]
    if first.rule:
        return f"{first.rule}: {first.detail}"
    detail = f": {first.detail}" if first.detail else ""
    mail = f' (in "{first.subject or UNTITLED}")' if first.message_id != series.message_id else ""
    if len(problems) > 1:
        mail = f" (in {len(problems)} mails)"
    return f"{first.kind}{detail}{mail}"


def _name(series: Series) -> str:
    title = series.subject or UNTITLED
    return f"{title} <{series.message_id}>" if series.message_id else title


def _reasons(counts: Mapping[str, int]) -> str:
    """The reasons, each with its number where there are several; a reason may hold commas."""
    if len(counts) == 1:
        return f" ({next(iter(counts))})"
    named = "; ".join(f"{count}: {reason}" for reason, count in counts.items())
    return f" ({named})" if named else ""


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
