import gzip
from urllib.request import urlopen

from tests.builders import mail
from tests.sources.posted import posted_id
from tests.sources.publicinbox import PublicInbox


def got(url: str) -> bytes:
    with urlopen(url) as answer:
        data: bytes = answer.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_it_serves_what_it_was_given(lore: PublicInbox) -> None:
    raw = got(f"{lore.inbox('kvm')}/{posted_id(1, 1)}/raw")
    assert raw.startswith(b"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Alice")
    assert got(f"{lore.inbox('all')}/{posted_id(2, 2)}/t.mbox.gz").count(b"\nSubject: ") == 4
    assert (lore.epoch("kvm") / "objects").is_dir()


def test_a_mail_arrives_while_it_runs(lore: PublicInbox) -> None:
    lore.deliver("kvm", mail("Late.\n", subject="late", message_id="late@example.org"))
    assert b"Late." in got(f"{lore.inbox('kvm')}/late@example.org/raw")
    lore.reindex()
    assert b"Late." in got(f"{lore.inbox('all')}/late@example.org/raw")
