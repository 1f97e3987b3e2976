"""Certain: whether a reference that a function never puts was surely its own to put.

    node = of_find_node_by_name(...);
    if (!map)
            return -ENOMEM;             nobody else knows of the node

    get_file(group->file);              kept where the function succeeds
    if (!capable(CAP_SYS_RAWIO))
            return -EPERM;              and whoever gives it back is not called

Law: what was taken was passed to nobody. Either only a local variable has it, or it is an object of others
that is kept on success, and neither a caller nor a framework is seen that may clean up after the failure. Must
not know diffs or rules.
"""

import re

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.known import SET
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.cmodel.owed import Owed, Proof
from reviewbot.cmodel.takes import Take, bare
from reviewbot.cmodel.walk import State
from reviewbot.cmodel.words import CallWords

# What is counted for its own sake has other customs: usage counts that a later call lowers.
_OBJECTS = ("struct ", "symbol")
_POINTER = re.compile(r"[^*]*\*")
# How deep a call that puts may lie below a caller.
_MOST_ROUNDS = 6
_ADDRESS = re.compile(r"&? ?(\w+)")


def is_certain(owed: Owed, end: State, function: Function, image: Image, proof: Proof) -> bool:
    """Whether a proof stands that rests on the absence of a put; any other does."""
    if proof not in (Proof.FAILED, Proof.ALONE):
        return True
    walk = owed.walk
    path = walk.path(end)
    start = owed.taken_at(path)
    take = walk.ledger.takes[path[start].step]
    if take.is_loop or not take.pair.object.startswith(_OBJECTS):
        return False
    if not walk.ledger.touched.isdisjoint(state.step for state in path[start + 1 : -1]):
        return False
    lost = frozenset(name for name, held in end.known if not held)
    if proof is Proof.ALONE and not take.pair.object.startswith("struct "):
        return False  # a symbol is put by its name, from anywhere
    if proof is Proof.ALONE:
        return is_private(owed, take, function, lost)
    if walk.answer(end) is not Answer.ERROR or bare(walk.flow.steps[end.step].text) == "NULL":
        return False
    if is_private(owed, take, function, lost):
        return True
    inside = [walk.flow.steps[state.step].text for state in path[start + 1 : -1]]
    return (
        image.whole
        and not any(map(_leaves_mark, inside))
        and is_left(owed, take, function, image.outline)
    )


def is_private(
    owed: Owed, take: Take, function: Function, lost: frozenset[str] = frozenset()
) -> bool:
    """Whether a local pointer has what a getter gave it, and nothing else leads there but `lost`: NULL."""
    ledger = owed.walk.ledger
    held = take.text if take.is_result else take.target
    if not take.is_own or not ledger.names <= take.names or not ledger.kin <= take.names | lost:
        return False
    return any(v.name == held and _POINTER.fullmatch(v.type) for v in function.locals)


def is_left(owed: Owed, take: Take, function: Function, outline: Outline) -> bool:
    """Whether an object of others is kept where the function succeeds, and who calls it cleans up nothing.

    Who calls it cannot where it also fails without the reference: one failure is like the other. Else all of
    the callers must be seen.
    """
    ledger, walk = owed.walk.ledger, owed.walk
    if take.is_result or take.target or not ledger.is_counted or ledger.touches.is_global:
        return False
    if not any(end.count == 1 and walk.answer(end) is Answer.SUCCESS for end in walk.ends):
        return False
    if _is_handed_out(function.name, outline):
        return False
    putters = frozenset((*take.pair.put, *take.pair.consume))
    if any(end.count == 0 and walk.answer(end) is Answer.ERROR for end in walk.ends):
        putting = {call.function for call in outline.calls_of(putters)}
        return not any(call.function in putting for call in outline.calls_of((function.name,)))
    is_static = "static" in function.header.partition(f"{function.name}(")[0].split()
    return is_static and not is_cleaned_up(function.name, putters, ledger.touches.words, outline)


def is_cleaned_up(name: str, putters: frozenset[str], words: CallWords, outline: Outline) -> bool:
    """Whether a caller in the file may put such objects; also where no caller is seen.

    It may where it calls what comes to a putter, or what by its name releases something and is not seen.
    """
    callers = {call.function for call in outline.calls_of((name,))}
    putting = _putting(putters, outline)
    for call in outline.calls:
        if call.function in callers and call.name != name:
            is_seen = outline.function(call.name) is not None
            if call.name in putting or (not is_seen and words.may_release(call.name)):
                return True
    return not callers


def _leaves_mark(text: str) -> bool:
    """Whether a statement sets a member, from which whoever cleans up may tell that there is a reference."""
    found = SET.fullmatch(text)
    return found is not None and not found[1].isidentifier()


def _is_handed_out(name: str, outline: Outline) -> bool:
    """Whether the address of a function is stored somewhere, or passed on."""
    fields = (field.value for one in outline.initializers for field in one.fields)
    stored = (one.value for one in outline.assignments)
    passed = (argument for call in outline.calls for argument in call.args)
    found = (_ADDRESS.fullmatch(value) for value in (*fields, *stored, *passed))
    return any(one is not None and one[1] == name for one in found)


def _putting(putters: frozenset[str], outline: Outline) -> frozenset[str]:
    """The putters, and the functions of the file that come to one of them."""
    found = set(putters)
    for _ in range(_MOST_ROUNDS):
        more = {call.function for call in outline.calls_of(found)} - found
        if not more:
            break
        found |= more
    return frozenset(found)
