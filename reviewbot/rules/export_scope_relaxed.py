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
from collections.abc import Iterator

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.exports import Audience, macro, scope
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.surface import ExportLine, Surface, surface, written
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

SPOKEN = re.compile(r"export|namespace|\bGPL|licen[cs]e|\bsymbols?\b|\bmodul", re.IGNORECASE)
TRAILER = re.compile(r"[A-Z][\w-]+:\s")
AUDIENCE = {
    Audience.KVM_INTERNAL: "KVM's own modules",
    Audience.KVM: "KVM",
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
)
def check(change: SeriesChange) -> Iterator[Hit]:
    """One hit a symbol, on the first line that opens it beyond everything the series found it open for."""
    exported = surface(change)
    before = _found(exported)
    opened: dict[str, ExportLine] = {}
    for line in _left(exported):
        olds = before.get(line.symbol, [])
        if olds and not _is_revert(line) and all(_is_wider(o.export, line.export) for o in olds):
            opened.setdefault(line.symbol, line)
    names = written(change, opened.values())
    for symbol, line in opened.items():
        old = max(before[symbol], key=lambda old: scope(old.export) or (0, 0, 0))
        spoken = bool(SPOKEN.search(_changelog(change, line)))
        sure = change.series.complete and not spoken
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


def _found(exported: Surface) -> dict[str, list[ExportLine]]:
    """Exports the series removes and has not added itself in an earlier patch, by symbol."""
    since: dict[str, int] = {}
    for line in exported.added:
        since.setdefault(line.symbol, line.order)
    found: dict[str, list[ExportLine]] = {}
    for line in exported.removed:
        if since.get(line.symbol, line.order) >= line.order:
            found.setdefault(line.symbol, []).append(line)
    return found


def _left(exported: Surface) -> Iterator[ExportLine]:
    """Exports the series adds and no later patch removes again."""
    until: dict[tuple[str, str, str], int] = {}
    for line in exported.removed:
        until[_identity(line)] = line.order
    return (line for line in exported.added if until.get(_identity(line), 0) <= line.order)


def _identity(line: ExportLine) -> tuple[str, str, str]:
    return line.symbol, line.export.macro, line.export.argument


def _is_wider(old: Export, new: Export) -> bool:
    """Whether the second export lets in everybody the first one does, and more."""
    was, now = scope(old), scope(new)
    if was is None or now is None or _kind(old) is not _kind(new):
        return False
    listed = _modules(new)
    if was[0] == now[0] == Audience.MODULES:
        return listed > _modules(old)
    if was[0] < now[0] == Audience.MODULES and all(name.startswith("kvm") for name in listed):
        return False
    return now[0] >= was[0] and now[2] >= was[2] and (now[0], now[2]) != (was[0], was[2])


def _kind(export: Export) -> object:
    known = macro(export.macro)
    return known and known.kind


def _modules(export: Export) -> frozenset[str]:
    return frozenset(name.strip() for name in export.argument.strip('"').split(","))


def _is_revert(line: ExportLine) -> bool:
    patch = line.source.patch
    return patch.subject.text.startswith("Revert") or "This reverts commit" in patch.commit_message


def _changelog(change: SeriesChange, line: ExportLine) -> str:
    """What the author says about the patch and the series, without trailers."""
    cover = change.series.cover.body if change.series.cover else ""
    texts = (line.source.patch.subject.text, line.source.patch.commit_message, cover)
    return "\n".join(t for text in texts for t in text.split("\n") if not TRAILER.match(t))


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
