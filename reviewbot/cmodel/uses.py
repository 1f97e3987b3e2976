"""Where a series uses names: the files in which they stand as code and are not merely declared.

Law: a definition, a prototype, an `extern` variable and an export line are no use; comments, documentation
and user-space tools never are. Only what the mails show counts. Must not know rules.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from msgspec import Struct

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.mask import mask
from reviewbot.cmodel.visible import lines

_SOURCES = frozenset({".c", ".h", ".S", ".rs", ".inc"})
_OUTSIDE = ("Documentation/", "scripts/", "tools/")
_WORD = re.compile(r"[A-Za-z_]\w*")
_DEFINE = re.compile(r"\s*#\s*define\s+\w+(?:\([^)]*\))?")
_EXTERN = re.compile(r"\s*extern\b[^()=]*;")
# How many lines a header may take before it comes to the name.
_HEADER = 3


class Use(Struct, frozen=True):
    """A file that uses a name after a patch; `order` is the 0-based place of the patch."""

    source: SourceChange
    order: int

    @property
    def path(self) -> str:
        """The file's path."""
        return self.source.path


def uses(change: SeriesChange, names: AbstractSet[str]) -> Mapping[str, tuple[Use, ...]]:
    """For each name that is used: every file, patch by patch, whose visible part uses it."""
    found: defaultdict[str, list[Use]] = defaultdict(list)
    for order, patch in enumerate(change.patches):
        for source in patch.sources:
            if is_kernel_source(source.path):
                for name in used(source.new, names):
                    found[name].append(Use(source, order))
    return {name: tuple(places) for name, places in found.items()}


def functions(change: SeriesChange, names: AbstractSet[str]) -> frozenset[str]:
    """The names that are seen to be functions: defined, declared or called anywhere in the series."""
    found: set[str] = set()
    for source in change.sources:
        if is_kernel_source(source.path) and not names.isdisjoint(_WORD.findall(source.text)):
            outline = source.new.outline
            seen = {function.name for function in outline.functions}
            seen |= {prototype.name for prototype in outline.prototypes}
            found |= names & (seen | {call.name for call in outline.calls})
    return frozenset(found)


def is_kernel_source(path: str) -> bool:
    """Whether the file is source that ends up in a kernel or a module."""
    return not path.startswith(_OUTSIDE) and PurePosixPath(path).suffix in _SOURCES


def used(image: Image, names: AbstractSet[str]) -> tuple[str, ...]:
    """The names an image uses, each once."""
    mentioned = Counter(_mentions(image, names))
    if not mentioned:
        return ()
    for name, line in _declarations(image):
        place = next((n for n in range(line, line + _HEADER + 1) if mentioned[name, n] > 0), None)
        if place is not None:
            mentioned[name, place] -= 1
    return tuple(dict.fromkeys(name for (name, _), times in mentioned.items() if times > 0))


def _mentions(image: Image, names: AbstractSet[str]) -> Iterator[tuple[str, int]]:
    """The names and the lines in which they stand as words of code, bodies of macros included."""
    in_macro = False
    for number, line in lines(image):
        macro = _DEFINE.match(line) if "define" in line else None
        if not names.isdisjoint(_WORD.findall(line)):
            code = _readable(image, number, line, macro.end() if macro else 0, in_macro=in_macro)
            if not _EXTERN.match(code):
                yield from ((name, number) for name in _WORD.findall(code) if name in names)
        in_macro = (in_macro or macro is not None) and line.rstrip().endswith("\\")


def _readable(image: Image, number: int, line: str, start: int, *, in_macro: bool) -> str:
    """The code of a line; of a macro that begins in it, what stands behind its name."""
    code = image.code(number)
    is_macro = code.lstrip().startswith("#") if start else in_macro
    return mask(line[start:]) if is_macro else code


def _declarations(image: Image) -> Iterator[tuple[str, int]]:
    """Everything that is defined, declared or exported, and the line at which that begins."""
    outline = image.outline
    yield from ((function.name, function.first) for function in outline.functions)
    yield from ((prototype.name, prototype.line) for prototype in outline.prototypes)
    yield from ((export.symbol, export.line) for export in outline.exports)
