"""What an audit costs, part by part: carried out in this process, with all that a cluster would send weighed.

Law: what is weighed is the audit itself, through its own crew, index and journal; only time and sizes are noted.
"""

import pickle
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

from msgspec import Struct

from reviewbot.config.places import shipped_templates
from reviewbot.run.audit.accounting import account
from reviewbot.run.audit.audit import audit
from reviewbot.run.audit.index import FILE as INDEX_FILE
from reviewbot.run.audit.index import Index
from reviewbot.run.audit.indexing import look
from reviewbot.run.audit.journal import FILE as JOURNAL_FILE
from reviewbot.run.audit.journal import Journal
from reviewbot.run.audit.request import Request
from reviewbot.run.audit.reviewing import Judge, judge
from reviewbot.run.audit.terms import Terms, kit, whole_sieve
from reviewbot.run.crew import PATIENCE
from reviewbot.run.inline import Inline
from reviewbot.sinks.audit.folder import write_report
from reviewbot.sinks.audit.html import Look
from reviewbot.sources.bulk.volume import volumes

from . import archive

LOOK, JUDGE = look.__name__, judge.__name__


class Pass(Struct, frozen=True):
    """One of the two passes: its jobs, the bytes to workers and back, and CPU-seconds by who spends them.

    `driver` is all that the driver does, `stored` the part of it that its databases take; `longest` are the wall
    seconds of the longest job.
    """

    jobs: int
    sent: int
    received: int
    worker: float
    driver: float
    stored: float
    longest: float


class Weights(Struct, frozen=True):
    """What the audit of an archive cost: the passes, the report, sizes in bytes, and the largest cluster's mails."""

    mails: int
    findings: int
    look: Pass
    judge: Pass
    report: float
    archive_bytes: int
    index_bytes: int
    journal_bytes: int
    report_bytes: int
    largest: int


class _Scales(Inline):
    """An inline crew that notes what a remote one would send, and what each kind of job costs."""

    def __init__(self) -> None:
        self.noted: Counter[tuple[str, str]] = Counter()
        self.longest: dict[str, float] = {}
        self.largest = 0
        self.aside = 0.0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Carry it out, there and back."""
        begin = spent()
        sent = pickle.dumps((PATIENCE, fn, args, named))
        self._note(fn.__name__, "driver", spent() - begin)
        begin, clock = spent(), time.perf_counter()
        future = super().submit(fn, *args, **named)
        received = pickle.dumps((True, future.result()))
        self._note(fn.__name__, "worker", spent() - begin)
        self.longest[fn.__name__] = max(
            self.longest.get(fn.__name__, 0.0), time.perf_counter() - clock
        )
        begin = spent()
        pickle.loads(received)
        self._note(fn.__name__, "driver", spent() - begin)
        counts = {"jobs": 1, "sent": len(sent), "received": len(received)}
        self.noted.update({(fn.__name__, what): count for what, count in counts.items()})
        for job in args:
            if isinstance(job, Judge):
                sizes = (len(near.makers) + len(near.talk) for near in job.clusters)
                self.largest = max(self.largest, *sizes, 0)
        return future

    def _note(self, kind: str, who: str, seconds: float) -> None:
        self.noted[kind, who] += seconds  # type: ignore[assignment]
        self.aside += seconds


class _Clock:
    """A watcher that notes when the second pass begins; and what databases take."""

    def __init__(self, scales: _Scales) -> None:
        self._scales = scales
        self.stored = 0.0
        self.marks: list[tuple[float, float, float]] = []

    def mark(self) -> None:
        """Note how far we are: all CPU so far, what of it jobs and pickling took, and the databases."""
        self.marks.append((spent(), self._scales.aside, self.stored))

    def looked(self, archive: str, mails: int) -> None:
        """Nothing."""

    def judging(self, mails: int) -> None:  # noqa: ARG002
        """The second pass begins."""
        self.mark()

    def judged(self, mails: int, findings: int) -> None:
        """Nothing."""

    @contextmanager
    def storing(self) -> Iterator[None]:
        """What is done in the block is done in a database."""
        begin = spent()
        yield
        self.stored += spent() - begin


class _TimedIndex(Index):
    clock: _Clock

    def add(self, *arguments: Any, **named: Any) -> None:
        """The same, timed."""
        with self.clock.storing():
            super().add(*arguments, **named)


class _TimedJournal(Journal):
    clock: _Clock

    def add(self, *arguments: Any, **named: Any) -> None:
        """The same, timed."""
        with self.clock.storing():
            super().add(*arguments, **named)


def weighed(repository: Path, folder: Path) -> Weights:
    """The weights of an audit of a repository with all rules; its files lie in `folder` then."""
    found = volumes(str(repository), folder / "scratch")
    request = Request((repository.name,), found, Terms(), 0, 0, "weighed", "0")
    chosen = kit(request.terms)
    whole_sieve(request.terms.config)
    scales = _Scales()
    clock = _Clock(scales)
    with (
        closing(_TimedIndex(folder / "index")) as index,
        closing(_TimedJournal(folder / JOURNAL_FILE)) as journal,
    ):
        index.clock = journal.clock = clock
        journal.begin(request)
        clock.mark()
        audit(request, index, journal, scales, clock)
        clock.mark()
        made = account(request, chosen, index, journal)
        write_report(folder / "report", made, journal, Look((shipped_templates(),)))
        clock.mark()
        findings = len(journal)
    begin, middle, end, written = clock.marks
    return Weights(
        mails=archive.count(repository),
        findings=findings,
        look=_pass(LOOK, scales, begin, middle),
        judge=_pass(JUDGE, scales, middle, end),
        report=written[0] - end[0],
        archive_bytes=archive.size(repository),
        index_bytes=(folder / "index" / INDEX_FILE).stat().st_size,
        journal_bytes=(folder / JOURNAL_FILE).stat().st_size,
        report_bytes=sum(path.stat().st_size for path in (folder / "report").iterdir()),
        largest=scales.largest,
    )


def _pass(kind: str, scales: _Scales, begin: tuple[float, ...], end: tuple[float, ...]) -> Pass:
    total, aside, stored = (after - before for before, after in zip(begin, end, strict=True))
    noted = {what: value for (of, what), value in scales.noted.items() if of == kind}
    return Pass(
        jobs=noted.get("jobs", 0),
        sent=noted.get("sent", 0),
        received=noted.get("received", 0),
        worker=noted.get("worker", 0.0),
        driver=total - aside + noted.get("driver", 0.0),
        stored=stored,
        longest=scales.longest.get(kind, 0.0),
    )


def spent() -> float:
    """CPU-seconds of this process and of all that it has waited for."""
    taken = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in taken)
