"""Dask: the workers of a cluster, at a scheduler that runs already or at one of our own.

Law: what Dask says of a worker or a scheduler becomes `Death` or a ServiceError that names the address; nothing
of its own gets any further. The only file that imports dask and distributed: both are optional
(`reviewbot[dask]`). Must not know what a job is.

Dask gives a job whose worker dies to another worker, as often as the scheduler's `allowed-failures` says, and
holds against a job every death of a worker at which it was waiting: only a job that was alone is surely guilty.
A job that hangs is ended where its worker has one thread, and a nanny that starts it again; elsewhere nothing
ends it. Who reaches the scheduler may run code on every machine of the cluster, and the scheduler may on ours:
`tls://`, with certificates named in Dask's own configuration, is what keeps others out. A cluster of our own
listens on loopback, where every user of this machine reaches it.

Sources: https://distributed.dask.org/en/stable/killed.html, /tls.html
"""

import asyncio
import logging
import os
import pickle
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, wait
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, ParamSpec, TypeVar
from weakref import ref

import dask
from distributed import Client, KilledWorker, LocalCluster, get_worker
from distributed.comm import CommClosedError, connect
from distributed.security import Security
from distributed.versions import VersionMismatchWarning

from reviewbot.errors import ServiceError
from reviewbot.run.crew import PATIENCE, Crew, Death
from reviewbot.run.inline import Inline
from reviewbot.run.muster import RESUME, check, lost
from reviewbot.run.serving import in_time

Given = ParamSpec("Given")
Job = TypeVar("Job")
Result = TypeVar("Result")

CONNECTING = 10.0  # seconds until a scheduler counts as silent
WORKERLESS = 60.0  # seconds without any worker
EACH = 3  # jobs for each thread of the cluster
_BEAT = 5.0  # seconds between two looks at the cluster
_COUNTING = 10.0  # seconds for which a count of threads is taken for good
_REMEMBERED = 10  # messages Dask keeps to be looked at later; each may be a job
# A job that kills is not tried at another worker, which is no other machine; nobody speaks as it starts.
_OWN = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "critical",
}
_LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado.application")


@contextmanager
def opened(
    address: str, jobs: int, connecting: float = CONNECTING, workerless: float = WORKERLESS
) -> Iterator[Crew]:
    """The workers of the scheduler at an address, or of one of our own with `jobs` workers where it is empty.

    The scheduler may be silent for `connecting` seconds, and without workers for `workerless`. Raises
    ServiceError where nobody answers, where there is no worker, and where one has no reviewbot, or another.
    """
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        stack.enter_context(
            dask.config.set({"distributed.admin.low-level-log-length": _REMEMBERED})
        )
        own = None if address else stack.enter_context(_own_cluster(jobs))
        client = stack.enter_context(_connected(own or address, connecting))
        if address:
            check(client, address, workerless)
        cluster = Cluster(client, address or "of this process", workerless)
        stack.callback(cluster.shutdown, cancel_futures=True)
        yield cluster


