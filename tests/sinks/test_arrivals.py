import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reviewbot.errors import ServiceError
from reviewbot.model.message import RawMessage
from reviewbot.sinks.arrivals import ArchiveArrivals, FolderArrivals, arrived
from reviewbot.sinks.transport.folder import SEEN, put

SINCE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
OURS = "abc@example.org"


def mail(message_id: str, body: str = "x") -> bytes:
    return (
        f"From: a@example.org\nDate: x\nMessage-ID: <{message_id}>\nSubject: y\n\n{body}\n".encode()
    )


class Shelf:
    """An archive of the mails it is given."""

    name = "shelf"

    def __init__(self, *mails: bytes) -> None:
        self.mails = mails

    def mail(self, message_id: str) -> RawMessage | None:
        return RawMessage(self.mails[0]) if self.mails else None


class Shut:
    """An archive that does not answer."""

    name = "shut"

    def mail(self, message_id: str) -> RawMessage | None:
        raise ServiceError("shut cannot be reached")


@pytest.mark.parametrize("name", ["sent", "sent.mbox"])
def test_a_mail_is_found_by_its_own_id(tmp_path: Path, name: str) -> None:
    place = FolderArrivals(tmp_path / name)
    assert not place.has(OURS, SINCE)
    put(tmp_path / name, mail("other@example.org", f"In <{OURS}> you wrote"), SEEN)
    assert not place.has(OURS, SINCE)
    put(tmp_path / name, mail(OURS), SEEN)
    assert place.has(OURS, SINCE)


def test_new_mails_count_too(tmp_path: Path) -> None:
    put(tmp_path / "sent", mail(OURS), SEEN)
    (path,) = (tmp_path / "sent" / "cur").iterdir()
    path.rename(tmp_path / "sent" / "new" / "1")
    assert FolderArrivals(tmp_path / "sent").has(OURS, SINCE)


@pytest.mark.parametrize("name", ["sent", "sent.mbox"])
def test_what_is_older_is_not_opened(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, mail(OURS), SEEN)
    for path in tmp_path.rglob("*"):
        os.utime(path, (SINCE.timestamp() - 90_000,) * 2)
    assert not FolderArrivals(tmp_path / name).has(OURS, SINCE)


def test_an_archive_has_it_or_another_mail() -> None:
    assert ArchiveArrivals(Shelf(mail(OURS))).has(OURS, SINCE)
    assert not ArchiveArrivals(Shelf(mail("other@example.org"))).has(OURS, SINCE)
    assert not ArchiveArrivals(Shelf()).has(OURS, SINCE)


def test_a_place_that_cannot_be_asked_does_not_keep_from_the_others() -> None:
    told: list[str] = []
    places = (ArchiveArrivals(Shut()), ArchiveArrivals(Shelf(mail(OURS))))
    assert arrived(places, OURS, SINCE, told.append) == "shelf"
    assert told == ["not looked for in shut: shut cannot be reached"]
    assert arrived(places[:1], OURS, SINCE, told.append) == ""
    assert arrived((), OURS, SINCE, told.append) == ""
