"""Executors: from the word after `--executor` to a crew that stands ready.

Law: what is carried out, and what comes of it, is the same for every word; when the block is left, nothing of
it goes on. Must not know what is carried out.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module

from reviewbot.errors import UsageError
from reviewbot.run.crew import Crew
from reviewbot.run.inline import Inline
from reviewbot.run.workers import Workers

PROCESSES = "processes"
INLINE = "inline"
DASK = "dask"
# `dask://` is what people write; `tcp://` is what Dask itself calls it.
SCHEMES = ("dask://", "tcp://", "tls://")
WORDS = f"{INLINE}, {PROCESSES}, {DASK} or an address such as dask://scheduler.example.org:8786"


@contextmanager
def crew(word: str, jobs: int | None = None, modules: Sequence[str] = ()) -> Iterator[Crew]:
    """The crew of a word, in a `with` block that ends it, and at once where it is left early.

    `inline` is this process, `processes` are `jobs` processes of this machine, `dask` is a Dask cluster of as
    many, and an address (`dask://`, `tcp://` or `tls://` HOST:PORT) is a Dask scheduler that runs already, with
    the workers it has. Without `jobs` there are as many as processors. `modules` are what `processes` import as
    they start. Raises UsageError for another word, for an address without a port, and where Dask is not
    installed; ServiceError where there is no scheduler, or no worker of use.
    """
    count = _processors() if jobs is None else jobs
    if count < 1:
        raise UsageError(f"{count} jobs at a time: it takes at least one")
    if word == INLINE:
        yield Inline()
    elif word == PROCESSES:
        workers = Workers(count, modules)
        try:
            yield workers
        finally:
            workers.shutdown(cancel_futures=True)
    else:
        with _at_scheduler(word, count) as cluster:
            yield cluster


def _processors() -> int:
    """Those that this process may use, where the system says so."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _at_scheduler(word: str, jobs: int) -> AbstractContextManager[Crew]:
    scheme = next((scheme for scheme in SCHEMES if word.startswith(scheme)), "")
    if word != DASK and not scheme:
        raise UsageError(f"there is no executor {word!r}", f"It is {WORDS}.")
    host, _, port = word.removeprefix(scheme).rstrip("/").rpartition(":")
    if scheme and not (host and port.isascii() and port.isdigit()):
        raise UsageError(
            f"the address {word!r} needs a host and a port", "Dask's own port is 8786."
        )
    address = f"{scheme}{host}:{port}".replace("dask://", "tcp://", 1) if scheme else ""
    try:
        opened = import_module("reviewbot.run.dask").opened
    except ModuleNotFoundError as missing:
        if missing.name not in ("dask", "distributed"):
            raise
        raise UsageError(
            f"the executor {word!r} needs Dask, which is not installed",
            "pip install 'reviewbot[dask]'",
        ) from missing
    found: AbstractContextManager[Crew] = opened(address, jobs)
    return found
