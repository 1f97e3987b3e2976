"""A process that works on an outbox, for tests with several: `python -m … FOLDER WORK`.

It says `ready`, waits for a line, works, and prints the ids of what it did, each as it is done.
"""

import sys
from itertools import count
from pathlib import Path

from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.entry import Query
from reviewbot.sinks.outbox.outbox import Outbox
from tests.letters import WHEN, letter

LETTERS = 40


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def take(outbox: Outbox) -> None:
    """Take every approved letter that is still to be had."""
    for entry in outbox.letters(Query((Stage.APPROVED,))):
        if outbox.move(entry.id, Stage.APPROVED, Stage.SENDING, "racer", WHEN):
            say(entry.id)


def hold(outbox: Outbox) -> None:
    """Hold the letters that all the others hold too."""
    for number in range(LETTERS):
        done = outbox.hold(letter(parent=f"{number}@x"), "racer", WHEN)
        if done.held:
            say(done.id)


def stir(outbox: Outbox) -> None:
    """Hold, approve, edit and send letters until killed; says the id of each that is `sending`."""
    for number in count():
        key = outbox.hold(letter(parent=f"{number}@x"), "racer", WHEN).id
        outbox.edit(key, f"{number}\n", "racer", WHEN)
        outbox.move(key, Stage.HELD, Stage.APPROVED, "racer", WHEN)
        if outbox.move(key, Stage.APPROVED, Stage.SENDING, "racer", WHEN):
            say(key)


if __name__ == "__main__":
    folder, work = Path(sys.argv[1]), {"take": take, "hold": hold, "stir": stir}[sys.argv[2]]
    say("ready")
    sys.stdin.readline()
    with Outbox(folder) as opened:
        work(opened)
