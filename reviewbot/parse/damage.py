"""What is wrong with the hunks of a file, in a clause for people.

Law: the clause says what can be counted or seen in the text, never why it came about; what git would
take has no damage. Must not know unidiff.
"""

from collections.abc import Sequence

from msgspec import Struct

from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.githeader import HUNK
from reviewbot.parse.whitespace import lost_blank, spoilt

_SIGNS = frozenset("+-\\ ")


class Survey(Struct, frozen=True):
    """How far readable hunks go: up to index `end`; `problem` is what stopped there, if anything."""

    end: int
    problem: Problem | None = None


class Count(Struct, frozen=True):
    """Old and new lines of a hunk, as it says or as counted."""

    old: int
    new: int

    def __str__(self) -> str:
        return f"{self.old} old and {self.new} new lines"


def survey(body: Sequence[str], path: str) -> Survey:
    """Walk the hunks in `body` up to the first damage; text behind the last hunk is none."""
    at = 0
    while at < len(body) and body[at].startswith("@@"):
        found = HUNK.match(body[at])
        if found is None:
            return Survey(at, _damaged(f"a hunk header of {path} is not readable"))
        said = Count(int(found[2] or 1), int(found[4] or 1))
        where = f"hunk at line {found[3] if found[3] != '0' else found[1]} of {path}"
        has, end = _counted(body, at + 1, said)
        if has != said:
            return Survey(at, _mismatch(body, at + 1, said, where, path))
        if surplus(body, end) and not body[end].startswith("@@"):
            return Survey(at, _damaged(f"{where} is longer than the {said} it says"))
        at = end
    if any(HUNK.match(line) for line in body[at:]):
        return Survey(at, _damaged(f"text stands in front of a hunk of {path}"))
    return Survey(at)


def surplus(body: Sequence[str], end: int) -> bool:
    """Whether diff goes on at `end`, where a hunk should be over, without a readable hunk header.

    Signatures, list footers and the names of a next file are not taken for removed lines.
    """
    if end >= len(body) or body[end][:1] not in ("+", "-", " ", "@"):
        return False
    line = body[end].rstrip()
    ending = line in ("", "-") or line.startswith(("--", "-=", "+++ "))
    return not ending and HUNK.match(line) is None


def _counted(body: Sequence[str], at: int, said: Count) -> tuple[Count, int]:
    """What the hunk has, no more than it says, up to the first line that cannot be part of it."""
    old = new = 0
    while (old < said.old or new < said.new) and at < len(body):
        sign = body[at][:1] or " "
        if sign not in _SIGNS:
            break
        old += sign in "- "
        new += sign in "+ "
        at += 1
    while at < len(body) and body[at].startswith("\\"):
        at += 1
    return Count(old, new), at


def _mismatch(body: Sequence[str], at: int, said: Count, where: str, path: str) -> Problem:
    """Why the hunk whose first line is `body[at]` does not have what it says."""
    last = at + said.old + said.new
    blanks = spoilt(body[at:last], "\n".join(body[at:last]), path)
    if blanks:
        return blanks
    if _lost_blanks(body, at, said):
        return lost_blank(path)
    end = _natural_end(body, at)
    if _goes_on(body, end, last):
        return _damaged(f"{where} is broken by a line that is no part of a diff, perhaps wrapped")
    signs = [line[:1] or " " for line in body[at:end]]
    has = Count(len(signs) - signs.count("+"), len(signs) - signs.count("-"))
    return _damaged(f"{where} says {said}, has {has.old} and {has.new}")


def _natural_end(body: Sequence[str], at: int) -> int:
    """Where lines that could be a hunk's end; the signature and blank lines before it are not."""
    first = at
    while at < len(body) and body[at] != "-- " and (body[at][:1] or " ") in _SIGNS:
        at += 1
    while at > first and not body[at - 1]:
        at -= 1
    return at


def _goes_on(body: Sequence[str], end: int, last: int) -> bool:
    """Whether up to `last` there is more of the diff right behind a line that is no part of it."""
    if end >= len(body) or not body[end] or body[end].startswith(("@@", "--")):
        return False
    return any(line[:1] in ("+", "-", " ") and line != "-- " for line in body[end + 1 : last])


def _lost_blanks(body: Sequence[str], at: int, said: Count) -> bool:
    """Whether the hunk is as it says once unsigned lines are taken for context lines."""
    old = new = unsigned = 0
    while at < len(body) and (old < said.old or new < said.new):
        sign = body[at][:1] or " "
        unsigned += sign not in _SIGNS
        old += sign not in "+\\"
        new += sign not in "-\\"
        at += 1
    if Count(old, new) != said or not unsigned:
        return False
    end = at
    while end < len(body) and not body[end]:
        end += 1
    if surplus(body, end):
        return False
    return at < end or end == len(body) or body[end].startswith((" ", "\\", "@@ -", "-"))


def _damaged(detail: str) -> Problem:
    return Problem(ProblemKind.DIFF_DAMAGED, detail)
