"""Whole audits of invented archives, in temporary folders."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from reviewbot.model.sighting import Sighting
from reviewbot.run.audit.audit import audit
from reviewbot.run.audit.index import Index
from reviewbot.run.audit.journal import Journal
from reviewbot.run.audit.request import Request
from reviewbot.run.audit.terms import Terms
from reviewbot.run.crew import Crew
from reviewbot.run.executors import crew
from reviewbot.sources.bulk.volume import Volume, volumes


class Silent:
    """A watcher that counts and says nothing."""

    def __init__(self) -> None:
        self.read = 0
        self.seeds = 0
        self.gone_through = 0

    def looked(self, archive: str, mails: int) -> None:
        self.read += mails

    def judging(self, mails: int) -> None:
        self.seeds = mails

    def judged(self, mails: int, findings: int) -> None:
        self.gone_through += mails


def volumes_in(folder: Path, *sources: Path) -> tuple[Volume, ...]:
    return tuple(one for source in sources for one in volumes(str(source), folder / "scratch"))


def request(found: Sequence[Volume], since: int = 0, until: int = 0, **terms: object) -> Request:
    return Request(
        tuple(one.name for one in found), tuple(found), Terms(**terms), since, until, "kit", "1"
    )  # type: ignore[arg-type]


def audited(
    folder: Path, wanted: Request, hands: Crew | None = None, watcher: Silent | None = None
) -> list[Sighting]:
    """The sightings of an audit whose index is in `folder`; the journal there is begun anew."""
    with closing(Index(folder / "index")) as index, closing(Journal(folder / "journal")) as journal:
        journal.begin(wanted)
        return carried_on(index, journal, wanted, hands, watcher)


def carried_on(
    index: Index,
    journal: Journal,
    wanted: Request,
    hands: Crew | None = None,
    watcher: Silent | None = None,
) -> list[Sighting]:
    """The sightings of an audit, or of the rest of one."""
    if hands is None:
        with crew("inline") as hands:
            audit(wanted, index, journal, hands, watcher or Silent())
    else:
        audit(wanted, index, journal, hands, watcher or Silent())
    return list(journal)


def told(found: Iterable[Sighting]) -> list[tuple[str, str, str]]:
    """Rule, Message-ID and fate, in order."""
    return [(one.rule, one.message_id, one.fate.value) for one in found]
