"""Whether everything that can call a function is seen.

Law: only a function whose every line is added is new, and only of a new function are all callers in the
series; one unseen line is enough for a no. Must not know what is looked for there, nor rules.
"""

from collections.abc import Collection

from reviewbot.cmodel.change import FunctionChange
from reviewbot.cmodel.roles import has_cut_caller, is_reached_in_sight
from reviewbot.model.diff import FileChange


def is_free_of(words: Collection[str], change: FunctionChange) -> bool:
    """Whether no caller that is not wholly seen in the function's file may do what the words name.

    Another file of the series that names the function and one of the words may be such a caller.
    """
    function, outline = change.new, change.source.new.outline
    if is_reached_in_sight(function, outline):
        return True
    if not change.is_new or has_cut_caller(function, outline):
        return False
    others = (_text(file) for file in change.source.moves.files if file is not change.source.file)
    return not any(function.name in text and any(word in text for word in words) for text in others)


def _text(file: FileChange) -> str:
    return "\n".join(line.text for hunk in file.hunks for line in hunk.lines)
