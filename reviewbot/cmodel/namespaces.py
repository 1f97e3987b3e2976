"""Namespaces of symbols: how a file spells them, and which spelling and macros a tree has.

Law: the form of a tree is read from its own include/linux/export.h, or not known. Must not know releases or
rules. Source: that header; strings since Linux 6.13 (cdd30ebb1b9f), EXPORT_SYMBOL_FOR_MODULES since 6.17
(6d3c3ca4c77e).
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.exports import Exported, macro
from reviewbot.cmodel.source import SourceChange
from reviewbot.cmodel.visible import lines
from reviewbot.model.tree import Tree

IMPORT = "MODULE_IMPORT_NS"

_HEADER = "include/linux/export.h"
_NAMESPACED = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+EXPORT_SYMBOL_NS\([^)\n]*\b(\w+)\)(?P<body>(?:[^\\\n]|\\\n?)*+)",
    re.MULTILINE,
)
_FOR_MODULES = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(EXPORT_SYMBOL(?:_GPL)?_FOR_MODULES)\(", re.MULTILINE
)

_EXPORTS = frozenset({"EXPORT_SYMBOL_NS", "EXPORT_SYMBOL_NS_GPL"})
_ARGUMENT = re.compile(r"\s*MODULE_IMPORT_NS\s*\(\s*(?P<namespace>\"[^\"]+\"|\w+)\s*\)")
_NAMESPACE = re.compile(r"\w+|\"[^\"]+\"")


class Spelled(Struct, frozen=True):
    """A macro with a namespace as it is written; `symbol` is empty for an import."""

    line: int
    macro: str
    symbol: str
    written: str

    @property
    def namespace(self) -> str:
        """The namespace without quotes."""
        return self.written.strip('"')

    @property
    def quoted(self) -> bool:
        """Whether it is a string literal."""
        return self.written.startswith('"')

    def turned(self) -> str:
        """The whole call in the other form."""
        other = self.namespace if self.quoted else f'"{self.namespace}"'
        return f"{self.macro}({', '.join(filter(None, (self.symbol, other)))})"


class BaseForm(Struct, frozen=True):
    """`quoted`: whether namespaces are strings; `for_modules`: the one name of that macro, or empty."""

    quoted: bool | None
    for_modules: str


UNKNOWN = BaseForm(None, "")


def base_form(tree: Tree) -> BaseForm:
    """The forms a tree has; None and empty where it does not tell."""
    text = tree.file(_HEADER) or ""
    bodies = [
        re.search(rf"#\s*{found[1]}\b|__stringify\(\s*{found[1]}\s*\)", found["body"]) is None
        for found in _NAMESPACED.finditer(text)
    ]
    names = set(_FOR_MODULES.findall(text))
    return BaseForm(
        bodies[0] if bodies and len(set(bodies)) == 1 else None,
        names.pop() if len(names) == 1 else "",
    )


def spelled_in(change: SourceChange) -> Iterator[Spelled]:
    """The namespaces of a file after a change: those of exports, then those of imports."""
    yield from _exports(change)
    yield from _imports(change)


def operations(change: SourceChange) -> Iterator[Spelled]:
    """Added exports of power-management operations in a namespace, which they spell last."""
    for export in change.new.exports:
        known = macro(export.macro)
        is_one = known is not None and known.kind is Exported.PM_OPS and known.namespaced
        if is_one and export.line in change.added and _NAMESPACE.fullmatch(export.argument):
            yield Spelled(export.line, export.macro, f"{export.symbol}, ...", export.argument)


def _exports(change: SourceChange) -> Iterator[Spelled]:
    for export in change.new.exports:
        if export.macro in _EXPORTS and _NAMESPACE.fullmatch(export.argument):
            yield Spelled(export.line, export.macro, export.symbol, export.argument)


def _imports(change: SourceChange) -> Iterator[Spelled]:
    seen = dict(lines(change.new))
    for number, text in seen.items():
        match = _ARGUMENT.match(text if ")" in text else text + seen.get(number + 1, ""))
        if match and IMPORT in change.new.code(number):
            yield Spelled(number, IMPORT, "", match["namespace"])
