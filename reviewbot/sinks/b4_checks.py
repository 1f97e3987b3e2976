"""What `b4 review` shows of a patch in its check matrix: one result with one line for each finding.

The form is that of the commands `b4.review-perpatch-check-cmd` and `b4.review-series-check-cmd`: a JSON array
of objects with `tool`, `status` (pass, warn, fail), `summary`, `url` and `details`. Details that are themselves
JSON, a list of objects, are shown one by one with `status`, `context`, `description`, `srcline` and `url`, as
b4 does with those of Patchwork and checkpatch. Source: b4 0.16, b4/review/checks.py and docs/config.rst.

Law: one tool, one result, so that a column of the matrix is ours and a second run replaces the first. Must not
know where the mail came from.
"""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.printable import header
from reviewbot.review.compose import position
from reviewbot.review.grade import Grade, counted, grade, shown
from reviewbot.review.outcome import Outcome

TOOL = "reviewbot"
_LONGEST = 2_000


def results(
    outcomes: Iterable[Outcome], message_id: str, channels: Collection[Channel], rules_url: str = ""
) -> bytes:
    """The JSON array about the mail `message_id`; empty where it is in no series with patches.

    For a cover letter it speaks of the whole series. `rules_url` is the address below which rules have a page.
    """
    found = [
        _result(outcome, message_id, channels, rules_url.rstrip("/"))
        for outcome in outcomes
        if _is_of(outcome, message_id)
    ]
    return msgspec.json.encode(found[:1]) + b"\n"


def _is_of(outcome: Outcome, message_id: str) -> bool:
    series = outcome.series
    ids = {patch.message_id for patch in series.patches}
    return bool(ids) and message_id in ids | {series.message_id}


def _result(
    outcome: Outcome, message_id: str, channels: Collection[Channel], rules_url: str
) -> dict[str, str]:
    verdicts = shown(outcome, message_id, channels)
    lines = [*_findings(outcome, message_id, verdicts, rules_url), *_troubles(outcome, message_id)]
    worst = {line["status"] for line in lines}
    status = next((s for s in (Grade.FAIL, Grade.WARN) if s.value in worst), Grade.PASS)
    first = verdicts[0].finding.rule if verdicts else ""
    return {
        "tool": TOOL,
        "status": status.value,
        "summary": _summary(outcome, verdicts),
        "url": f"{rules_url}/{first}" if rules_url and first else "",
        "details": msgspec.json.encode(lines).decode() if lines else "",
    }


def _summary(outcome: Outcome, verdicts: tuple[Verdict, ...]) -> str:
    said = counted(verdicts)
    about = {verdict.finding.anchor.message_id for verdict in verdicts}
    many = f" on {len(about)} of {len(outcome.series.patches)} patches" if len(about) > 1 else ""
    alone = "" if outcome.series.complete else " (not the whole series was at hand)"
    return f"{said}{many}{alone}"


def _findings(
    outcome: Outcome, message_id: str, verdicts: Iterable[Verdict], rules_url: str
) -> Iterator[dict[str, str]]:
    """A line for each finding: the words that would be mailed, and the line they would stand under."""
    positions = {patch.message_id: position(patch) for patch in outcome.series.patches}
    for verdict in verdicts:
        rule = verdict.finding.rule
        mailed = verdict.channel is Channel.MAIL
        about = verdict.finding.anchor.message_id
        where = f"{positions[about]} " if about in positions and about != message_id else ""
        yield {
            "status": grade((verdict,)).value,
            "state": "comment" if mailed else verdict.channel.value,
            "context": f"{where}{rule}" + ("" if mailed else f" ({header(verdict.reason, 200)})"),
            "description": header(verdict.comment, _LONGEST),
            "srcline": header(verdict.finding.anchor.text, 200),
            "url": f"{rules_url}/{rule}" if rules_url else "",
        }


def _troubles(outcome: Outcome, message_id: str) -> Iterator[dict[str, str]]:
    """A line for what is wrong with the mail, and for what could not be looked at."""
    for patch in outcome.series.patches:
        if patch.message_id == message_id:
            for problem in patch.problems:
                said = f"{problem.kind.value}: {problem.detail}".rstrip(": ")
                yield {"status": Grade.WARN.value, "description": header(said)}
    for gate in outcome.gates:
        if gate.finding.anchor.message_id in ("", message_id, outcome.series.message_id):
            yield {"status": Grade.PASS.value, "description": header(gate.comment)}
