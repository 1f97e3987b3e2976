"""Chores: what the workers of these tests are given to do. They import it, so it has to be a module."""

import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import InputError

KILLS = -1
FAULTS = -2
LEAVES = -3
HANGS = -4
RAISES = -5
GREEDY = -6
BROKEN = -7
REFUSES = -8


class Chore(Struct, frozen=True):
    """Numbers to be doubled; the negative ones are trouble."""

    numbers: tuple[int, ...]


class Chance(Struct, frozen=True):
    """A chore of which the worker dies as long as the file lacks so many lines."""

    number: int
    file: str
    deaths: int = 1


class OddError(Exception):
    """Cannot be unpickled: what it is made of is not what it is given."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def halves(chore: Chore) -> tuple[Chore, ...]:
    half = len(chore.numbers) // 2
    return (Chore(chore.numbers[:half]), Chore(chore.numbers[half:])) if half else ()


def whole(_chore: object) -> tuple[Chore, ...]:
    return ()


def doubled(chore: Chore) -> tuple[int, ...]:
    return tuple(map(_double, chore.numbers))


def _double(number: int) -> int:
    match number:
        case -1:
            os.kill(os.getpid(), signal.SIGKILL)
        case -2:
            os.kill(os.getpid(), signal.SIGSEGV)
        case -3:
            sys.exit(3)
        case -4:
            re.match(r"(a*)*b", "a" * 64)  # never lets go, not even of the interpreter
        case -5:
            raise ZeroDivisionError("by nothing")
        case -6:
            raise MemoryError
        case -7:
            raise OddError("a", "b")
        case -8:
            raise InputError("no such archive", "Look again.")
    return 2 * number


def by_chance(chance: Chance) -> int:
    path = Path(chance.file)
    with path.open("a") as file:
        file.write("x\n")
    if len(path.read_text().splitlines()) <= chance.deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * chance.number


def who(_number: int) -> int:
    return os.getpid()


def slow(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def loaded(name: str) -> bool:
    return name in sys.modules


def unpicklable(_number: int) -> object:
    return lambda: None


def told(folder: str) -> None:
    """Leave a file with our number as its name, and stay."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(30)


def numbers(chores: Sequence[Chore]) -> tuple[int, ...]:
    return tuple(number for chore in chores for number in chore.numbers)
