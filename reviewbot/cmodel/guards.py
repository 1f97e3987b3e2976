"""Guards: pointers that one statement tests and a later one of the same block dereferences without a test.

Law: only what every path that passes the test also comes to counts; where the pointer may get a value, be
tested again or decide whether the path goes on, the search ends. Must not know diffs or rules.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from reviewbot.cmodel.blocks import Kind, Statement, blocks, every, leaves, may_leave
from reviewbot.cmodel.conditions import atom, split, unwrapped
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.lvalues import assigns, hands_over, root
from reviewbot.cmodel.outline import Function

# How many statements behind a test are looked at, and how many pairs in a function.
_FAR = 200
_MOST = 50

_NAME = re.compile(r"[A-Za-z_]\w*")
_POINTER = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_DECIDES = re.compile(r"&&|\|\||\?")
# Operators that take an address or a size of what follows, and macros that only look at its type.
_UNEVALUATED = re.compile(r"\b(?:sizeof|typeof|__typeof__|offsetof|container_of\w*|ARRAY_SIZE)\b")


class Guard(Struct, frozen=True):
    """A pointer, the line of its test, and the line and code of the dereference after it."""

    pointer: str
    line: int
    used: int
    use: str


def unguarded(image: Image, function: Function) -> tuple[Guard, ...]:
    """Dereferences that are not tested, of pointers that are tested before them in the same block.

    None of a pointer that the function visibly dereferences before the test.
    """
    read = blocks(image, function)
    found = islice(_candidates(read), _MOST)
    return tuple(one for one in found if not _is_settled(read, one.pointer, one.line))


def _candidates(read: Sequence[Statement]) -> Iterator[Guard]:
    for block in every(read):
        for place, statement in enumerate(block):
            for pointer in _tested(statement):
                yield from _after(block[place + 1 : place + _FAR], pointer, statement.line)


def _tested(statement: Statement) -> Iterator[str]:
    """The pointers that are NULL on a path behind an `if`: one that tests them and goes on."""
    if statement.kind is not Kind.IF or any(map(_is_unclear, statement.walk())):
        return
    text = unwrapped(statement.text)
    operands = split(text, "&&")
    if len(split(text, "||")) > 1:
        return
    then, other = statement.blocks
    for operand in operands:
        condition = atom(operand)
        if not _POINTER.fullmatch(condition.key):
            continue
        null_side = other if condition.value else then
        if leaves(null_side) or (not condition.value and len(operands) > 1):
            continue
        inside = (inner for block in statement.blocks for one in block for inner in one.walk())
        if not any(_ends(one, condition.key) for one in inside):
            yield condition.key


def _is_unclear(statement: Statement) -> bool:
    return statement.kind is Kind.UNKNOWN


def _after(block: Sequence[Statement], pointer: str, line: int) -> Iterator[Guard]:
    """The first dereference in the statements behind a test, if every path comes to it."""
    for statement in block:
        if statement.kind in (Kind.LABEL, Kind.UNKNOWN):
            return
        text = statement.text
        if _is_evaluated(statement) and dereferences(text, pointer):
            yield Guard(pointer, line, statement.line, text)
            return
        if may_leave(statement) or any(_ends(inner, pointer) for inner in statement.walk()):
            return


def _is_evaluated(statement: Statement) -> bool:
    """Whether the statement's own text is evaluated as a whole by who comes to it."""
    return statement.kind is not Kind.LOOP


def _ends(statement: Statement, pointer: str) -> bool:
    """Whether the pointer may have another value after a statement, or is tested in it."""
    text = statement.text
    if statement.kind is Kind.LOOP and root(pointer) in _NAME.findall(text):
        return True
    tested = (
        rf"(?<![\w.>]){re.escape(pointer)}(?!\w| ?->| ?\.| ?\[| ?[,)])|! ?{re.escape(pointer)}\b"
    )
    is_tested = pointer in text and bool(re.search(tested, text))
    is_tested = is_tested or bool(_POINTER.fullmatch(unwrapped(text)))
    return assigns(text, pointer) or hands_over(text, pointer) or is_tested


def _is_settled(block: Sequence[Statement], pointer: str, line: int) -> bool:
    """Whether the pointer is dereferenced before a line, or known not to be NULL: its test is what is odd."""
    before = (inner for one in block for inner in one.walk() if inner.line < line)
    return any(dereferences(one.text, pointer) or _is_refused(one, pointer) for one in before)


def _is_refused(statement: Statement, pointer: str) -> bool:
    """Whether the statement leaves where the pointer is NULL."""
    if statement.kind is not Kind.IF or not leaves(statement.blocks[0]):
        return False
    operands = (atom(operand) for operand in split(unwrapped(statement.text), "||"))
    return any(one.key == pointer and not one.value for one in operands)


def dereferences(text: str, pointer: str) -> bool:
    """Whether a statement surely reads through the pointer: no condition, address or size around it."""
    if pointer not in text:
        return False
    for found in re.finditer(rf"(?<![\w.>]){re.escape(pointer)} ?->", text):
        before = text[: found.start()]
        if _DECIDES.search(before) or _UNEVALUATED.search(before):
            return False
        is_address = re.search(r"(?<!&)& ?\(*$", before)
        if not is_address or "->" in _path(text[found.end() :]):
            return True
    return False


def _path(text: str) -> str:
    """The members that follow at the beginning of a text."""
    found = re.match(r" ?\w+(?: ?(?:->|\.) ?\w+)*", text)
    return found[0] if found else ""
