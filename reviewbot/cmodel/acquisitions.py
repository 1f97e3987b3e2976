"""Where a function takes references: the calls of getters, and what is known where they succeed.

Law: a getter counts only where its call is all of a statement, of what is assigned, or of a condition, and its
object is a plain lvalue. Must not know paths or rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.conditions import atom
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import Failure, Getter, PairTable
from reviewbot.cmodel.resources import MADE, Resource, arguments_of, root_of

_PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_CALLED = re.compile(
    rf"(?:(?:[\w\s*]*?[\s*])??(?P<target>{_PATH}) ?= ?(?:\([\w\s]+\*+\) ?)?)?"
    r"(?P<name>[A-Za-z_]\w*)\((?P<args>.*)\)"
)
_LVALUE = re.compile(rf"&? ?{_PATH}")
_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")
_STORED = re.compile(rf"({_PATH})(?:\[[^\]]*\])? ?=(?!=) ?([^;]*)")


def resources(flow: Flow, function: Function, pairs: PairTable) -> Iterator[Resource]:
    """The references the function takes, each call on its own, in no order."""
    getters = {getter.name: (pair, getter) for pair in pairs.pairs for getter in pair.get}
    declared = {
        variable.name: variable.type for variable in (*function.parameters, *function.locals)
    }
    pointers = frozenset(n for n, kind in declared.items() if "*" in kind or "struct" in kind)
    stored = tuple(_stores(flow))
    made = frozenset(t for t, value in stored if t in pointers and MADE.match(value))
    for number, step in enumerate(flow.steps):
        names = set(_CALL.findall(step.text)) & getters.keys()
        if len(names) != 1 or step.kind not in (Kind.STATEMENT, Kind.BRANCH):
            continue
        pair, getter = getters[names.pop()]
        taken = _branched if step.kind is Kind.BRANCH else _stated
        for text, target, call, after, known in taken(step, getter):
            root = root_of(text)
            held = {name for name in (text.lstrip("& "), target) if name}
            is_made = all(root_of(name) in made for name in held if not name.isidentifier())
            if not _is_tracked(text, getter, function) or (target and not is_made):
                continue
            boxes = {root_of(to) for to, value in stored if value in held or to in held} & made
            yield Resource(
                pair,
                getter,
                text,
                call,
                number,
                after,
                known,
                _kin(text, stored, pointers) | boxes,
                frozenset(held | boxes),
                root not in declared and not target,
            )


def _is_tracked(text: str, getter: Getter, function: Function) -> bool:
    """Whether the name of a reference is a plain lvalue that no attribute takes care of."""
    name = _NAME.search(text)
    if name is None or not _LVALUE.fullmatch(text):
        return False
    found = [variable for variable in function.locals if variable.name == name[0]]
    if any(variable.cleanup for variable in found) or len(found) > 1:
        return False
    return getter.carries != "result" or len(found) == 1


Taken = tuple[str, str, str, int, tuple[tuple[str, bool], ...]]


def _stated(step: Step, getter: Getter) -> Iterator[Taken]:
    """A getter whose call is all of a statement, or all that is assigned in it."""
    found = _CALLED.fullmatch(step.text)
    if found is None or found["name"] != getter.name or not _is_one_call(found["args"]):
        return
    target, arguments = found["target"] or "", pieces(found["args"])
    call = f"{getter.name}({found['args']})"
    if getter.carries == "result":
        if target:
            yield target, target, call, step.next[0], _succeeded(target)
        return
    text = _carried(getter, arguments)
    if not text:
        return
    if getter.fails is Failure.NEVER:
        if not target:
            yield text, "", call, step.next[0], _succeeded(text.lstrip("& "))
    elif target:
        known = ((target, getter.fails is not Failure.NEGATIVE), (f"{target}<0", False))
        yield text, target, call, step.next[0], known


def _branched(step: Step, getter: Getter) -> Iterator[Taken]:
    """A getter whose call is a condition."""
    text = _carried(getter, arguments_of(step.text, getter.name))
    condition = atom(step.text)
    called = condition.key.removesuffix("<0")
    if not text or not called.startswith(f"{getter.name}(") or not called.endswith(")"):
        return
    if not _is_one_call(called[len(getter.name) + 1 : -1]):
        return
    if called != condition.key and getter.fails is not Failure.NEGATIVE:
        return
    if getter.fails is Failure.NEVER or getter.fails is Failure.ERR_PTR:
        return
    holds = condition.value == (getter.fails is not Failure.NEGATIVE)
    call = f"{getter.name}({', '.join(arguments_of(step.text, getter.name))})"
    yield text, "", call, step.next[0 if holds else 1], _succeeded(text.lstrip("& "))


def _succeeded(name: str) -> tuple[tuple[str, bool], ...]:
    """What is known of a pointer that holds an object; of a `struct fd`, of the file in it."""
    return (
        (name, True),
        (f"IS_ERR({name})", False),
        (f"fd_file({name})", True),
        (f"{name}.file", True),
        (f"fd_empty({name})", False),
    )


def _carried(getter: Getter, arguments: list[str]) -> str:
    number = getter.carries.removeprefix("arg")
    place = int(number) - 1 if number.isdigit() else -1
    return arguments[place] if 0 <= place < len(arguments) else ""


def _is_one_call(arguments: str) -> bool:
    """Whether the parentheses around the text are those of one call."""
    depth = 0
    for char in arguments:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def _stores(flow: Flow) -> Iterator[tuple[str, str]]:
    """Every assignment of the function: target and value."""
    for step in flow.steps:
        if "=" in step.text and step.kind is Kind.STATEMENT:
            yield from _STORED.findall(step.text)


def _kin(
    text: str, stored: tuple[tuple[str, str], ...], pointers: frozenset[str]
) -> frozenset[str]:
    """The pointers that share an assignment with the object, directly or over one other."""
    root = _NAME.search(text)
    kin = {root[0]} if root else set()
    for _ in range(2):
        near = set(kin)
        for target, value in stored:
            left = {target.partition("->")[0].partition(".")[0]}
            right = set(_NAME.findall(value))
            if left & near or right & near:
                kin |= (left | right) & pointers
    return frozenset(kin)
