"""Learnt: the pair table with the wrappers that a series defines, or that stand in the files it touches.

Law: a name is learnt only where every body that is seen under it says the same, and what the table says of a
name is never changed. Must not know rules.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.called import called
from reviewbot.cmodel.change import FunctionChange, SeriesChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Body
from reviewbot.cmodel.pairs import Learnt, Pair, PairTable, Taker
from reviewbot.cmodel.source import SourceChange
from reviewbot.cmodel.wrappers import Wrapper, wrapper
from reviewbot.model.diff import Side
from reviewbot.model.evidence import Origin
from reviewbot.model.tree import NoTree

# The second round sees the wrappers of what the first has learnt.
_ROUNDS = 2
# A wrapper is short; more candidates than these no series has.
_MOST_LINES = 80
_MOST_CANDIDATES = 200


def learnt(change: SeriesChange, pairs: PairTable) -> PairTable:
    """The table, with the wrappers called by functions that the series changes."""
    sees_no_more = isinstance(change.tree, NoTree)
    if sees_no_more and all(pairs.calls.isdisjoint(patch.called) for patch in change.patches):
        return pairs
    sources = tuple(change.sources)
    fresh: frozenset[str] | None = None
    for _ in range(_ROUNDS):
        found = tuple(_Search(sources, pairs, fresh).found())
        if not found:
            break
        pairs = extended(pairs, found)
        fresh = frozenset(_name(one) for _, one in found)
    return pairs


def extended(pairs: PairTable, found: tuple[tuple[str, Wrapper], ...]) -> PairTable:
    """The table with wrappers, each with the path of the file it stands in."""
    kept = [(path, one) for path, one in found if _has_partner(one, found)]
    by_object = {pair.object: pair for pair in pairs.pairs}
    for _, one in kept:
        by_object[one.object] = _with(by_object.get(one.object), one)
    records = tuple(Learnt(_name(one), path, one.through) for path, one in kept)
    return replace(pairs, pairs=tuple(by_object.values()), learnt=(*pairs.learnt, *records))


def _has_partner(one: Wrapper, found: tuple[tuple[str, Wrapper], ...]) -> bool:
    """Whether a reference behind a pointer is taken by one wrapper and given back by another."""
    place = one.getter.carries if one.getter else one.putter.place if one.putter else ""
    if "->" not in place:
        return True
    others = [other for _, other in found if other.object == one.object]
    is_taken = any(other.getter and other.getter.carries == place for other in others)
    return is_taken and any(other.putter and other.putter.place == place for other in others)


def _with(pair: Pair | None, one: Wrapper) -> Pair:
    """The pair of the wrapper's object with the wrapper; a new one is put like what the wrapper takes."""
    if pair is None:
        pair = Pair(one.object, (), one.base.put)
    if one.embeds and one.embeds not in pair.embeds:
        pair = replace(pair, embeds=(*pair.embeds, one.embeds))
    if one.getter:
        return replace(pair, get=(*pair.get, one.getter))
    if one.putter is None:
        return pair
    is_first = one.putter.place == Taker("").place
    takes = pair.takes if is_first else (*pair.takes, one.putter)
    is_own = one.embeds is not None
    put = (one.putter.name, *pair.put) if is_own else (*pair.put, one.putter.name)
    return replace(pair, put=put, takes=takes)


def _name(one: Wrapper) -> str:
    return one.getter.name if one.getter else one.putter.name if one.putter else ""


class _Body(Struct, frozen=True):
    """A function of one side of a file."""

    source: SourceChange
    side: Side
    function: Body

    @property
    def image(self) -> Image:
        return self.source.new if self.side is Side.NEW else self.source.old

    @property
    def text(self) -> str:
        lines = range(self.function.first, self.function.last + 1)
        return "\n".join(self.image.code(number) for number in lines)

    @property
    def called(self) -> frozenset[str]:
        """The names before a parenthesis in it, its own among them; a look at the text."""
        return called((self.text,))


def _distinct(sources: Iterable[SourceChange]) -> Iterator[tuple[SourceChange, Side, Image]]:
    """Each file as the series finds it and as it leaves it; the same text once.

    What stands in between for a patch or two is not asked: it would cost a reading of the file for each.
    """
    first: dict[str, SourceChange] = {}
    last: dict[str, SourceChange] = {}
    for source in sources:
        first.setdefault(source.path, source)
        last[source.path] = source
    seen: set[int] = set()
    for path, source in first.items():
        left = last[path]
        for one, side, image in ((source, Side.OLD, source.old), (left, Side.NEW, left.new)):
            if id(image.reading) not in seen:
                seen.add(id(image.reading))
                yield one, side, image


