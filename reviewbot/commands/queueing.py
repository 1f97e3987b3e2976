"""Outcomes go into the outbox: their replies are held there until a person looks.

Law: stdout stays empty; what was held, and why another was not, is said on stderr. Must not know how letters
are kept.
"""

import getpass
import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from reviewbot.model.printable import header, printable
from reviewbot.review.letters import letters
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.outbox.entry import SHORT
from reviewbot.sinks.outbox.outbox import Outbox

SUBJECT = 60
NAME = 80


def hold(outcomes: Iterable[Outcome], folder: Path) -> None:
    """Hold the replies of the outcomes in the outbox in `folder`, each as its series is reviewed."""
    count: Counter[str] = Counter()
    with Outbox(folder) as outbox:
        for outcome in outcomes:
            written = 0
            for letter in letters(outcome):
                written += 1
                done = outbox.hold(letter, person(), datetime.now(UTC), "review")
                count["held" if done.held else "kept"] += 1
                said = "held" if done.held else f"not held, {done.why}"
                _say(f"{done.id[:SHORT]} {header(letter.reply.subject, SUBJECT)}: {said}")
            count["lost"] += len(outcome.replies) - written
    _say(_summary(count))


def person() -> str:
    """Who runs this: the login name, or the number of the user."""
    try:
        return header(getpass.getuser(), NAME)
    except (KeyError, OSError):
        return str(os.getuid())


def letters_of(count: int) -> str:
    """A number of letters, for people."""
    return "1 letter" if count == 1 else f"{count} letters"


def _summary(count: Counter[str]) -> str:
    said = [f"{letters_of(count['held'])} held"]
    if count["kept"]:
        said.append(f"{letters_of(count['kept'])} not held again")
    if count["lost"]:
        said.append(f"{letters_of(count['lost'])} to patches that were never mailed")
    return "; ".join(said)


def _say(text: str) -> None:
    click.echo(printable(text), err=True)
