"""docs/audit-cost.md: what an audit costs by the million, and what all of lore would take, with every formula.

Law: each figure of the page is measured or comes from a formula that stands beside it.
"""

from collections.abc import Iterator

from reviewbot.run.audit.indexing import SLICE

from .estimate import LIST, LORE, MILLION, Measured, estimate, limits
from .weighing import Pass

Row = tuple[str, ...]
WORKERS = (1, 2, 4, 8, 16, 32, 64, 128)

HEAD = """<!-- Written by `python benchmarks/audit_cost.py --page docs/audit-cost.md`. -->
# What an audit costs

Measured on the archive {name} ({mails} mails, {findings} findings with all rules), which is not part of this
repository. `python benchmarks/audit_cost.py` measures it again; the estimates are formulas over these figures, so put
in your own. µs and CPU-seconds are user and system of all processes, git too.

- **Machine**: {machine}.
- **How far to trust it**: the parts below add up to {parts:.2f} CPU-seconds for this archive; the same audit by the
  command line in one process took {whole:.2f}, start-up included.
"""
LETTERS = """
| | what | measured |
| --- | --- | ---: |
| *g* | git's list of the mails, µs a mail | {g:.1f} |
| *w₁* | worker, index pass: git, decoding, headers, filter, ties; µs a mail | {w1:.1f} |
| *d₁* | driver, index pass: jobs, pickle, SQLite; µs a mail | {d1:.1f} |
|  | … of it SQLite (`Index.add`) | {s1:.1f} |
| *w₂* | worker, review pass, spread over all mails; µs a mail | {w2:.1f} |
| *d₂* | driver, review pass: clusters, pickle, journal; µs a mail | {d2:.1f} |
|  | … of it the journal (`Journal.add`) | {s2:.1f} |
| *r* | the report in its usual formats, µs a mail | {r:.1f} |
| *n₁*, *n₂* | jobs of each pass for a million mails | {n1:,.0f}, {n2:,.0f} |
| *b₁* | bytes of jobs and of results of the index pass, a mail | {b1s:.0f} + {b1r:.0f} |
| *b₂* | bytes of jobs and of results of the review pass, a mail | {b2s:.1f} + {b2r:.1f} |
| *c*, *s* | Dask, µs a job: CPU of the driver's client, CPU of the scheduler | {c:.0f}, {s:.0f} |
|  | … wall of an empty job, two workers, one after the other handed in | {cw:.0f} |
|  | worker processes, µs a job: CPU of the driver, wall | {pc:.0f}, {pw:.0f} |
| *a* | bytes of the archive on disk, a mail | {a:,.0f} |
| *i* | bytes of the index, a mail | {i:,.0f} |
| *j*, *p* | bytes of the journal and of the report, a finding | {j:,.0f}, {p:,.0f} |
| *x* | what SQLite takes for a mail when the index is large, to when it is small (below) | {x:.2f} |
|  | longest job of the index pass and of the review pass, s | {t1:.1f}, {t2:.1f} |
"""
ONE = """
CPU-seconds = *g* + *w₁* + *d₁* + *w₂* + *d₂* + *r*. An archive that was audited before costs only what is new in the
index pass. Memory on twice the mails: `docs/audit-speed.md`.
"""
ALL = """
**How large lore is, is an assumption: {lore:,} mails.** That is what the project's technology notes reckon with
(`../shared/docs/tech.md`, 4.3); 13 lists of the peers' notes hold 573,460 mails, 44,000 a list (`../shared/docs/peers.md`,
"The corpus"), so it stands for some 230 such lists. Nobody has counted for this page. All formulas are linear in the
mails, so for *M* million multiply. Copies of a mail that went to several lists (12.2 % there) are read and indexed, and
reviewed once.

With *N* workers (single threads; a machine of 16 processors is 16 of them), each pass takes as long as the slowest of
three who work at the same time, all in µs a mail:

- the workers: *w* ÷ *N*; in the index pass archives come one after the other, in jobs of {slice:,} mails, so that a list
  of *L* = {list:,} mails takes ⌈*L* ÷ {slice:,} ÷ *N*⌉ turns of {slice:,} × *w₁*;
- the driver, which nobody can help: *d* + *n* × *c* (in the index pass with SQLite *x* times as slow, as measured at
  {grown:,} mails; beyond that nothing was measured);
- Dask's scheduler: *n* × *s*.

Before it comes the list (*g*, the driver's git), after it the report (*r*). The driver and the scheduler have a
processor each.
"""
NETWORK = """
- **Network.** Jobs are places in archives and results are rows and findings: *M* × (*b₁* + *b₂*) = {net:.1f} GB in all,
  through the scheduler. The mails themselves come from the disks of the workers, or from a file server:
  *M* × *a* = {archive:.0f} GB, and {rate:.0f} MB/s for each busy worker.
- **Disk.** Archives {archive:.0f} GB at every worker or on the server; index {index:.1f} GB and journal and report
  {journal:.2f} GB ({found:,.0f} findings) at the driver.
- **Memory.** Driver: {driver:.0f} MB measured, and up to three results for each worker that wait for their turn, of
  2,000 rows each: 3 × *N* × 2,000 × *b₁* = {window:.0f} MB with 64 workers. Worker: {worker:.0f} MB measured.
"""
BREAKS = """
With so many workers another one brings nothing any more, because this is full (*w* ÷ what it takes itself, a mail; jobs
that there are at a time; *a* ÷ *w₁* for each worker):

{limits}

What else grows, in the order in which it would be felt:

1. **The index.** Ties are keyed by digests, which fall anywhere in it, so it takes more for a mail the larger it is.
   Measured with invented rows of the same shape (`benchmarks/auditing/growth.py`):

{growth}

   As long as the index lies in the page cache of the driver ({index:.1f} GB for {lore:,} mails) only CPU grows; where it
   does not, a tie is a read from the disk, in the review pass too. So the driver wants an SSD, and that much free memory.
2. **One driver, one archive at a time.** If that is the limit, cut by lists: audits of separate groups of lists at the
   same time, each with its own index (`XDG_CACHE_HOME`), lose only the ties between the groups, and sum up by their
   `findings.jsonl`.
3. **Clusters.** Series that hang together are judged in one job. The largest cluster here has {largest:,} mails; nobody
   knows the largest of lore, where long threads cross lists. Beyond 20,000 mails a cluster is cut, and the report says so.
4. **The report.** {found:,.0f} findings are too many for one page of HTML, which carries 20,000 of them; JSON Lines, CSV
   and Parquet carry all.
5. **A worker that hangs** is not ended where it has more than one thread: give Dask's workers one each, with a nanny.
"""


