"""Operations that another module supplies: a new exported function that keeps them, and who guards them.

Law: only what is added counts, and only where the whole interface is seen: the function, the structure it is
given, the calls through what it keeps. Must not know rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Call, Function, StructDefinition, Variable
from reviewbot.cmodel.roles import calls_in

_REGISTERS = re.compile(r"(?:^|_)(?:register|set_ops|set|bind|attach|install)(?:_|$)")
_STRUCT = re.compile(r"(?:const )?struct (\w+) \*")
# What waits for the users of the operations, or keeps new ones away while they go.
_WAITS = re.compile(
    r"^(?:synchronize_|rcu_barrier|srcu_|wait_|flush_|cancel_|drain_|down_write|mutex_lock|write_lock|spin_lock"
    r"|percpu_ref_kill|kthread_stop|del_timer_sync|static_call_update)"
)
_ASSIGNS = ("rcu_assign_pointer", "WRITE_ONCE", "smp_store_release", "cmpxchg", "xchg")


class Supplied(Struct, frozen=True):
    """A new exported function that keeps operations in `kept`, and a call through them."""

    function: Function
    ops: str
    kept: str
    call: Call


def supplied(source: SourceChange, change: SeriesChange) -> Iterator[Supplied]:
    """The new interfaces of a file by which another module supplies operations that nothing pins."""
    outline = source.new.outline
    exported = {export.symbol for export in outline.exports if export.line in source.added}
    for function in outline.functions:
        is_new = function.name in exported and function.first in source.added and function.whole
        if is_new and _REGISTERS.search(function.name) and not _has_owner(function.parameters):
            for parameter in function.parameters:
                kind = _STRUCT.fullmatch(parameter.type)
                if kind and _is_bare_ops(kind[1], change) and not _waits(function, source):
                    yield from _kept(source, function, parameter)


def _kept(source: SourceChange, function: Function, ops: Variable) -> Iterator[Supplied]:
    """Where the function keeps the operations at file scope and some code calls through them."""
    outline = source.new.outline
    own = {v.name for v in (*function.locals, *function.parameters)}
    inside = outline.assignments_between(function.first, function.last)
    stored = [(a.target, a.value) for a in inside]
    stored += [
        (c.args[0], c.args[1])
        for c in calls_in(function, outline)
        if c.name in _ASSIGNS and len(c.args) > 1
    ]
    for kept, value in stored:
        if value == ops.name and kept.isidentifier() and kept not in own:
            calls = (call for call in outline.calls if call.name.startswith(f"{kept}->"))
            for call in calls:
                yield Supplied(function, ops.name, kept, call)
                return


def _is_bare_ops(name: str, change: SeriesChange) -> bool:
    """Whether the series brings the structure, with function pointers in it and without an owner."""
    for source in change.sources:
        for struct in source.new.outline.structs:
            if struct.name == name and struct.whole and struct.first in source.added:
                return _has_pointers(struct, source) and not _has_owner(struct.members)
    return False


def _has_pointers(struct: StructDefinition, source: SourceChange) -> bool:
    lines = range(struct.first, struct.last + 1)
    return any(pointer.line in lines for pointer in source.new.outline.pointers)


def _has_owner(variables: tuple[Variable, ...]) -> bool:
    return any(variable.type == "struct module *" for variable in variables)


def _waits(function: Function, source: SourceChange) -> bool:
    """Whether the function that takes the operations away again waits for those who use them."""
    outline = source.new.outline
    words = (("register", "unregister"), ("set", "clear"), ("bind", "unbind"))
    names = {function.name.replace(one, other) for one, other in words} - {function.name}
    names |= {function.name.replace("attach", "detach"), function.name.replace("install", "remove")}
    undo = (f for f in outline.functions if f.name in names and f.name != function.name)
    return any(_WAITS.match(call.name) for f in undo for call in calls_in(f, outline))
