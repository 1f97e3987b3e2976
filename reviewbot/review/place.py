"""Place: the code round a finding as a patch leaves it, to be compared with the same place in a later patch.

It is the function that holds the line, or the object with its initializer, or the file as far as the diff shows
it; of a finding in a commit message that text.

Law: lines as the mail has them, squeezed, those that say something; nothing is guessed that no line shows. Must
not know rules or revisions.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.moves import Moves
from reviewbot.cmodel.reading import Readings
from reviewbot.cmodel.source import SourceChange
from reviewbot.model.diff import FileChange, Sign
from reviewbot.model.finding import Finding
from reviewbot.model.series import Patch
from reviewbot.model.tree import NoTree

# An object's initializer that is longer is cut here.
_MOST = 200
_WORD = re.compile(r"\w+")


class Place(Struct, frozen=True, dict=True):
    """A stretch of code after a patch. `whole` where all of the function is seen; `removed` is what the patch
    takes out of the file."""

    patch: Patch
    path: str
    lines: tuple[str, ...]
    whole: bool = False
    removed: frozenset[str] = frozenset()

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each line stands there."""
        return Counter(self.lines)

    @cached_property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words in them."""
        return frozenset(_WORD.findall(self.text))

    def shared(self, other: "Place") -> float:
        """The share of its lines that stand in the other place too, 0 to 1."""
        return (self.counted & other.counted).total() / max(len(self.lines), 1)


def squeezed(text: str) -> str:
    """A line with single blanks."""
    return " ".join(text.split())


def places(patches: Iterable[Patch], finding: Finding) -> Iterator[Place]:
    """Where the patches show the place of a finding, by the names that it has."""
    path = finding.anchor.path
    for patch in patches:
        if not path:
            yield Place(patch, "", tuple(telling(patch.commit_message.split("\n"))))
        for file in patch.files if path else ():
            if file.path == path and not file.binary:
                yield from _in_file(patch, file, finding)


def _in_file(patch: Patch, file: FileChange, finding: Finding) -> Iterator[Place]:
    shown = [line for hunk in file.hunks for line in hunk.lines]
    removed = frozenset(squeezed(line.text) for line in shown if line.sign is Sign.REMOVED)
    if finding.function:
        new = SourceChange(patch, file, NoTree(), Moves(()), Readings()).new
        for body in new.outline.bodies_named(finding.function):
            lines = new.reading.text(body.first, body.last).split("\n")
            yield Place(patch, file.path, tuple(telling(lines)), body.whole, removed)
        return
    texts = [line.text for line in shown if line.sign is not Sign.REMOVED]
    if is_object(finding):
        texts = list(of_object(texts, finding.anchor.text))
    if texts:
        yield Place(patch, file.path, tuple(telling(texts)), removed=removed)


def is_object(finding: Finding) -> bool:
    """Whether the place is an object with its initializer: its head is the line that was found."""
    return not finding.function and finding.anchor.text.rstrip().endswith("{")


def of_object(texts: Sequence[str], head: str) -> Iterator[str]:
    """Of the lines of a file those from the head of an object up to the one that closes its brace."""
    start = next((n for n, text in enumerate(texts) if squeezed(text) == squeezed(head)), None)
    if start is not None:
        for text in texts[start : start + _MOST]:
            yield text
            if text.startswith("}"):
                return


def telling(lines: Iterable[str]) -> Iterator[str]:
    """The lines with single blanks, without those that are empty or only brackets."""
    return (squeezed(line) for line in lines if _WORD.search(line))
