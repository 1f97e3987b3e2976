"""Late gets: references taken only after the object that needs them has been made reachable.

Law: where the flow is certain a get is late only if no path takes the same reference before; where it is not,
only what the patch moves counts. Must not know rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.flow import Flow
from reviewbot.cmodel.order import Called, called, reached
from reviewbot.cmodel.outline import Call
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.publish import LIVE
from reviewbot.cmodel.published import Publication, leads_to, publications
from reviewbot.model.diff import Sign


class LateGet(Struct, frozen=True):
    """An added line, the pointer and its getter, the call that publishes.

    `sure` is False where the published object is not seen to lead to the pointer.
    """

    line: int
    pointer: str
    get: str
    publisher: str
    sure: bool


def late_gets(change: FunctionChange, pairs: PairTable) -> Iterator[LateGet]:
    """The gets of a changed function that come after a publication they should come before."""
    if any(change.calls(pairs.getters)):
        flow = change.flow
        yield from _moved(change, pairs) if flow is None else _ordered(flow, change, pairs)


def _ordered(flow: Flow, change: FunctionChange, pairs: PairTable) -> Iterator[LateGet]:
    """The gets that come after a publication on every path."""
    outline = change.source.new.outline
    gets = [get for get in called(flow, pairs.getters) if _pointer(get, pairs)]
    for publication in publications(flow, change.new, outline):
        for get in _late(publication, gets, flow, pairs):
            pointer = _pointer(get, pairs)
            lines = (flow.steps[get.step].line, flow.steps[publication.step].line)
            line = next((line for line in lines if line in change.source.added), 0)
            leads = leads_to(publication, pointer, change.new, outline)
            if line and (leads or any(_moved(change, pairs))):
                yield LateGet(line, pointer, get.name, publication.call, sure=leads)


def _pointer(get: Called | Call, pairs: PairTable) -> str:
    """What a getter is given to hold; empty for one that returns what it holds."""
    getter = pairs.by_getter[get.name][1]
    return bare(getter.held("", get.args)) if getter.carries.startswith("arg") else ""


def _late(
    publication: Publication, gets: list[Called], flow: Flow, pairs: PairTable
) -> Iterator[Called]:
    """The gets that only come after the publication, where none of the same pointer comes before."""
    after = reached(flow, publication.step)
    early = {_pointer(get, pairs) for get in gets if publication.step in reached(flow, get.step)}
    if publication.step not in after:
        for get in gets:
            if get.step in after and _pointer(get, pairs) not in early:
                yield get


def _moved(change: FunctionChange, pairs: PairTable) -> Iterator[LateGet]:
    """The gets that the patch takes from before a publication to behind it."""
    source = change.source
    gone = {
        (call.name, _pointer(call, pairs)): call.line
        for call in source.removed_calls(pairs.getters)
        if call.function == change.new.name
    }
    for get in change.added_calls(pairs.getters):
        pointer = _pointer(get, pairs)
        before = gone.get((get.name, pointer), 0)
        publisher = _between(change, before, get.line) if before and pointer else ""
        if publisher:
            kvm = pairs.by_getter[get.name][0].object == "struct kvm"
            yield LateGet(get.line, pointer, get.name, publisher, sure=kvm)


def _between(change: FunctionChange, before: int, after: int) -> str:
    """The call that publishes, which the patch leaves, below the removed line and above the added one."""
    hunks = change.source.file.hunks
    old = {line.new: line.old for h in hunks for line in h.lines if line.sign is Sign.CONTEXT}
    calls = (call for call in change.calls(LIVE) if before < old.get(call.line, 0))
    return next((call.name for call in calls if call.line < after), "")
