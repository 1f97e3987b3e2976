"""A new function prototype starts with `extern` in a header whose maintainer asked for none.

Why: "No externs on function prototypes in new code please" (first review of the VFIO get-from-vma series,
https://lore.kernel.org/all/20210222172913.GP4247@nvidia.com/); coding-style.rst says the same, checkpatch
only with --strict.
Fix: leave the word out; a function declaration has external linkage anyway.
Quiet when: the header is not below a configured path; the prototype was moved or only changed, or a
neighbour in its hunk was; a variable is declared; the series removes the word again. Said at most once a
series, and mailed only beside another comment.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Prototype
from reviewbot.cmodel.tells_files import declares_extern
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`paths`: globs of the headers in which the rule speaks."""

    paths: tuple[str, ...] = (
        "include/linux/vfio*.h",
        "include/linux/iommufd.h",
        "drivers/vfio/*.h",
        "drivers/iommu/iommufd/*.h",
    )


@rule(
    severity=Severity.NIT,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    triggers=("extern",),
    companion=True,
    signs=lambda _, options: declares_extern(options.paths),
)
def check(change: SeriesChange, options: Options) -> Iterator[Hit]:
    """The first new `extern` prototype of the series; the others are its related places."""
    headers = [
        source
        for source in change.sources
        if "extern" in source.text and any(fnmatchcase(source.path, p) for p in options.paths)
    ]
    groups = [(source, group) for source in headers for group in _groups(source)]
    if not groups:
        return
    known = _removed(change)
    found = [
        (source, prototype)
        for source, group in groups
        if not any(p.name in known or source.is_moved(source.added[p.line]) for p in group)
        for prototype in group
    ]
    if found:
        (source, prototype), *others = found
        related = tuple(other.anchor(further.line) for other, further in others)
        yield source.at(prototype.line, symbol=prototype.name, related=related)


def _groups(source: SourceChange) -> Iterator[tuple[Prototype, ...]]:
    """The added extern prototypes, hunk by hunk: what one of them is, its neighbours are too."""
    added = {
        p.line: p for p in source.new.outline.prototypes if p.extern and p.line in source.added
    }
    for hunk in source.file.hunks if added else ():
        group = tuple(
            added[line.new] for line in hunk.lines if line.sign is Sign.ADDED and line.new in added
        )
        if group:
            yield group


def _removed(change: SeriesChange) -> frozenset[str]:
    """Names of the functions of which the series removes a prototype, in whatever header."""
    return frozenset(
        prototype.name
        for source in change.sources
        if source.removed and source.path.endswith(".h")
        for prototype in source.old.outline.prototypes
        if prototype.line in source.removed
    )
