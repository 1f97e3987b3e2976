"""Findings for people: series, patch, quoted lines, words, and at the end one line that counts.

Law: what is said aloud is shown whole, what goes to the report only takes one line, and what is not shown is
counted with its reason. Must not know where the text goes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

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
    yield page.text(0, summary(tally), hang=2)


def summary(tally: Tally) -> str:
    """One sentence of numbers: what was read, found, shown, not shown and not looked at."""
    series = _many(tally.series, "series", "series")
    read = f"{tally.found} found in {series} of {_many(tally.patches, 'patch', 'patches')}"
    replies = _many(tally.replies, "reply", "replies")
    parts = [
        f"{read}: {tally.channels['mail']} to mail ({replies})",
        f"{tally.channels['draft']} drafted",
        f"{tally.channels['report']} reported",
        f"{tally.channels['suppressed']} suppressed{_reasons(tally.suppressed)}",
    ]
    skipped = sum(tally.skipped.values())
    rest = [f"skipped {skipped}{_reasons(tally.skipped)}"]
    if tally.problems:
        rest.append(_many(tally.problems, "problem", "problems"))
    if tally.failures:
        rest.append(_many(tally.failures, "rule failure", "rule failures"))
    return f"{', '.join(parts)}; {'; '.join(rest)}."


def _series(outcome: Outcome, page: Page, channels: Collection[Channel]) -> Iterator[str]:
    """What is said about one series, without its title."""
    for problem in _problems(outcome):
        yield page.text(2, _problem(problem, outcome.series), Style.PROBLEM, hang=2)
    for failure in outcome.failures:
        where = failure.path or failure.message_id
        yield page.text(2, f"rule {failure.rule} failed on {where}: {failure.error}", Style.PROBLEM)
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
        words = f"{_place(finding)}: {verdict.comment} ({finding.rule}, {verdict.channel.value})"
        yield page.text(4, words, hang=2)
        return
    yield page.title(4, _place(finding), Style.SOFT)
    yield from _quote(finding, body, page)
    yield page.text(6, verdict.comment)
    reason = f": {verdict.reason}" if verdict.reason else ""
    tail = f"{finding.rule} · {finding.confidence.value} · {verdict.channel.value}{reason}"
    yield page.text(6, tail, Style.SOFT)


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


def _problem(problem: ProblemRecord, series: Series) -> str:
    """The kind, the reason, and the mail where it is not the whole series; gates name their patch."""
    if problem.rule:
        return f"{problem.rule}: {problem.detail}"
    kind = problem.kind
    detail = f": {problem.detail}" if problem.detail else ""
    mail = f' (in "{problem.subject}")' if problem.message_id != series.message_id else ""
    return f"{kind}{detail}{mail}"


def _name(series: Series) -> str:
    return f"{series.subject} <{series.message_id}>" if series.message_id else series.subject


def _reasons(counts: Mapping[str, int]) -> str:
    named = ", ".join(f"{reason}: {count}" for reason, count in counts.items())
    return f" ({named})" if named else ""


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
