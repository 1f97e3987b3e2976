"""Stores of invented mails on disk, and all that is read from them."""

from collections.abc import Sequence
from pathlib import Path

from reviewbot.sources.bulk.bodies import Trouble, TroubleKind, bodies
from reviewbot.sources.bulk.listing import Listed, listed, mark
from reviewbot.sources.bulk.volume import Volume, volumes
from tests.sources.mirror.archives import letter

SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
ONE, TWO, THREE = (letter(f"n{n}") for n in range(1, 4))


def rd(*mails: bytes) -> bytes:
    """An mbox of these mails, in which nothing is to be quoted."""
    return b"".join(SEPARATOR + each + b"\n" for each in mails)


def file(folder: Path, name: str, data: bytes) -> Path:
    """A file in a folder that is made if need be."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def only(source: Path) -> Volume:
    """The one volume that a path is."""
    (volume,) = volumes(str(source), source.parent / "scratch")
    return volume


def places(volume: Volume) -> list[str]:
    """The places of all mails that came."""
    return [each.place for each in everything(volume) if not each.gone]


def everything(volume: Volume) -> list[Listed]:
    """All that came and went."""
    return list(listed(volume, mark(volume)))


def told(volume: Volume, wanted: Sequence[str]) -> list[bytes | TroubleKind]:
    """What is answered for places; each is answered by its name, troubles too."""
    answers = list(bodies(volume, wanted))
    assert [place for place, _ in answers] == list(wanted)
    assert all(x.place == place for place, x in answers if isinstance(x, Trouble))
    return [x.kind if isinstance(x, Trouble) else x for _, x in answers]


def mails(volume: Volume) -> list[bytes | TroubleKind]:
    """What is answered for all places."""
    return told(volume, places(volume))
