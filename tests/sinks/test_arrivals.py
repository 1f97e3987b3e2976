import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.errors import ServiceError
from reviewbot.model.message import Address, RawMessage
from reviewbot.model.reply import Reply
from reviewbot.sinks.arrivals import ArchiveArrivals, Arrivals, FolderArrivals, arrived
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.transport.folder import SEEN, put
from tests.letters import letter

SINCE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
REPLY = letter().reply
MAIL = draft(REPLY, SINCE)
OTHER = draft(replace(REPLY, message_id="other@example.org"), SINCE)
FOOTER = b"_______________________________________________\nkvmarm mailing list\nkvmarm@lists.example.org\n"


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


def seen(place: Arrivals, reply: Reply = REPLY) -> bool:
    return arrived([place], reply, SINCE, lambda _: None) == place.name


@pytest.mark.parametrize("name", ["sent", "sent.mbox"])
def test_a_mail_is_found_by_its_own_id(tmp_path: Path, name: str) -> None:
    place = FolderArrivals(tmp_path / name)
    assert not seen(place)
    put(tmp_path / name, OTHER.replace(b"can fail", f"<{REPLY.message_id}>".encode()), SEEN)
    assert not seen(place)
    put(tmp_path / name, MAIL, SEEN)
    assert seen(place)


def test_new_mails_count_too(tmp_path: Path) -> None:
    put(tmp_path / "sent", MAIL, SEEN)
    (path,) = (tmp_path / "sent" / "cur").iterdir()
    path.rename(tmp_path / "sent" / "new" / "1")
    assert seen(FolderArrivals(tmp_path / "sent"))


@pytest.mark.parametrize("name", ["sent", "sent.mbox"])
def test_what_is_older_is_not_opened(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, MAIL, SEEN)
    for path in tmp_path.rglob("*"):
        os.utime(path, (SINCE.timestamp() - 90_000,) * 2)
    assert not seen(FolderArrivals(tmp_path / name))


def test_an_archive_has_it_or_another_mail() -> None:
    assert seen(ArchiveArrivals(Shelf(MAIL)))
    assert not seen(ArchiveArrivals(Shelf(OTHER)))
    assert not seen(ArchiveArrivals(Shelf()))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"bot@example.org", b"stranger@example.net", "it is from stranger@example.net"),
        (b"In-Reply-To: <1@", b"In-Reply-To: <2@", "it answers another mail"),
        (b"bar() can fail.", b"All is well.", "it says something else"),
        (b"\nbar() can fail.\n", b"\nNo.\nbar() can fail.\n", "it says something else"),
        (b'"reviewbot: off".', b"", "it says something else"),
    ],
)
def test_a_mail_of_that_message_id_that_is_not_ours(old: bytes, new: bytes, why: str) -> None:
    """Anybody can put a Message-ID on a mail."""
    forged = MAIL.replace(old, new)
    assert forged != MAIL
    told: list[str] = []
    assert arrived([ArchiveArrivals(Shelf(forged))], REPLY, SINCE, told.append) == ""
    assert told == [f"shelf has another mail by the Message-ID of ours: {why}"]


@pytest.mark.parametrize(
    "handled",
    [
        MAIL + FOOTER,
        MAIL + b"\n" + FOOTER,
        MAIL.replace(b"-- \n", b"--\n"),
        MAIL.replace(b"\n", b"\r\n"),
        MAIL.replace(b"From: ", b"From:  ").replace(b"bot@example.org", b"BOT@example.org"),
        MAIL + b"\n\n",
    ],
)
def test_what_servers_and_lists_do_to_a_mail_is_no_difference(handled: bytes) -> None:
    assert seen(ArchiveArrivals(Shelf(handled)))


def test_a_line_that_begins_with_from_is_quoted_in_an_mbox() -> None:
    reply = replace(REPLY, body=REPLY.body.replace("bar() can fail", "From here bar() can fail"))
    mail = draft(reply, SINCE).replace(b"\nFrom here", b"\n>From here")
    assert seen(ArchiveArrivals(Shelf(mail)), reply)


def test_without_an_address_of_ours_any_sender_may_have_sent_it() -> None:
    """A mail program puts its own person's."""
    reply = replace(REPLY, sender=Address("", ""))
    mail = b"From: A. Maintainer <am@example.org>\n" + draft(reply, SINCE)
    assert seen(ArchiveArrivals(Shelf(mail)), reply)


def test_a_forged_mail_does_not_hide_ours(tmp_path: Path) -> None:
    put(tmp_path / "sent", MAIL.replace(b"bot@example.org", b"stranger@example.net"), SEEN)
    put(tmp_path / "sent", MAIL, SEEN)
    assert seen(FolderArrivals(tmp_path / "sent"))


def test_a_place_that_cannot_be_asked_does_not_keep_from_the_others() -> None:
    told: list[str] = []
    places = (ArchiveArrivals(Shut()), ArchiveArrivals(Shelf(MAIL)))
    assert arrived(places, REPLY, SINCE, told.append) == "shelf"
    assert told == ["not looked for in shut: shut cannot be reached"]
    assert arrived(places[:1], REPLY, SINCE, told.append) == ""
    assert arrived((), REPLY, SINCE, told.append) == ""
