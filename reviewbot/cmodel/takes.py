"""Where a function takes references: the calls of getters, and where they succeed and fail.

Law: a getter counts only where its call is all of a statement, of what is assigned, or of a condition, and its
object is a plain lvalue. Must not know paths or rules.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.conditions import atom
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.pairs import RESULT, Failure, Getter, Pair, PairTable

PATH = r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*"
_CALLED = re.compile(
    rf"(?:(?:[\w\s*]*?[\s*])??(?P<target>{PATH}) ?= ?(?:\([\w\s]+\*+\) ?)?)?"
    r"(?P<name>[A-Za-z_]\w*) ?\((?P<args>.*)\)"
)
_LVALUE = re.compile(rf"&? ?{PATH}")
_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")

Facts = tuple[tuple[str, bool], ...]


class Outcome(Struct, frozen=True):
    """One way a getter's call ends: the step that follows, whether it has the reference, what is known."""

    next: int
    taken: bool
    known: Facts


class Take(Struct, frozen=True):
    """The call of a getter at a step: `text` is the lvalue that names the object, `target` the pointer that
    has it as well, or empty. `is_loop` marks a macro that holds a reference in each round of its loop."""

    pair: Pair
    getter: Getter
    step: int
    text: str
    target: str
    call: str
    outcomes: tuple[Outcome, ...]
    is_loop: bool = False

    @property
    def is_result(self) -> bool:
        """Whether the getter returns the object."""
        return self.getter.carries == RESULT

    @property
    def is_own(self) -> bool:
        """Whether the getter returns the object, or what was asked for by its name, to a plain variable."""
        if self.getter.returns:
            return False
        return (self.text if self.is_result else self.target).isidentifier()

    @property
    def names(self) -> frozenset[str]:
        """The lvalues that hold the object."""
        return frozenset(name for name in (bare(self.text), self.target) if name)


def takes(flow: Flow, function: Function, pairs: PairTable) -> Iterator[Take]:
    """The references the function takes, each call on its own, in the order of the steps."""
    getters, loops = pairs.by_getter, pairs.by_loop
    for number, step in enumerate(flow.steps):
        if "(" not in step.text:
            continue
        if step.kind is Kind.CHOICE and step.body and loops:
            found = _looped(step, pairs)
            if found is not None:
                yield Take(found[0], found[1], number, found[2], "", step.text, found[3], True)
            continue
        if step.kind not in (Kind.STATEMENT, Kind.BRANCH):
            continue
        names = set(_CALL.findall(step.text)) & getters.keys()
        if len(names) != 1:
            continue
        pair, getter = getters[names.pop()]
        read = _branched if step.kind is Kind.BRANCH else _stated
        taken = read(step, getter)
        if taken is not None and _is_tracked(taken[0], function):
            yield Take(pair, getter, number, *taken)


def _looped(step: Step, pairs: PairTable) -> tuple[Pair, Getter, str, tuple[Outcome, ...]] | None:
    """The macro of a loop that holds a reference in each round."""
    found = _CALLED.fullmatch(step.text)
    pair, getter = pairs.by_loop.get(found["name"], (None, None)) if found else (None, None)
    if found is None or pair is None or getter is None or len(step.next) != 2:
        return None
    text = getter.held("", pieces(found["args"]))
    if not _LVALUE.fullmatch(text):
        return None
    body, after = step.next
    outcomes = (Outcome(body, True, present(bare(text))), Outcome(after, False, ()))
    return pair, getter, text, outcomes


def bare(text: str) -> str:
    """An lvalue without the `&` before it and without blanks."""
    return text.lstrip("& ").replace(" ", "")


def root_of(text: str) -> str:
    """The variable an lvalue begins with."""
    found = _NAME.search(text)
    return found[0] if found else ""


def _is_tracked(text: str, function: Function) -> bool:
    """Whether the name of a reference is a plain lvalue that no attribute takes care of."""
    name = _NAME.search(text)
    if name is None or not _LVALUE.fullmatch(text):
        return False
    return not any(v.cleanup for v in function.locals if v.name == name[0])


