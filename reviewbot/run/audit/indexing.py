"""The first pass: every mail that came since the last audit is looked at once, and entered into the index.

Law: a mail is read and looked at in a worker, entered here; what cannot be read is a trouble with its place.
Wherever the process ends, the next pass goes on from the last slice entered. Must not know rules beyond the
sieve.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.strands import Strands, strands
from reviewbot.errors import InputError
from reviewbot.parse.skim import skim
from reviewbot.run.audit.index import Index, Row, Standing
from reviewbot.run.audit.terms import whole_sieve
from reviewbot.run.audit.ties import tied
from reviewbot.run.crew import Crew
from reviewbot.run.halving import Done, Lost, carried_out
from reviewbot.sources.bulk.bodies import Trouble, TroubleKind, bodies
from reviewbot.sources.bulk.listing import Listed, continues, listed, mark
from reviewbot.sources.bulk.volume import Kind, Volume

# Mails of one slice: a second of work that a death costs again.
SLICE = 2_000
FATAL = "kills whoever reads it"


class Look(Struct, frozen=True):
    """Mails of one slice: where they are, and when they came.

    With its last part (`is_last`) the first `listed` entries of the list are done.
    """

    volume: Volume
    config: str
    places: tuple[str, ...]
    seconds: tuple[int, ...]
    listed: int
    is_last: bool = True


class Looked(Struct, frozen=True):
    """What a slice holds."""

    rows: tuple[Row, ...]
    troubles: tuple[Trouble, ...]


def bring(
    index: Index,
    volume: Volume,
    config: str,
    crew: Crew,
    progress: Callable[[int], None],
) -> Standing:
    """Bring the index up to what the volume has now; where the volume stands then.

    `progress` is told how many mails were looked at. Raises as `listed` and `carried_out` do.
    """
    digest = whole_sieve(config).digest
    at = index.standing(volume)
    if at.sieve != digest or not _goes_on(volume, at):
        index.renew(at.number, digest)
        at = index.standing(volume)
    if not at.target or at.target == at.mark:
        index.aim(at.number, mark(volume))
        at = index.standing(volume)
    if at.target != at.mark:
        _read_on(index, volume, config, crew, at, progress)
    return index.standing(volume)


def look(job: Look) -> Looked:
    """Read the mails of a slice and look at each."""
    sieve = whole_sieve(job.config)
    when = dict(zip(job.places, job.seconds, strict=True))
    rows, troubles = [], []
    for place, data in bodies(job.volume, job.places):
        if isinstance(data, Trouble):
            troubles.append(data)
            continue
        mail = skim(data)
        ties = tied(mail, folder(job.volume, place))
        marks = sieve.marks(mail.text) if mail.text else 0
        files = strands(mail.text) if mail.text else Strands()
        rows.append(
            Row(
                place,
                mail.seconds or when[place],
                ties.role,
                marks.to_bytes((marks.bit_length() + 7) // 8, "little"),
                ties.own,
                ties.named,
                ties.shared,
                files.made,
                files.kept,
            )
        )
    return Looked(tuple(rows), tuple(troubles))


def folder(volume: Volume, place: str) -> str:
    """Where the file of a mail lies, as far as that tells which mails were written together."""
    return str(PurePath(origin(volume, place)).parent)


def origin(volume: Volume, place: str) -> str:
    """Where a mail was read, for people."""
    within = "/" if volume.kind is Kind.FOLDER else ", "
    return f"{volume.path}{within}{place}"


def _goes_on(volume: Volume, at: Standing) -> bool:
    """Whether what was listed is still what the volume begins with."""
    return all(continues(volume, known) for known in {at.mark, at.target} - {""})


def _read_on(
    index: Index,
    volume: Volume,
    config: str,
    crew: Crew,
    at: Standing,
    progress: Callable[[int], None],
) -> None:
    gone: dict[str, bool] = {}
    broken: list[Trouble] = []
    entries = _noted(listed(volume, at.target, at.mark), gone, broken)
    jobs = _slices(volume, config, islice(entries, at.listed, None), at.listed)
    rows: list[Row] = []
    troubles: list[Trouble] = []
    for each in carried_out(crew, look, jobs, halves):
        match each:
            case Done(_, Looked(found, unread)):
                rows += found
                troubles += unread
            case Lost(Look(_, _, (place, *_)), why):
                troubles.append(Trouble(place, TroubleKind.DAMAGED, f"{FATAL} ({why})"))
        if each.job.is_last:
            index.add(at.number, rows, troubles, each.job.listed)
            rows, troubles = [], []
        progress(len(each.job.places))
    index.drop(at.number, (place for place, left in gone.items() if left))
    if broken:
        index.note(at.number, broken)
    else:
        index.arrived(at.number)


def _noted(
    entries: Iterator[Listed], gone: dict[str, bool], broken: list[Trouble]
) -> Iterator[Listed]:
    """The entries, as far as there are any; noted is what became last of mails that were ever taken out.

    Where a history breaks off, so does this, and that is noted too.
    """
    try:
        for entry in entries:
            if entry.gone or entry.place in gone:
                gone[entry.place] = entry.gone
            yield entry
    except InputError as error:
        broken.append(Trouble("", TroubleKind.DAMAGED, str(error)))


def _slices(volume: Volume, config: str, entries: Iterator[Listed], done: int) -> Iterator[Look]:
    while portion := list(islice(entries, SLICE)):
        done += len(portion)
        here = [entry for entry in portion if not entry.gone]
        yield Look(
            volume,
            config,
            tuple(entry.place for entry in here),
            tuple(entry.seconds for entry in here),
            done,
        )


def halves(job: Look) -> Sequence[Look]:
    """The two halves of a slice; nothing for a single mail."""
    middle = len(job.places) // 2
    if not middle:
        return ()
    first = replace(job, places=job.places[:middle], seconds=job.seconds[:middle], is_last=False)
    return (first, replace(job, places=job.places[middle:], seconds=job.seconds[middle:]))
