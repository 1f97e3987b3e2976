"""Keeps: in which field of which structure the pointer lies that a reference is taken on or given back.

    get(kvm); ctx->kvm = kvm;          the reference is kept in field `kvm` of a `struct ctx`
    kvm = ctx->kvm; … put(kvm);        and this gives back the one kept there

Law: a field counts only together with the structure it is in, and that only where its type is written; the
private data of a file also counts by the operations the file was opened with. Must not know diffs or rules.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.borrowed import bare
from reviewbot.cmodel.outline import Assignment, Call, Function, Outline
from reviewbot.cmodel.pairs import Pair
from reviewbot.cmodel.publish import PRIVATE, opened

_FIELD = re.compile(r"([A-Za-z_]\w*)->([\w.]+)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_TYPE = re.compile(r"(?:const )?(?:struct )?(\w+) \*")
_POINTER = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_NOTHING = frozenset(("NULL", "true", "false"))
_ITSELF = "THIS_MODULE"


class Place(Struct, frozen=True, gc=False):
    """A field by the name of its structure; or private data, by the name of the file's operations."""

    struct: str
    field: str


class Kept(Struct, frozen=True, gc=False):
    """A call that takes or gives back a reference; `text` is the pointer, `places` where it lies."""

    call: Call
    function: Function
    text: str
    places: frozenset[Place]


def taken(pair: Pair, outline: Outline) -> Iterator[Kept]:
    """The calls that take a reference on such an object, with where it is kept."""
    getters = {getter.name: getter for getter in pair.get}
    for call in outline.calls_of(getters):
        yield from _kept(call, getters[call.name].held(call.target, call.args), outline)


def given(pair: Pair, outline: Outline) -> Iterator[Kept]:
    """The calls that give a reference on such an object back, with where it was kept."""
    for call in outline.calls_of(pair.put):
        yield from _kept(call, pair.given(call.name, call.args), outline)


def assignments(function: Function, outline: Outline) -> tuple[Assignment, ...]:
    """What a function visibly assigns, in order of line."""
    return tuple(outline.assignments_between(function.first, function.last))


def places(pointer: str, function: Function, outline: Outline) -> frozenset[Place]:
    """The fields that a pointer is, was loaded from, or is stored in, inside a function."""
    return frozenset(_places(pointer, function, outline))


def place(lvalue: str, function: Function) -> Place | None:
    """The field an lvalue such as `ctx->kvm` is; None where the type of `ctx` is not written."""
    found = _FIELD.fullmatch(lvalue)
    kind = _TYPE.fullmatch(function.type_of(found[1])) if found else None
    return Place(kind[1], found[2]) if found and kind and found[2] != PRIVATE else None


def _kept(call: Call, text: str, outline: Outline) -> Iterator[Kept]:
    function = outline.function_at(call.line)
    pointer = bare(text)
    if function is not None and pointer:
        yield Kept(call, function, pointer, places(pointer, function, outline))


def _places(pointer: str, function: Function, outline: Outline) -> Iterator[Place]:
    if pointer == _ITSELF:
        yield Place("", _ITSELF)
        return
    lvalues = dict.fromkeys((pointer, *_aliases(pointer, function, outline)))
    for lvalue in lvalues:
        field = place(lvalue, function)
        if field:
            yield field
    for file in opened(function, outline):
        for lvalue in lvalues:
            if lvalue == file.variable:
                yield Place(file.fops, PRIVATE)
            elif lvalue.startswith(f"{file.variable}->"):
                yield Place(file.fops, PRIVATE + lvalue[len(file.variable) :])


def _aliases(pointer: str, function: Function, outline: Outline) -> Iterator[str]:
    """The lvalues the pointer is loaded from, if it is a variable, or is stored in."""
    for a in assignments(function, outline):
        if a.target == pointer and _NAME.fullmatch(pointer):
            yield bare(a.value)
        elif bare(a.value) == pointer:
            yield a.target


def stores(function: Function, outline: Outline) -> Iterator[tuple[Assignment, Place]]:
    """The pointers a function stores in fields, with the field of each."""
    for a in assignments(function, outline):
        field = place(a.target, function)
        if field and _POINTER.fullmatch(bare(a.value)) and bare(a.value) not in _NOTHING:
            yield a, field


def kept_on(pointer: str, function: Function, outline: Outline) -> frozenset[Place]:
    """The fields in which the function stores the pointer, and the files whose private data leads to it."""
    found = {field for a, field in stores(function, outline) if bare(a.value) == pointer}
    private = (p for p in places(pointer, function, outline) if p.field.startswith(PRIVATE))
    return frozenset((*found, *private))