def page(found: Measured, name: str, machine: str) -> str:
    """The whole page."""
    weights = found.weights
    head = HEAD.format(
        name=name,
        mails=f"{weights.mails:,}",
        findings=f"{weights.findings:,}",
        machine=machine,
        parts=total(found) * weights.mails / 1e6,
        whole=found.whole,
    )
    return "\n".join(
        (
            head,
            "## Measured",
            LETTERS.format(**letters(found)),
            "## A million mails, one machine",
            ONE,
            *_table(million(found)),
            "",
            "## All of lore",
            ALL.format(lore=LORE, list=LIST, slice=SLICE, grown=found.growth[-1].mails),
            *_table(lore(found)),
            NETWORK.format(**sizes(found)),
            "## What would break first",
            BREAKS.format(
                limits="\n".join(_table(tight(found))),
                growth="\n".join(f"   {row}" for row in _table(steps(found))),
                lore=LORE,
                largest=weights.largest,
                **sizes(found),
            ),
        )
    )


def letters(found: Measured) -> dict[str, float]:
    """The figures by their letters."""
    weights = found.weights
    look, judge, mails = weights.look, weights.judge, weights.mails
    findings = max(weights.findings, 1)
    return {
        "g": found.history_each,
        "w1": found.each(look.worker),
        "d1": found.each(look.driver) - found.history_each,
        "s1": found.each(look.stored),
        "w2": found.each(judge.worker),
        "d2": found.each(judge.driver),
        "s2": found.each(judge.stored),
        "r": found.each(weights.report),
        "n1": look.jobs / mails * MILLION,
        "n2": judge.jobs / mails * MILLION,
        "b1s": look.sent / mails,
        "b1r": look.received / mails,
        "b2s": judge.sent / mails,
        "b2r": judge.received / mails,
        "c": found.dask.driver,
        "s": found.dask.scheduler,
        "cw": found.dask.wall,
        "pc": found.pipe.driver,
        "pw": found.pipe.wall,
        "a": weights.archive_bytes / mails,
        "i": weights.index_bytes / mails,
        "j": weights.journal_bytes / findings,
        "p": weights.report_bytes / findings,
        "x": found.grown,
        "t1": look.longest,
        "t2": judge.longest,
    }


