"""Teardown done twice: a function calls a helper and, in the same block, what the helper calls first thing too.

    caller: release(f); helper(f);       helper(f): release(f);

Law: both functions are seen whole, every path through the helper comes to the call, and nothing on the way
may set anything up again; the object is the same by name, followed into the helper through its parameters. Must
not know diffs or rules.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from msgspec import Struct

from reviewbot.cmodel.blocks import Kind, Statement, blocks, every, may_leave
from reviewbot.cmodel.borrowed import root, values
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.lvalues import arguments, calls, may_store
from reviewbot.cmodel.outline import Call, Function, Outline

# No file of Linux 6.12 has more calls to compare.
_MOST_PAIRS = 5000

_TEARDOWN = re.compile(r"\w+_(?:reset|free|unregister|disable|destroy|release)\w*|cancel_\w+")
# Calls beside those that take down or report which leave nothing to take down again.
_LOCK = re.compile(r"\w*(?:lock|unlock)\w*")


class Twice(Struct, frozen=True):
    """A call of `name` in a helper and in its caller, and the caller's call of the helper: names and lines."""

    name: str
    helper: str
    caller: str
    inside: int
    outside: int
    handed: int


def twice(image: Image) -> Iterator[Twice]:
    """What the functions of an image take down themselves and through a helper."""
    for handing, inside, outside in islice(_pairs(image), _MOST_PAIRS):
        if handing.repeats(inside, outside):
            yield handing.twice(inside, outside)


def _pairs(image: Image) -> Iterator[tuple["_Handing", Call, Call]]:
    """Calls of one name in a helper and in its caller, with the first call of the helper there."""
    outline = image.outline
    whole = {function.name: function for function in outline.functions if function.whole}
    made: dict[str, list[Call]] = {}
    for call in filter(_is_teardown, outline.calls):
        made.setdefault(call.function, []).append(call)
    first = {(call.name, call.function): call for call in reversed(outline.calls)} if made else {}
    for (name, by), handed in reversed(first.items()):
        helper, caller = whole.get(name), whole.get(by)
        if name in made and by in made and helper and caller and helper != caller:
            handing = _Handing(image, helper, caller, handed)
            for inside, outside in product(made[name], made[by]):
                if inside.name == outside.name:
                    yield handing, inside, outside


class _Handing(Struct, frozen=True):
    """A caller that hands something to a helper."""

    image: Image
    helper: Function
    caller: Function
    call: Call

    def repeats(self, inside: Call, outside: Call) -> bool:
        """Whether a call in the helper and one in the caller do the same to the same object on one path."""
        if inside.name != outside.name or not self._is_same(inside, outside):
            return False
        on_path = _is_first_thing(blocks(self.image, self.helper), inside)
        return on_path and _follow(blocks(self.image, self.caller), outside, self.call)

    def twice(self, inside: Call, outside: Call) -> Twice:
        """The two calls and the one between them."""
        names = (inside.name, self.helper.name, self.caller.name)
        return Twice(*names, inside.line, outside.line, self.call.line)

    def _is_same(self, inside: Call, outside: Call) -> bool:
        """Whether both calls are passed the same."""
        outline = self.image.outline
        names = [parameter.name for parameter in self.helper.parameters]
        given = dict(zip(names, self.call.args, strict=False))
        seen = [_as_seen(argument, given, self.helper, outline) for argument in inside.args]
        if len(seen) != len(outside.args) or not all(seen):
            return False
        mine = [argument.replace(" ", "") for argument in outside.args]
        if seen == mine:
            return True
        return seen[1:] == mine[1:] and _leads_back(seen[0], mine[0], self.caller, outline)


def _is_teardown(call: Call) -> bool:
    return bool(call.args) and _TEARDOWN.fullmatch(call.name) is not None


def _is_first_thing(block: Sequence[Statement], call: Call) -> bool:
    """Whether every path through a function comes to the call with nothing set up before."""
    for statement in block:
        if _makes(statement, call):
            return True
        if may_leave(statement) or statement.kind is Kind.LABEL or _sets_up(statement):
            return False
    return False


def _follow(read: Sequence[Statement], one: Call, other: Call) -> bool:
    """Whether two calls stand in one block, one after the other, with nothing set up in between."""
    for block in every(read):
        places = [[n for n, s in enumerate(block) if _makes(s, call)] for call in (one, other)]
        if all(places):
            first, last = sorted((places[0][0], places[1][0]))
            between = block[first + 1 : last]
            kinds = (Kind.LABEL, Kind.JUMP, Kind.UNKNOWN)
            return first != last and not any(s.kind in kinds or _sets_up(s) for s in between)
    return False


def _makes(statement: Statement, call: Call) -> bool:
    is_near = statement.line <= call.line <= statement.line + statement.text.count(",") + 2
    if statement.kind is not Kind.PLAIN or not is_near:
        return False
    given = [argument.replace(" ", "") for argument in call.args]
    return call.name in calls(statement.text) and arguments(statement.text, call.name) == given


def _sets_up(statement: Statement) -> bool:
    """Whether there may be something to take down again: all but what takes down, reports or locks."""
    return any(may_store(_LOCK.sub("dev", inner.text)) for inner in statement.walk())


def _as_seen(text: str, given: dict[str, str], helper: Function, outline: Outline) -> str:
    """What the helper passes on, in the words of its caller; empty for what the caller does not know."""
    bare = text.replace(" ", "")
    name = root(bare)
    if name not in given:
        return bare if not name or not bare[:1].isalpha() or bare.isupper() else ""
    if values(name, helper, outline):
        return ""
    argument = given[name].replace(" ", "")
    replaced = re.sub(rf"\b{re.escape(name)}\b", lambda _: argument, bare, count=1)
    return (
        replaced.replace(f"{argument}->", f"{argument[1:]}.") if argument[:1] == "&" else replaced
    )


def _leads_back(inner: str, outer: str, caller: Function, outline: Outline) -> bool:
    """Whether `holder->x` is the `x` the holder was got from, as `f->dev` after `f = get_drvdata(dev)`."""
    holder, _, member = inner.rpartition("->")
    got = values(holder, caller, outline)
    return (
        bool(holder)
        and member == outer
        and len(got) == 1
        and outer in arguments(got[0], *calls(got[0])[:1])
    )
