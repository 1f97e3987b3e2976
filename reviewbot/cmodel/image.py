"""Image: one side of one file, as far as it can be seen.

Law: an image holds numbered lines and says whether they are the whole file; where they came from makes
no difference to who reads them. Must not know rules or how a tree is asked.
"""

from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.outline import Outline
from reviewbot.model.diff import Side


class Stretch(Struct, frozen=True):
    """Consecutive lines without a gap.

    `first` is the 1-based number of the first line. `heading` is what git printed behind `@@`: the
    function header last seen above the stretch; empty in a whole image.
    """

    first: int
    lines: tuple[str, ...]
    heading: str = ""


class Image(Struct, frozen=True, dict=True):
    """One side of one file. `whole` is False when there are gaps: only hunks are known."""

    path: str
    side: Side
    stretches: tuple[Stretch, ...]
    whole: bool = False

    @cached_property
    def outline(self) -> Outline:
        """Functions, calls, initializers, exports… of this image; derived once."""
        raise NotImplementedError
