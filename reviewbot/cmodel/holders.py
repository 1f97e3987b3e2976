"""Who holds a pointer: the structure it is stored in, and whether the series brings that structure.

Law: a holder is new only where its whole definition, or the module around it, stands in a file that the
series adds. Must not know what is pointed at, nor rules.
"""

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.cmodel.visible import is_module
from reviewbot.model.diff import FileKind


def holder(value: str, function: Function, outline: Outline) -> str:
    """The structure whose field `value` is or is stored in, such as `foo`; empty where it is not seen."""
    inside = outline.assignments_between(function.first, function.last)
    stored = (a.target for a in inside if a.value == value)
    for lvalue in (value, *stored):
        pointer, arrow, _ = lvalue.partition("->")
        words = function.type_of(pointer).rstrip("* ").split()
        if arrow and words:
            return words[-1]
    return ""


def holder_is_new(value: str, line: int, source: SourceChange, change: SeriesChange) -> bool:
    """Whether whoever holds `value` from `line` on is in files that the series adds."""
    function = source.new.outline.function_at(line)
    if source.file.kind is not FileKind.ADDED or function is None:
        return False
    kept_in = holder(value, function, source.new.outline)
    added = (other for other in change.sources if other.file.kind is FileKind.ADDED)
    structs = (struct for other in added for struct in other.new.outline.structs)
    return is_module(source.new) or any(s.name == kept_in and s.whole for s in structs)
