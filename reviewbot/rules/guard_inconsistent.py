"""A pointer is tested in one statement and dereferenced without a test in a later one.

Why: either the test is dead code, or the dereference can crash. On the AP notifier (founding case F4): "This
still conditional?", over an `if (matrix_mdev->kvm)` that a dereference of matrix_mdev->kvm followed.
Fix: put the dereference under the test as well, or drop the test.
Quiet when: the branch without the pointer leaves; the pointer may get a value, is tested again or handed over
in between; only an address or a size is taken; the dereference stands under a condition of its own, or behind
something that may leave; the pointer is dereferenced before the test (smatch reports that order); both lines
were there before, or both are moved.
"""

import re
from collections.abc import Iterator
from string import ascii_letters, digits

from reviewbot.cmodel.change import FunctionChange, SourceChange
from reviewbot.cmodel.conditions import ANNOTATIONS
from reviewbot.cmodel.guards import Guard, unguarded
from reviewbot.cmodel.shown import places
from reviewbot.cmodel.tells import UNGUARDED
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

TEST = re.compile(r"\bif \(")
_CONDITION = re.compile(r"if ?\(([^;{]*)")
_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_OPERAND = re.compile(
    rf"(?:\A|[!&]|(?:(?<!\w)|\b(?:{ANNOTATIONS}))\s?\()\s*({_PATH})(?=\s*(?:\)|&&|[!=]=))"
)
# Who finds no pointer leaves: what follows is guarded.
_REFUSED = re.compile(rf"! ?{_PATH}\)\s+(?:return|goto|break|continue)\b")
_IN_PATHS = f"{ascii_letters}{digits}_."
# No path of real code is longer.
_LONGEST = 200


def may_fire(change: SourceChange | FunctionChange) -> bool:
    """Whether a pointer of an added line is an operand of some condition and also dereferenced."""
    text = change.after
    conditions = (found for found in _CONDITION.findall(text) if not _REFUSED.match(found))
    tested = {name for found in conditions for name in _OPERAND.findall(found)}
    used = tested & set(_dereferenced(text)) if tested else tested
    return bool(used) and change.mentions(used, Sign.ADDED)


def _dereferenced(text: str) -> Iterator[str]:
    """The paths in a text that an arrow follows."""
    path = ""
    for piece in text.split("->")[:-1]:
        bare = piece.rstrip()
        tail = bare[len(bare.rstrip(_IN_PATHS)) :]
        goes_on = path and tail == piece and len(path) < _LONGEST
        path = f"{path}->{tail}" if goes_on else tail.lstrip(".")
        yield path


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=("->",),
    glance=may_fire,
    signs=UNGUARDED,
)
def check(change: FunctionChange) -> Iterator[Hit]:
    """The first unguarded dereference of each pointer, where test or dereference is new."""
    source = change.source
    if not TEST.search(change.text):
        return
    seen: set[str] = set()
    for guard in unguarded(source.new, change.new):
        if guard.pointer not in seen and _is_new(change, guard):
            seen.add(guard.pointer)
            yield _hit(change, guard)


def _is_new(change: FunctionChange, guard: Guard) -> bool:
    """Whether the patch brings the test or the dereference, and the old function did not have both."""
    source = change.source
    added = [source.added[n] for n in (guard.line, guard.used) if n in source.added]
    if not added or all(map(source.is_moved, added)):
        return False
    old = change.old
    before = unguarded(source.old, old) if old is not None else ()
    return all(guard.pointer != one.pointer for one in before)


def _hit(change: FunctionChange, guard: Guard) -> Hit:
    source = change.source
    is_used = guard.used in source.added
    line, other = (guard.used, guard.line) if is_used else (guard.line, guard.used)
    return source.at(
        line,
        symbol=guard.pointer,
        related=places(source, (other,)),
        place="use" if is_used else "test",
    )
