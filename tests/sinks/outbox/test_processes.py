"""The law of the outbox, between real processes: one of them gets a letter, and a killed one harms nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewbot.errors import UsageError
from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.base import Base
from reviewbot.sinks.outbox.entry import Query
from reviewbot.sinks.outbox.outbox import FILE, Outbox
from reviewbot.sinks.outbox.sole import sole
from tests.letters import brought, letter
from tests.sinks.outbox.racer import LETTERS

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = 4


def racer(folder: Path, work: str) -> subprocess.Popen[str]:
    """A process that is ready to begin."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "tests.sinks.outbox.racer", str(folder), work],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert begun.stdout is not None and begun.stdout.readline() == "ready\n"
    return begun


def raced(folder: Path, work: str) -> list[list[str]]:
    """What each of several processes did that began at once."""
    racers = [racer(folder, work) for _ in range(PROCESSES)]
    for one in racers:
        one.stdin.write("go\n")
        one.stdin.flush()
    done = [one.communicate(timeout=60)[0].split() for one in racers]
    assert [one.returncode for one in racers] == [0] * PROCESSES
    return done


def test_a_letter_is_taken_by_one_process(tmp_path: Path) -> None:
    with Outbox(tmp_path) as outbox:
        keys = [
            brought(outbox, letter(parent=f"{number}@x"), Stage.APPROVED)
            for number in range(LETTERS)
        ]
    taken = raced(tmp_path, "take")
    assert sorted(key for each in taken for key in each) == sorted(keys)
    with Outbox(tmp_path) as outbox:
        assert {entry.tries for entry in outbox.letters()} == {1}


def test_processes_that_begin_together_make_one_outbox(tmp_path: Path) -> None:
    held = raced(tmp_path / "new", "hold")
    assert sum(map(len, held)) == LETTERS
    with Outbox(tmp_path / "new") as outbox:
        assert len(outbox.letters()) == LETTERS
        assert all(len(outbox.moves(entry.id)) == 1 for entry in outbox.letters())


def test_what_is_approved_is_what_was_looked_at(tmp_path: Path) -> None:
    """While others edit the letters, and review the same patches again."""
    with Outbox(tmp_path) as outbox:
        for number in range(LETTERS):
            brought(outbox, letter("a-rule", parent=f"{number}@x"), Stage.HELD)
    racers = [racer(tmp_path, work) for work in ("approve", "change", "approve", "change")]
    for one in racers:
        one.stdin.write("go\n")
        one.stdin.flush()
    said = " ".join(one.communicate(timeout=60)[0] for one in racers).split()
    assert [one.returncode for one in racers] == [0] * len(racers)
    with Outbox(tmp_path) as outbox:
        approved = {
            f"{entry.id}:{entry.digest}" for entry in outbox.letters(Query((Stage.APPROVED,)))
        }
    assert said
    # Who edits a letter that was approved has it held again.
    assert approved <= set(said)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_process_leaves_what_it_said_it_did(tmp_path: Path, seed: int) -> None:
    one = racer(tmp_path, "stir")
    one.stdin.write("go\n")
    one.stdin.flush()
    said = [one.stdout.readline().strip()]
    time.sleep(random.Random(seed).uniform(0, 0.1))
    os.kill(one.pid, signal.SIGKILL)
    said += one.communicate()[0].split()
    with Outbox(tmp_path) as outbox:
        sending = {entry.id for entry in outbox.letters(Query((Stage.SENDING,)))}
        # The last may be on the disk without having been said; never the other way round.
        assert set(said) <= sending
        assert len(sending) <= len(said) + 1
        for entry in outbox.letters():
            assert outbox.moves(entry.id)[-1].after is entry.stage
    base = Base(tmp_path / FILE)
    assert base.rows("PRAGMA integrity_check") == [("ok",)]
    base.close()


ALONE = """
import sys
from pathlib import Path
from reviewbot.sinks.outbox.sole import sole
with sole(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.readline()
"""


def test_one_process_sends_at_a_time(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", ALONE, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdout.readline() == "in\n"
    with pytest.raises(UsageError, match="another reviewbot is sending"), sole(tmp_path):
        pass
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    with sole(tmp_path):
        pass
    with sole(tmp_path):
        pass
