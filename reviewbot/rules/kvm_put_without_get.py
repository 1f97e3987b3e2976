"""kvm_put_kvm() drops a reference that nothing in sight takes.

Why: an extra put frees the VM under the file descriptor that owns it.
Fix: name the kvm_get_kvm() it belongs to, or leave the reference to the caller.
Quiet when: a path of the function takes the reference; the series or a file it touches takes one anywhere;
the function is a release, close, unset or the like, whose twin takes it; the pointer was returned by a call,
which may have taken it; the author says that the get was one too many.
Source: rule catalogue §1.3, 606e0b66-adca-15b4-c8a9-804056fc11e5@linux.ibm.com.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.borrowed import is_borrowed
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.excuses import is_excused
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.undone import undone
from reviewbot.cmodel.walk import Walk
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

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
    if walk.ledger.takes or _GIVES_BACK.search(function.name) or _is_taken(change, pairs):
        return
    lines = sorted((walk.flow.steps[number].line, number) for number in walk.ledger.puts)
    for line, number in lines[:1]:
        given = walk.ledger.given[number]
        if line in source.added and is_borrowed(given, function, source.new.outline):
            put = walk.ledger.puts[number]
            yield source.at(
                line, symbol=given, confidence=Confidence.MEDIUM, get="", put=put, form="unpaired"
            )


def _is_taken(change: FunctionChange, pairs: PairTable) -> bool:
    """Whether the series, or the file as far as it is seen, names a getter of the pair."""
    getters = pairs.of("struct kvm").getters
    texts = [line.text for f in change.source.moves.files for h in f.hunks for line in h.lines]
    return any(name in text for text in (*texts, change.source.context) for name in getters)
