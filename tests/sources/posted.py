"""Invented threads as a list would have them: series in revisions, answers, mails with odd ids, and other traffic."""

from datetime import timedelta
from functools import partial

from tests.builders import NOON, mail, new_file, patch_body

ALICE = "Alice Author <alice@example.org>"
BOB = "Bob Reviewer <bob@example.org>"

CHANGE = "20260302-foo-bar-0123456789ab"

# Ids that a URL has to escape, or that a careless client breaks.
ODD_IDS = (
    "odd/slash@example.org",
    "odd+plus@example.org",
    "odd%25percent@example.org",
    "odd$dollar=equals@example.org",
    "odd&and?question#hash@example.org",
    "odd'quote!bang~tilde*star@example.org",
)


def posted_id(number: int, revision: int, name: str = "foo-bar") -> str:
    """The Message-ID of one mail of a series, without brackets, in the manner of b4; the cover letter is 0."""
    return f"20260302-{name}-v{revision}-{number}-0123456789ab@example.org"


def posting(
    patches: int,
    revision: int = 1,
    *,
    name: str = "foo-bar",
    sender: str = ALICE,
    change_id: str = "",
    threaded: bool = True,
    day: int = 0,
    hour: int = 0,
) -> list[bytes]:
    """A series with its cover letter, patches that each add a file, one second apart."""
    again = f" v{revision}" if revision > 1 else ""
    made = []
    for number in range(patches + 1):
        one = partial(
            mail,
            message_id=posted_id(number, revision, name),
            sender=sender,
            date=NOON + timedelta(days=day, hours=hour, seconds=number),
            in_reply_to=posted_id(0, revision, name) if number and threaded else "",
        )
        title = f"{name}: add part {number}" if number else f"{name}: add some parts"
        subject = f"[PATCH{again} {number}/{patches}] {title}"
        file = new_file(f"drivers/foo/{name}-{number}.c", f"int part_{number}(void);\n")
        cover = f"Parts.\n\n---\nchange-id: {change_id}\n" if change_id else "Parts.\n"
        made.append(one(patch_body(file) if number else cover, subject=subject))
    return made


def answer(
    to: str, subject: str, message_id: str, body: str = "> foo\n\nLooks good.\n", sender: str = BOB
) -> bytes:
    """A follow-up to the mail of that id."""
    return mail(
        body,
        subject=f"Re: {subject}",
        message_id=message_id,
        in_reply_to=to,
        sender=sender,
        date=NOON + timedelta(hours=1),
    )


def odd() -> list[bytes]:
    """A patch under each of the odd ids, and an answer to it."""
    made = []
    for number, each in enumerate(ODD_IDS):
        subject = f"[PATCH] odd: name {number}"
        made.append(
            mail(
                patch_body(new_file(f"odd-{number}.c", "int odd;\n")),
                subject=subject,
                message_id=each,
            )
        )
        made.append(answer(each, subject, f"answer-{number}@example.org"))
    return made


def talk(number: int) -> list[bytes]:
    """That many mails of other people on other things."""
    return [
        mail(
            f"Talk number {each}.\n\nFrom here on it goes.\n",
            subject=f"chatter {each}",
            message_id=f"talk-{each}@example.org",
            sender=BOB,
            date=NOON - timedelta(minutes=each),
        )
        for each in range(number)
    ]


def inboxes() -> dict[str, list[bytes]]:
    """Two lists: kvm has the series foo-bar in two revisions; both lists have the second one."""
    second = posting(3, 2, change_id=CHANGE, day=3)
    first = [
        *posting(3, 1, change_id=CHANGE),
        answer(posted_id(1, 1), "[PATCH 1/3] foo-bar: add part 1", "re-1@example.org"),
    ]
    return {"kvm": [*talk(150), *odd(), *first, *second], "linux-mm": second}
