"""The series takes references on a VM and nothing it shows ever gives one back.

Why: a VM that is never destroyed keeps its guest memory, its MMU notifier and the vendor module forever.
Every get in the tree is a transfer of ownership (Linux 6.12: none of 19 is balanced inside its function), so
gets and puts are counted over the whole series, never in a function.
Fix: kvm_put_kvm() in the release path of whatever holds the pointer.
Quiet when: any line the series leaves or adds names a put, a wrapper of one (*_put_kvm, an unregister twin)
or passes it as a function pointer, even in a comment; as many gets are removed; a get stands in a file of
which only hunks are seen, because the rest may hold the put, even if the getter is wholly seen (measured: 37
drafts, none right). A draft unless the holder is seen as a whole: a structure from a new file of the series,
or a new module.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.holders import holder_is_new
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.visible import lines
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

PUT = re.compile(r"put_kvm|kvm_put|kvm_\w{0,60}unregister")


def _getters(pairs: PairTable) -> tuple[str, ...]:
    return pairs.of("struct kvm").getters


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.SERIES,
    wants=Needs.TREE,
    triggers=_getters,
)
def check(change: SeriesChange, pairs: PairTable) -> Iterator[Hit]:
    """The first get of a series that has no put; the other gets are its related places."""
    names = _getters(pairs)
    added = [(source, call) for source in change.sources for call in source.added_calls(names)]
    taken = [(s, call) for s, call in added if call.args and not s.is_moved(s.added[call.line])]
    dropped = sum(len(list(source.removed_calls(names))) for source in change.sources)
    if len(taken) <= dropped or not all(source.new.whole for source, _ in taken):
        return
    if any(PUT.search(line) for source in change.sources for _, line in lines(source.new)):
        return
    sure = all(holder_is_new(call.args[0], call.line, s, change) for s, call in taken)
    (source, call), *others = taken
    yield source.at(
        call.line,
        symbol=call.args[0],
        related=tuple(other.anchor(further.line) for other, further in others),
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        get=call.name,
    )
