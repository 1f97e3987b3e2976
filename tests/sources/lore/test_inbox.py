"""The archive against a real public-inbox, and against servers that fail."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reviewbot.errors import ServiceError, UsageError
from reviewbot.model.message import RawMessage
from reviewbot.sources.archive import Sought
from reviewbot.sources.cache.store import Store
from reviewbot.sources.gather import gather
from reviewbot.sources.lore.inbox import LoreArchive, archives
from reviewbot.sources.lore.sites import Sites
from reviewbot.sources.names import MessageName, named
from reviewbot.sources.spool import Spool
from reviewbot.sources.web.client import Client, UnreachableError
from reviewbot.sources.web.settings import Network
from tests.builders import NOON, mail
from tests.sources.faults import WALL, answer, faults
from tests.sources.faults import mail as mail_answer
from tests.sources.posted import CHANGE, ODD_IDS, inboxes, odd, posted_id, posting
from tests.sources.publicinbox import PublicInbox, mboxrd

HOUR = timedelta(hours=1)
QUICK = Network(pause=0, attempts=1, daily_requests=10_000)


class Kit:
    """What an archive is made of, for one test."""

    def __init__(self, folder: Path, *hosts: str) -> None:
        self.store = Store(folder / "cache")
        self.client = Client(QUICK, hosts, folder / "state", "reviewbot/test")
        self.told: list[str] = []

    def archive(self, inbox: str, *fallback: str) -> LoreArchive:
        return LoreArchive(inbox, self.client, self.store, fallback, self.told.append)


@pytest.fixture
def kit(lore: PublicInbox, tmp_path: Path) -> Iterator[Kit]:
    made = Kit(tmp_path, lore.url)
    with made.client:
        yield made


@pytest.fixture
def all_(kit: Kit, lore: PublicInbox) -> LoreArchive:
    return kit.archive(lore.inbox("all"))


def ids(mails: Iterator[RawMessage]) -> list[str]:
    found = (re.search(rb"^Message-ID: <(.*)>$", each.data, re.MULTILINE) for each in mails)
    return [match[1].decode() for match in found if match]


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


# Mails and threads


def test_a_mail_comes_as_it_was_sent(all_: LoreArchive) -> None:
    found = all_.mail(posted_id(1, 1))
    assert found is not None and found.data == posting(3, 1, change_id=CHANGE)[1]
    assert found.origin == f"{all_.name}/{posted_id(1, 1)}/raw, message 1"


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_thread_comes_by_any_of_its_mails(all_: LoreArchive, number: int) -> None:
    found = [each.data for each in all_.thread(posted_id(number, 2))]
    assert sorted(found) == sorted(posting(3, 2, change_id=CHANGE, day=3))


def test_a_thread_comes_by_an_answer(all_: LoreArchive) -> None:
    assert set(ids(all_.thread("re-1@example.org"))) == {
        "re-1@example.org",
        *(posted_id(n, 1) for n in range(4)),
    }


@pytest.mark.parametrize("number", range(len(ODD_IDS)))
def test_ids_that_a_url_has_to_escape(all_: LoreArchive, number: int) -> None:
    sent = odd()[2 * number : 2 * number + 2]
    found = all_.mail(ODD_IDS[number])
    assert found is not None and found.data == sent[0]
    assert [each.data for each in all_.thread(ODD_IDS[number])] == sent


@pytest.mark.parametrize(
    "message_id",
    [
        "gone@example.org",
        "../../etc/passwd",
        "a/b?x=m#y",
        "x" * 500 + "@example.org",
        "raw",
        "%00@x",
        "é@x",
        ".",
    ],
)
def test_what_is_not_there_is_an_empty_answer(all_: LoreArchive, message_id: str) -> None:
    assert all_.mail(message_id) is None
    assert list(all_.thread(message_id)) == []


def test_body_lines_that_look_like_separators_stay_in_their_mail(all_: LoreArchive) -> None:
    found = all_.mail("talk-7@example.org")
    assert found is not None and found.data == inboxes()["kvm"][7]


def test_mails_with_cr_and_with_several_copies(lore: PublicInbox, all_: LoreArchive) -> None:
    first = mail("One.\n", subject="copy", message_id="copy@example.org")
    second = mail("One.\n-- \nlist footer\n", subject="copy", message_id="copy@example.org")
    crlf = mail("a\nb\n", subject="crlf", message_id="crlf@example.org").replace(b"\n", b"\r\n")
    lore.import_all({"kvm": [first, crlf], "linux-mm": [second]})
    assert sorted(each.data for each in all_.thread("copy@example.org")) == sorted([first, second])
    got = all_.mail("crlf@example.org")
    assert got is not None and got.data == crlf


@pytest.mark.parametrize(
    "form",
    [
        "/all/{}/",
        "/all/{}/raw",
        "/kvm/{}/T/#u",
        "/kvm/{}/t/",
        "/kvm/{}/t.mbox.gz",
        "/r/{}",
        "/{}/",
        "/linux-mm/{}/",
    ],
)
def test_every_url_names_the_same_thread(lore: PublicInbox, kit: Kit, form: str) -> None:
    name = named(lore.url + form.format(posted_id(2, 2).replace("@", "%40")))
    assert isinstance(name, MessageName)
    asked = archives(Sites(lore.url), kit.client, kit.store, name.inbox, kit.told.append)
    for each in asked:
        assert set(ids(each.thread(name.message_id))) == {posted_id(n, 2) for n in range(4)}
    assert asked[0].name == lore.inbox("all") and kit.told == []


def test_a_mail_that_arrives_is_there_at_once_in_its_inbox(lore: PublicInbox, kit: Kit) -> None:
    lore.deliver("kvm", mail("New.\n", subject="new", message_id="arrived@example.org"))
    assert kit.archive(lore.inbox("all")).mail("arrived@example.org") is None
    assert kit.archive(lore.inbox("kvm")).mail("arrived@example.org") is not None
    lore.reindex()
    assert kit.archive(lore.inbox("all")).mail("arrived@example.org") is not None


# Searches


def test_revisions_by_change_id(all_: LoreArchive) -> None:
    assert sorted(ids(all_.posted(Sought(CHANGE)))) == [posted_id(0, 1), posted_id(0, 2)]


def test_a_posting_by_subject_and_author(all_: LoreArchive) -> None:
    sought = Sought(subject="foo-bar: add part 2", author="alice@example.org")
    assert sorted(ids(all_.posted(sought))) == [posted_id(2, 1), posted_id(2, 2)]
    assert ids(all_.posted(Sought(subject="foo-bar: add part 2", author="bob@example.org"))) == []
    later = Sought(subject="foo-bar: add part 2", since=NOON + timedelta(days=2))
    assert ids(all_.posted(later)) == [posted_id(2, 2)]
    assert list(all_.posted(Sought(author="alice@example.org"))) == []


def test_what_somebody_sent_within_some_hours(all_: LoreArchive) -> None:
    sent = NOON + timedelta(days=3)
    sought = Sought(author="alice@example.org", since=sent, until=sent + timedelta(minutes=1))
    assert set(ids(all_.posted(sought))) == {posted_id(n, 2) for n in range(4)}
    later = Sought(author=sought.author, since=sent + timedelta(hours=2), until=sent + 3 * HOUR)
    assert ids(all_.posted(later)) == []


@pytest.mark.parametrize("number", [0, 2])
def test_an_unthreaded_resend_is_stitched(lore: PublicInbox, kit: Kit, number: int) -> None:
    again = [
        each.replace(b"[PATCH ", b"[PATCH RESEND ").replace(b"torn-v1", b"torn-again")
        for each in posting(3, name="torn", threaded=False, day=5)
    ]
    lore.add("kvm", [*posting(3, name="torn"), *again])
    resent = [posted_id(each, 1, "torn").replace("v1", "again") for each in range(4)]
    with Spool() as spool:
        found = gather(resent[number], (kit.archive(lore.inbox("all")),), spool)
        assert ids(iter(found.patches)) == resent[1:]
        assert set(ids(iter(found.mails))) == set(resent)
    assert "not in the thread: taken from" in found.notes[0]


def test_a_search_in_words_of_public_inbox(all_: LoreArchive) -> None:
    asked = "dfn:drivers/foo/foo-bar-1.c OR s:chatter AND s:7"
    assert set(ids(all_.query(asked))) == {posted_id(1, 1), posted_id(1, 2), "talk-7@example.org"}
    assert ids(all_.query(asked, since=NOON + timedelta(days=2))) == [posted_id(1, 2)]
    assert set(ids(all_.query(asked, until=NOON))) == {posted_id(1, 1), "talk-7@example.org"}
    assert ids(all_.query("s:nothingofthekind")) == []


def test_a_search_for_nothing_would_be_one_for_everything(all_: LoreArchive) -> None:
    with pytest.raises(UsageError, match="nothing to search for"):
        all_.query(" ")


@pytest.mark.parametrize("text", ["s:a\nb", "\udcff", "\0"])
def test_a_search_of_plain_words_only(all_: LoreArchive, text: str) -> None:
    with pytest.raises(UsageError, match="holds what no query can"):
        all_.query(text)


@pytest.mark.parametrize("text", ["AND OR (", "foo AND", "NOT"])
def test_a_search_the_server_cannot_read_is_the_persons_mistake(
    all_: LoreArchive, text: str
) -> None:
    with pytest.raises(UsageError, match="cannot read it") as refused:
        list(all_.query(text, since=None if text == "NOT" else NOON))
    assert "/all/_/text/help/" in refused.value.hint


@pytest.mark.parametrize(
    ("status", "kind"), [(400, UsageError), (403, ServiceError), (500, UnreachableError)]
)
def test_a_server_that_fails_to_search_is_no_mistake(
    tmp_path: Path, status: int, kind: type[Exception]
) -> None:
    with faults() as server:
        server.play("/all/?q=fine&x=m", answer(status))
        server.play("/all/?q=fine", mail_answer(WALL, "text/html"))
        made = Kit(tmp_path, server.url(""))
        with made.client, pytest.raises(kind) as failed:
            list(made.archive(server.url("/all")).query("fine"))
    assert type(failed.value) is not UnreachableError or "500" in str(failed.value)


def test_with_other_servers_too_an_unreadable_search_is_the_persons_mistake(
    lore: PublicInbox, tmp_path: Path
) -> None:
    dead = closed_port()
    kit = Kit(tmp_path, lore.url, dead)
    with kit.client, pytest.raises(UsageError, match="cannot read it"):
        list(kit.archive(lore.inbox("all"), dead).query("AND OR ("))


def test_an_unreadable_search_is_not_repeated(lore: PublicInbox, tmp_path: Path) -> None:
    told: list[str] = []
    patient = Network(pause=0, attempts=4, daily_requests=10_000)
    with Client(patient, (lore.url,), tmp_path / "state", "test", tell=told.append) as client:
        archive = LoreArchive(lore.inbox("all"), client, Store(tmp_path / "cache"))
        with pytest.raises(UsageError, match="cannot read it"):
            list(archive.query("AND OR ("))
    assert told == []


# The cache


def test_nothing_is_asked_twice(lore: PublicInbox, kit: Kit, tmp_path: Path) -> None:
    sought = Sought(CHANGE)
    online = kit.archive(lore.inbox("all"))
    fresh = [online.mail(posted_id(1, 1)), *online.thread(posted_id(1, 1)), *online.posted(sought)]
    offline = LoreArchive(lore.inbox("all"), None, kit.store)
    kept = [
        offline.mail(posted_id(1, 1)),
        *offline.thread(posted_id(1, 1)),
        *offline.posted(sought),
    ]
    assert kept == fresh and len(kept) > 5


def test_a_thread_is_not_asked_for_again_by_another_of_its_mails(
    lore: PublicInbox, kit: Kit
) -> None:
    online = kit.archive(lore.inbox("all"))
    fresh = list(online.thread(posted_id(1, 1)))
    offline = LoreArchive(lore.inbox("all"), None, kit.store)
    for name in ("re-1@example.org", *(posted_id(number, 1) for number in range(4))):
        assert [each.data for each in offline.thread(name)] == [each.data for each in fresh]
    with pytest.raises(ServiceError, match="offline"):
        list(LoreArchive(lore.inbox("kvm"), None, kit.store).thread(posted_id(1, 1)))


def test_of_a_thread_the_newest_answer_counts(tmp_path: Path) -> None:
    old, new = (mail(f"{n}\n", subject=f"{n}", message_id=f"{n}@x.org") for n in range(2))
    paths = [f"/all/{n}%40x.org/t.mbox.gz".replace("%40", "@") for n in range(2)]
    with faults() as server:
        server.play(paths[0], mail_answer(mboxrd([old]), "application/mbox"))
        server.play(paths[1], mail_answer(mboxrd([old, new]), "application/mbox"))
        kit = Kit(tmp_path, server.url(""))
        with kit.client:
            archive = kit.archive(server.url("/all"))
            assert len(list(archive.thread("0@x.org"))) == 1
            assert len(list(archive.thread("1@x.org"))) == 2
            assert len(list(archive.thread("0@x.org"))) == 2
        assert len(server.seen) == 2


def test_offline_says_what_is_not_in_the_cache(lore: PublicInbox, kit: Kit) -> None:
    offline = LoreArchive(lore.inbox("all"), None, kit.store)
    with pytest.raises(ServiceError, match="offline"):
        list(offline.thread(posted_id(1, 1)))


# Servers that fail


def test_another_server_of_the_same_content_is_asked(lore: PublicInbox, tmp_path: Path) -> None:
    dead = closed_port()
    kit = Kit(tmp_path, dead, lore.url)
    with kit.client:
        archive = kit.archive(f"{dead}/all", lore.url)
        assert len(list(archive.thread(posted_id(1, 2)))) == 4
        assert len(list(archive.thread(posted_id(1, 1)))) == 5
        assert len(list(archive.posted(Sought(CHANGE)))) == 2
    assert len(kit.told) == 1 and f"{lore.url} answered in its place" in kit.told[0]
    assert archive.name == f"{dead}/all"
    again = LoreArchive(f"{dead}/all", None, kit.store)
    assert len(list(again.thread(posted_id(1, 2)))) == 4


def test_a_server_in_trouble_is_passed_over(lore: PublicInbox, tmp_path: Path) -> None:
    with faults() as server:
        server.play(f"/all/{posted_id(1, 2)}/t.mbox.gz", answer(503))
        kit = Kit(tmp_path, server.url(""), lore.url)
        with kit.client:
            assert len(list(kit.archive(server.url("/all"), lore.url).thread(posted_id(1, 2)))) == 4


def test_a_server_that_asked_for_an_hour_is_passed_over_by_the_next_run(
    lore: PublicInbox, tmp_path: Path
) -> None:
    with faults() as server:
        server.play(f"/all/{posted_id(1, 2)}/t.mbox.gz", answer(503, b"", {"Retry-After": "3600"}))
        for number in range(2):
            kit = Kit(tmp_path, server.url(""), lore.url)
            with kit.client:
                archive = kit.archive(server.url("/all"), lore.url)
                assert len(list(archive.thread(posted_id(1, 2 - number)))) > 3
            assert f"{lore.url} answered in its place" in kit.told[0]
        assert len(server.seen) == 1


def test_all_servers_silent_are_all_named(tmp_path: Path) -> None:
    first, second = closed_port(), closed_port()
    kit = Kit(tmp_path, first, second)
    with kit.client, pytest.raises(ServiceError) as silent:
        list(kit.archive(f"{first}/all", second).thread("a@example.org"))
    assert all(each.removeprefix("http://") in str(silent.value) for each in (first, second))
    assert kit.told == []
    with kit.client, pytest.raises(UnreachableError):
        list(kit.archive(f"{first}/all").thread("a@example.org"))


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_a_server_that_says_no_is_believed(lore: PublicInbox, tmp_path: Path, status: int) -> None:
    with faults() as server:
        server.play(f"/all/{posted_id(1, 2)}/t.mbox.gz", answer(status))
        kit = Kit(tmp_path, server.url(""), lore.url)
        archive = kit.archive(server.url("/all"), lore.url)
        with kit.client:
            if status == 404:
                assert list(archive.thread(posted_id(1, 2))) == []
                return
            with pytest.raises(ServiceError):
                list(archive.thread(posted_id(1, 2)))


def test_a_wall_is_not_walked_around(lore: PublicInbox, tmp_path: Path) -> None:
    with faults() as server:
        path = f"/all/{posted_id(1, 2)}/t.mbox.gz"
        server.play(path, mail_answer(WALL, "text/html; charset=utf-8"))
        kit = Kit(tmp_path, server.url(""), lore.url)
        archive = kit.archive(server.url("/all"), lore.url)
        with kit.client, pytest.raises(ServiceError, match="not a bot"):
            list(archive.thread(posted_id(1, 2)))
        offline = LoreArchive(server.url("/all"), None, kit.store)
        with pytest.raises(ServiceError, match="offline"):
            list(offline.thread(posted_id(1, 2)))


def test_a_server_nobody_configured_is_not_asked(lore: PublicInbox, kit: Kit) -> None:
    with faults() as server:
        asked = archives(Sites(lore.url), kit.client, kit.store, server.url("/kvm"))
        assert asked[0].name == server.url("/kvm")
        with pytest.raises(UsageError, match="not a configured host"):
            list(asked[0].thread(posted_id(1, 2)))
        assert server.seen == []


def test_only_the_servers_own_inboxes_have_its_fallbacks(kit: Kit) -> None:
    sites = Sites("https://a.example", "all", ("https://b.example",), ("https://c.example/list",))
    first, second = archives(sites, kit.client, kit.store)
    assert (first._origins, second._origins) == (
        ["https://a.example", "https://b.example"],
        ["https://c.example"],
    )
