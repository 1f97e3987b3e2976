"""Early: exits that a change adds to a function which unlocked on all of its ways before.

    mutex_lock(&f->lock);
    foo_start(f);                        might unlock, by all that is known of it
    if (signal_pending(current))         added
            return;                      added: but here the old function went on to unlock
    foo_stop(f);
    mutex_unlock(&f->lock);

Law: the old function left nothing locked, the condition is new and asks nothing of what may have unlocked, and
from there to the exit nothing is called that may unlock. Must not know rules.
"""

import re

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.balance import Both
from reviewbot.cmodel.conditions import atom, subject
from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.known import SET
from reviewbot.cmodel.owed import Owed
from reviewbot.cmodel.walk import Held, State

_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")


def is_early(both: Both, owed: Owed, end: State) -> bool:
    """Whether an added exit leaves locked what the old function unlocked on each way out."""
    walk = both.new
    if not both.pairs.are_locks or end.count != 1 or end.doubt or end.held is not Held.TAKEN:
        return False
    if walk.flow.steps[end.step].line not in both.change.source.added:
        return False
    answer = walk.answer(end)
    if answer is not Answer.ERROR and answer not in owed.put_answers:
        return False
    if not _was_balanced(both):
        return False
    path = walk.path(end)
    apart = owed.parting(path, owed.taken_at(path))
    return apart >= 0 and _is_new_question(both, path, apart) and _is_quiet(both, path[apart + 1 :])


def _was_balanced(both: Both) -> bool:
    """Whether the old function, on all of its ways, gave back what it took."""
    old = both.old
    if old is None or not old.is_complete or not old.ends:
        return False
    is_even = all(end.count == 0 and not end.doubt for end in old.ends)
    return is_even and any(end.held is Held.PUT for end in old.ends)


def _is_new_question(both: Both, path: tuple[State, ...], apart: int) -> bool:
    """Whether the path parts on an added condition that asks no result of a call that may unlock."""
    number = path[apart].step
    step, touched = both.new.flow.steps[number], both.new.ledger.touched
    if step.kind is not Kind.BRANCH or number not in both.fresh or number in touched:
        return False
    asked = subject(atom(step.text).key)
    sets = (
        SET.fullmatch(both.new.flow.steps[state.step].text)
        for state in path[:apart]
        if state.step in touched
    )
    return all(found is None or found[1] not in asked for found in sets)


def _is_quiet(both: Both, behind: tuple[State, ...]) -> bool:
    """Whether nothing at all is called, or decided, on the rest of the path that may unlock."""
    words = both.new.ledger.touches.words
    texts = (both.new.flow.steps[state.step].text for state in behind)
    return not any(words.may_release(name) for text in texts for name in _CALL.findall(text))
