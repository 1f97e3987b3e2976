"""The ways in which an audit can be carried out, all of which must find the same.

Law: each way has caches and an index of its own. Without the filter every finding must be the same; with another
executor every file of the report, since the account counts what was gone through, which the filter changes.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from .cluster import cluster
from .hashes import FINDINGS, Hashes, hashes
from .running import Cost, audit, cost, environment

INLINE = "inline"
UNFILTERED = "inline --no-filter"
PROCESSES = "processes --jobs 2"
DASK = "dask://, two workers over TCP"
WAYS = (INLINE, UNFILTERED, PROCESSES, DASK)


class Way(Struct, frozen=True):
    """One of them: what it cost (of Dask, the driver), and what it wrote."""

    name: str
    cost: Cost
    made: Hashes

    def differs(self, whole: Hashes) -> list[str]:
        """The files that are not those of the first way."""
        mine, theirs = self.made.files, whole.files
        names = {FINDINGS} if self.name == UNFILTERED else {*mine, *theirs}
        return sorted(name for name in names if mine.get(name) != theirs.get(name))


def gone(repository: Path, folder: Path, names: Collection[str] = WAYS) -> Iterator[Way]:
    """An audit in each of these ways, but for Dask where it is not installed."""
    for name in names:
        if name == DASK and not find_spec("distributed"):
            continue
        home = folder / name.replace("/", "")
        home.mkdir()
        with _options(name, home) as options:
            spent = cost(audit([repository], home / "report", *options), environment(home))
        yield Way(name, spent, hashes(home / "report"))


@contextmanager
def _options(name: str, home: Path) -> Iterator[tuple[str, ...]]:
    """What the command line says for it; a scheduler and its workers run as long as the block."""
    if name == DASK:
        with cluster(home / "cluster", 2, environment(home)) as found:
            yield ("--executor", found.address)
    else:
        yield ("--executor", *name.split())
