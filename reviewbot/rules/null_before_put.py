"""A pointer is set to NULL, and then the very same pointer is released.

Why: the release acts on NULL. Where it accepts NULL the reference or the memory is leaked, where it does not
it crashes. The right order is to save the pointer, to clear the field so that nobody finds it any more, and to
release the saved one.
Fix: release first, or keep the pointer in a local variable and release that.
Quiet when: another lvalue is released, were it only `g->kvm` after `f->kvm = NULL`; something in between may
store a new value, as an assignment, a call that is handed the object or one that is not known to take down
only; the release is reached on a way around the assignment; the line carries a comment, because then somebody
means it (https://lore.kernel.org/all/20251118005305.27058-2-jordan@jrife.io/); it was so before.
"""

import re
from collections import Counter
from collections.abc import Iterator

from reviewbot.cmodel.change import FunctionChange, SourceChange
from reviewbot.cmodel.cleared import Cleared, cleared
from reviewbot.cmodel.emptied import is_released
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.tells import puts_null
from reviewbot.cmodel.visible import lines
from reviewbot.model.diff import Side, Sign
from reviewbot.model.evidence import Origin
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

# Those of Linux 6.12 that look into what they are passed.
CRASHES = frozenset(
    re.findall(
        r"\w+",
        """kvm_put_kvm kvm_put_kvm_no_destroy fput mmput mmput_async mmdrop put_task_struct iommufd_ctx_put
        eventfd_ctx_put kref_put""",
    )
)
NULL = re.compile(r"(?:=|,)\s*NULL\b")


def may_fire(change: SourceChange | FunctionChange) -> bool:
    """Whether the name of something that is set to NULL stands in a call whose name may release.

    More than the diff is asked function by function.
    """
    if isinstance(change, SourceChange) and change.evidence.origin is not Origin.DIFF:
        return True
    return is_released(change.after)


@rule(
    severity=Severity.BUG,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=("NULL",),
    glance=may_fire,
    signs=puts_null,
)
def check(change: FunctionChange, pairs: PairTable) -> Iterator[Hit]:
    """The releases of cleared pointers that the patch brings."""
    if not NULL.search(change.text):
        return
    source = change.source
    found = cleared(source.new, change.new, change.flow, pairs.putters)
    before = Counter(_key(one) for one in _before(change, pairs)) if found else Counter()
    for one in found:
        if before[_key(one)]:
            before[_key(one)] -= 1
        elif not _is_meant(change, one):
            yield from _hit(change, one)


def _key(one: Cleared) -> tuple[str, str]:
    return one.lvalue, one.release


def _before(change: FunctionChange, pairs: PairTable) -> Iterator[Cleared]:
    """What the old function, every visible part of it, did so already."""
    source = change.source
    for function in source.old.outline.functions:
        if function.name == change.new.name:
            flow = source.flow(function, Side.OLD)
            yield from cleared(source.old, function, flow, pairs.putters)


def _is_meant(change: FunctionChange, one: Cleared) -> bool:
    """Whether a comment stands at the assignment, or one that names the release stands above it."""
    near = {n: text for n, text in lines(change.source.new) if n in (one.line - 1, one.line)}
    above = near.get(one.line - 1, "")
    is_said = re.search(rf"(?:/\*|\*/|//|^\s*\*).*\b(?:{one.release}|nothing|no-?op)\b", above)
    return bool(re.search(r"/\*|//", near.get(one.line, ""))) or bool(is_said)


def _hit(change: FunctionChange, one: Cleared) -> Iterator[Hit]:
    source = change.source
    added = next((n for n in (one.released, one.line) if n in source.added), 0)
    line = added or _removed(change, one)
    if line:
        places = {one.released: "release", one.line: "clear"}
        yield source.at(
            line,
            Side.NEW if added else Side.OLD,
            symbol=one.lvalue,
            place=places[line] if added else "between",
            release=one.release,
            crashes="yes" if one.release in CRASHES else "",
            lost="memory" if one.is_memory else "reference",
        )


def _removed(change: FunctionChange, one: Cleared) -> int:
    """The line of the old file that gave the pointer a value between the two, or 0."""
    last = 0
    for hunk in change.source.file.hunks:
        for line in hunk.lines:
            if line.sign is not Sign.REMOVED:
                last = line.new
            elif one.line <= last < one.released and one.lvalue in line.text:
                return line.old
    return 0
