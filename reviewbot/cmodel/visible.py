"""What can be read in an image as plain text, for questions an outline is too fine for.

Law: every visible line counts, comments too: these questions are asked to find a reason for silence. Must
not know diffs, patches or rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.image import Image

_MODULE = re.compile(
    r"^\s*(?:MODULE_LICENSE|module_(?:init|exit|\w*?(?:driver|device)\w*+))\s*+\(", re.ASCII
)


def lines(image: Image) -> Iterator[tuple[int, str]]:
    """The visible lines with their numbers."""
    for stretch in image.stretches:
        yield from enumerate(stretch.lines, stretch.first)


def is_module(image: Image) -> bool:
    """Whether the file shows that it is the main file of a module: licence, entry point or driver."""
    return any("odule" in line or "ODULE" in line for _, line in lines(image)) and any(
        _MODULE.match(line) for _, line in lines(image)
    )
