"""Example pages: what a rule's page says, as mails to review and comments to expect.

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

Law: the same page gives the same mails, byte for byte; other blocks are passed over. Must not know any rule.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

_FENCE = re.compile(r"^```(\w+)[ \t]*([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_DATE = "Mon, 02 Mar 2026 12:00:00 +0000"


class Expected(Struct, frozen=True):
    """A comment as it must come out; `channel` empty means the rule's own."""

    text: str
    channel: str


class Case(Struct, frozen=True):
    """One section of a page: mails in, comments out; `page` is the id of the rule."""

    page: str
    title: str
    bad: bool
    mails: tuple[bytes, ...]
    tree: dict[str, str]
    commits: dict[str, str]
    expected: tuple[Expected, ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"


class _Part(Struct, frozen=True):
    """One patch of a section."""

    message: str = "foo: change bar\n\nBar is changed."
    subject: str = "foo: change bar"
    diff: str = ""


class _Section(Struct, frozen=True):
    """What the blocks of a section say, beside its patches."""

    tree: dict[str, str]
    commits: dict[str, str]
    expected: list[Expected]
    covers: list[tuple[str, str]]


def cases(page: str, text: str) -> Iterator[Case]:
    """The cases of the page `page` with this text, in order."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, rest = section.partition("\n")
        yield _case(page, heading.strip(), rest)


def _case(page: str, heading: str, text: str) -> Case:
    said = _Section({}, {}, [], [])
    chunks = re.split(r"^### [^\n]*\n", text, flags=re.MULTILINE)
    parts = [part for part in (_part(chunk, said) for chunk in chunks) if part.diff]
    cover = said.covers[-1] if said.covers else None
    bad = heading.lower().startswith("bad")
    mails = tuple(_mails(parts, cover))
    return Case(page, heading, bad, mails, said.tree, said.commits, tuple(said.expected))


def _part(chunk: str, said: _Section) -> _Part:
    """The patch that a stretch of a section describes; what else is in it is put into `said`."""
    part = _Part()
    for kind, info, body in _FENCE.findall(chunk):
        match kind, info.partition("=")[0]:
            case "diff", _:
                part = replace(part, diff=part.diff + body)
            case "c", "new":
                part = replace(part, diff=part.diff + _added(info.partition("=")[2], body))
            case "c", "tree":
                said.tree[info.partition("=")[2]] = body
            case "commit", _:
                said.commits[info] = body.strip()
            case "message", _:
                part = replace(part, message=body.rstrip("\n"), subject=info or part.subject)
            case "cover", _:
                said.covers.append((info or "foo: a series", body))
            case "comment", _:
                said.expected.append(Expected(" ".join(body.split()), info))
    return part


def _mails(parts: list[_Part], cover: tuple[str, str] | None) -> Iterator[bytes]:
    total = len(parts)
    counted = total > 1 or cover is not None
    root = ""
    if cover is not None:
        root = "0@example.org"
        yield _mail(cover[1], f"[PATCH 0/{total}] {cover[0]}", root)
    for position, part in enumerate(parts, 1):
        counter = f" {position}/{total}" if counted else ""
        head = part.message.startswith(part.subject)
        body = part.message.split("\n", 2)[-1] if head else part.message
        tagged = part.subject.startswith("[")
        subject = part.subject if tagged else f"[PATCH{counter}] {part.subject}"
        above = root or ("1@example.org" if position > 1 else "")
        text = f"{body}\n---\n\n{part.diff}-- \n2.39.5\n"
        yield _mail(text, subject, f"{position}@example.org", above)


def _mail(body: str, subject: str, message_id: str, above: str = "") -> bytes:
    thread = f"In-Reply-To: <{above}>\nReferences: <{above}>\n" if above else ""
    return (
        f"From: A. Author <author@example.org>\nTo: kvm@vger.kernel.org\nSubject: {subject}\n"
        f"Date: {_DATE}\nMessage-ID: <{message_id}>\n{thread}\n{body}"
    ).encode()


def _added(path: str, text: str) -> str:
    """A diff that adds a whole file."""
    lines = text.splitlines()
    added = "".join(f"+{line}\n" for line in lines)
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex 000000000000..1234567890ab\n"
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{added}"
    )