@contextmanager
def _quiet() -> Iterator[None]:
    """What goes wrong is said by us, once, not by every part of Dask on the way."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _own_cluster(jobs: int) -> Iterator[LocalCluster]:
    """A scheduler in a thread of ours, on loopback, and `jobs` worker processes of one thread each."""
    with (
        _same_environment(),
        dask.config.set(_OWN),
        TemporaryDirectory(prefix="reviewbot-dask-") as scratch,
        LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _same_environment() -> Iterator[None]:
    """Take back what Dask leaves in ours when it starts workers."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _connected(to: LocalCluster | str, patience: float) -> Iterator[Client]:
    security = Security()
    try:
        if isinstance(to, str):
            asyncio.run(_greeted(to, security, patience))
        client = Client(to, timeout=patience, security=security, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:  # no answer, or none that Dask understands
        why = f": {error}" if str(error) else ""
        raise ServiceError(f"no Dask scheduler answers at {to}{why}") from error
    with client:
        yield client


async def _greeted(address: str, security: Security, patience: float) -> None:
    """Raises OSError where nobody there says what a part of Dask says first. A Client waits for it for ever."""
    arguments = security.get_connection_args("client")
    async with asyncio.timeout(patience):
        comm = await connect(address, timeout=patience, **arguments)
        await comm.close()


class Cluster(Crew):
    """The workers that a connected client reaches; `name` is what people know their scheduler by."""

    def __init__(self, client: Client, name: str, workerless: float) -> None:
        self._client = client
        self._name = name
        self._workerless = workerless
        self._executor: Executor = client.get_executor(pure=False)
        self._open: set[Future[Any]] = set()
        self._threads = 0
        self._counted = self._manned = monotonic()
        self._count()

    @property
    def ahead(self) -> int:
        """Enough for all threads that the cluster has now; more may come while we work."""
        if monotonic() - self._counted > _COUNTING:
            self._count()
        return EACH * max(self._threads, 1)

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """Have it called in a worker; function, arguments and result are pickled."""
        return self._watched(PATIENCE, fn, args, kwargs)

    def entrust(
        self, function: Callable[[Job], Result], job: Job, patience: float = PATIENCE
    ) -> Future[Result]:
        """The same for one job; see above for when it is ended after so many seconds."""
        return self._watched(patience, function, (job,), {})

    def calm(self) -> None:
        """Wait for all that is under way: a death is held against whatever waits at the same worker."""
        while wait(tuple(self._open), _BEAT).not_done:
            self.look()

    def look(self) -> None:
        """Raises ServiceError where the scheduler is gone, or has had no worker for too long."""
        self._count()
        if monotonic() - self._manned > self._workerless:
            raise ServiceError(
                f"there is no worker left at the Dask scheduler {self._name}", RESUME
            )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more; with `wait` until all is done, with `cancel_futures` dropping what is not."""
        if self._client.status == "running":
            self._executor.shutdown(wait=wait and not cancel_futures)

    def _count(self) -> None:
        try:
            self._threads = sum(self._client.nthreads().values())
        except (OSError, RuntimeError, CancelledError) as error:
            raise lost(self._name) from error
        self._counted = monotonic()
        if self._threads:
            self._manned = self._counted

    def _watched(self, patience: float, *call: Any) -> Future[Any]:
        """A future of ours for a call: function, arguments, named arguments."""
        # Bytes, because Dask takes all else apart, to look for its own futures and to send each item alone.
        packed = Inline().submit(pickle.dumps, call)
        if packed.exception() is not None:
            return packed
        try:
            theirs = self._executor.submit(_in_worker, patience, packed.result())
        except (OSError, CancelledError) as error:
            raise lost(self._name) from error
        future: Future[Any] = Future()
        self._open.add(theirs)
        theirs.add_done_callback(partial(self._ended, future))
        # Weak, or the two would keep each other, and Dask the result, until garbage is collected.
        future.add_done_callback(partial(_cancelled_too, ref(theirs)))
        return future

    def _ended(self, future: Future[Any], theirs: Future[Any]) -> None:
        """In Dask's thread: what came of one of its futures, told to ours."""
        self._open.discard(theirs)
        if not future.set_running_or_notify_cancel():
            return
        error = self._trouble(theirs)
        if error is not None:
            future.set_exception(error)
            return
        unpacked = Inline().submit(pickle.loads, theirs.result())
        if unpacked.exception() is not None:
            future.set_exception(unpacked.exception())
        else:
            future.set_result(unpacked.result())

    def _trouble(self, theirs: Future[Any]) -> BaseException | None:
        """What went wrong, in our terms."""
        error = None if theirs.cancelled() else theirs.exception()
        if isinstance(error, KilledWorker):
            return Death(f"its worker died, the last time {error.last_worker.address}")
        if theirs.cancelled() or isinstance(error, CommClosedError | CancelledError):
            return lost(self._name)
        if error is not None and _is_of_a_lost_result(error):
            return Death("the worker that had its result died")
        return error


def _is_of_a_lost_result(error: BaseException) -> bool:
    """Whether Dask's executor stumbled itself: it unpacks the exception of a future that has none.

    So it does when a result is lost with its worker before it was fetched. An exception of the job has passed
    through more than that one frame.
    """
    trace = error.__traceback__
    return (
        isinstance(error, ValueError | TypeError)
        and trace is not None
        and trace.tb_next is None
        and trace.tb_frame.f_code.co_name == "_cascade_future"
    )


def _cancelled_too(theirs: ref[Future[Any]], ours: Future[Any]) -> None:
    other = theirs()
    if ours.cancelled() and other is not None:
        other.cancel()


def _in_worker(patience: float, call: bytes) -> bytes:
    """Carried out at a worker of Dask, which dies of a job that hangs if that does no harm to others."""
    worker = get_worker()
    is_ours = worker.nanny is not None and worker.state.nthreads == 1
    with in_time(patience) if is_ours else nullcontext():
        function, arguments, named = pickle.loads(call)
        return pickle.dumps(function(*arguments, **named))
