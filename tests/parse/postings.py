"""Makers of small invented mails for series assembly; nothing here is a fixture."""

from collections.abc import Iterable
from datetime import timedelta

from reviewbot.model.message import Address, Message
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.series import Series
from reviewbot.parse.thread import series
from tests.builders import NOON, patch_body

AUTHOR = Address("A. Author", "author@example.org")
REVIEWER = Address("R. Reviewer", "reviewer@example.org")
HELLO = "Hello,\n\nhere it is.\n"


def diff(word: str = "bar", path: str = "fs/foo.c") -> str:
    """A diff that changes one line of one file."""
    return (
        f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n--- a/{path}\n+++ b/{path}\n"
        f"@@ -1,2 +1,2 @@\n int a;\n-int b;\n+int {word};\n"
    )


def body(word: str = "bar", path: str = "fs/foo.c", message: str = "Add it.") -> str:
    """The body of a patch mail."""
    return patch_body(
        diff(word, path), f"{message}\n\nSigned-off-by: A. Author <author@example.org>"
    )


def mail(
    number: str,
    subject: str,
    text: str | None = None,
    *,
    answers: str = "",
    references: tuple[str, ...] = (),
    minute: float = 0,
    sender: Address = AUTHOR,
    **fields: object,
) -> Message:
    """Mail `<number>@x`, `minute` minutes after noon; a patch to `fs/foo.c` unless `text` is given."""
    return Message(
        message_id=f"{number}@x",
        subject=subject,
        sender=sender,
        body=body(number) if text is None else text,
        date=NOON + timedelta(minutes=minute),
        in_reply_to=(f"{answers}@x",) if answers else (),
        references=tuple(f"{each}@x" for each in (*references, answers) if each),
        **fields,  # type: ignore[arg-type]
    )


def unmailed(position: int, total: int, *, sender: Address = AUTHOR, origin: str = "") -> Message:
    """A file of git format-patch: no Message-ID of its own."""
    return mail(
        f"file-{position}-{total}-{origin}",
        f"[PATCH {position}/{total}] foo: step {position}",
        body(f"step{position}"),
        sender=sender,
        minute=10_000 * position,
        origin=origin,
        problems=(Problem(ProblemKind.NO_MESSAGE_ID),),
    )


def posting(
    prefix: str = "PATCH",
    total: int = 2,
    *,
    name: str = "",
    cover: bool = True,
    minute: float = 0,
    only: Iterable[int] | None = None,
    answers: str = "",
    sender: Address = AUTHOR,
) -> list[Message]:
    """A posting as git send-email threads it: patches under the cover letter, or under the first patch."""
    name = name or prefix.replace(" ", "")
    top = f"{name}-{0 if cover else 1}"
    mails = []
    for position in range(total + 1) if only is None else only:
        number = f"{name}-{position}"
        subject = f"[{prefix} {position}/{total}] foo: step {position}"
        text = HELLO if position == 0 else body(f"step{position}")
        if position or cover:
            over = answers if number == top else top
            mails.append(
                mail(
                    number,
                    subject,
                    text,
                    answers=over,
                    minute=minute + position / 60,
                    sender=sender,
                )
            )
    return mails


def only(messages: Iterable[Message]) -> Series:
    """The one series of `messages`."""
    (one,) = series(messages)
    return one


def positions(one: Series) -> list[int | None]:
    """The positions of its patches in order."""
    return [patch.subject.position for patch in one.patches]


def ids(one: Series) -> list[str]:
    """The Message-IDs of its patches without the domain."""
    return [patch.message_id.removesuffix("@x") for patch in one.patches]


def kinds(one: Series) -> list[ProblemKind]:
    """The kinds of its problems."""
    return [problem.kind for problem in one.problems]


def detail(one: Series, kind: ProblemKind) -> str:
    """The detail of its one problem of `kind`."""
    (found,) = (problem.detail for problem in one.problems if problem.kind is kind)
    return found
