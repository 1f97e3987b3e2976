"""kvm_put_kvm() drops a reference that nothing in sight takes.

Why: an extra put frees the VM under the file descriptor that owns it.
Fix: name the kvm_get_kvm() it belongs to, or leave the reference to the caller.
Quiet when: a path of the function takes the reference; the series or a file it touches takes one anywhere;
the function is a release, close, unset or the like, whose twin takes it; the pointer was returned by a call,
which may have taken it; the author says that the get was one too many; a file of which only a part is seen.
A draft, but for kvm_put_kvm_no_destroy(): only who has just taken the reference for a new file may call that,
and all four callers in Linux 6.12 take it themselves.
Source: rule catalogue §1.3, 606e0b66-adca-15b4-c8a9-804056fc11e5@linux.ibm.com.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.borrowed import is_borrowed
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.reach import is_free_of
from reviewbot.cmodel.references import is_taken
from reviewbot.cmodel.undone import undone
from reviewbot.cmodel.walk import Walk
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

# Only for who has just taken the reference for a new file, in the same function (virt/kvm/kvm_main.c).
_OWN = "kvm_put_kvm_no_destroy("

_GIVES_BACK = re.compile(
    r"(?:release|destroy|put|unset|unregister|close|free|exit|remove|unbind|cleanup|disconnect|detach"
    r"|fini|teardown|drop|stop|del|unlink|shutdown|err|abort|cancel)"
)


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.FUNCTION,
    triggers=("kvm_put_kvm", "kvm_get_kvm"),
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """Puts whose get the patch removes, and added puts without a get."""
    balance = Balance(pairs, "struct kvm")
    is_unsure = is_excused(change.source.patch)
    for found in undone(change, balance):
        yield change.source.at(
            found.line,
            Side.OLD,
            symbol=found.take.text,
            confidence=Confidence.MEDIUM if is_unsure else None,
            get=found.take.getter.name,
            put=found.both.new.ledger.puts[found.put],
            form="get-gone",
        )
    for both in balance.both(change):
        yield from _unpaired(change, both.new, pairs)


def _unpaired(change: FunctionChange, walk: Walk, pairs: PairTable) -> Iterator[Hit]:
    """The added put of an object that the function only borrows and nothing in sight takes."""
    source, function = change.source, change.new
    if walk.ledger.takes or _GIVES_BACK.search(function.name):
        return
    lines = sorted((walk.flow.steps[number].line, number) for number in walk.ledger.puts)
    for line, number in lines[:1]:
        given, put = walk.ledger.given[number], walk.ledger.puts[number]
        if line not in source.added or not is_borrowed(given, function, source.new.outline):
            continue
        is_own = change.is_new and put.startswith(_OWN)
        if is_own:
            may_have = _is_taken(given, change, pairs)
        else:
            may_have = not source.new.whole or _is_named(change, pairs)
        if not may_have:
            sure = Confidence.HIGH if is_own else Confidence.MEDIUM
            form = "own" if is_own else "unpaired"
            yield source.at(line, symbol=given, confidence=sure, get="", put=put, form=form)


def _is_taken(given: str, change: FunctionChange, pairs: PairTable) -> bool:
    """Whether the function, what it calls or who calls it may take the reference."""
    getters = pairs.of("struct kvm").getters
    outline = change.source.new.outline
    return is_taken(given, change.new, outline, getters) or not is_free_of(getters, change)


def _is_named(change: FunctionChange, pairs: PairTable) -> bool:
    """Whether the series, or the file it is in, names a getter of the pair."""
    getters = pairs.of("struct kvm").getters
    texts = [line.text for f in change.source.moves.files for h in f.hunks for line in h.lines]
    return any(name in text for text in (*texts, change.source.seen) for name in getters)
