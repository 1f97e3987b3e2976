"""The visible lines of an image with everything but code blanked.

Law: a line keeps its number and its length; what is blank may be a comment, a literal or a macro's body.
For questions an outline has no word for. Must not know diffs, patches or rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.image import Image
from reviewbot.cmodel.mask import mask


def code_lines(image: Image) -> Iterator[tuple[int, str]]:
    """The visible lines with their numbers, comments and literals and macro bodies blanked."""
    for stretch in image.stretches:
        text = mask("\n".join(stretch.lines), cut=stretch.first > 1)
        yield from enumerate(text.split("\n"), stretch.first)


def mentions(image: Image, name: str) -> tuple[int, ...]:
    """Numbers of the visible lines in which `name` stands as a word of code, once for each time."""
    if not any(name in line for stretch in image.stretches for line in stretch.lines):
        return ()
    word = re.compile(rf"\b{re.escape(name)}\b")
    return tuple(number for number, line in code_lines(image) for _ in word.findall(line))
