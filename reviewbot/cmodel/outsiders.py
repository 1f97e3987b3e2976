"""Outsiders: the modular code that needs the export of a symbol, in the series and in the tree.

Law: code counts unless it surely is built in, or surely is of the symbol's own module; where the tree cannot
be looked through there is no answer. Inlines and macros of headers count, for whoever includes them. Must
not know rules.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.kbuild import Kbuild, Part
from reviewbot.cmodel.questioned import questioned
from reviewbot.cmodel.stretch import split, whole
from reviewbot.cmodel.uses import Use, is_kernel_source, used, uses
from reviewbot.model.diff import FileKind, Side

# A symbol that more files speak of is in wide use, and reading them all would take long.
MOST = 200
# Test modules are linked against symbols of the kernel, and their build files are their own.
_TESTS = re.compile(r"tools/testing/.*\.c")


class Outsiders(Struct, frozen=True, dict=True):
    """The users of symbols that a series and its tree show, as the whole series leaves them."""

    change: SeriesChange

    @cached_property
    def kbuild(self) -> Kbuild:
        """The build files as the series leaves them."""
        return Kbuild(self.change.after)

    @cached_property
    def questioned(self) -> frozenset[str]:
        """The symbols of the series that are looked for together; each of the others costs a search."""
        return questioned(self.change)

    @cached_property
    def can_tell(self) -> bool:
        """Whether the tree is a whole kernel, so that what is not in it is nowhere."""
        return self.kbuild.is_whole

    def homes(self, paths: Collection[str]) -> Part:
        """What the files that export a symbol become, taken together."""
        parts = [self.kbuild.part(path) for path in sorted(paths)]
        first = parts[0] if parts else Part()
        return first if all(part == first for part in parts) else Part()

    def of_series(self, name: str, homes: Collection[str]) -> Iterator[str]:
        """Paths outside that any patch of the series leaves with a use of the name."""
        found = self._uses_of_series if name in self.questioned else uses(self.change, {name})
        return self._outside(dict.fromkeys(use.path for use in found.get(name, ())), homes)

    def of_tree(self, name: str, homes: Collection[str]) -> Iterator[str] | None:
        """Paths outside that use the name once the series is applied; None where that is not known.

        Each is looked at when it is asked for.
        """
        paths = self.mentions(name)
        if paths is None:
            return None
        return (path for path in self._outside(paths, homes) if self._uses(path, name))

    def mentions(self, name: str) -> tuple[str, ...] | None:
        """Source files of the tree that hold the name and outlive the series; None where not known."""
        if name not in self._mentions:
            self._mentions[name] = self._asked(name) if self.can_tell else None
        return self._mentions[name]

    def _asked(self, name: str) -> tuple[str, ...] | None:
        """As `mentions` says; the tree is asked for all symbols in question at once."""
        found = self.change.tree.mentions(self.questioned | {name})
        if found is None:
            return None
        paths = [path for path in found[name] if path not in self._gone]
        kept = tuple(p for p in paths if is_kernel_source(p) or _TESTS.fullmatch(p))
        return kept if len(kept) <= MOST else None

    def _outside(self, paths: Collection[str], homes: Collection[str]) -> Iterator[str]:
        home = self.homes(homes)
        others = (path for path in paths if path not in homes)
        return (path for path in others if self.kbuild.part(path).is_outside(home))

    def _uses(self, path: str, name: str) -> bool:
        """Whether a file uses the name in the end; also where it cannot be read."""
        text = self.change.after.file(path)
        if text is None or f'"{name}"' in text:
            return True
        return bool(used(Image(path, Side.NEW, whole(split(text)), True), {name}))

    @cached_property
    def _uses_of_series(self) -> Mapping[str, tuple[Use, ...]]:
        return uses(self.change, self.questioned)

    @cached_property
    def _gone(self) -> frozenset[str]:
        """Paths that are not there after the series."""
        gone: dict[str, bool] = {}
        for source in self.change.sources:
            if source.file.kind in (FileKind.DELETED, FileKind.RENAMED):
                gone[source.file.old_path] = True
            if source.file.new_path:
                gone[source.file.new_path] = False
        return frozenset(path for path, is_gone in gone.items() if is_gone)

    @cached_property
    def _mentions(self) -> dict[str, tuple[str, ...] | None]:
        return {}
