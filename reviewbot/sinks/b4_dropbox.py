"""Comments left where `b4 review` picks them up, for a person to edit and send.

The folder is `.git/b4-review/<id of the review branch's tip>/`, with `identity.txt` (one mailbox), `series.txt`
and `0001.txt`…, one for each patch: a note, its first line a summary, then the patch's whole `git diff` quoted
with `> `, with comments between the quoted lines. b4 takes the files in when the series is opened, and removes
them. Source: b4 0.16, misc/agent-reviewer.md and `_integrate_agent_reviews` in b4/review/_review.py.

Law: the folder appears whole, or not at all; what somebody else has put there is never touched. A line of ours
can be taken neither for a quoted line nor for one of b4's own marks. Must not know git.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.utils import quote
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import OutputError, UsageError
from reviewbot.model.diff import Side
from reviewbot.model.finding import Anchor, Channel, Verdict
from reviewbot.model.printable import email, header, printable
from reviewbot.parse.diff import file_changes
from reviewbot.review.grade import counted
from reviewbot.review.wrap import wrapped

IDENTITY = "identity.txt"
NOBODY = "reviewbot@reviewbot.invalid"
# b4 takes a text apart with str.splitlines(), which ends lines at all of these.
_LINE_ENDS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# In b4's editor these begin a quote, an instruction, a comment of somebody else, a cut.
_MARKED = re.compile(r"^(?=[>#|]|\[ \.\.\. \]$)", re.MULTILINE)
_SPECIAL = re.compile(r"[^\w !#$%&'*+/=?^`{|}~-]")


class Leaf(Struct, frozen=True):
    """One patch of the branch: its 1-based number, its `git diff`, and what is to be said about it."""

    number: int
    diff: str
    verdicts: tuple[Verdict, ...]


def mailbox(name: str, address: str) -> str:
    """`Name <address>`, as `identity.txt` wants it: neither may be empty."""
    safe = header(name, 80) or "reviewbot"
    shown = f'"{quote(safe)}"' if _SPECIAL.search(safe) else safe
    return f"{shown} <{email(address) or NOBODY}>"


def texts(
    leaves: Iterable[Leaf], whole: Sequence[Verdict], rules_url: str = ""
) -> Mapping[str, str]:
    """The files by name: one for each patch that something is said about, `series.txt` for the cover letter."""
    found = {f"{leaf.number:04d}.txt": _leaf(leaf, rules_url) for leaf in leaves if leaf.verdicts}
    return {**({"series.txt": _note(whole, whole, rules_url)} if whole else {}), **found}


def leave(folder: Path, identity: str, files: Mapping[str, str]) -> None:
    """Put the files into `folder`, in place of those we left there before; without any, those only go.

    Raises UsageError where somebody else's are waiting there, OutputError where they cannot be written.
    """
    try:
        if folder.exists() and _owner(folder) != identity:
            raise UsageError(
                f"{folder}: comments of {_owner(folder) or 'somebody else'} are waiting there",
                "Open the series in b4 review once, so that it takes them in, and try again.",
            )
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, text in {**files, IDENTITY: f"{identity}\n"}.items():
            (part / name).write_text(text, encoding="utf-8", errors="replace")
        if folder.exists():
            shutil.rmtree(folder)
        if files:
            part.rename(folder)
        else:
            shutil.rmtree(part)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from error


def _owner(folder: Path) -> str:
    try:
        return header((folder / IDENTITY).read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return ""


def _leaf(leaf: Leaf, rules_url: str) -> str:
    """A patch's file: its note, and its diff with what is said about lines of it."""
    lines = leaf.diff.split("\n")
    placed: dict[int, list[Verdict]] = {}
    aside = []
    places = _Places(leaf.diff)
    for verdict in leaf.verdicts:
        index = places.of(verdict.finding.anchor)
        if index < 0:
            aside.append(verdict)
        else:
            placed.setdefault(index, []).append(verdict)
    body = "\n".join(_annotated(lines, placed)) if placed else ""
    return f"{_note(leaf.verdicts, aside, rules_url)}\n{body}".rstrip() + "\n"


def _annotated(lines: Sequence[str], placed: Mapping[int, Sequence[Verdict]]) -> Iterator[str]:
    """The whole diff, quoted, with the comments under their lines; b4 counts lines, so none is left out."""
    last = len(lines) - 1
    for index, line in enumerate(lines):
        if index < last or line:
            yield f"> {printable(_LINE_ENDS.sub(' ', line))}"
        for verdict in placed.get(index, ()):
            yield f"\n{_own(verdict.comment)}\n"


def _note(said: Sequence[Verdict], aside: Iterable[Verdict], rules_url: str) -> str:
    """A summary, a line for each rule that speaks, and in full what stands under no line of the diff."""
    parts = [counted(said)]
    rules = dict.fromkeys(_entry(verdict, rules_url.rstrip("/")) for verdict in said)
    parts.append("\n".join(rules))
    for verdict in aside:
        where = header(verdict.finding.anchor.text, 70)
        parts.append(
            f'On "{where}":\n\n{_own(verdict.comment)}' if where else _own(verdict.comment)
        )
    return "\n\n".join(parts) + "\n"


def _entry(verdict: Verdict, rules_url: str) -> str:
    rule = verdict.finding.rule
    page = f": {rules_url}/{rule}" if rules_url else ""
    why = f" ({verdict.channel.value}: {header(verdict.reason, 200)})"
    return f"- {rule}{'' if verdict.channel is Channel.MAIL else why}{page}"


def _own(text: str) -> str:
    """Words of ours that b4 reads as such."""
    return _MARKED.sub(" ", wrapped(_LINE_ENDS.sub(" ", text)))


class _Places:
    """Where lines of a mail's diff are in the `git diff` of the commit that was made of it."""

    def __init__(self, diff: str) -> None:
        self._found: dict[tuple[str, Side, str], list[tuple[int, int]]] = {}
        for file in file_changes(diff).files:
            for line in (line for hunk in file.hunks for line in hunk.lines):
                for side, number in ((Side.OLD, line.old), (Side.NEW, line.new)):
                    if number:
                        key = file.path, side, line.text
                        self._found.setdefault(key, []).append((number, line.mail))

    def of(self, anchor: Anchor) -> int:
        """The 0-based index in the diff of the nearest line of that text, or -1."""
        found = self._found.get((anchor.path, anchor.side, anchor.text), [])
        near = min(found, key=lambda each: abs(each[0] - anchor.line), default=(0, -1))
        return near[1]
