"""Plan: which finding is said in which mail of a series.

Law: no more mails, findings and own lines than the policy allows, and every finding has a place: quoted, noted
under the cover letter, or named in the summary. Where not all fit, the gravest come first. Must not know words,
headers or quotes.

Source: rule catalogue §4.2, rules 4 and 5.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from reviewbot.model.finding import Verdict
from reviewbot.model.message import Message
from reviewbot.model.series import Patch, Series
from reviewbot.review.policy import Policy
from reviewbot.review.wrap import own_lines

# Own lines of the mail with the summary that quoted findings leave to it.
SUMMARY_LINES = 6


class Sheet(Struct, frozen=True):
    """One mail to be written: what it answers, and what is said in it.

    `quoted` stand under lines of the mail that is answered (`patch`, None for a cover letter); `noted` are
    said in full about other patches of the series; `rest` are only named, in at most `rest_lines` own lines.
    """

    message: Message
    patch: Patch | None
    quoted: tuple[Verdict, ...] = ()
    noted: tuple[Verdict, ...] = ()
    rest: tuple[Verdict, ...] = ()
    rest_lines: int = 0


class Room(Struct, frozen=True):
    """How many findings and own lines a mail can still take."""

    findings: int
    lines: int


class Fit(Struct, frozen=True):
    """Verdicts that go into a mail in full, those that do not, and the room left."""

    kept: tuple[Verdict, ...]
    left: tuple[Verdict, ...]
    room: Room


def sheets(
    series: Series, verdicts: Iterable[Verdict], policy: Policy, on_cover: Collection[str]
) -> Iterator[Sheet]:
    """The mails for these verdicts: the one with the summary first, then in order of the patches.

    There is no summary where every patch that is spoken of gets a mail of its own.
    `on_cover` are the ids of rules that speak in the answer to the cover letter or, without one, in the
    answer to the first patch.
    """
    head = series.message_id
    patches = {patch.message_id: patch for patch in series.patches}
    if policy.max_mails_per_series < 1 or not head:
        return
    groups, aside = _grouped(verdicts, head, patches, on_cover)
    full = Room(policy.max_findings_per_mail, policy.max_own_lines)
    few = len(groups) <= policy.max_mails_per_series and groups.keys() <= patches.keys()
    if few and not aside:
        yield from (_alone(patch, groups[t], full) for t, patch in patches.items() if t in groups)
        return
    fits = {target: _fit(group, full) for target, group in groups.items()}
    others = sorted((t for t in groups if t != head), key=lambda t: -_gravity(groups[t]))
    chosen = set(others[: policy.max_mails_per_series - 1])
    rest = [
        verdict
        for target in groups
        if target != head
        for verdict in (fits[target].left if target in chosen else groups[target])
    ]
    yield _with_summary(series, patches.get(head), groups.get(head, []), aside, rest, full)
    for target, patch in patches.items():
        if target in chosen and fits[target].kept:
            yield Sheet(patch.message, patch, fits[target].kept)


def _alone(patch: Patch, own: Sequence[Verdict], full: Room) -> Sheet:
    """The mail about one patch that names what it has no room for."""
    fit = _fit(own, full)
    if not fit.left:
        return Sheet(patch.message, patch, fit.kept)
    reserved = _reserved(full)
    fit = _fit(own, Room(full.findings, full.lines - reserved))
    return Sheet(patch.message, patch, fit.kept, (), fit.left, fit.room.lines + reserved)


def _grouped(
    verdicts: Iterable[Verdict],
    head: str,
    patches: Collection[str],
    on_cover: Collection[str],
) -> tuple[dict[str, list[Verdict]], list[Verdict]]:
    """Verdicts by the mail they can be quoted in, and those that are for the summary's mail."""
    groups: dict[str, list[Verdict]] = {}
    aside = []
    for verdict in verdicts:
        target = verdict.finding.anchor.message_id
        if target == head or (target in patches and verdict.finding.rule not in on_cover):
            groups.setdefault(target, []).append(verdict)
        else:
            aside.append(verdict)
    return groups, aside


def _with_summary(
    series: Series,
    patch: Patch | None,
    own: Sequence[Verdict],
    aside: Sequence[Verdict],
    rest: Sequence[Verdict],
    full: Room,
) -> Sheet:
    """The mail that speaks for the whole series: in full about other patches as long as there is room."""
    reserved = _reserved(full)
    quoted = _fit(own, Room(full.findings, full.lines - reserved))
    noted = _fit([*aside, *rest], quoted.room, extra=1)
    return Sheet(
        series.cover or series.patches[0].message,
        patch,
        quoted.kept,
        noted.kept,
        (*quoted.left, *noted.left),
        noted.room.lines + reserved,
    )


def _reserved(full: Room) -> int:
    """Own lines kept for what is only named."""
    return min(SUMMARY_LINES, full.lines // 2)


def _fit(verdicts: Sequence[Verdict], room: Room, extra: int = 0) -> Fit:
    """What of the verdicts fits, in the order given; `extra` own lines are needed beside each.

    Of those that weigh the same the first of each rule come before its others.
    """
    kept = set()
    rules = [verdict.finding.rule for verdict in verdicts]
    first = {rule: number for number, rule in reversed([*enumerate(rules)])}
    by_gravity = sorted(
        range(len(verdicts)),
        key=lambda number: (
            -verdicts[number].finding.severity.rank,
            first[rules[number]] != number,
        ),
    )
    for number in by_gravity:
        if room.findings < 1:
            break
        lines = own_lines(verdicts[number].comment) + extra
        if lines <= room.lines:
            room = Room(room.findings - 1, room.lines - lines)
            kept.add(number)
    return Fit(
        tuple(verdict for number, verdict in enumerate(verdicts) if number in kept),
        tuple(verdict for number, verdict in enumerate(verdicts) if number not in kept),
        room,
    )


def _gravity(verdicts: Sequence[Verdict]) -> int:
    return max(verdict.finding.severity.rank for verdict in verdicts)
