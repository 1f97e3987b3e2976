"""A lookup that pinned another module is replaced by a bare function pointer.

Why: symbol_get() takes a reference on the module that holds the symbol, a pointer does not: "nothing prevents
userspace from unloading kvm.ko while VFIO still holds a reference to a kvm structure, and so invoking
->put_kvm() could jump into freed code" (https://lore.kernel.org/all/ZWp_q1w01NCZi8KX@google.com/). Of 29,706
patch mails it fires on the one that the sentence is about.
Fix: hand the `struct module *` over with the pointer and try_module_get() it, or hold the file.
Quiet when: the series takes any such reference elsewhere; no function pointer of the same callee is added;
the callee is named directly (the linker then makes the dependency); the code was only moved.
"""

from collections.abc import Iterator
from itertools import islice

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.pins import PINS, dropped, is_pinned, stand_in
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

CASE = "https://lore.kernel.org/all/ZWp_q1w01NCZi8KX@google.com/"


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.SERIES,
    triggers=PINS,
    reference=CASE,
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """The first dropped pin of each file that a pointer stands in for; its related place is the pointer."""
    if not is_pinned(change):
        for source in change.sources:
            yield from islice(_replaced(source, change), 1)


def _replaced(source: SourceChange, change: SeriesChange) -> Iterator[Hit]:
    for call in dropped(source):
        pointer = stand_in(source, call, change)
        if pointer is not None:
            yield source.at(
                call.line,
                Side.OLD,
                symbol=call.args[0],
                related=(pointer[1],),
                pin=call.name,
                pointer=pointer[0],
                kvm="yes" if call.args[0].startswith("kvm_") else "",
            )
