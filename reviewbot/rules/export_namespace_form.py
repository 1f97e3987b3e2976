"""A symbol namespace is written in the form of another kernel release, or a `module:` namespace is imported.

Why: up to Linux 6.12 the namespace is a bare token that the macro makes a string of, from 6.13 on it is a
string literal; EXPORT_SYMBOL_GPL_FOR_MODULES became EXPORT_SYMBOL_FOR_MODULES in 6.17 (6d3c3ca4c77e).
modpost and the module loader refuse to import a `module:` namespace (9c036cfbb75b).
Fix: write it as the rest of the base does; drop the import.
Quiet when: neither unchanged lines of the file nor include/linux/export.h of the tree show what the base has;
the token is a macro. By unchanged lines alone a token that none of them knows as a namespace is only a draft:
it may be a macro of a header. By the tree alone everything is a draft unless the mail names its base commit and
the tree has it, and nothing is said where the tree has other texts than the diffs: a guessed base may be wrong.
A missing import is modpost's to find.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.namespaces import (
    IMPORT,
    UNKNOWN,
    BaseForm,
    Spelled,
    base_form,
    operations,
    spelled_in,
)
from reviewbot.cmodel.standing import Standing, standing
from reviewbot.cmodel.tells_files import NAMES_SPACE
from reviewbot.cmodel.visible import lines
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.model.tree import Tree
from reviewbot.rule import Needs, rule

WORDS = ("EXPORT_", IMPORT)
OLD_NAME, NEW_NAME = "EXPORT_SYMBOL_GPL_FOR_MODULES", "EXPORT_SYMBOL_FOR_MODULES"
DEFINE = re.compile(r"\s*#\s*define\s+(\w+)")


@rule(
    severity=Severity.BUILD,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("EXPORT", IMPORT),
    signs=NAMES_SPACE,
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """Imports that nobody may do, then spellings that unchanged lines or the base contradict."""
    sources = [source for source in change.sources if source.mentions(WORDS, Sign.ADDED)]
    stands = standing(change) if sources else Standing("", False)
    for source in sources:
        base = base_form(source.tree) if stands.sure else UNKNOWN
        yield from _file(source, base, sure=bool(stands.base))


def _file(change: SourceChange, base: BaseForm, *, sure: bool) -> Iterator[Hit]:
    spelled = [*spelled_in(change)]
    for one in spelled:
        if one.line in change.added and one.macro == IMPORT and one.written.startswith('"module:'):
            yield change.at(one.line, form="module", right="", symbol=one.namespace)
    yield from _forms(
        change, [s for s in spelled if not s.written.startswith('"module:')], base, sure=sure
    )
    yield from _names(change, base, sure=sure)


def _forms(
    change: SourceChange, spelled: list[Spelled], base: BaseForm, *, sure: bool
) -> Iterator[Hit]:
    """Added namespaces that are not in the one form of the unchanged lines, or of the base."""
    kept = [one for one in spelled if one.line not in change.added]
    forms = {one.quoted for one in kept}
    by_lines = len(forms) == 1
    if not by_lines and base.quoted is None:
        return
    quoted = forms.pop() if by_lines else base.quoted
    known = {one.namespace for one in kept}
    macros = {found[1] for _, text in lines(change.new) if (found := DEFINE.match(text))}
    added = [one for one in spelled if one.line in change.added]
    for one in (*added, *([] if by_lines else operations(change))):
        if one.quoted == quoted or one.namespace in macros:
            continue
        is_known = one.quoted or one.namespace in known
        if not is_known and sure and base.quoted == quoted:
            is_known, is_macro = True, _is_macro(change.tree, one.namespace)
            if is_macro:
                continue
            is_known = is_macro is not None
        certain = is_known and (by_lines or sure)
        yield change.at(
            one.line,
            symbol=one.symbol or one.namespace,
            confidence=None if certain else Confidence.MEDIUM,
            form="a string" if quoted else "a bare token",
            right=one.turned(),
        )


def _is_macro(tree: Tree, name: str) -> bool | None:
    """Whether a macro of that name is anywhere in the tree; None where that is not known."""
    found = tree.mentions((name,))
    if found is None:
        return None
    define = re.compile(rf"^\s*#\s*define\s+{name}\b", re.MULTILINE)
    return any(define.search(tree.file(path) or "") for path in found[name])


def _names(change: SourceChange, base: BaseForm, *, sure: bool) -> Iterator[Hit]:
    """Added exports to named modules under the name of the macro that unchanged lines, or the base, lack."""
    exports = [e for e in change.new.exports if e.macro in (OLD_NAME, NEW_NAME)]
    kept = {export.macro for export in exports if export.line not in change.added}
    right = kept.pop() if len(kept) == 1 else "" if kept else base.for_modules
    for export in exports:
        if right and export.line in change.added and export.macro != right:
            is_known = len(exports) > sum(e.line in change.added for e in exports)
            yield change.at(
                export.line,
                symbol=export.symbol,
                confidence=None if is_known or sure else Confidence.MEDIUM,
                form="name" if is_known else "base-name",
                right=right,
            )
