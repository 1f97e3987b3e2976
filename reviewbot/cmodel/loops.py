"""Loops: while, do, for, and the macros of the kernel that take a statement.

Law: a macro is a loop only by a name that says so; any other may run its statement or not, and is unknown. Must
not know what stands inside.
"""

import re

from msgspec.structs import replace

from reviewbot.cmodel.branches import condition
from reviewbot.cmodel.expressions import plain
from reviewbot.cmodel.flow import Kind, Step, Why
from reviewbot.cmodel.steps import Around, Build, Steps, uncertain
from reviewbot.cmodel.syntax import Node

_WORD = re.compile(r"[A-Za-z_]\w*")
# Their body runs any number of times. `scoped_guard` runs it once.
_LOOP = re.compile(
    r"(?:\w+_)?for_?each\w*|\w*_for_each\w*|for_\w+|hash_for\w*|\w*FOR_?EACH\w*|\w*(?:foreach|iterate)\w*"
    r"|skb_queue_\w*walk\w*|skb_walk_frags|while_\w+|FOR_\w+"
)
_ONCE = re.compile(r"scoped_guard|scoped_class|with_intel_\w+|scoped_with_\w+")


def loop(steps: Steps, node: Node, after: int, around: Around, build: Build) -> int:
    """A `while`, `do` or `for`."""
    body = node.child_by_field_name("body")
    if body is None:
        raise uncertain()
    test, update, first = (
        node.child_by_field_name(name) for name in ("condition", "update", "initializer")
    )
    line, is_do = steps.line(node), node.type == "do_statement"
    head = again = steps.add(None)
    if update is not None:
        again = steps.add(Step(Kind.STATEMENT, steps.text(update), line, (head,)))
    inside = build(body, again, replace(around, leave=after, again=again))
    text = "" if is_do else steps.text(body)
    entered = inside if test is None else condition(steps, test, inside, after, text, loop=True)
    steps.made[head] = Step(Kind.STATEMENT, "", line, (entered,))
    if is_do:
        return inside
    return head if first is None else _first(steps, first, head, around, build)


def _first(steps: Steps, node: Node, head: int, around: Around, build: Build) -> int:
    """The initializer of a `for`."""
    if node.type == "declaration":
        return plain(steps, node, head, around, build)
    text = steps.text(node).rstrip("; ")
    why = steps.unclear(node, text)
    if why is not None:
        return steps.unknown(node, why, head)
    return steps.add(Step(Kind.STATEMENT, text, steps.line(node), (head,)))


def macro(steps: Steps, node: Node, after: int, around: Around, build: Build) -> int:
    """A macro with a statement behind it, which the grammar was shown as an `if`."""
    arguments, then, other = (
        node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")
    )
    if arguments is None or then is None:
        raise uncertain()
    word = _WORD.match(steps.code, node.start_byte)
    name = word[0] if word else ""
    text, line = f"{name}{steps.text(arguments)}", steps.line(node)
    if other is None and _ONCE.fullmatch(name):
        body = build(then, after, replace(around, leave=after, again=after))
        return steps.add(Step(Kind.STATEMENT, text, line, (body,)))
    head = steps.add(None)
    inside = build(then, head, replace(around, leave=after, again=head))
    if other is None and _LOOP.fullmatch(name):
        steps.made[head] = Step(Kind.CHOICE, text, line, (inside, after), steps.text(then))
        return head
    skipped = after if other is None else build(other, after, around)
    following = (inside, skipped) if skipped == after else (inside, skipped, after)
    steps.made[head] = Step(Kind.UNKNOWN, text, line, following, why=Why.MACRO)
    return head
