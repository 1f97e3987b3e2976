"""Unopened: references taken for an open file that was then not made.

    kvm_get_kvm(kvm);
    fd = anon_inode_getfd("x", &x_fops, kvm, O_RDWR);
    if (fd < 0)
            return fd;                     x_fops.release, which puts the VM, will never be called

Law: it counts only where the release callback of those very operations visibly puts such an object, and where
the path goes on as after the failure of the call that makes the file. Must not know rules.
"""

from collections.abc import Iterator

from reviewbot.cmodel.answers import Answer
from reviewbot.cmodel.conditions import atom
from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.keeps import given
from reviewbot.cmodel.known import SET
from reviewbot.cmodel.opened import ANON_INODE
from reviewbot.cmodel.outline import Outline
from reviewbot.cmodel.owed import Owed
from reviewbot.cmodel.publish import released
from reviewbot.cmodel.puts import calls
from reviewbot.cmodel.walk import Held, State


def is_for_file(owed: Owed, end: State, image: Image) -> bool:
    """Whether the function fails at that end to make the file that was to give the reference back."""
    walk = owed.walk
    if end.count != 1 or end.doubt or end.held is not Held.TAKEN or not image.whole:
        return False
    if walk.answer(end) is not Answer.ERROR:
        return False
    path = walk.path(end)
    behind = [state.step for state in path[owed.taken_at(path) + 1 :]]
    for place, number in enumerate(behind):
        text = walk.flow.steps[number].text
        fops = next(_operations(text, image.outline), "")
        if fops and _has_failed(owed, behind, place):
            return _is_put_on_release(owed, fops, image.outline) and not any(
                walk.ledger.touches.is_released(walk.flow.steps[later].text)
                for later in behind[place + 1 :]
            )
    return False


def _operations(text: str, outline: Outline) -> Iterator[str]:
    """The operations of the file that a statement makes, itself or in a function of this file."""
    for name, arguments in calls(text):
        if name in ANON_INODE and len(arguments) > 2 and arguments[1].startswith("&"):
            yield arguments[1][1:].strip()
        function = outline.function(name)
        if function is not None:
            for call in outline.calls_between(function.first, function.last):
                if call.name in ANON_INODE and len(call.args) > 2 and call.args[1][:1] == "&":
                    yield call.args[1][1:].strip()


def _has_failed(owed: Owed, behind: list[int], place: int) -> bool:
    """Whether the path goes on as after the failure of the call at a place."""
    steps = owed.walk.flow.steps
    found = SET.fullmatch(steps[behind[place]].text)
    if found is None:
        return False
    keys = (f"{found[1]}<0", f"IS_ERR({found[1]})")
    for at in range(place + 1, len(behind) - 1):
        step = steps[behind[at]]
        condition = atom(step.text) if step.kind is Kind.BRANCH else None
        if condition is not None and condition.key in keys:
            return condition.value == (behind[at + 1] == step.next[0])
    return False


def _is_put_on_release(owed: Owed, fops: str, outline: Outline) -> bool:
    """Whether the release callback of the operations gives back such an object."""
    puts = given(owed.walk.ledger.pair, outline)
    return any(released(put.function, outline) == fops for put in puts)
