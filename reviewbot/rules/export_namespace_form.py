"""A symbol namespace is written in the form of another kernel release, or a `module:` namespace is imported.

Why: up to Linux 6.12 the namespace is a bare token that the macro makes a string of, from 6.13 on it is a
string literal; EXPORT_SYMBOL_GPL_FOR_MODULES became EXPORT_SYMBOL_FOR_MODULES in 6.17 (6d3c3ca4c77e).
modpost and the module loader refuse to import a `module:` namespace (9c036cfbb75b).
Fix: write it as the rest of the base does; drop the import.
Quiet when: no unchanged line of the file shows what the base has, or they show both forms; the token is a
macro of the file. A token or string that no unchanged line knows as a namespace is only a draft: it may be
a macro of a header. A missing import is modpost's to find.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.visible import lines
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.rule import Needs, rule

EXPORTS = frozenset({"EXPORT_SYMBOL_NS", "EXPORT_SYMBOL_NS_GPL"})
IMPORT = "MODULE_IMPORT_NS"
OLD_NAME, NEW_NAME = "EXPORT_SYMBOL_GPL_FOR_MODULES", "EXPORT_SYMBOL_FOR_MODULES"
ARGUMENT = re.compile(r"\s*MODULE_IMPORT_NS\s*\(\s*(?P<namespace>\"[^\"]+\"|\w+)\s*\)")
DEFINE = re.compile(r"\s*#\s*define\s+(\w+)")


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


@rule(
    severity=Severity.BUILD,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("EXPORT_SYMBOL_NS", IMPORT, "FOR_MODULES"),
)
def check(change: SourceChange) -> Iterator[Hit]:
    """Imports that nobody may do, then spellings that unchanged lines contradict."""
    spelled = [*_exports(change), *_imports(change)]
    for one in spelled:
        if one.line in change.added and one.macro == IMPORT and one.written.startswith('"module:'):
            yield change.at(one.line, form="module", right="", symbol=one.namespace)
    yield from _forms(change, [s for s in spelled if not s.written.startswith('"module:')])
    yield from _names(change)


def _exports(change: SourceChange) -> Iterator[Spelled]:
    for export in change.new.exports:
        if export.macro in EXPORTS and re.fullmatch(r"\w+|\"[^\"]+\"", export.argument):
            yield Spelled(export.line, export.macro, export.symbol, export.argument)


def _imports(change: SourceChange) -> Iterator[Spelled]:
    seen = dict(lines(change.new))
    for number, text in seen.items():
        match = ARGUMENT.match(text if ")" in text else text + seen.get(number + 1, ""))
        if match and IMPORT in change.new.code(number):
            yield Spelled(number, IMPORT, "", match["namespace"])


def _forms(change: SourceChange, spelled: list[Spelled]) -> Iterator[Hit]:
    """Added namespaces that are not in the one form of the unchanged lines."""
    kept = [one for one in spelled if one.line not in change.added]
    forms = {one.quoted for one in kept}
    if len(forms) != 1:
        return
    (quoted,) = forms
    known = {one.namespace for one in kept}
    macros = {found[1] for _, text in lines(change.new) if (found := DEFINE.match(text))}
    for one in spelled:
        if one.line in change.added and one.quoted != quoted and one.namespace not in macros:
            sure = one.quoted or one.namespace in known
            yield change.at(
                one.line,
                symbol=one.symbol or one.namespace,
                confidence=None if sure else Confidence.MEDIUM,
                form="a string" if quoted else "a bare token",
                right=one.turned(),
            )


def _names(change: SourceChange) -> Iterator[Hit]:
    """Added exports to named modules under the name of the macro that unchanged lines do not use."""
    exports = [e for e in change.new.exports if e.macro in (OLD_NAME, NEW_NAME)]
    kept = {export.macro for export in exports if export.line not in change.added}
    if len(kept) != 1:
        return
    (right,) = kept
    for export in exports:
        if export.line in change.added and export.macro != right:
            yield change.at(export.line, symbol=export.symbol, form="name", right=right)
