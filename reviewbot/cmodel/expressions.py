"""Expressions: the steps of a statement that holds no other statements.

    x = c ? a : b;      is a branch on c before `x = a` and `x = b`
    BUG_ON(c);          stops where c holds
    return_ptr(p);      is an exit

Law: what is not one of the known forms is one step with its whole text; what may jump unseen is unknown. Must
not know blocks.
"""

import re

from msgspec import Struct

from reviewbot.cmodel.branches import condition
from reviewbot.cmodel.flow import Kind, Step
from reviewbot.cmodel.noreturn import is_noreturn
from reviewbot.cmodel.steps import Around, Build, Steps, inner
from reviewbot.cmodel.syntax import Node

_CALL = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)", re.DOTALL)
_STOPS_ON = frozenset(("BUG_ON", "GEM_BUG_ON"))
_STARTS = re.compile(r"\s*\(*\s*")


class _End(Struct, frozen=True, gc=False):
    """How a value is used: what stands before it in the statement, and the step that follows.

    A step below 0 stands for the end of the function, the value being what it returns.
    """

    before: str
    after: int
    line: int


def plain(steps: Steps, node: Node, after: int, around: Around, build: Build) -> int:
    """An expression or declaration."""
    text = steps.text(node).rstrip("; ")
    if not text or text == "fallthrough":
        return after
    called = _CALL.match(text)
    if called is not None:
        if is_noreturn(called[1]):
            return steps.add(Step(Kind.STOP, text, steps.line(node)))
        if called[1] in _STOPS_ON and (told := _arguments(node)):
            stop = steps.add(Step(Kind.STOP, "BUG()", steps.line(node)))
            return condition(steps, told[0], stop, after)
        if called[1] == "return_ptr":
            return steps.add(Step(Kind.EXIT, f"no_free_ptr({called[2]})", steps.line(node)))
    value = _value(node) if "?" in text or "({" in text else None
    if value is not None:
        before = " ".join(steps.code[node.start_byte : value.start_byte].split())
        end = _End(f"{before} " if before else "", after, steps.line(node))
        return _used(steps, value, end, around, build)
    why = steps.unclear(node, text)
    if why is not None:
        return steps.unknown(node, why, after)
    return steps.add(Step(Kind.STATEMENT, text, steps.line(node), (after,)))


def returned(steps: Steps, node: Node, around: Around, build: Build) -> int:
    """A `return`."""
    values = inner(node.named_children)
    if len(values) == 1 and not (steps.broken and node.has_error):
        return _used(steps, values[0], _End("", -1, steps.line(node)), around, build)
    text = steps.text(node).removeprefix("return").rstrip("; ").strip()
    why = steps.unclear(node, text)
    if why is not None:
        return steps.unknown(node, why)
    return steps.add(Step(Kind.EXIT, text, steps.line(node)))


def _used(steps: Steps, value: Node, end: _End, around: Around, build: Build) -> int:
    """A value being used: each arm of a `?:` on its own, the statements of `({ … })` before it."""
    core = _core(value)
    text = steps.text(value)
    if core.type == "conditional_expression" and end.before.count("(") == end.before.count(")"):
        arms = [
            core.child_by_field_name(name) for name in ("condition", "consequence", "alternative")
        ]
        if (
            arms[0] is not None
            and arms[2] is not None
            and (arms[1] or "(" not in steps.text(arms[0]))
        ):
            return _choice(steps, (arms[0], arms[1] or arms[0], arms[2]), end, around, build)
    if core.type == "compound_statement" and not (steps.broken and value.has_error):
        nodes = [one for one in inner(core.named_children) if one.type != "type_definition"]
        if nodes and nodes[-1].type == "expression_statement":
            last = inner(nodes[-1].named_children)
            step = _used(steps, last[0], end, around, build) if len(last) == 1 else end.after
            if step >= 0:
                return _before(nodes[:-1], step, around, build)
    why = steps.unclear(value, f"{end.before}{text}")
    if why is not None:
        return steps.unknown(value, why, *([end.after] if end.after >= 0 else []))
    if end.after < 0:
        return steps.add(Step(Kind.EXIT, text, end.line))
    return steps.add(Step(Kind.STATEMENT, f"{end.before}{text}", end.line, (end.after,)))


def _choice(
    steps: Steps, arms: tuple[Node, Node, Node], end: _End, around: Around, build: Build
) -> int:
    """A `?:` whose value is used in the same way whichever it is."""
    test, first, second = arms
    no = _used(steps, second, end, around, build)
    yes = _used(steps, first, end, around, build)
    if end.after < 0:
        return condition(steps, test, yes, no)
    body, other = (f"{end.before}{steps.text(arm)}" for arm in (first, second))
    return condition(steps, test, yes, no, body, other)


def _before(nodes: list[Node], after: int, around: Around, build: Build) -> int:
    """The statements of `({ … })` but the last."""
    for node in reversed(nodes):
        after = build(node, after, around)
    return after


def _value(node: Node) -> Node | None:
    """What a statement assigns or is, where that is a `?:` or `({ … })`; None for anything else."""
    parts = inner(node.named_children)
    core: Node | None = None
    if node.type == "expression_statement" and len(parts) == 1:
        core = parts[0]
        while core is not None and core.type == "assignment_expression":
            core = core.child_by_field_name("right")
    elif node.type == "declaration":
        made = [part for part in parts if part.type == "init_declarator"]
        others = [part for part in parts if part.type.endswith("declarator")]
        if (
            len(made) == 1
            and len(others) == 1
            and "identifier" not in [part.type for part in parts]
        ):
            core = made[0].child_by_field_name("value")
    wanted = ("conditional_expression", "compound_statement")
    return core if core is not None and _core(core).type in wanted else None


def _core(node: Node) -> Node:
    """A node without the parentheses around it."""
    while node.type == "parenthesized_expression":
        parts = inner(node.named_children)
        if len(parts) != 1:
            return node
        node = parts[0]
    return node


def _arguments(node: Node) -> list[Node]:
    """The arguments of a statement that is a call."""
    parts = inner(node.named_children)
    call = parts[0] if len(parts) == 1 else None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    return inner(arguments.named_children) if arguments is not None else []
