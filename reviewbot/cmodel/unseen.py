"""What may be done to an object where nobody looks: by the callers of a function, or by what it calls.

Law: one caller or called function that is not seen is enough for a yes, so that seeing more never takes a
finding away. Must not know what may be done, nor rules.
"""

from collections.abc import Collection

from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.reach import is_free_of
from reviewbot.cmodel.roles import calls_in


def may_be_done_elsewhere(
    words: Collection[str], objects: frozenset[str], change: FunctionChange
) -> bool:
    """Whether an unseen caller may do what the words name, or an unseen function that is passed an object.

    A notifier is called by its chain alone. In a file that is seen whole, what is called and not there is
    known by its name only.
    """
    function, source = change.new, change.source
    is_notifier = any(p.type == "struct notifier_block *" for p in function.parameters)
    if not is_notifier and not is_free_of(words, change):
        return True
    if source.new.whole:
        return False
    seen = {other.name for other in source.new.outline.functions if other.whole}
    passed = (
        call.name
        for call in calls_in(function, source.new.outline)
        if not objects.isdisjoint(map(bare, call.args))
    )
    return any(name not in seen for name in passed)
