"""Branches: the steps a controlling expression is made of, in the order in which they are evaluated.

Law: `&&`, `||`, `!`, `?:` and the comma become edges, an assignment in a condition a statement before it; what
else may have an effect in the middle of a condition is unknown. Must not know statements.
"""

import re

from msgspec.structs import replace

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.conditions import assignment, constant, split, unwrapped
from reviewbot.cmodel.flow import Kind, Step, Why
from reviewbot.cmodel.steps import DEEPEST, Steps, uncertain
from reviewbot.cmodel.syntax import Node

_ASSIGNS = re.compile(r"(?<![=!<>])=(?!=)|<<=|>>=")
_CHANGES = re.compile(r"([A-Za-z_]\w*(?:(?:->|\.)\w+)*) ?(?:[-+*/%|&^]|<<|>>)= ?[^=]+")
_TERNARY = re.compile(r"[()\[\]{}?:]")


def condition(
    steps: Steps,
    node: Node,
    yes: int,
    no: int,
    body: str = "",
    other: str = "",
    *,
    loop: bool = False,
) -> int:
    """The first step of a controlling expression; `body` and `other` as in `Step`."""
    text = steps.text(node)
    why = steps.unclear(node, text)
    if why is not None:
        return steps.unknown(node, why, yes, no)
    test = Step(Kind.BRANCH, text, steps.line(node), (yes, no), body, other, loop)
    return branch(steps, test, text, yes, no)


def branch(steps: Steps, test: Step, text: str, yes: int, no: int, depth: int = 0) -> int:
    """The branches a condition is made of, in the order in which they are evaluated."""
    if depth > DEEPEST:
        raise uncertain(Why.LONG)
    text = unwrapped(text)
    for sign, both in (("||", False), ("&&", True)):
        if sign not in text:
            continue
        operands = split(text, sign)
        if len(operands) > 1:
            for operand in reversed(operands):
                step = branch(steps, test, operand, yes, no, depth + 1)
                yes, no = (step, no) if both else (yes, step)
            return step
    if text[:1] == "!" and text[1:2] == "(" and unwrapped(text[1:]) != text[1:]:
        turned = replace(test, body=test.other, other=test.body)
        return branch(steps, turned, text[1:], no, yes, depth + 1)
    if text.startswith("IS_ERR_OR_NULL(") and unwrapped(text[14:]) != text[14:]:
        both_tests = f"IS_ERR({text[15:-1].strip()}) || !{text[15:-1].strip()}"
        return branch(steps, test, both_tests, yes, no, depth + 1)
    if "," in text and len(parts := pieces(_bare(text))) > 1:
        last = branch(steps, test, parts[-1], yes, no, depth + 1)
        for part in reversed(parts[:-1]):
            last = steps.add(Step(Kind.STATEMENT, part, test.line, (last,)))
        return last
    if "?" in text and (arms := _arms(text)):
        first = branch(steps, test, arms[1] or arms[0], yes, no, depth + 1)
        second = branch(steps, test, arms[2], yes, no, depth + 1)
        return branch(steps, replace(test, body="", other=""), arms[0], first, second, depth + 1)
    if (literal := constant(text)) is not None:
        return yes if literal else no
    return _leaf(steps, replace(test, text=text, next=(yes, no)))


def _bare(text: str) -> str:
    """The text without the parentheses around all of it."""
    while text[:1] == "(" and _closed(text, 0) == text:
        text = text[1:-1].strip()
    return text


def _arms(text: str) -> tuple[str, str, str] | None:
    """Condition and both values of a `?:`; None where the text is another expression."""
    text = _bare(text)
    depth, question, nested = 0, -1, 0
    for found in _TERNARY.finditer(text):
        sign = found[0]
        depth += (sign in "([{") - (sign in ")]}")
        if depth or sign not in "?:":
            continue
        if sign == "?":
            nested += question >= 0
            question = found.start() if question < 0 else question
        elif question >= 0 and nested:
            nested -= 1
        elif question >= 0:
            arms = text[:question], text[question + 1 : found.start()], text[found.end() :]
            test, first, second = (arm.strip() for arm in arms)
            is_plain = test and second and not _ASSIGNS.search(test) and (first or "(" not in test)
            return (test, first, second) if is_plain else None
    return None


def _leaf(steps: Steps, test: Step) -> int:
    """A condition without operators; an assignment in it is a statement before it."""
    before, text = "", test.text
    if "=" not in text:
        return steps.add(test)
    for found in re.finditer(r"\(", text):
        closed = _closed(text, found.start())
        inner = unwrapped(closed)
        if target := _target(inner):
            before = inner
            text = text.replace(closed, target, 1)
            break
    else:
        if target := _target(text):
            before, text = text, target
    if _ASSIGNS.search(text):
        return steps.add(replace(test, kind=Kind.UNKNOWN, why=Why.EFFECT))
    number = steps.add(replace(test, text=text))
    return steps.add(Step(Kind.STATEMENT, before, test.line, (number,))) if before else number


def _target(text: str) -> str:
    """What a text assigns to that is an assignment and nothing else; empty for any other."""
    found = _CHANGES.fullmatch(text)
    if found is not None:
        return found[1]
    set_ = assignment(text)
    return set_[0] if set_ is not None else ""


def _closed(text: str, opened: int) -> str:
    """The text from a parenthesis to the one that closes it."""
    depth = 0
    for place in range(opened, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return text[opened : place + 1]
    return text[opened:]
