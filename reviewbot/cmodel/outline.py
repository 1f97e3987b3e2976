"""Outline: what stands in an image, as values with line numbers.

Law: an outline says only what is code; comments, strings and `#define` bodies are masked and never yield
anything. All line numbers are 1-based in the image's file. Must not know diffs, patches or rules.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Protocol

from msgspec import Struct


class Variable(Struct, frozen=True, gc=False):
    """A parameter or a local: its type with one space between words (`struct kvm *`), its name.

    `cleanup` is what `__free(…)` names: the variable gives back what it holds when it goes.
    """

    type: str
    name: str
    cleanup: str = ""


class Function(Struct, frozen=True, gc=False):
    """A function definition; a macro that makes one lends its name (`SYSCALL_DEFINE1(open, …)` is `sys_open`).

    `header` is everything before the opening brace on one line. `whole` is True when header and
    closing brace are both visible without a gap or a parse error at its ends; for a function that is
    cut, `first` and `last` bound what is visible. `conditional` is True inside `#if`.
    """

    name: str
    header: str
    first: int
    last: int
    whole: bool
    parameters: tuple[Variable, ...] = ()
    locals: tuple[Variable, ...] = ()
    conditional: bool = False

    def type_of(self, name: str) -> str:
        """The type of a parameter or local, or an empty string."""
        found = (v.type for v in (*self.locals, *self.parameters) if v.name == name)
        return next(found, "")


class Call(Struct, frozen=True, gc=False):
    """A call `name(args)`; of one that is cut off, only the arguments that are whole.

    `name` is a path for a call through a pointer (`f->ops->open`). `target` is the lvalue its result
    is directly assigned to, casts aside, or empty. `discarded` is True where the call surely is a
    statement of its own and the result is thrown away. `function` is the enclosing function.
    """

    name: str
    args: tuple[str, ...]
    line: int
    function: str = ""
    target: str = ""
    discarded: bool = False


class Field(Struct, frozen=True, gc=False):
    """A designated field of an initializer; nested designators are joined: `driver.owner`."""

    name: str
    value: str
    line: int


class Initializer(Struct, frozen=True, gc=False):
    """A struct object with a braced initializer: `static const struct T name = { … }`.

    `type` is `struct T`. `whole` is True when the closing brace is visible without a gap.
    """

    type: str
    name: str
    first: int
    last: int
    whole: bool
    static: bool
    const: bool
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


class Export(Struct, frozen=True, gc=False):
    """An export macro with its symbol; `argument` is the second argument as written, quotes kept.

    `known` is False where only the macro's name suggests that it exports.
    """

    macro: str
    symbol: str
    line: int
    argument: str = ""
    known: bool = True


class Include(Struct, frozen=True, gc=False):
    """`#include <path>` or `"path"`."""

    path: str
    line: int


class Prototype(Struct, frozen=True, gc=False):
    """A function declaration without body; `header` is its text on one line, without `;`."""

    name: str
    header: str
    line: int
    extern: bool = False


class Assignment(Struct, frozen=True, gc=False):
    """`target = value`, both with white space folded; initialised declarations count."""

    target: str
    value: str
    line: int
    function: str = ""


class FunctionPointer(Struct, frozen=True, gc=False):
    """A declarator `(*name)(…)`: a struct field, a parameter, a variable or a typedef."""

    name: str
    line: int


class StructDefinition(Struct, frozen=True, gc=False):
    """`struct name { … }`; `members` are (type, name) as far as visible."""

    name: str
    first: int
    last: int
    whole: bool
    members: tuple[Variable, ...] = ()


class Content(Struct, frozen=True, gc=False):
    """What stands in a file or a part of it, each kind in order of line."""

    functions: tuple[Function, ...] = ()
    calls: tuple[Call, ...] = ()
    initializers: tuple[Initializer, ...] = ()
    exports: tuple[Export, ...] = ()
    includes: tuple[Include, ...] = ()
    prototypes: tuple[Prototype, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    pointers: tuple[FunctionPointer, ...] = ()
    structs: tuple[StructDefinition, ...] = ()


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

    def bodies(self, lines: Sequence[int]) -> Iterator[Content]:
        """The functions that may hold one of the lines, which are in order; each once."""

    def calling(self, names: Collection[str]) -> Iterator[Content]:
        """The parts in which one of the names may be called."""

    def headers_with(self, names: Collection[str]) -> Iterator[str]:
        """The words in the headers of functions in which one of the names may be called."""

    def defining(self, name: str) -> Iterator[Content]:
        """The parts that may define a function of that name."""

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
        return tuple(one for part in self._all for one in part.functions)

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

    def functions_on(self, lines: Sequence[int]) -> Iterator[Function]:
        """The functions that hold one of the lines, which are in order; each once."""
        parts = self._with(part for page in self.pages for part in page.bodies(lines))
        for function in (function for part in parts for function in part.functions):
            place = bisect_left(lines, function.first)
            if place < len(lines) and lines[place] <= function.last:
                yield function

    def function(self, name: str) -> Function | None:
        """The first function of that name, or None."""
        return next(self.named(name), None)

    def named(self, name: str) -> Iterator[Function]:
        """The functions of that name; there are several where the preprocessor chooses one."""
        found = (part for page in self.pages for part in page.defining(name))
        return (f for part in self._with(found) for f in part.functions if f.name == name)

    def _with(self, parts: Iterator[Content]) -> Iterator[Content]:
        """The parts, after what is given."""
        yield self.given
        yield from parts

    def _between(self, first: int, last: int) -> Iterator[Content]:
        return self._with(part for page in self.pages for part in page.between(first, last))

    @property
    def _all(self) -> Iterator[Content]:
        return self._with(part for page in self.pages for part in page.read())
