"""A reference taken in this function is not given back on one of its ways out.

Why: the object can never be freed, and a pinned module never unloaded. The AP bus kept its drivers' modules
like this for six revisions and a year and a half after it was merged.
Fix: leave by the label that gives the reference back, or put it before the return.
Quiet when: the reference may have been stored, returned, or handed to a call that may keep or put it; no
other path of the function gives it back, before or after the change, unless the function fails before it has
passed the object on to anybody; an `#if`, an unknown macro or something
unreadable stands on the path; a condition that is not understood may decide whether it is put; the old
function had such a leak already.
"""

from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.leaks import Introduced, leaks
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.shown import above
from reviewbot.cmodel.tells import takes
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.model.skip import Abstention, SkipReason
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=lambda pairs: tuple(f"{name}(" for name in (*pairs.getters, *pairs.by_loop)),
    signs=takes,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit | Abstention]:
    """The earliest exit that forgets the reference, for each call that takes one; what was there before."""
    for found in leaks(change, Balance(pairs)):
        if isinstance(found, Introduced):
            yield _hit(change, found, pairs)
        else:
            text = f"{found.walk.ledger.text} in {change.new.name}()"
            yield Abstention(SkipReason.PREEXISTING, text)


def _hit(change: FunctionChange, found: Introduced, pairs: PairTable) -> Hit:
    steps, way = found.walk.flow.steps, found.way
    left, take = steps[found.end.step], found.walk.ledger.takes[found.path[0]]
    learnt = pairs.learnt_of(take.getter.name)
    is_first, is_result = (take.getter.carries == place for place in ("arg1", "result"))
    taken = steps[take.step].line
    places = {left.line: "exit", taken: "get"} if found.side is Side.NEW else {}
    return change.source.at(
        found.line,
        found.side,
        symbol=take.text,
        related=above(change.source, found.line, (taken,), found.side),
        get=f"{take.getter.name}({take.text if is_first else ''})",
        through=learnt.through if learnt else "",
        on="" if is_first or is_result else take.text,
        put=take.pair.put[0],
        puts=len(found.walk.ledger.puts),
        confidence=None if found.is_sure else Confidence.MEDIUM,
        proof=found.proof.value,
        failed=way.failed,
        condition=way.condition,
        value=left.text,
        exit=left.line,
        way=found.words,
        place="put" if found.side is Side.OLD else places.get(found.line, "between"),
    )
