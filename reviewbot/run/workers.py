"""Workers: processes of this machine, each with one job at a time and a thread that waits for it.

Law: a death is the death of one worker and of one job, known at once; the other workers do not notice, and
another takes its place. Nobody outlives the driver. Must not know what a job is.

concurrent.futures.ProcessPoolExecutor is not used because one death breaks the whole pool without saying which
job it was, a job that hangs cannot be ended, and its processes live on when the driver is killed.
"""

import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context, resource_tracker
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from reviewbot.errors import ReviewbotError
from reviewbot.run.crew import PATIENCE, Crew, Death
from reviewbot.run.serving import READY, Answer, Call, serve

Given = ParamSpec("Given")
Job = TypeVar("Job")
Result = TypeVar("Result")

# Jobs for each worker: one in its hands, one to take next, one that is done before it is asked for.
EACH = 3
_ATTEMPTS = 20  # to start a worker: others may be killed as they come
_STARTING = 60.0  # seconds for one attempt
_LEAVING = 5.0  # seconds a worker may take to end by itself


class _Worker:
    """One process, and our end of its pipe."""

    def __init__(self, modules: Sequence[str]) -> None:
        # Not forked: that would hand every file and pipe of ours to it. Nor by a fork server, which leaves
        # its socket in the file system when the driver is killed.
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, modules), daemon=True)
        with theirs:
            self._process.start()

    def is_ready(self) -> bool:
        """Wait until it says so; False where it died before."""
        with suppress(EOFError, OSError):
            return self._pipe.poll(_STARTING) and self._pipe.recv_bytes() == READY
        return False

    def is_well(self) -> bool:
        """Whether it is alive, when it has nothing to do: then its pipe is silent."""
        return not self._pipe.poll(0)

    def ask(self, call: bytes) -> bytes:
        """Its answer. Raises EOFError or OSError where it died over it."""
        self._pipe.send_bytes(call)
        return self._pipe.recv_bytes()

    def kill(self) -> None:
        """End it, whatever it does; whoever waits for its answer gets none."""
        self._process.kill()

    def dismiss(self) -> None:
        """Tell it to end. To be called when nobody waits for its answer."""
        self._pipe.close()

    def ended(self) -> int | None:
        """Wait until it has, and see to it where it does not; its exit code, negative for a signal."""
        self.dismiss()
        self._process.join(_LEAVING)
        self._process.kill()
        self._process.join()
        return self._process.exitcode


def _said(code: int | None) -> str:
    """An exit code in words; None where somebody else has seen it."""
    if code is None:
        return "ended"
    if code >= 0:
        return f"ended with exit code {code}"
    known = {one.value: one.name for one in signal.Signals}
    return f"was killed by {known.get(-code, f'signal {-code}')}"


class Workers(Crew):
    """`count` worker processes. They import `modules` as they start, while nobody waits for them yet."""

    def __init__(self, count: int, modules: Sequence[str] = ()) -> None:
        self._count = count
        self._modules = tuple(modules)
        # Held while a process is started or seen off: multiprocessing looks after all of them each time.
        self._lock = Lock()
        self._closed = False
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._living: set[_Worker] = set()
        # Ctrl-C is for the driver: a process inherits that it is blocked in the thread that starts it. The
        # first start of multiprocessing's tracker unblocks it again, so that must be behind us.
        resource_tracker.ensure_running()
        blocked = (signal.SIG_BLOCK, (signal.SIGINT,))
        self._threads = ThreadPoolExecutor(count, "worker", signal.pthread_sigmask, blocked)
        for _ in range(count):
            self._threads.submit(self._warm)

    @property
    def ahead(self) -> int:
        """Enough that no worker waits for the driver."""
        return EACH * self._count

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """Have it called in a worker; function, arguments and result are pickled."""
        return self._threads.submit(self._carried_out, (PATIENCE, fn, args, kwargs))

    def entrust(
        self, function: Callable[[Job], Result], job: Job, patience: float = PATIENCE
    ) -> Future[Result]:
        """The same for one job, whose worker dies when it is not done after so many seconds."""
        return self._threads.submit(self._carried_out, (patience, function, (job,), {}))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all workers: when all jobs are done, or at once with `cancel_futures`.

        Without either they end with this process.
        """
        self._threads.shutdown(wait=wait and not cancel_futures, cancel_futures=cancel_futures)
        if not wait and not cancel_futures:
            return
        with self._lock:
            self._closed = True
            busy = self._living - set(self._at_rest())
        for worker in busy:
            worker.kill()
        self._threads.shutdown()
        for worker in self._living:
            worker.dismiss()
        for worker in tuple(self._living):
            self._buried(worker)

    def _at_rest(self) -> list[_Worker]:
        """The workers without a job, whom nobody will give one any more."""
        resting: list[_Worker] = []
        with suppress(Empty):
            while True:
                resting.append(self._idle.get_nowait())
        return resting

    def _warm(self) -> None:
        self._idle.put(self._started())

    def _carried_out(self, call: Call) -> Any:
        """In one of our threads: what a call returned, or the exception it raised."""
        sent = pickle.dumps(call)
        worker = self._taken()
        try:
            received = worker.ask(sent)
        except (EOFError, OSError):
            raise self._death(worker, call[0]) from None
        self._idle.put(worker)
        answer: Answer = pickle.loads(received)
        returned, value = answer
        if not returned:
            raise value
        return value

    def _taken(self) -> _Worker:
        """A worker without a job, started if there is none."""
        with suppress(Empty):
            while not (worker := self._idle.get_nowait()).is_well():
                self._buried(worker)
            return worker
        return self._started()

    def _started(self) -> _Worker:
        """A new worker, ready for its first job."""
        code = None
        for _ in range(_ATTEMPTS):
            worker = self._start()
            if worker.is_ready():
                return worker
            code = self._buried(worker)
        raise ReviewbotError(
            f"no worker process can be started: the last one {_said(code)}",
            "Is there a limit on memory or on the number of processes?",
        )

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise Death("its worker was dismissed")
            try:
                worker = _Worker(self._modules)
            except OSError as error:
                raise ReviewbotError(f"no worker process can be started: {error}") from error
            self._living.add(worker)
            return worker

    def _death(self, worker: _Worker, patience: float) -> Death:
        code = self._buried(worker)
        if code == -signal.SIGALRM:
            return Death(f"it was not done after {patience:g} seconds", hung=True)
        return Death(f"its worker {_said(code)}")

    def _buried(self, worker: _Worker) -> int | None:
        with self._lock:
            self._living.discard(worker)
            return worker.ended()
