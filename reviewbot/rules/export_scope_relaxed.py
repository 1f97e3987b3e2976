"""The series removes an export and adds it again for a wider audience.

Why: opening a symbol needs an argument and is easy to miss in a big diff; all of 571 macro changes on two
lists tightened. A symbol that stops being GPL-only also breaks its users by symbol_get(), which works on
GPL-only symbols alone.
Fix: keep the audience, or say in the changelog who needs more.
Quiet when: the symbol is new, or the series itself narrowed it before; the audience is the same under
another name; a list names other modules instead of more; the list names only KVM's modules; the subject
says Revert. A changelog that speaks of exports turns the comment into a draft.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.exports import Audience, macro, scope
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.surface import ExportLine, surface, written
from reviewbot.cmodel.tells_files import EXPORTS_OTHERWISE
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

SPOKEN = re.compile(r"export|namespace|\bGPL|licen[cs]e|\bsymbols?\b|\bmodul", re.IGNORECASE)
TAG = re.compile(r"(?:Cc|Link|Closes|Message-I[Dd]|[A-Z][\w-]*-by):\s")
AUDIENCE = {
    Audience.KVM_INTERNAL: "the sub-modules of KVM",
    Audience.KVM: "KVM and its sub-modules",
    Audience.NAMESPACE_GPL: "GPL modules that import the namespace {0}",
    Audience.GPL: "every GPL module",
    Audience.NAMESPACE: "modules of any licence that import the namespace {0}",
    Audience.ALL: "every module",
}


@rule(
    severity=Severity.API,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=("EXPORT",),
    signs=EXPORTS_OTHERWISE,
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit a symbol, on the first line that opens it beyond everything the series found it open for."""
    exported = surface(change)
    before = {line.symbol: line for line in sorted(exported.found, key=_scope)}
    listed: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for line in exported.found:
        listed[line.symbol] |= _modules(line.export)
    opened: dict[str, ExportLine] = {}
    for line in exported.left:
        old = before.get(line.symbol)
        if old and not _is_revert(line) and _is_wider(old, line, listed[line.symbol]):
            opened.setdefault(line.symbol, line)
    names = written(change, opened.values())
    for symbol, line in opened.items():
        old = before[symbol]
        sure = change.series.complete and not SPOKEN.search(_changelog(change, old, line))
        was, now = _audiences(old.export, line.export)
        yield line.source.at(
            line.export.line,
            symbol=symbol,
            related=(old.source.anchor(old.export.line, Side.OLD),),
            channel=None if sure else Channel.DRAFT,
            name=names[symbol],
            was=was,
            now=now,
            silent=int(sure),
        )


def _scope(line: ExportLine) -> tuple[int, int, int]:
    return scope(line.export) or (-1, 0, 0)


def _is_wider(old: ExportLine, new: ExportLine, listed: frozenset[str]) -> bool:
    """Whether the new line lets in everybody the widest old one does, and more; `listed` had it before."""
    (was, _, old_key), (now, _, new_key) = _scope(old), _scope(new)
    if old.kind is not new.kind or min(was, now) < 0:
        return False
    modules = _modules(new.export)
    if was == now == Audience.MODULES:
        return modules > listed
    if was < now == Audience.MODULES and all(name.startswith("kvm") for name in modules):
        return False
    return now >= was and new_key >= old_key and (now, new_key) != (was, old_key)


def _modules(export: Export) -> frozenset[str]:
    return frozenset(name.strip() for name in export.argument.strip('"').split(","))


def _is_revert(line: ExportLine) -> bool:
    patch = line.source.patch
    return patch.subject.text.startswith("Revert") or "This reverts commit" in patch.commit_message


def _changelog(change: SeriesChange, *lines: ExportLine) -> str:
    """What the author says about the patches and the series, without tags."""
    texts = [change.series.cover.body] if change.series.cover else []
    for patch in (line.source.patch for line in lines):
        texts += (patch.subject.text, patch.commit_message, patch.notes)
    return "\n".join(t for text in texts for t in text.split("\n") if not TAG.match(t))


def _audiences(old: Export, new: Export) -> tuple[str, str]:
    """Who could use the symbol and who can now, in words."""
    was, now = scope(old), scope(new)
    if was and now and was[0] == now[0] != Audience.MODULES:
        return "the trampoline alone", "the key as well"
    return _audience(old), _audience(new)


def _audience(export: Export) -> str:
    known = macro(export.macro)
    if known is None:
        return ""
    if known.module_list:
        return f"the {'modules' if ',' in export.argument else 'module'} {export.argument}"
    return AUDIENCE[known.audience].format(export.argument.strip('"'))
