"""Whether a tree is the one a series stands on, as far as can be told.

Law: only what the mail itself names counts, a base commit or the content of its files; a date or a branch is
no evidence. Must not know C, nor how a tree is asked.
"""

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.source import SourceChange
from reviewbot.model.diff import FileKind
from reviewbot.model.series import Series
from reviewbot.model.tree import Tree

# Digits that name a commit without doubt (Documentation/process/submitting-patches.rst).
_DIGITS = 12


class Standing(Struct, frozen=True):
    """`base`: the commit the mail names, shortened, where the tree has it; `sure`: the tree is that one."""

    base: str
    sure: bool


def named_base(series: Series, tree: Tree) -> str:
    """The first digits of the series' base commit where the tree has it, or an empty string."""
    found = tree.commit(series.base_commit) if series.base_commit else None
    return found.id[:_DIGITS] if found is not None else ""


def standing(change: SeriesChange) -> Standing:
    """Where the series stands: on its base commit, or on a tree that holds each file as the diffs have it."""
    base = named_base(change.series, change.tree)
    return Standing(base, bool(base) or _fits(change))


def _fits(change: SeriesChange) -> bool:
    """Whether the tree has, at its path, the text before every first change of a file; and there is one."""
    first: dict[str, SourceChange] = {}
    for source in change.sources:
        if source.file.kind is not FileKind.ADDED and source.file.hunks:
            first.setdefault(source.file.old_path, source)
    added = {source.path for source in change.sources if source.file.kind is FileKind.ADDED}
    found = [source for path, source in first.items() if path not in added]
    return bool(found) and all(_is_there(source, change.tree) for source in found)


def _is_there(source: SourceChange, tree: Tree) -> bool:
    """Whether the tree's file is the one the diff was made from, by its id or by all its hunks."""
    text = tree.file(source.file.old_path)
    if text is None:
        return False
    named = tree.blob(source.file.old_blob) if source.file.old_blob else None
    return named == text if named is not None else source.old.whole
