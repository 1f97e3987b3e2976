"""Code of a module takes the reference that is to keep this very code loaded.

Why: code that has started to run cannot protect itself from having been unloaded before:
"try_module_get(THIS_MODULE) is always racy" (https://lore.kernel.org/all/YNIVAS45Lc5lWiCv@kroah.com/);
irqbypass dropped its pair in fa079a0616ed.
Fix: let the caller hold the module (`.owner` of the operations); then the get can go.
Quiet when: an init or exit function pins the module for good; the reference is handed to a worker, timer or
kthread, or dropped by module_put_and_kthread_exit(); the function took it before; the line was moved; the
result is thrown away (module-get-unchecked speaks then). Where the function is not visibly a callback, also
when it gives the reference back itself, or uses __module_get(), which demands a reference already. A draft
there and outside the configured paths: 169 such calls stand in Linux 6.12, so this is a question.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.outline import Call, Function, Outline
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

GETTERS = ("try_module_get", "__module_get")
SETUP = re.compile(r"(?:^|_)(?:init|exit)(?:_|$)|^cleanup_module$")
SECTION = re.compile(r"\b__(?:init|exit)\b")
CALLBACK = re.compile(r"_(?:open|probe|ioctl|bind|connect)$")
HANDED_OVER = re.compile(
    r"^(?:module_put_and_(?:kthread_)?exit|kthread_(?:run|create).*|(?:mod_)?(?:delayed_)?queue_.*work.*"
    r"|schedule_.*work.*|mod_timer|add_timer|call_s?rcu)$"
)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`mail_paths`: globs of the files in which the question may go into a mail."""

    mail_paths: tuple[str, ...] = ("virt/kvm/*", "arch/*/kvm/*", "drivers/vfio/*")


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=GETTERS,
)
def check(change: SourceChange, options: Options) -> Iterator[Hit]:
    """Added calls in a function that somebody outside the module calls."""
    outline = change.new.outline
    before = {c.function for c in change.removed_calls(GETTERS) if c.args == ("THIS_MODULE",)}
    for call in change.added_calls(GETTERS):
        if call.args != ("THIS_MODULE",) or change.is_moved(change.added[call.line]):
            continue
        function = outline.function_at(call.line)
        if function is None or call.function in before or _is_quiet(call, function, outline):
            continue
        callback = _is_callback(function, outline)
        if callback or not (call.name == "__module_get" or _is_passing(function, outline)):
            mailed = any(fnmatchcase(change.path, path) for path in options.mail_paths)
            channel = None if mailed and callback else Channel.DRAFT
            yield change.at(call.line, channel=channel, get=call.name)


def _is_quiet(call: Call, function: Function, outline: Outline) -> bool:
    """Whether the call is right, or another rule speaks about it."""
    unchecked = call.name == "try_module_get" and call.discarded
    setup = SETUP.search(function.name) or SECTION.search(function.header)
    inside = (other.name for other in outline.calls if other.function == function.name)
    return unchecked or bool(setup) or any(HANDED_OVER.search(name) for name in inside)


def _is_passing(function: Function, outline: Outline) -> bool:
    """Whether the function gives the reference back itself, as around a lock it drops for a while."""
    puts = outline.calls_of(("module_put",))
    return any(put.function == function.name and put.args == ("THIS_MODULE",) for put in puts)


def _is_callback(function: Function, outline: Outline) -> bool:
    values = (f.value for initializer in outline.initializers for f in initializer.fields)
    return bool(CALLBACK.search(function.name)) or function.name in {v.lstrip("&") for v in values}
