"""Invented patches in several revisions, answers to them, and what the real rules find in them."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from reviewbot.config import load
from reviewbot.model.finding import Finding
from reviewbot.model.message import RawMessage
from reviewbot.model.series import Series
from reviewbot.model.sighting import Sighting
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.families import families
from reviewbot.review.fate import sightings
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review
from tests.builders import NOON, mail, new_file, patch_body

AUTHOR = "A. Author <author@example.org>"
REVIEWER = "R. Reviewer <reviewer@example.com>"
FILE = "drivers/foo/foo.c"
HEAD = """\
int foo_probe(struct device *dev)
{
	struct device_node *np;
	int ret;

	np = of_get_child_by_name(dev->of_node, "foo");
	if (!np)
		return -ENODEV;

"""
TAIL = """\
	foo_count++;
	foo_note(dev);
	of_node_put(np);
	return 0;
}
"""
LEAK = HEAD + "\tret = foo_start(dev);\n\tif (ret)\n\t\treturn ret;\n" + TAIL
WITH_PUT = (
    HEAD
    + "\tret = foo_start(dev);\n\tif (ret) {\n\t\tof_node_put(np);\n\t\treturn ret;\n\t}\n"
    + TAIL
)
ELSE = "int foo_exit(struct device *dev)\n{\n\treturn foo_stop(dev);\n}\n"
RULE = "ref-leak-on-error-path"


@cache
def kit() -> Kit:
    """The kit of all shipped rules."""
    return load(None).kit()


def name(revision: int, position: int = 1) -> str:
    """The Message-ID of a patch."""
    return f"v{revision}-{position}@example.org"


def posted(
    text: str,
    revision: int = 1,
    *,
    title: str = "foo: add driver",
    path: str = FILE,
    position: int = 0,
    total: int = 0,
    tag: str = "PATCH",
    sender: str = AUTHOR,
    commit_message: str = "Add it.\n\nSigned-off-by: A. Author <author@example.org>",
    answers: str = "",
) -> bytes:
    """A mail whose patch adds a file of this text; the revisions are a day apart."""
    words = [tag, f"v{revision}" if revision > 1 else "", f"{position}/{total}" if total else ""]
    return mail(
        patch_body(new_file(path, text), commit_message),
        subject=f"[{' '.join(filter(None, words))}] {title}",
        message_id=name(revision, position or 1),
        sender=sender,
        in_reply_to=answers,
        date=NOON + timedelta(days=revision, minutes=position),
        headers=(("List-Id", "<linux-foo.example.org>"),),
    )


def cover(revision: int, total: int, title: str = "foo driver") -> bytes:
    """A cover letter."""
    tag = f" v{revision}" if revision > 1 else ""
    return mail(
        "Hello.\n",
        subject=f"[PATCH{tag} 0/{total}] {title}",
        message_id=name(revision, 0),
        date=NOON + timedelta(days=revision),
    )


def reply(
    body: str,
    to: str = "v1-1@example.org",
    sender: str = REVIEWER,
    *,
    message_id: str = "answer@example.com",
    hours: float = 30,
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """An answer, so many hours after the noon on which nothing was sent yet (v1 comes after 24)."""
    return mail(
        body,
        subject="Re: [PATCH] foo: add driver",
        message_id=message_id,
        sender=sender,
        in_reply_to=to,
        date=NOON + timedelta(hours=hours),
        headers=headers,
    )


def found(*mails: bytes) -> tuple[Series, ...]:
    """The series in some mails."""
    return series(message(RawMessage(data)) for data in mails)


def reviewed(*mails: bytes) -> tuple[tuple[Outcome, ...], ...]:
    """The outcomes of the families in some mails."""
    return tuple(tuple(review(one, kit()) for one in family) for family in families(found(*mails)))


def nothing(_finding: Finding) -> str | None:
    """A tree that has nothing."""
    return None


def seen(
    *mails: bytes, rule: str = RULE, merged: Callable[[Finding], str | None] = nothing
) -> list[Sighting]:
    """The sightings of one rule in some mails."""
    made = (one for family in reviewed(*mails) for one in sightings(family, "linux-foo", merged))
    return [one for one in made if one.rule == rule]


def only(
    *mails: bytes, rule: str = RULE, merged: Callable[[Finding], str | None] = nothing
) -> Sighting:
    """The one sighting of a rule in some mails."""
    (one,) = seen(*mails, rule=rule, merged=merged)
    return one
