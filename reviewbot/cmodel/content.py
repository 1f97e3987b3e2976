"""Content: what stands in a file, as values with line numbers.

Law: a value says only what is code, and never changes. All line numbers are 1-based in the file. Must not know
how files are read.
"""

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

    def read(self) -> "Function":
        """The function itself: nothing of it is left to be read."""
        return self


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
