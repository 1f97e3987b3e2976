"""A reference taken in this function is not given back on one of its ways out.

Why: the object can never be freed, and a pinned module never unloaded. The AP bus kept its drivers' modules
like this for six revisions and a year and a half after it was merged.
Fix: leave by the label that gives the reference back, or put it before the return.
Quiet when: the reference may have been stored, returned, or handed to a call that may keep or put it; no
other path of the function gives it back, before or after the change; an `#if`, an unknown macro or something
unreadable stands on the path; a condition that is not understood may decide whether it is put; the old
function had such a leak already.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.leaks import Introduced, introduced
from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in pairs.getters),
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The earliest exit that forgets the reference, for each call that takes one."""
    for found in introduced(change, pairs):
        yield _hit(change, found)


def _hit(change: FunctionChange, found: Introduced) -> Hit:
    leak, steps = found.leak, found.flow.steps
    left, way = steps[leak.path[-1]], found.way
    resource = leak.resource
    is_argument = resource.getter.carries != "result"
    taken = steps[leak.path[0]].line
    places = {left.line: "exit", taken: "get"} if found.side is Side.NEW else {}
    return change.source.at(
        found.line,
        found.side,
        symbol=resource.text,
        get=f"{resource.getter.name}({resource.text if is_argument else ''})",
        put=resource.pair.put[0],
        failed=way.failed,
        condition=way.condition,
        value=left.text,
        exit=left.line,
        place="put" if found.side is Side.OLD else places.get(found.line, "between"),
    )