def total(found: Measured) -> float:
    """CPU of all parts, in µs a mail."""
    value = letters(found)
    return sum(value[letter] for letter in ("g", "w1", "d1", "w2", "d2", "r"))


def million(found: Measured) -> Iterator[Row]:
    """What a million mails cost on one machine."""
    value = letters(found)
    weights = found.weights
    yield "for a million mails", ""
    yield "CPU-seconds, all", f"{total(found):,.0f}"
    yield "… of the index pass", f"{value['g'] + value['w1'] + value['d1']:,.0f}"
    yield "… of the review pass", f"{value['w2'] + value['d2']:,.0f}"
    yield "… of the report", f"{value['r']:,.0f}"
    yield "archive on disk, GB", f"{value['a'] / 1e3:.1f}"
    yield "index on disk, MB", f"{value['i']:,.0f}"
    yield (
        "journal and report on disk, MB",
        f"{(weights.journal_bytes + weights.report_bytes) / weights.mails:,.1f}",
    )
    yield "memory, MB: driver", f"{found.memory.driver:,.0f}"
    yield "memory, MB: each worker", f"{max(found.memory.workers):,.0f}"


def lore(found: Measured) -> Iterator[Row]:
    """What all of lore takes with more and more workers."""
    yield (
        "workers",
        "list",
        "index pass",
        "review pass",
        "report",
        "all",
        "workers busy",
        "slowest in the passes",
    )
    busy = sum(found.each(one.worker) for one in _passes(found)) * LORE / 1e6
    for workers in WORKERS:
        one = estimate(found, LORE, workers)
        parts = (one.history, one.look, one.judge, one.report, one.total)
        share = busy / workers / one.total
        yield str(workers), *map(_time, parts), f"{share:.0%}", one.brake


def tight(found: Measured) -> Iterator[Row]:
    """What is full with how many workers."""
    yield "full", "workers"
    yield from ((one.what, f"{one.workers:,.0f}") for one in limits(found))


def steps(found: Measured) -> Iterator[Row]:
    """How the index takes mails as it grows."""
    yield "mails in the index", "CPU, µs a mail", "wall, µs a mail", "file, MB"
    for one in found.growth:
        yield f"{one.mails:,}", f"{one.cpu:.0f}", f"{one.wall:.0f}", f"{one.size / 1e6:,.0f}"


def sizes(found: Measured) -> dict[str, float]:
    """Gigabytes and megabytes of all of lore."""
    weights = found.weights
    scale = LORE / weights.mails
    look, judge = _passes(found)
    result = look.received / weights.mails
    return {
        "net": (look.sent + look.received + judge.sent + judge.received) * scale / 1e9,
        "archive": weights.archive_bytes * scale / 1e9,
        "rate": weights.archive_bytes / look.worker / 1e6,
        "index": weights.index_bytes * scale / 1e9,
        "journal": (weights.journal_bytes + weights.report_bytes) * scale / 1e9,
        "found": weights.findings * scale,
        "driver": found.memory.driver,
        "worker": max(found.memory.workers),
        "window": 3 * 64 * 2_000 * result / 1e6,
    }


def _passes(found: Measured) -> tuple[Pass, Pass]:
    return found.weights.look, found.weights.judge


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _table(rows: Iterator[Row]) -> Iterator[str]:
    """Markdown, the first row as headings."""
    head = next(rows)
    yield f"| {' | '.join(head)} |"
    yield f"| --- {'| ---: ' * (len(head) - 1)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
