"""How the index takes mails as it grows: rows like those of a real archive, as many as are wanted.

Law: what is added goes through the index's own `add`; ties are as many for each mail as in the real one, those to
other mails are to recent ones, and the rest are met for the first time.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random

from msgspec import Struct

from reviewbot.run.audit.index import FILE, Index, Row
from reviewbot.run.audit.indexing import SLICE
from reviewbot.run.audit.ties import Role
from reviewbot.sources.bulk.volume import Kind, Volume

_TIE = 8
# Sizes at which it is looked at.
_SIZES = (20_000, 50_000, 100_000, 200_000, 500_000)
_RECENT = 5_000


class Shape(Struct, frozen=True):
    """What the rows of an index are like: ties to other mails and other ties for each, the share with marks."""

    named: float
    shared: float
    marked: float


class Step(Struct, frozen=True):
    """With so many mails in the index another one takes `cpu` and `wall` microseconds; the file has `size` bytes."""

    mails: int
    cpu: float
    wall: float
    size: int


def shape(folder: Path) -> Shape:
    """That of an index in a folder."""
    with closing(Index(folder)) as index:
        ((named, shared, marked),) = index.rows(
            "SELECT avg(length(named)), avg(length(shared)), avg(marks IS NOT NULL) FROM mail"
        )
    return Shape(named / _TIE, shared / _TIE, marked)


def grown(folder: Path, like: Shape, mails: int, seed: int = 1) -> Iterator[Step]:
    """An index that grows to so many mails, step by step."""
    aims = (*(size for size in _SIZES if size < mails), *range(1_000_000, mails, 1_000_000), mails)
    rows = _rows(like, Random(seed))
    with closing(Index(folder)) as index:
        number = index.standing(Volume(Kind.PUBLIC_INBOX, "invented", "invented")).number
        done = 0
        for aim in aims:
            before = done
            cpu = wall = 0.0
            while done < aim:
                portion = tuple(islice(rows, min(SLICE, aim - done)))
                done += len(portion)
                begin, clock = time.process_time(), time.perf_counter()
                index.add(number, portion, (), done)
                cpu += time.process_time() - begin
                wall += time.perf_counter() - clock
            each = 1e6 / (done - before)
            size = sum(path.stat().st_size for path in folder.glob(f"{FILE}*"))
            yield Step(done, cpu * each, wall * each, size)


def _rows(like: Shape, chance: Random) -> Iterator[Row]:
    recent = [chance.randbytes(_TIE)]
    number = 0
    while True:
        own = chance.randbytes(_TIE)
        named = b"".join(chance.choice(recent) for _ in range(_about(like.named, chance)))
        shared = b"".join(chance.randbytes(_TIE) for _ in range(_about(like.shared, chance)))
        marks = b"\1" if chance.random() < like.marked else b""
        yield Row(f"{number:040x}", number, Role.DIFF, marks, own, named, shared)
        number += 1
        if len(recent) < _RECENT:
            recent.append(own)
        else:
            recent[number % _RECENT] = own


def _about(mean: float, chance: Random) -> int:
    """A whole number whose mean is that."""
    return int(mean) + (chance.random() < mean % 1)
