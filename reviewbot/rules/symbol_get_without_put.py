"""A symbol of another module is looked up, and nothing lets it go again.

Why: symbol_get() takes a reference on the module that holds the symbol (strong_try_module_get() in
kernel/module/main.c); without symbol_put() that module can never be unloaded.
Fix: symbol_put() of the same symbol, with its name and not with the pointer, on every way out or where the
object that keeps the pointer is torn down.
Quiet when: a symbol_put() of it, a symbol_put_addr() or a macro that pastes the name stands anywhere in the
series or in what the tree shows of it; the pointer leaves the function and the rest is out of sight; the line
was moved. One path that forgets it is for ref-leak-on-error-path. A draft where the pointer is kept and there
is no tree to say that nobody puts it.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Call
from reviewbot.cmodel.symbols import LOOKUPS, Put, lookups, put_of
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.SERIES,
    wants=Needs.TREE,
    triggers=(*LOOKUPS, "symbol_put"),
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """Added lookups that nothing undoes, and the removed last puts of symbols that are still looked up."""
    for source in change.sources:
        for call in lookups(source):
            yield from _hits(call, call, source, change)
        for put in lookups(source, removed=True):
            left = source.new.outline.calls_of(LOOKUPS)
            for call in islice((get for get in left if get.args == put.args), 1):
                if call.line not in source.added:
                    yield from _hits(call, put, source, change)


def _hits(call: Call, shown: Call, source: SourceChange, change: SeriesChange) -> Iterator[Hit]:
    """The hit for a lookup, under the call that shows it, unless its put is or may be there."""
    put = put_of(call, source, change)
    if put is Put.ABSENT or (put is Put.UNKNOWN and source.new.whole):
        lost = shown is not call
        yield source.at(
            shown.line,
            Side.OLD if lost else Side.NEW,
            symbol=call.args[0],
            confidence=None if put is Put.ABSENT else Confidence.MEDIUM,
            get=call.name,
            lost="yes" if lost else "",
        )
