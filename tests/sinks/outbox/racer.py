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
ROUNDS = 30


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


def approve(outbox: Outbox) -> None:
    """Look at what is held, and approve what was looked at; says the digest of each that went through."""
    for _ in range(ROUNDS):
        for entry in outbox.letters(Query((Stage.HELD,))):
            move = (entry.id, Stage.HELD, Stage.APPROVED, "racer", WHEN)
            if outbox.move(*move, shown=entry.digest):
                say(f"{entry.id}:{entry.digest}")


def change(outbox: Outbox) -> None:
    """Edit what is held, again and again, and review the patches anew with more to say."""
    for number in range(ROUNDS):
        for entry in outbox.letters(Query((Stage.HELD,))):
            outbox.edit(entry.id, f"{number}\n", "racer", WHEN)
        outbox.hold(letter("a-rule", "b-rule", parent=f"{number}@x"), "racer", WHEN)


if __name__ == "__main__":
    works = {"take": take, "hold": hold, "stir": stir, "approve": approve, "change": change}
    folder, work = Path(sys.argv[1]), works[sys.argv[2]]
    say("ready")
    sys.stdin.readline()
    with Outbox(folder) as opened:
        work(opened)
