"""A diff becomes file changes.

The text is cut into one section a file (`preclean`), the header is read by `githeader`, and unidiff reads
the hunks: their counts, places and headings. The text of the lines is taken from the mail. This is the
only importer of unidiff, whose objects do not leave it.

Law: a file whose diff is damaged costs that file and is named as a problem; nothing raises, and nothing
that was not understood looks as if it were clean. Must not know mails or C.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, count, repeat
from operator import itemgetter

from msgspec import Struct
from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as UnidiffHunk
from unidiff.patch import PatchSet

from reviewbot.model.diff import FileChange, Hunk, Line, Sign
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.damage import surplus, survey
from reviewbot.parse.filenames import name_of, root_of, unquoted
from reviewbot.parse.githeader import (
    GIT,
    HUNK,
    Header,
    binary_header,
    git_header,
    is_pair,
    plain_header,
)
from reviewbot.parse.preclean import Form, Section, sections
from reviewbot.parse.whitespace import spoilt

_ADDED, _REMOVED, _CONTEXT = Sign.ADDED, Sign.REMOVED, Sign.CONTEXT
_FIRST, _REST = itemgetter(slice(1)), itemgetter(slice(1, None))
_NAMES = ("--- a", "+++ b")
_LAST_LINE = 2**31 - 1
_LONGEST_PATH = 200


class Diff(Struct, frozen=True):
    """The file changes of a diff that can be relied on, and a problem for each one that cannot.

    A file of which only the blanks are damaged, not the counts, is in both.
    """

    files: tuple[FileChange, ...] = ()
    problems: tuple[Problem, ...] = ()


def file_changes(diff: str, first: int = 0) -> Diff:
    """Read the diff text of a mail; `first` is the body index of its first line.

    Text in front of, between and behind the files' diffs is passed over. Where all lines of a file's
    diff end in CRLF, the carriage returns are taken off; single ones are content.
    """
    cut = tuple(sections(diff))
    roots = _roots(cut)
    read = [result for section in cut for result in _read(section, first, roots)]
    return Diff(
        files=tuple(result for result in read if isinstance(result, FileChange)),
        problems=tuple(dict.fromkeys(result for result in read if isinstance(result, Problem))),
    )


def _roots(cut: Sequence[Section]) -> frozenset[str]:
    """First directories that are no part of a path, as seen where two names differ in them alone."""
    plain = (section.lines for section in cut if section.form is Form.PLAIN)
    pairs = ((name_of(lines[0][4:]), name_of(lines[1][4:])) for lines in plain)
    return frozenset(root_of(old, new) for old, new in pairs) - {""}


def _read(section: Section, first: int, roots: frozenset[str]) -> Iterator[FileChange | Problem]:
    """What a section comes to: at most a file change and a problem."""
    lines = section.lines
    match section.form:
        case Form.GIT:
            yield from _change(git_header(lines[: section.body]), section, first)
        case Form.PLAIN:
            yield from _change(plain_header(lines, roots), section, first)
        case Form.BINARY:
            header = binary_header(lines[0], roots)
            yield from _change(header, section, first) if header else ()
        case Form.COMBINED:
            path = unquoted(lines[0].split(" ", 2)[2])
            yield Problem(ProblemKind.NOT_REVIEWED, f"combined diff of {_short(path)}")
        case Form.CONTEXT:
            path = name_of(lines[1][4:])
            yield Problem(ProblemKind.NOT_REVIEWED, f"context diff of {_short(path)}")
        case Form.STRAY:
            yield from _stray(lines)


def _stray(lines: Sequence[str]) -> Iterator[Problem]:
    """The problem with text in front of all file names, if it has parts of a diff."""
    if any(HUNK.match(line) for line in lines):
        yield _damaged("a hunk stands under no file name")
    for at in range(len(lines)):
        if is_pair(lines, at):
            yield _damaged(f"the diff of {_short(name_of(lines[at + 1][4:]))} has no hunks")


def _change(header: Header | None, section: Section, first: int) -> Iterator[FileChange | Problem]:
    """The file change of a section, or the problem that keeps it from being one."""
    path = _short((header and header.path) or section.lines[0].removeprefix(GIT).strip())
    if section.too_long:
        yield Problem(ProblemKind.LINE_TOO_LONG, f"the diff of {path} has an over-long line")
        return
    if header is None or not header.path:
        yield _damaged(f"the header of {path} is not readable")
        return
    body = section.lines[section.body :]
    mail = first + section.first + section.body
    hunks = () if header.binary or not body else _hunks(body, path, mail)
    if isinstance(hunks, Problem):
        yield hunks
    elif hunks:
        yield _file_change(header, hunks)
        end = hunks[-1].lines[-1].mail + 1 - mail
        blanks = spoilt(body[:end], section.text, path)
        if blanks:
            yield blanks
    elif header.telling:
        yield _file_change(header, ())
    else:
        yield _damaged(f"the diff of {path} has no hunks")


def _file_change(header: Header, hunks: tuple[Hunk, ...]) -> FileChange:
    return FileChange(
        kind=header.kind,
        old_path=header.old_path,
        new_path=header.new_path,
        hunks=hunks,
        old_blob=header.old_blob,
        new_blob=header.new_blob,
        old_mode=header.old_mode,
        new_mode=header.new_mode,
        binary=header.binary,
    )


def _hunks(body: Sequence[str], path: str, mail: int) -> tuple[Hunk, ...] | Problem:
    """The hunks in `body`, whose first line has the body index `mail`, or what is wrong with them."""
    read = _unidiff_hunks(body)
    if read is None:
        found = survey(body, path)
        read = None if found.problem else _unidiff_hunks(body[: found.end])
        if read is None:
            return found.problem or _damaged(f"the diff of {path} is not readable")
    at = 0
    hunks = []
    for hunk in read:
        lines, behind = _lines(body, at + 1, hunk, mail)
        heading = hunk.section_header
        hunks.append(Hunk(hunk.source_start, hunk.target_start, heading, lines, mail + at))
        at = behind
    is_cut_short = (hunks or body[0].startswith("@@")) and surplus(body, at)
    if is_cut_short or not _in_order(read):
        return survey(body, path).problem or _damaged(f"the hunks of {path} are out of order")
    return tuple(hunks)


def _unidiff_hunks(body: Sequence[str]) -> Sequence[UnidiffHunk] | None:
    """The hunks as unidiff reads them, without their lines; None if it refuses.

    It is given no header but two short names, and lines without line ends: that keeps it from all it
    would guess about headers, and from reading on behind a blank line. Without `metadata_only` it
    makes an object of each line and takes four times as long.
    """
    try:
        return PatchSet(chain(_NAMES, body), metadata_only=True)[0]
    except (UnidiffParseError, ValueError):  # ValueError: a number of more than 4,300 digits
        return None


def _lines(
    body: Sequence[str], at: int, hunk: UnidiffHunk, mail: int
) -> tuple[tuple[Line, ...], int]:
    """The lines of a hunk whose first line is `body[at]`, and the index behind the last."""
    size = hunk.source_length + hunk.added
    texts = body[at : at + size]
    if (hunk.source_length and hunk.target_length) or "\\" in map(_FIRST, texts):
        lines, at = _two_sided(body, at, hunk, mail)
    else:
        lines, at = _one_sided(texts, hunk, mail + at), at + size
    while at < len(body) and body[at].startswith("\\"):
        at += 1
    return lines, at


def _one_sided(texts: Sequence[str], hunk: UnidiffHunk, mail: int) -> tuple[Line, ...]:
    """The lines of a hunk that only adds or only removes: most lines of most series, so without a loop."""
    rest, mails = map(_REST, texts), count(mail)
    if hunk.source_length:
        return tuple(map(Line, repeat(_REMOVED), rest, count(hunk.source_start), repeat(0), mails))
    return tuple(map(Line, repeat(_ADDED), rest, repeat(0), count(hunk.target_start), mails))


def _two_sided(
    body: Sequence[str], at: int, hunk: UnidiffHunk, mail: int
) -> tuple[tuple[Line, ...], int]:
    """The lines of any hunk. A second round is needed only behind `\\ No newline at end of file`."""
    size = hunk.source_length + hunk.added
    old, new = hunk.source_start, hunk.target_start
    lines: list[Line] = []
    while len(lines) < size:
        for text in body[at : at + size - len(lines)]:
            sign = text[:1]
            if sign == "+":
                lines.append(Line(_ADDED, text[1:], 0, new, mail + at))
                new += 1
            elif sign == "-":
                lines.append(Line(_REMOVED, text[1:], old, 0, mail + at))
                old += 1
            elif sign != "\\":  # an empty line, or a bare carriage return, has lost its blank
                rest = text[1:] if sign == " " else text
                lines.append(Line(_CONTEXT, rest, old, new, mail + at))
                old += 1
                new += 1
            at += 1
    return tuple(lines), at


def _in_order(hunks: Sequence[UnidiffHunk]) -> bool:
    """Whether hunks hold lines and follow each other on both sides, at numbers files have lines for."""
    old = new = 1
    for hunk in hunks:
        starts_old = hunk.source_start + (hunk.source_length == 0)
        starts_new = hunk.target_start + (hunk.target_length == 0)
        if starts_old < old or starts_new < new or not hunk.source_length + hunk.target_length:
            return False
        old = starts_old + hunk.source_length
        new = starts_new + hunk.target_length
    return max(old, new) <= _LAST_LINE


def _damaged(detail: str) -> Problem:
    return Problem(ProblemKind.DIFF_DAMAGED, detail)


def _short(path: str) -> str:
    """A path that cannot flood a message."""
    return path if len(path) <= _LONGEST_PATH else path[:_LONGEST_PATH] + "…"
