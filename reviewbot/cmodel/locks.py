"""Locks: which locks a function holds at a step of its flow.

Law: a lock is named by the text it is taken with; *surely* held is what every path holds, *perhaps* held what
some path does. A guard holds to the end of the block it stands in, a scoped one for its own block. Must not
know what locks protect. Source: include/linux/{mutex,spinlock,rwsem,rcupdate,srcu,cleanup}.h of Linux 6.12.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.order import calls_in

_TAKE = re.compile(
    r"(?:(?:mutex|rt_mutex)_lock(?:_nested|_interruptible|_killable|_io)*|mutex_lock_nest_lock"
    r"|(?:raw_)?(?:spin|read|write)_lock(?:_irqsave|_irq|_bh|_nested)*|down(?:_read|_write)?(?:_interruptible"
    r"|_killable|_nested)*|s?rcu_read_lock(?:_bh|_sched)?)"
)
_GIVE = re.compile(
    r"(?:(?:mutex|rt_mutex)_unlock|(?:raw_)?(?:spin|read|write)_unlock(?:_irqrestore|_irq|_bh)*"
    r"|up(?:_read|_write)?|s?rcu_read_unlock(?:_bh|_sched)?)"
)
_SLEEPS = re.compile(r"(?:mutex|rt_mutex)_lock|down")
_GUARD = re.compile(r"\b(scoped_)?guard ?\(([^()]*)\)(?: ?\(([^()]*)\))?")
_BRACE = re.compile(r"[{}]")
_MOST_LINES = 2_000


class Lock(Struct, frozen=True, gc=False):
    """A lock by its text without `&` (`f->lock`, empty for RCU); `sleeps` for one that may be slept under."""

    text: str
    sleeps: bool = False


class Locks(Struct, frozen=True):
    """The locks held before each step: surely, and perhaps."""

    surely: tuple[frozenset[Lock], ...]
    perhaps: tuple[frozenset[Lock], ...]


class _Change(Struct, frozen=True):
    """What a step takes and gives back."""

    taken: frozenset[Lock]
    given: frozenset[str]


def locks(flow: Flow, image: Image) -> Locks:
    """The locks held at the steps of a flow of the image; empty sets where a step is not reached."""
    changes = [_change(step.text) for step in flow.steps]
    guarded = [*_guards(flow, image)]
    held = [
        frozenset(lock for first, last, lock in guarded if first < step.line <= last)
        for step in flow.steps
    ]
    sides = (_solved(flow, changes, surely=surely) for surely in (True, False))
    surely, perhaps = (
        tuple(found | more for found, more in zip(side, held, strict=True)) for side in sides
    )
    return Locks(surely, perhaps)


def acquires(text: str) -> bool:
    """Whether a step takes a lock."""
    return bool(_change(text).taken)


def released(text: str) -> frozenset[str]:
    """The locks a step gives back, by their texts."""
    return _change(text).given


def _change(text: str) -> _Change:
    if "lock" not in text and "down" not in text and "up" not in text:
        return _Change(frozenset(), frozenset())
    calls = list(calls_in(0, text))
    taken = (
        Lock(_named(c.args), bool(_SLEEPS.match(c.name))) for c in calls if _TAKE.fullmatch(c.name)
    )
    given = (_named(c.args) for c in calls if _GIVE.fullmatch(c.name))
    return _Change(frozenset(taken), frozenset(given))


def _named(args: tuple[str, ...]) -> str:
    return args[0].lstrip("& ").replace(" ", "") if args else ""


def _solved(flow: Flow, changes: list[_Change], *, surely: bool) -> list[frozenset[Lock]]:
    """A forward analysis: what is held before each step, over all paths or over any."""
    before: dict[int, frozenset[Lock]] = {flow.entry: frozenset()}
    left = [flow.entry]
    while left:
        number = left.pop()
        change = changes[number]
        kept = (lock for lock in before[number] if lock.text not in change.given)
        after = frozenset((*kept, *change.taken))
        for following in flow.steps[number].next:
            known = before.get(following)
            both = after if known is None else (known & after if surely else known | after)
            if both != known:
                before[following] = both
                left.append(following)
    return [before.get(number, frozenset()) for number in range(len(flow.steps))]


def _guards(flow: Flow, image: Image) -> Iterator[tuple[int, int, Lock]]:
    """The guards, each with its line and the last line it holds for."""
    for step in flow.steps:
        found = _GUARD.search(step.text)
        if found is None:
            continue
        kind, _, rest = found[2].partition(",")
        lock = (rest if found[1] else found[3] or "").lstrip("& ").replace(" ", "")
        sleeps = kind.strip().startswith(("mutex", "rwsem"))
        last = _end(image, step.line, 0 if found[1] else -1)
        yield step.line, last, Lock(lock.partition(",")[0], sleeps)


def _end(image: Image, line: int, depth: int) -> int:
    """The line of the brace with which the nesting from a line on comes back to a depth."""
    now = 0
    for number in range(line, line + _MOST_LINES):
        for brace in _BRACE.findall(image.code(number)):
            now += 1 if brace == "{" else -1
            if brace == "}" and now == depth:
                return number
    return line
