"""A mirror made, and brought up to date: epochs cloned and fetched, and what is in them put into the index.

Law: whatever fails, and whenever the process is ended, the mirror answers as before or better, and the next
update goes on. What was fetched is indexed even where the next epoch cannot be had. Must not know what a mail
says.
"""

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path
from time import sleep, time

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.errors import InputError, ReviewbotError, ServiceError
from reviewbot.sources.mirror.epoch import holds_mail, opened
from reviewbot.sources.mirror.indexing import bring
from reviewbot.sources.mirror.schema import written
from reviewbot.sources.mirror.shelf import Kind, Mirror, locked, note_down
from reviewbot.sources.mirror.source import is_far
from reviewbot.sources.mirror.transport import PART, Found, Say, Transport

_DAY = 24 * 60 * 60
_LAST_FETCH = "FETCH_HEAD"
# How an address ends that is one of a repository, not of a list.
_SINGLE = (".git", ".bundle")
_ADVICE = "Name a list, such as https://lore.kernel.org/kvm, or one git repository of its mails."
# Mails between two words on progress.
_STEP = 500


class Manner(Struct, frozen=True):
    """How updates are done: git's agent, seconds between two requests, where progress is said.

    `every_epoch` asks for all of them, not only the newest (and the others once a day); `whole` goes over
    all history again.
    """

    agent: str
    say: Say
    pause: float = 1.0
    every_epoch: bool = False
    whole: bool = False


def update(mirror: Mirror, manner: Manner) -> int:
    """Bring a mirror up to date, or make it; how many mails came into the index is returned.

    Raises ServiceError where it could not be fetched, InputError where what is there is no archive of mail;
    what could be done is done before.
    """
    with locked(mirror) as lock:
        transport = Transport(manner.agent, lock, manner.say)
        failure: ReviewbotError | None = None
        if mirror.note.kind is not Kind.EXTERNAL:
            try:
                mirror = _fetched(mirror, transport, manner)
            except ServiceError as error:
                failure = error
        if mirror.note.kind is Kind.EXTERNAL and not mirror.epochs:
            raise InputError(f"{mirror.note.source}: there is no git repository")
        count = _indexed(mirror, manner) if mirror.epochs else 0
        if failure is not None:
            raise failure
    return count


def _fetched(mirror: Mirror, transport: Transport, manner: Manner) -> Mirror:
    """Fetch what there is and clone what there is not; a mirror whose kind was found out is returned so."""
    for left in (mirror.folder / "git").glob(f"*{PART}"):
        shutil.rmtree(left, ignore_errors=True)
    if not mirror.epochs:
        return _first(mirror, transport, manner)
    newest = max(mirror.epochs)
    for number, path in mirror.epochs.items():
        if number == newest or manner.every_epoch or _is_stale(path):
            manner.say(f"{mirror.name}: fetching epoch {number}")
            transport.fetch(path, _address(mirror, number))
            _pause(mirror, manner)
    if mirror.note.kind is Kind.LIST:
        _further(mirror, transport, manner, newest + 1)
    return mirror


def _first(mirror: Mirror, transport: Transport, manner: Manner) -> Mirror:
    """Find out what lies at the address, a list of epochs or one repository, and clone it."""
    source = mirror.note.source
    kinds = (Kind.SINGLE,) if source.endswith(_SINGLE) else (Kind.LIST, Kind.SINGLE)
    for kind in kinds:
        known = replace(mirror, note=replace(mirror.note, kind=kind))
        number = known.note.first if kind is Kind.LIST else 0
        # Noted before: where there is a clone, the note says what it is, even if we are killed.
        note_down(known)
        manner.say(f"{mirror.name}: cloning {_address(known, number)}")
        found = transport.clone(_address(known, number), _target(known, number))
        _pause(known, manner)
        if found is Found.EMPTY:
            raise ServiceError(f"{_address(known, number)}: nothing in it, or a page for people")
        if found is Found.WHOLE:
            if kind is Kind.LIST:
                _further(known, transport, manner, number + 1)
            return known
    raise ServiceError(f"{source}: no public-inbox archive there", _ADVICE)


def _further(mirror: Mirror, transport: Transport, manner: Manner, number: int) -> None:
    """Clone the epochs from that number on, as far as there are any."""
    while True:
        manner.say(f"{mirror.name}: asking for epoch {number}")
        found = transport.clone(_address(mirror, number), _target(mirror, number))
        if found is not Found.WHOLE:
            return
        _pause(mirror, manner)
        number += 1


def _pause(mirror: Mirror, manner: Manner) -> None:
    """Leave a server alone for a moment."""
    if is_far(mirror.note):
        sleep(manner.pause)


def _address(mirror: Mirror, number: int) -> str:
    """Where an epoch is fetched from."""
    source = mirror.note.source
    return f"{source}/git/{number}.git" if mirror.note.kind is Kind.LIST else source


def _target(mirror: Mirror, number: int) -> Path:
    """Where the clone of an epoch lies."""
    return mirror.folder / "git" / f"{number}.git"


def _is_stale(repository: Path) -> bool:
    """Whether an epoch was not asked for today; older ones change only when mails are taken out of them."""
    try:
        return time() - (repository / _LAST_FETCH).stat().st_mtime > _DAY
    except FileNotFoundError:
        return time() - repository.stat().st_mtime > _DAY


def _indexed(mirror: Mirror, manner: Manner) -> int:
    """Put what is new in the epochs into the index; how many mails that were is returned."""
    count = 0
    with closing(written(mirror.folder)) as index:
        for number, path in mirror.epochs.items():
            with opened(path) as epoch:
                if not holds_mail(epoch):
                    raise InputError(f"{mirror.note.source}: no archive of mail", _ADVICE)
                progress = partial(_say, manner.say, f"{mirror.name}: indexing epoch {number}")
                count += bring(index, number, epoch, progress, whole=manner.whole)
    return count


def _say(say: Say, what: str, done: int, total: int) -> None:
    if done % _STEP == 0 or done == total:
        say(f"{what}: {done}/{total}")
