"""Where a series uses a name: the files in which it stands as code and is not merely declared.

Law: a definition, a prototype, an `extern` variable and an export line are no use; comments, documentation
and user-space tools never are. Only what the mails show counts. Must not know rules.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.visible import lines

_SOURCES = frozenset({".c", ".h", ".S", ".rs", ".inc"})
_OUTSIDE = ("Documentation/", "scripts/", "tools/")


class Use(Struct, frozen=True):
    """A file that uses the name after a patch; `order` is the 0-based place of the patch."""

    source: SourceChange
    order: int

    @property
    def path(self) -> str:
        """The file's path."""
        return self.source.path


def uses(change: SeriesChange, name: str) -> Iterator[Use]:
    """Every file, patch by patch, whose visible part uses `name` after the patch."""
    for order, patch in enumerate(change.patches):
        for source in patch.sources:
            if is_kernel_source(source.path) and _uses(source.new, name):
                yield Use(source, order)


def is_kernel_source(path: str) -> bool:
    """Whether the file is source that ends up in a kernel or a module."""
    return not path.startswith(_OUTSIDE) and PurePosixPath(path).suffix in _SOURCES


def _uses(image: Image, name: str) -> bool:
    found = list(_mentions(image, name))
    if not found:
        return False
    for line in _declarations(image, name):
        # A header may begin a line or two above the name.
        place = next((n for n in found if line <= n <= line + 3), None)
        if place is not None:
            found.remove(place)
    return bool(found)


def _mentions(image: Image, name: str) -> Iterator[int]:
    """The visible lines in which the name is a word of code, once for each time."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for number, line in lines(image):
        if name in line:
            yield from (number for _ in word.findall(image.code(number)))


def _declarations(image: Image, name: str) -> Iterator[int]:
    """The lines at which the name is defined, declared or exported."""
    outline = image.outline
    yield from (function.first for function in outline.functions if function.name == name)
    yield from (prototype.line for prototype in outline.prototypes if prototype.name == name)
    yield from (export.line for export in outline.exports if export.symbol == name)
    variable = re.compile(rf"\s*extern\b[^()]*\b{re.escape(name)}\b(?:\[[^\]]*\])*\s*;")
    yield from (number for number, line in lines(image) if name in line and variable.match(line))
