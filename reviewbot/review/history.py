"""History: what was said of earlier revisions, and what that makes of the findings of this one.

Law: what was said and answered is not said again; what was not answered is said as still there, a few times at
most; what is no longer found is named as such, and only if somebody looked. Facts come as values: must not know
where they are kept, nor words.

Source: rule catalogue §4.2. 59 % of the patches that add exports repeat symbols that their author posted
before, so that a reviewer without memory speaks 2.4 times (measured on 13 lists).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.finding import Finding
from reviewbot.model.message import Message
from reviewbot.model.said import Objection, Said
from reviewbot.model.series import Series
from reviewbot.review.outcome import Found


class Memory(Struct, frozen=True):
    """What is known of a lineage of revisions: what we said, and who asked us to be silent.

    `declined` is what a person would not have said. `own` are our addresses, in lower case: our mails are no
    answers.
    """

    said: tuple[Said, ...] = ()
    declined: tuple[Said, ...] = ()
    objections: tuple[Objection, ...] = ()
    own: frozenset[str] = frozenset()


NOTHING = Memory()


class Past(Struct, frozen=True):
    """What was said of a finding before: the revisions in order, and whether somebody answered.

    `here` is True where it was said of this very revision. `moved`: the finding is the same to a reader but not
    by its fingerprint, because the function has another name.
    """

    revisions: tuple[int, ...]
    answered: bool
    here: bool = False
    moved: bool = False


def past(series: Series, findings: Iterable[Finding], memory: Memory) -> Mapping[str, Past]:
    """For the fingerprint of each finding that was spoken of before, what was said."""
    if not memory.said:
        return {}
    said = _by_fingerprint(with_answers(memory.said, _mails(series), memory.own))
    findings = tuple(findings)
    here = {finding.fingerprint for finding in findings}
    gone = {(one[0].rule, one[0].symbol): one for key, one in said.items() if key not in here}
    found: dict[str, Past] = {}
    for finding in findings:
        if rows := said.get(finding.fingerprint):
            found[finding.fingerprint] = _past(rows, series)
        elif finding.symbol and (rows := gone.get((finding.rule, finding.symbol))):
            found[finding.fingerprint] = _past(rows, series, moved=True)
    return found


def fixed(series: Series, found: Found, rules: Collection[str], memory: Memory) -> tuple[Said, ...]:
    """What was said of an earlier revision and is not found in this one, the newest mention of each.

    Only of `rules` (ids) that looked at all of the series: none was skipped or failed, and no patch is missing.
    """
    if not memory.said or not series.complete:
        return ()
    unsure = {one.rule for one in found.skipped} | {one.rule for one in found.failures}
    here = {finding.fingerprint for finding in found.findings}
    alike = {(finding.rule, finding.symbol) for finding in found.findings if finding.symbol}
    gone = (
        rows[-1]
        for key, rows in _by_fingerprint(memory.said).items()
        if key not in here and (rows[0].rule, rows[0].symbol) not in alike
    )
    return tuple(
        one
        for one in gone
        if one.revision < series.revision and one.rule in rules and one.rule not in unsure
    )


def with_answers(
    said: Iterable[Said], mails: Iterable[Message], own: Collection[str] = ()
) -> tuple[Said, ...]:
    """What was said, with the answers that stand among `mails`; ours (`own` addresses) are none, nor is what a
    program sent for somebody."""
    answers: dict[str, Message] = {}
    for mail in mails:
        is_ours = mail.sender.email.lower() in own
        if not (is_ours or mail.machine) and mail.date is not None:
            for name in (*mail.in_reply_to, *mail.references):
                answers.setdefault(name, mail)
    return tuple(_answered(one, answers) for one in said)


def _answered(one: Said, answers: Mapping[str, Message]) -> Said:
    answer = answers.get(one.message_id)
    return one if one.answered or answer is None else replace(one, answered=answer.date)


def _by_fingerprint(said: Iterable[Said]) -> dict[str, list[Said]]:
    """What was said, by what it was said of, oldest revision first."""
    found: dict[str, list[Said]] = {}
    for one in sorted(said, key=lambda one: (one.revision, one.when)):
        found.setdefault(one.fingerprint, []).append(one)
    return found


def _past(rows: Sequence[Said], series: Series, *, moved: bool = False) -> Past:
    """What was said in revisions up to this one; of a later one nothing is known yet."""
    revisions = sorted({one.revision for one in rows})
    return Past(
        revisions=tuple(revision for revision in revisions if revision < series.revision),
        answered=any(one.answered for one in rows),
        here=series.revision in revisions,
        moved=moved,
    )


def _mails(series: Series) -> Iterator[Message]:
    return (answer.message for answer in series.follow_ups)
