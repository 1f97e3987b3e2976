"""What a function is for and who calls it, as far as one image shows.

Law: a role is told by what is written (section, name, a place in a structure of operations, a visible call);
what is not written is not guessed. Must not know diffs or rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.outline import Call, Function, Outline

_SETUP = re.compile(r"(?:^|_)(?:init|exit)(?:_|$)|^cleanup_module$")
_SECTION = re.compile(r"\b__(?:init|exit)\b")
_CALLBACK = re.compile(r"_(?:open|probe|ioctl|bind|connect)$")
_HANDED_OVER = re.compile(
    r"^(?:module_put_and_(?:kthread_)?exit|kthread_(?:run|create).*|(?:mod_)?(?:delayed_)?queue_.*work.*"
    r"|schedule_.*work.*|mod_timer|add_timer|call_s?rcu)$"
)


def is_setup(function: Function) -> bool:
    """Whether the function belongs to loading or unloading, by its section or its name."""
    return bool(_SETUP.search(function.name) or _SECTION.search(function.header))


def is_callback(function: Function, outline: Outline) -> bool:
    """Whether other code calls it through a pointer: by its name, or as a field of an initializer."""
    return bool(_CALLBACK.search(function.name)) or _is_field(function, outline)


def hands_over(function: Function, outline: Outline) -> bool:
    """Whether the function starts a thread, work item, timer or RCU callback, or is the end of a thread."""
    return any(_HANDED_OVER.search(call.name) for call in calls_in(function, outline))


def calls_in(function: Function, outline: Outline) -> Iterator[Call]:
    """The calls the function visibly makes."""
    same = outline.named(function.name)
    found = (call for f in same for call in outline.calls_between(f.first, f.last))
    return (call for call in found if call.function == function.name)


def callers(function: Function, outline: Outline) -> frozenset[str]:
    """Names of the functions that visibly call it."""
    found = (call.function for call in outline.calls_of((function.name,)))
    return frozenset(name for name in found if name)


def is_reached_in_sight(function: Function, outline: Outline) -> bool:
    """Whether every way into the function is seen, or leads straight from user space.

    That is so for an ioctl by its name and for a field of an initializer; and for a static function
    all of whose callers are whole or only dispatch ioctls.
    """
    if "ioctl" in function.name or _is_field(function, outline):
        return True
    is_static = bool(re.search(r"\bstatic\b", function.header))
    return is_static and bool(callers(function, outline)) and not has_cut_caller(function, outline)


def has_cut_caller(function: Function, outline: Outline) -> bool:
    """Whether a visible caller is not whole and does more than dispatch ioctls."""
    found = (outline.function(name) for name in callers(function, outline))
    return any(f is None or not (f.whole or "ioctl" in f.name) for f in found)


def _is_field(function: Function, outline: Outline) -> bool:
    fields = (field for initializer in outline.initializers for field in initializer.fields)
    return any(field.value.lstrip("&") == function.name for field in fields)
