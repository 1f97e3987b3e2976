"""Additions: what a series adds that may do the work of a call it removes.

Law: a word in an added line is enough, wherever in the series it stands. Must not know rules.
"""

import re
from collections.abc import Collection

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.outline import Function
from reviewbot.model.diff import Sign

_WORD = re.compile(r"[A-Za-z_]\w*")
_CLEANUP = re.compile(
    r"__free\(|devm_\w+\(|no_free_ptr\(|guard\(|CLASS\(|\w*(?:put|drop|release|destroy|cleanup|free|unref)\w*\("
)


def adds(source: SourceChange, words: Collection[str]) -> bool:
    """Whether an added line of any patch of the series has one of the words."""
    wanted = frozenset(words)
    return any(
        line.sign is Sign.ADDED
        and any(word in line.text for word in wanted)
        and not wanted.isdisjoint(_WORD.findall(line.text))
        for file in source.moves.files
        for hunk in file.hunks
        for line in hunk.lines
    )


def adds_call_on(source: SourceChange, function: Function, names: Collection[str]) -> bool:
    """Whether an added call in the function is given one of the variables, or a field of it."""
    words = frozenset(names)
    return any(
        call.line in source.added and not words.isdisjoint(_WORD.findall(" ".join(call.args)))
        for call in source.new.outline.calls_between(function.first, function.last)
    )


def adds_cleanup(source: SourceChange) -> bool:
    """Whether a line the file gains, and that is not just moved, calls something that by its name cleans up."""
    return any(
        _CLEANUP.search(line.text) is not None and not source.is_moved(line)
        for line in source.added.values()
    )
