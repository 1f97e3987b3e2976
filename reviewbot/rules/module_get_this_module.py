"""Code of a module takes the reference that is to keep this very code loaded.

Why: code that has started to run cannot protect itself from having been unloaded before:
"try_module_get(THIS_MODULE) is always racy" (https://lore.kernel.org/all/YNIVAS45Lc5lWiCv@kroah.com/);
irqbypass dropped its pair in fa079a0616ed.
Fix: let the caller hold the module (`.owner` of the operations); then the get can go.
Quiet when: an init or exit function pins the module for good; the change sets `.owner` beside the function;
the reference is handed to a worker, timer or kthread, or dropped by module_put_and_kthread_exit(); the
function took it before; the line was moved; the result is thrown away (module-get-unchecked speaks then).
Where the function is not visibly a callback, also when it gives the reference back itself, or uses
__module_get(), which demands a reference already. A draft there and outside `mail_paths`: 169 such calls
stand in Linux 6.12, so this is a question.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.outline import Call, Function, Outline
from reviewbot.cmodel.roles import calls_in, hands_over, is_callback, is_setup
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

GETTERS = ("try_module_get", "__module_get")
SELF = ("THIS_MODULE",)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`mail_paths`: globs of the files in which the question may go into a mail."""

    mail_paths: tuple[str, ...] = ("virt/kvm/*", "arch/*/kvm/*", "drivers/vfio/*")


@rule(severity=Severity.BUG, channel=Channel.MAIL, needs=Needs.DIFF, triggers=GETTERS)
def check(change: SourceChange, options: Options) -> Iterator[Hit]:
    """Added calls in a function that somebody outside the module calls."""
    if not change.mentions(SELF, Sign.ADDED):
        return
    outline = change.new.outline
    before = {call.function for call in change.removed_calls(GETTERS) if call.args == SELF}
    mailed = any(fnmatchcase(change.path, path) for path in options.mail_paths)
    for call in change.added_calls(GETTERS):
        function = outline.function_at(call.line) if call.args == SELF else None
        if function is None or call.function in before or change.is_moved(change.added[call.line]):
            continue
        asked = not _is_right(call, function, outline) and not _is_pinned(function, change)
        if asked and is_callback(function, outline):
            yield change.at(call.line, channel=None if mailed else Channel.DRAFT, get=call.name)
        elif asked and call.name == "try_module_get" and not _gives_back(function, outline):
            yield change.at(call.line, channel=Channel.DRAFT, get=call.name)


def _is_right(call: Call, function: Function, outline: Outline) -> bool:
    """Whether the call is as it should be, or another rule speaks about it."""
    unchecked = call.name == "try_module_get" and call.discarded
    return unchecked or is_setup(function) or hands_over(function, outline)


def _is_pinned(function: Function, change: SourceChange) -> bool:
    """Whether added lines let the core hold the module before it calls the function."""
    owned = (
        initializer
        for initializer in change.new.outline.initializers
        if (owner := initializer.field("owner"))
        and owner.value in SELF
        and owner.line in change.added
    )
    fields = (field for initializer in owned for field in initializer.fields)
    return any(field.value.lstrip("&") == function.name for field in fields)


def _gives_back(function: Function, outline: Outline) -> bool:
    return any(c.name == "module_put" and c.args == SELF for c in calls_in(function, outline))
