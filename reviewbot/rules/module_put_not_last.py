"""Code of a module drops the reference on its own module and goes on running.

Why: after the last module_put(THIS_MODULE) the module may be unloaded, and with it the instructions that
follow: "KVM must ensure *no* code owned by the KVM (the module) can be run after the last call to module_put()"
(virt/kvm/async_pf.c). KVM had such pins from 5f6de5cbebee (2022) until ea61294befd3 (2023).
Fix: let the caller hold the module (`.owner` of the operations); end a kthread with
module_put_and_kthread_exit().
Quiet when: only a return follows; the function took the reference itself, so that another one is held; it
belongs to loading or unloading; it is an inline of a header, whose text is the caller's; it had such a put
before. A draft always: another reference may be held.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.afterwards import following
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.frees import statement
from reviewbot.cmodel.holdings import GETTERS, PUTTER, SELF
from reviewbot.cmodel.outline import Call
from reviewbot.cmodel.roles import is_setup
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(severity=Severity.BUG, channel=Channel.DRAFT, needs=Needs.FUNCTION, triggers=(PUTTER,))
def check(change: FunctionChange) -> Iterator[Hit]:
    """The first added put of the own module in each function that runs on after it."""
    if change.source.path.endswith(".h") or is_setup(change.new) or _had_one(change):
        return
    puts = [call for call in change.added_calls((PUTTER,)) if call.args == (SELF,)]
    if not puts or any(call.args == (SELF,) for call in change.calls(GETTERS)):
        return
    flow = change.flow
    moved = change.source.is_moved
    for call in (c for c in puts if not moved(change.source.added[c.line])):
        for name in islice(_called_after(flow, call), 1) if flow is not None else ():
            yield change.source.at(call.line, symbol=SELF, next=name)
            return


def _had_one(change: FunctionChange) -> bool:
    if change.old is None:
        return False
    before = change.source.old.outline.calls_between(change.old.first, change.old.last)
    return any(call.name == PUTTER and call.args == (SELF,) for call in before)


def _called_after(flow: Flow, call: Call) -> Iterator[str]:
    """The calls that can follow the put, by name."""
    for number, step in enumerate(flow.steps):
        if step.kind is Kind.STATEMENT and step.line == call.line and PUTTER in step.text:
            for later in following(flow, number, lambda _: False):
                called = statement(later.text)
                if called is not None:
                    yield called.name