def _calls(change: FunctionChange) -> Iterator[str]:
    """The names of all calls in a changed function, before and after."""
    sides = [(change.source.new, change.new)]
    if change.old is not None:
        sides.append((change.source.old, change.old))
    for image, function in sides:
        for call in image.outline.calls_between(function.first, function.last):
            yield call.name


class _Search(Struct, frozen=True, dict=True):
    """The wrappers in the files of a series that a table does not know yet.

    What calls none of the `fresh` names, where there are any, was looked at before.
    """

    sources: tuple[SourceChange, ...]
    pairs: PairTable
    fresh: frozenset[str] | None = None

    def found(self) -> Iterator[tuple[str, Wrapper]]:
        """Path and wrapper, in the order in which their files are changed."""
        candidates = self.candidates
        if not candidates or len(candidates) > _MOST_CANDIDATES:
            return
        callers = self.callers
        for name, bodies in candidates.items():
            if name not in callers or not self.is_visible(name, bodies, callers[name]):
                continue
            one = self.agreed(bodies)
            if one is not None:
                yield bodies[0].source.path, one

    @property
    def known(self) -> frozenset[str]:
        """All calls of the table."""
        return self.pairs.calls

    @cached_property
    def candidates(self) -> Mapping[str, list[_Body]]:
        """The functions that take or put a reference, by name, with every body that is seen."""
        images = [*_distinct(self.sources)]
        sought = self.known if self.fresh is None else self.fresh
        taking = (i for *_, i in images if not sought.isdisjoint(i.reading.called))
        names = {word for image in taking for word in image.outline.headers_with(sought)}
        spoken = frozenset(name for source in self.sources for name in source.called)
        asked = self.asked & names - self.known if spoken & names - self.known else ()
        found: dict[str, list[_Body]] = {name: [] for name in sorted(asked)}
        for source, side, image in images if found else ():
            for name in found.keys() & image.reading.called:
                found[name] += (_Body(source, side, b) for b in image.outline.bodies_named(name))
        seen = ((name, all_) for name, all_ in found.items() if all(b.function.whole for b in all_))
        return {name: all_ for name, all_ in seen if any(map(self.is_candidate, all_))}

    @cached_property
    def asked(self) -> frozenset[str]:
        """What the changed functions may call, by a look at their text, or at all that is seen of a file."""
        found: set[str] = set()
        for source in self.sources:
            beyond = source.evidence.origin is not Origin.DIFF
            seen = source.functions if beyond else (source,)
            found.update(name for one in seen for name in one.called)
        return frozenset(found)

    def is_candidate(self, body: _Body) -> bool:
        """Whether a function is short and names a call of the table."""
        is_short = body.function.last - body.function.first < _MOST_LINES
        return is_short and not self.known.isdisjoint(body.called)

    @cached_property
    def callers(self) -> Mapping[str, set[str]]:
        """The paths of the files in which a changed function calls a candidate, by its name."""
        found: dict[str, set[str]] = {}
        for source in self.sources:
            if self.candidates.keys().isdisjoint(source.called):
                continue
            for change in source.functions:
                if not self.candidates.keys().isdisjoint(change.called):
                    for name in _calls(change):
                        found.setdefault(name, set()).add(source.path)
        return found

    def is_visible(self, name: str, bodies: list[_Body], callers: set[str]) -> bool:
        """Whether all callers mean these bodies: a static function of another file has the same name."""
        paths = {body.source.path for body in bodies}
        is_static = any(
            "static" in body.function.read().header.split(name)[0].split() for body in bodies
        )
        return not is_static or (
            len(paths) == 1 and (callers <= paths or min(paths).endswith(".h"))
        )

    def agreed(self, bodies: list[_Body]) -> Wrapper | None:
        """What all bodies of one name are; None where one is not seen whole or says something else."""
        if not bodies or not all(body.function.whole for body in bodies):
            return None
        distinct = {body.text: body for body in bodies}
        found = [self.read(body) for body in distinct.values()]
        return found[0] if all(one == found[0] for one in found) else None

    def read(self, body: _Body) -> Wrapper | None:
        """What one body is."""
        function = body.function.read()
        flow = body.source.flow(function, body.side)
        return wrapper(flow, function, self.pairs) if flow is not None else None
