"""The series takes references on a VM and nothing it shows ever gives one back.

Why: a VM that is never destroyed keeps its guest memory, its MMU notifier and the vendor module forever.
Every get in the tree is a transfer of ownership (Linux 6.12: none of 19 is balanced inside its function), so
gets and puts are counted over the whole series, never in a function.
Fix: kvm_put_kvm() in the release path of whatever holds the pointer.
Quiet when: any line the series leaves or adds names a put, a wrapper of one (*_put_kvm, an unregister twin)
or passes it as a function pointer, even in a comment; as many gets are removed; a get stands in a file of
which only hunks are seen, because the rest may hold the put. A draft unless the holder is seen as a whole:
a structure from a new file of the series, or a new module.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Call
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.visible import is_module, lines
from reviewbot.model.diff import FileKind
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

PUT = re.compile(r"put_kvm|kvm_put|kvm_\w{0,60}unregister")

Taken = tuple[SourceChange, Call]


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
    getters = _getters(pairs)
    taken = [found for source in change.sources for found in _taken(source, getters)]
    dropped = sum(len(list(source.removed_calls(getters))) for source in change.sources)
    if len(taken) <= dropped or not all(source.new.whole for source, _ in taken):
        return
    if any(PUT.search(line) for source in change.sources for _, line in lines(source.new)):
        return
    certain = all(_seen_whole(source, call, change) for source, call in taken)
    (source, call), *others = taken
    yield source.at(
        call.line,
        symbol=call.args[0] if call.args else "",
        related=tuple(other.anchor(further.line) for other, further in others),
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        get=call.name,
    )


def _taken(source: SourceChange, getters: tuple[str, ...]) -> Iterator[Taken]:
    for call in source.added_calls(getters):
        if not source.is_moved(source.added[call.line]):
            yield source, call


def _seen_whole(source: SourceChange, call: Call, change: SeriesChange) -> bool:
    """Whether whoever may put the reference is a file that the series adds."""
    if source.file.kind is not FileKind.ADDED:
        return False
    return is_module(source.new) or _holder(source, call) in _new_structs(change)


def _holder(source: SourceChange, call: Call) -> str:
    """The type of the structure the reference is stored in, such as `foo`; empty if not seen."""
    outline = source.new.outline
    function = outline.function_at(call.line)
    if function is None or not call.args:
        return ""
    stored = (
        a.target
        for a in outline.assignments
        if a.function == call.function and a.value == call.args[0]
    )
    for lvalue in (call.args[0], *stored):
        root, arrow, _ = lvalue.partition("->")
        words = function.type_of(root).rstrip("* ").split()
        if arrow and words and words[-1] != "kvm":
            return words[-1]
    return ""


def _new_structs(change: SeriesChange) -> set[str]:
    added = (source for source in change.sources if source.file.kind is FileKind.ADDED)
    return {s.name for source in added for s in source.new.outline.structs if s.whole}
