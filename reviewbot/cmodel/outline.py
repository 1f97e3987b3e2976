"""Outline: what stands in an image, read as far as it is asked for.

Law: an outline says only what is code; comments, strings and `#define` bodies are masked and never yield
anything. All line numbers are 1-based in the image's file. Must not know diffs, patches or rules.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Protocol

from msgspec import Struct

from reviewbot.cmodel.content import (
    Assignment,
    Call,
    Content,
    Export,
    Field,
    Function,
    FunctionPointer,
    Include,
    Initializer,
    Prototype,
    StructDefinition,
    Variable,
)

__all__ = [
    "Assignment",
    "Body",
    "Call",
    "Content",
    "Export",
    "Field",
    "Function",
    "FunctionPointer",
    "Include",
    "Initializer",
    "Outline",
    "Page",
    "Prototype",
    "StructDefinition",
    "Variable",
]


_WORD = re.compile(r"\w+")


class Body(Protocol):
    """A function as it stands in the text: where it is, and read with its inside when that is asked for."""

    @property
    def name(self) -> str:
        """The name of the function."""

    @property
    def first(self) -> int:
        """Its first visible line."""

    @property
    def last(self) -> int:
        """Its last visible line."""

    @property
    def whole(self) -> bool:
        """Whether all of it is seen."""

    def read(self) -> Function:
        """The function."""


class Page(Protocol):
    """A stretch of a file whose parts are read when something of them is asked for."""

    def read(self) -> Iterator[Content]:
        """All parts."""

    def exports(self) -> Iterator[Export]:
        """The exports, for which no grammar is needed."""

    def includes(self) -> Iterator[Include]:
        """The includes."""

    def between(self, first: int, last: int) -> Iterator[Content]:
        """The parts that have to do with the lines from `first` to `last`."""

    def bodies(self, lines: Sequence[int]) -> Iterator[Body]:
        """The functions that may hold one of the lines, which are in order; each once."""

    def calling(self, names: Collection[str]) -> Iterator[Content]:
        """The parts in which one of the names may be called."""

    def headers_with(self, names: Collection[str]) -> Iterator[str]:
        """The words in the headers of functions in which one of the names may be called."""

    def defined(self) -> Iterator[tuple[Collection[str], Body]]:
        """All functions, unread, each with words among which is its name; with none where it may be any."""

    def declaring(self) -> Iterator[Content]:
        """The parts that may declare a function."""

    def initializing(self) -> Iterator[Content]:
        """The parts that may hold an object with a braced initializer."""


class Outline(Struct, frozen=True, dict=True):
    """Everything found in an image, in order of line. To ask for all of a kind reads the whole file."""

    given: Content = Content()
    pages: tuple[Page, ...] = ()

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The functions."""
        return tuple(body.read() for _, body in self._bodies if body.name)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls."""
        return tuple(one for part in self._all for one in part.calls)

    @cached_property
    def initializers(self) -> tuple[Initializer, ...]:
        """The objects with initializers."""
        found = (part for page in self.pages for part in page.initializing())
        return tuple(one for part in self._with(found) for one in part.initializers)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """The exports, for which no grammar is needed."""
        return (*self.given.exports, *(one for page in self.pages for one in page.exports()))

    @cached_property
    def includes(self) -> tuple[Include, ...]:
        """The includes."""
        return (*self.given.includes, *(one for page in self.pages for one in page.includes()))

    @cached_property
    def prototypes(self) -> tuple[Prototype, ...]:
        """The declarations of functions."""
        found = (part for page in self.pages for part in page.declaring())
        return tuple(one for part in self._with(found) for one in part.prototypes)

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """The assignments."""
        return tuple(one for part in self._all for one in part.assignments)

    @cached_property
    def pointers(self) -> tuple[FunctionPointer, ...]:
        """The declarators of function pointers."""
        return tuple(one for part in self._all for one in part.pointers)

    @cached_property
    def structs(self) -> tuple[StructDefinition, ...]:
        """The definitions of structs."""
        return tuple(one for part in self._all for one in part.structs)

    def calls_of(self, names: Collection[str]) -> Iterator[Call]:
        """The calls of any of `names`."""
        found = (part for page in self.pages for part in page.calling(names))
        return (call for part in self._with(found) for call in part.calls if call.name in names)

    def headers_with(self, names: Collection[str]) -> frozenset[str]:
        """Words among which are the functions that call one of `names`; a look at the text."""
        return frozenset(word for page in self.pages for word in page.headers_with(names))

    def calls_between(self, first: int, last: int) -> tuple[Call, ...]:
        """The calls on the lines from `first` to `last`."""
        found = self._between(first, last)
        return tuple(call for one in found for call in one.calls if first <= call.line <= last)

    def assignments_between(self, first: int, last: int) -> Iterator[Assignment]:
        """The assignments on the lines from `first` to `last`."""
        found = (made for part in self._between(first, last) for made in part.assignments)
        return (made for made in found if first <= made.line <= last)

    def function_at(self, line: int) -> Function | None:
        """The function whose visible lines hold `line`, or None at file scope."""
        return next(self.functions_on((line,)), None)

    def bodies_on(self, lines: Sequence[int]) -> Iterator[Body]:
        """The functions that hold one of the lines, which are in order, unread; each once."""
        found = (body for page in self.pages for body in page.bodies(lines))
        for body in chain(self.given.functions, found):
            place = bisect_left(lines, body.first)
            if place < len(lines) and lines[place] <= body.last:
                yield body

    def functions_on(self, lines: Sequence[int]) -> Iterator[Function]:
        """The functions that hold one of the lines, which are in order; each once."""
        return (body.read() for body in self.bodies_on(lines))

    def bodies_named(self, name: str) -> Iterator[Body]:
        """The functions of that name, unread; there are several where the preprocessor chooses one."""
        word = _WORD.match(name)
        listed = self._by_word.get(word[0] if word else name, ()), self._by_word.get("", ())
        places = listed[0] or listed[1] if not all(listed) else sorted({*listed[0], *listed[1]})
        return (body for place in places if (body := self._bodies[place][1]).name == name)

    @cached_property
    def _bodies(self) -> tuple[tuple[Collection[str], Body], ...]:
        """All functions, unread, with the words that may be their names."""
        given = (((f.name,), f) for f in self.given.functions)
        return (*given, *(one for page in self.pages for one in page.defined()))

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        """Where in `_bodies` the functions are that may have a name, by its first word."""
        found: dict[str, list[int]] = {}
        for place, (words, _) in enumerate(self._bodies):
            for word in words or ("",):
                found.setdefault(word, []).append(place)
        return found

    def function(self, name: str) -> Function | None:
        """The first function of that name, or None."""
        return next(self.named(name), None)

    def named(self, name: str) -> Iterator[Function]:
        """The functions of that name; there are several where the preprocessor chooses one."""
        return (body.read() for body in self.bodies_named(name))

    def _with(self, parts: Iterator[Content]) -> Iterator[Content]:
        """The parts, after what is given."""
        yield self.given
        yield from parts

    def _between(self, first: int, last: int) -> Iterator[Content]:
        return self._with(part for page in self.pages for part in page.between(first, last))

    @property
    def _all(self) -> Iterator[Content]:
        return self._with(part for page in self.pages for part in page.read())
