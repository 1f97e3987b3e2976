"""Mirrors of a real public-inbox, cloned and updated by git over HTTP."""

from pathlib import Path

from reviewbot.sources.mirror.archive import opened
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import Kind, Mirror, named, note_down
from reviewbot.sources.mirror.source import note
from reviewbot.sources.mirror.update import Manner, update
from tests.builders import mail
from tests.sources.posted import ODD_IDS, posted_id
from tests.sources.publicinbox import PublicInbox, needs_public_inbox, served

pytestmark = needs_public_inbox

MANNER = Manner("git/2 (test)", lambda said: None, pause=0)


def mirrored(place: Mirrors, url: str) -> int:
    mirror = Mirror("kvm", place.place / "kvm", note(url))
    note_down(mirror)
    return update(mirror, MANNER)


def test_a_list_of_a_server_is_mirrored(lore: PublicInbox, tmp_path: Path) -> None:
    place = Mirrors(str(tmp_path))
    assert mirrored(place, lore.inbox("kvm")) > 0
    assert named(place, "kvm").note.kind is Kind.LIST
    with opened(place) as archive:
        assert len(list(archive.thread(posted_id(1, 1)))) >= 3
        assert all(archive.mail(posted_id(number, 1)) is not None for number in range(3))


def test_one_epoch_by_its_own_address(lore: PublicInbox, tmp_path: Path) -> None:
    place = Mirrors(str(tmp_path))
    assert mirrored(place, f"{lore.inbox('kvm')}/git/0.git") > 0
    assert named(place, "kvm").note.kind is Kind.SINGLE


def test_mails_come_as_they_were_sent(tmp_path: Path) -> None:
    mails = [mail("Hi.\n", message_id=name) for name in ODD_IDS]
    place = Mirrors(str(tmp_path / "mirrors"))
    with served(tmp_path / "server", {"kvm": mails}) as server:
        mirrored(place, server.inbox("kvm"))
    with opened(place) as archive:
        assert [archive.mail(name).data for name in ODD_IDS] == mails


def test_growth_deletion_and_purge_over_http(tmp_path: Path) -> None:
    """What public-inbox's own tools write is what is read: mda, learn rm (path `d`), purge (rewritten history)."""
    spam, secret, fine = (
        mail(f"{name}\n", subject=name, message_id=f"{name}@example.org")
        for name in ("spam", "secret", "fine")
    )
    place = Mirrors(str(tmp_path / "mirrors"))

    def held() -> list[str]:
        update(named(place, "kvm"), MANNER)
        with opened(place) as archive:
            names = ("spam", "secret", "fine", "late")
            return [name for name in names if archive.mail(f"{name}@example.org")]

    with served(tmp_path / "server", {"kvm": [spam, secret, fine]}) as server:
        mirrored(place, server.inbox("kvm"))
        assert held() == ["spam", "secret", "fine"]
        server.deliver("kvm", mail("Late.\n", message_id="late@example.org"))
        assert held() == ["spam", "secret", "fine", "late"]
        server.run("public-inbox-learn", "rm", "--all", stdin=spam)
        assert held() == ["secret", "fine", "late"]
        before = server.epoch("kvm")
        server.run("public-inbox-purge", "--all", stdin=secret)
        assert held() == ["fine", "late"]
        assert server.epoch("kvm") == before
    with opened(place) as archive:
        assert archive.mail("fine@example.org").data == fine


def test_a_mirror_that_public_inbox_made_is_read_in_place(
    lore: PublicInbox, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    lore.run("public-inbox-clone", "-q", lore.inbox("kvm"), str(clone))
    place = Mirrors(str(tmp_path / "mirrors"))
    assert mirrored(place, str(clone)) > 0
    with opened(place) as archive:
        assert archive.mail(posted_id(1, 1)) is not None
