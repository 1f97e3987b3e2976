"""Switches: where each value leads, wherever in the switch its `case` stands.

A switch on a variable that the function asks for elsewhere is a chain of conditions `x == A`, so that what is
known of the variable decides; any other is a choice.

Law: a `case` inside an `#if` is there only where the directive's condition holds. Must not know what stands
behind a `case`.
"""

import re

from msgspec.structs import replace

from reviewbot.cmodel.branches import branch
from reviewbot.cmodel.conditions import unwrapped
from reviewbot.cmodel.flow import Kind, Step
from reviewbot.cmodel.steps import Around, Build, Case, Steps, inner, uncertain
from reviewbot.cmodel.syntax import Node

_MOST_TESTS = 16
_PATH = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_SET = re.compile(rf"({_PATH.pattern}) ?= ?[^=].*")
# GNU C: a range of values.
_RANGE = re.compile(r"\s*\.\.\.")
_VALUE = re.compile(r"-?[\w]+")


def switch(steps: Steps, node: Node, after: int, around: Around, build: Build) -> int:
    """A switch: the step that decides, all cases being built before it."""
    body, test = node.child_by_field_name("body"), node.child_by_field_name("condition")
    if body is None or test is None:
        raise uncertain()
    cases: list[Case] = []
    build(body, after, replace(around, leave=after, cases=cases, gates=()))
    cases.reverse()
    text = steps.text(test)
    why = steps.unclear(test, text)
    if why is not None:
        return steps.unknown(test, why, *(case.step for case in cases), after)
    line = steps.line(node)
    otherwise = after
    for case in cases:
        if not case.value:
            otherwise = _gated(steps, case, after)
    assigned = _SET.fullmatch(unwrapped(text))
    name = assigned[1] if assigned else unwrapped(text)
    if _is_asked(steps, name, cases):
        step = _tests(steps, name, [case for case in cases if case.value], otherwise)
        if not assigned:
            return step
        return steps.add(Step(Kind.STATEMENT, unwrapped(text), line, (step,)))
    targets = [_gated(steps, case, otherwise) if case.value else otherwise for case in cases]
    if all(case.value for case in cases):
        targets.append(after)
    return steps.add(Step(Kind.CHOICE, text, line, tuple(targets)))


def case(steps: Steps, node: Node, after: int, around: Around, build: Build) -> int:
    """A `case` with the statements behind it: a place where the switch may enter."""
    if around.cases is None:
        raise uncertain()
    value = node.child_by_field_name("value")
    named = inner(node.named_children)
    start = value.end_byte if value is not None else node.start_byte
    behind = [child for child in named if child.start_byte >= start and child != value]
    if steps.broken and any(one.is_missing or one.type == "ERROR" for one in node.children):
        raise uncertain()
    step = after
    for child in reversed(behind):
        step = build(child, step, around)
    written = steps.text(value)
    if value is not None and _RANGE.match(steps.code, value.end_byte):
        written += " ..."
    around.cases.append(Case(written, step, steps.line(node), around.gates))
    return step


def _gated(steps: Steps, case: Case, otherwise: int) -> int:
    """The step of a case, past the directives it stands in."""
    step = case.step
    for text, holds in reversed(case.gates):
        yes, no = (step, otherwise) if holds else (otherwise, step)
        step = branch(steps, Step(Kind.BRANCH, text, case.line), text, yes, no)
    return step


def _is_asked(steps: Steps, name: str, cases: list[Case]) -> bool:
    """Whether the variable of a switch is asked for elsewhere too, and its values are plain ones."""
    if len(cases) > _MOST_TESTS or not _PATH.fullmatch(name):
        return False
    if not all(_VALUE.fullmatch(case.value) for case in cases if case.value):
        return False
    word = re.compile(rf"(?<![\w.>]){re.escape(name)}(?![\w(.]|->)")
    return len(word.findall(steps.questions)) > 1


def _tests(steps: Steps, name: str, cases: list[Case], otherwise: int) -> int:
    """A chain of conditions, one for each value."""
    step = otherwise
    for one in reversed(cases):
        target = _gated(steps, one, otherwise)
        test = Step(Kind.BRANCH, f"{name} == {one.value}", one.line, (target, step))
        step = steps.add(test)
    return step
