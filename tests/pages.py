"""Example pages: what `tests/rules/<rule-id>.md` says, as mails to review and comments to expect.

A page is a rule's test and its manual page. Its grammar:

    # rule-id
    ## Bad: title            the rule must speak, with exactly the comments given, in order
    ## Good: title           the rule must stay silent
    ### anything             begins the next patch of the series (no heading: one patch)

and fenced blocks inside a case, the first word being the kind:

    ```diff                  a diff of the current patch
    ```c new=PATH            a file the current patch adds (the same as a diff of plus lines)
    ```c tree=PATH           a file of the source tree the series stands on
    ```commit HASH           a commit of the tree's history; its subject in the block
    ```message [Subject]     the commit message of the current patch; its subject after the word
    ```cover [Subject]       the cover letter's text
    ```comment [channel]     the words expected (wrapped freely); the channel where it is not the rule's
"""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from tests.builders import mail, new_file, patch_body

FENCE = re.compile(r"^```(\w+)[ \t]*([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Expected(Struct, frozen=True):
    """A comment as it must come out; `channel` empty means the rule's own."""

    text: str
    channel: str


class Case(Struct, frozen=True):
    """One section of a page: mails in, comments out."""

    page: str
    title: str
    bad: bool
    mails: tuple[bytes, ...]
    tree: dict[str, str]
    commits: dict[str, str]
    expected: tuple[Expected, ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"


class Part(Struct):
    """One patch while a section is read."""

    message: str = "foo: change bar\n\nBar is changed."
    subject: str = "foo: change bar"
    diff: str = ""


def cases(path: Path) -> Iterator[Case]:
    """The cases of one page, in order."""
    for section in re.split(r"^## ", path.read_text(), flags=re.MULTILINE)[1:]:
        heading, _, text = section.partition("\n")
        yield _case(path.stem, heading.strip(), text)


def _case(page: str, heading: str, text: str) -> Case:
    parts: list[Part] = []
    tree: dict[str, str] = {}
    commits: dict[str, str] = {}
    expected: list[Expected] = []
    cover: tuple[str, str] | None = None
    for chunk in re.split(r"^### [^\n]*\n", text, flags=re.MULTILINE):
        part = Part()
        for kind, info, body in FENCE.findall(chunk):
            match kind, info.partition("=")[0]:
                case "diff", _:
                    part.diff += body
                case "c", "new":
                    part.diff += new_file(info.partition("=")[2], body)
                case "c", "tree":
                    tree[info.partition("=")[2]] = body
                case "commit", _:
                    commits[info] = body.strip()
                case "message", _:
                    part.message, part.subject = body.rstrip("\n"), info or part.subject
                case "cover", _:
                    cover = (info or "foo: a series", body)
                case "comment", _:
                    expected.append(Expected(" ".join(body.split()), info))
        if part.diff:
            parts.append(part)
    bad = heading.lower().startswith("bad")
    return Case(page, heading, bad, tuple(_mails(parts, cover)), tree, commits, tuple(expected))


def _mails(parts: list[Part], cover: tuple[str, str] | None) -> Iterator[bytes]:
    total = len(parts)
    counted = total > 1 or cover is not None
    root = ""
    if cover is not None:
        root = "0@example.org"
        yield mail(cover[1], subject=f"[PATCH 0/{total}] {cover[0]}", message_id=root)
    for position, part in enumerate(parts, 1):
        counter = f" {position}/{total}" if counted else ""
        body = (
            part.message.split("\n", 2)[-1]
            if part.message.startswith(part.subject)
            else part.message
        )
        yield mail(
            patch_body(part.diff, body),
            subject=part.subject
            if part.subject.startswith("[")
            else f"[PATCH{counter}] {part.subject}",
            message_id=f"{position}@example.org",
            in_reply_to=root or ("1@example.org" if position > 1 else ""),
        )
