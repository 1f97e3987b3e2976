"""Clusters: the mails that must be read together, found from those in which a rule may fire.

A cluster is what is connected by ties; so threads with all revisions of a series are one, and what no rule can
fire in is never read. The order is that of the index, and the same whenever the index is.

Law: every mail in which a rule may fire is in just one cluster. Memory does not grow with the archive. Must not
know what the mails say.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from reviewbot.run.audit.index import Index
from reviewbot.run.audit.ties import WINDOW, Role, split

# A cluster beyond this is no discussion but a loop of somebody's script; the rest of it is left out.
MOST = 20_000
_PORTION = 400


class Range(Struct, frozen=True):
    """What an audit looks at: numbers of volumes, the mails up to that of number `upto`, and a time span.

    `marks` is a mask of rules, None for all mails with a diff. `since` and `until` are Unix seconds.
    """

    volumes: tuple[int, ...]
    upto: int
    marks: int | None
    since: int
    until: int


class Mail(Struct, frozen=True):
    """One mail of a cluster: its number, the number of its volume, its place there, and the rules marked."""

    number: int
    volume: int
    place: str
    marks: bytes = b""


class Cluster(Struct, frozen=True):
    """Mails in order of their numbers: those that make the series, and the rest of the talk under them.

    In `seeds` of them a rule may fire. `strands` says that one adds a file that another changes, so that a rule
    may fire in what both make; `cut` that there were more than `MOST`.
    """

    seeds: int
    makers: tuple[Mail, ...]
    talk: tuple[Mail, ...]
    strands: bool = False
    cut: bool = False


class _Node(Struct, frozen=True):
    mail: Mail
    role: Role
    is_seed: bool
    own: int
    named: tuple[int, ...]
    shared: tuple[int, ...]
    made: int
    kept: int

    @property
    def ties(self) -> tuple[int, ...]:
        return (self.own, *self.named, *self.shared)


def clusters(index: Index, span: Range) -> Iterator[Cluster]:
    """The clusters with something in them, by the number of the first such mail."""
    index.rows("CREATE TEMP TABLE IF NOT EXISTS seen (mail INTEGER PRIMARY KEY)")
    index.rows("DELETE FROM temp.seen")
    last = 0
    while portion := index.rows(_seeds(span), last, *_bounds(span)):
        for number, marks, made in portion:
            last = number
            if (made or _is_marked(marks, span.marks)) and not _is_seen(index, number):
                found = _cluster(index, number, span)
                if found.seeds or found.strands:
                    yield found


def seeds(index: Index, span: Range) -> int:
    """In how many mails a rule may fire, whichever rule it is."""
    query = f"SELECT count(*) FROM ({_seeds(span, '')}) WHERE marks IS NOT NULL"
    if span.marks is None:
        query = query.partition(" WHERE marks")[0]
    return int(index.rows(query, 0, *_bounds(span))[0][0])


def _seeds(span: Range, limit: str = f"LIMIT {_PORTION}") -> str:
    """Mails in which a rule may fire, and those that add files, whenever they were sent."""
    if span.marks is None:
        wanted = f"role = {Role.DIFF.value} AND seconds BETWEEN ? AND ?"
    else:
        wanted = "(marks IS NOT NULL OR made <> 0) AND (made <> 0 OR seconds BETWEEN ? AND ?)"
    return (
        f"SELECT id, marks, made FROM mail WHERE id > ? AND id <= ? AND {wanted}"
        f" AND volume IN ({_listed(span.volumes)}) ORDER BY id {limit}"
    )


def _bounds(span: Range) -> tuple[int, int, int]:
    """The last number, and the time with what may be of one series at either end."""
    return span.upto, span.since - WINDOW, span.until + WINDOW


def _is_marked(marks: bytes | None, wanted: int | None) -> bool:
    return wanted is None or bool(int.from_bytes(marks or b"", "little") & wanted)


def _is_seen(index: Index, number: int) -> bool:
    return bool(index.rows("SELECT 1 FROM temp.seen WHERE mail = ?", number))


def _cluster(index: Index, seed: int, span: Range) -> Cluster:
    """All that is connected with a mail, which is noted as seen."""
    nodes: dict[int, _Node] = {}
    known: set[int] = set()
    fresh = [seed]
    while fresh and len(nodes) < MOST:
        found = _nodes(index, fresh, span)
        nodes.update((each.mail.number, each) for each in found)
        ties = {tie for each in found for tie in each.ties} - known
        known |= ties
        fresh = [number for number in _tied(index, ties, span) if number not in nodes]
    index.enter("INSERT OR IGNORE INTO temp.seen VALUES (?)", [(each,) for each in nodes])
    all_of_them = [*nodes.values()]
    makers = _makers(all_of_them)
    return Cluster(
        sum(1 for each in all_of_them if each.is_seed),
        tuple(nodes[number].mail for number in sorted(nodes) if number in makers),
        tuple(nodes[number].mail for number in sorted(nodes) if number not in makers),
        strands=_meet(all_of_them),
        cut=bool(fresh),
    )


def _meet(nodes: Sequence[_Node]) -> bool:
    """Whether one mail adds a file that another one changes."""
    makers = [each for each in nodes if each.made]
    kept = [each for each in nodes if each.kept] if makers else []
    return any(one.made & other.kept for one in makers for other in kept if one is not other)


def _makers(nodes: Sequence[_Node]) -> frozenset[int]:
    """The mails that are or claim to be of a series, and those through which one of them answers another.

    Of a mail that is there more than once, every copy: only together they tell which is the fullest.
    """
    by_own: dict[int, list[_Node]] = {}
    for each in nodes:
        by_own.setdefault(each.own, []).append(each)
    found: set[int] = set()
    left = [each for each in nodes if each.role is not Role.TALK]
    while left:
        one = left.pop()
        if one.mail.number not in found:
            found.add(one.mail.number)
            near = (one.own, *one.named)
            left += (each for tie in near for each in by_own.get(tie, ()))
    return frozenset(found)


def _nodes(index: Index, numbers: Sequence[int], span: Range) -> list[_Node]:
    found = []
    volumes = _listed(span.volumes)
    for at in range(0, len(numbers), _PORTION):
        portion = _listed(numbers[at : at + _PORTION])
        query = (
            "SELECT id, volume, place, role, marks, own, named, shared, made, kept FROM mail"
            f" WHERE id IN ({portion})"
        )
        query += f" AND volume IN ({volumes})"
        for number, volume, place, role, marks, own, named, shared, made, kept in index.rows(query):
            mail = Mail(number, volume, place, marks or b"")
            is_seed = role == Role.DIFF and _is_marked(marks, span.marks)
            ties = (tuple(split(named)), tuple(split(shared)))
            found.append(_Node(mail, Role(role), is_seed, own, *ties, made, kept))
    return found


def _tied(index: Index, ties: set[int], span: Range) -> list[int]:
    """The mails of the range that have one of these ties, each once, in order."""
    found: set[int] = set()
    left = sorted(ties)
    for at in range(0, len(left), _PORTION):
        query = (
            f"SELECT mail FROM tie WHERE tie IN ({_listed(left[at : at + _PORTION])}) AND mail <= ?"
        )
        found.update(number for (number,) in index.rows(query, span.upto))
    return sorted(found)


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