Found = tuple[str, str, str, tuple[Outcome, ...]]


def _stated(step: Step, getter: Getter) -> Found | None:
    """A getter whose call is all of a statement, or all that is assigned in it."""
    found = _CALLED.fullmatch(step.text)
    if found is None or found["name"] != getter.name or not is_one_call(found["args"]):
        return None
    target, arguments = found["target"] or "", pieces(found["args"])
    call, following = f"{getter.name}({found['args']})", step.next[0]
    if getter.carries == RESULT:
        is_known = target and not step.text.startswith("*")
        return (target, "", call, _split(following, getter, target)) if is_known else None
    text = getter.held(target, arguments)
    if not text:
        return None
    if target and getter.returns and getter.returns == getter.carries:
        if target.isidentifier() and not _LVALUE.fullmatch(text):
            return target, "", call, _split(following, getter, target)
        return text, target, call, _split(following, getter, target, bare(text))
    if target and getter.fails in (Failure.NULL, Failure.ERR_PTR):
        return text, target, call, _split(following, getter, target)
    if getter.fails is Failure.NEVER:
        known = present(bare(text)) if _is_pointer(text) else ()
        return text, "", call, (Outcome(following, True, known),)
    if not target or getter.fails not in (Failure.NEGATIVE, Failure.FALSE):
        return None
    is_zero = getter.fails is Failure.NEGATIVE
    there = present(bare(text)) if _is_pointer(text) else ()
    good = Outcome(following, True, ((target, not is_zero), (f"{target}<0", False), *there))
    bad = Outcome(following, False, ((target, is_zero), (f"{target}<0", is_zero)))
    return text, "", call, (good, bad)


def _split(following: int, getter: Getter, *names: str) -> tuple[Outcome, ...]:
    """How the call ends whose result is assigned to the first of these names."""
    good = Outcome(following, True, tuple(fact for name in names for fact in present(name)))
    target = names[0]
    match getter.fails:
        case Failure.NULL | Failure.FALSE:
            return good, Outcome(following, False, absent(target))
        case Failure.ERR_PTR:
            known = ((target, True), (f"IS_ERR({target})", True))
            return good, Outcome(following, False, known)
        case _:
            return (good,)


def _branched(step: Step, getter: Getter) -> Found | None:
    """A getter whose call is a condition."""
    condition = atom(step.text)
    called = condition.key.removesuffix("<0")
    if getter.carries == RESULT or not called.startswith(f"{getter.name}("):
        return None
    arguments = called[len(getter.name) + 1 : -1]
    if not called.endswith(")") or not is_one_call(arguments):
        return None
    if called != condition.key and getter.fails is not Failure.NEGATIVE:
        return None
    if getter.fails in (Failure.NEVER, Failure.ERR_PTR):
        return None
    text = getter.held("", pieces(arguments))
    good, bad = (0, 1) if condition.value != (getter.fails is Failure.NEGATIVE) else (1, 0)
    outcomes = (
        Outcome(step.next[good], True, present(bare(text))),
        Outcome(step.next[bad], False, ()),
    )
    return (text, "", step.text, outcomes) if text else None


def present(name: str) -> Facts:
    """What is known of a pointer that holds an object; of a `struct fd`, of the file in it."""
    return (
        (name, True),
        (f"IS_ERR({name})", False),
        (f"fd_file({name})", True),
        (f"{name}.file", True),
        (f"fd_empty({name})", False),
    )


def absent(name: str) -> Facts:
    """What is known of a pointer that holds none."""
    return (
        (name, False),
        (f"IS_ERR({name})", False),
        (f"fd_file({name})", False),
        (f"{name}.file", False),
        (f"fd_empty({name})", True),
    )


def _is_pointer(text: str) -> bool:
    return not text.startswith("&")


def is_one_call(arguments: str) -> bool:
    """Whether the parentheses around the text are those of one call."""
    depth = 0
    for char in arguments:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def is_null(name: str, known: Mapping[str, bool]) -> bool:
    """Whether a pointer is known to hold no object."""
    return known.get(name) is False or known.get(f"IS_ERR({name})") is True
