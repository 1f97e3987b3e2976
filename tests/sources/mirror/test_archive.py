import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from reviewbot.errors import ServiceError
from reviewbot.sources.archive import Archive, Sought
from reviewbot.sources.mirror import opening
from reviewbot.sources.mirror.archive import MirrorArchive, opened
from reviewbot.sources.mirror.schema import FILE
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import mirrors
from reviewbot.sources.mirror.update import Manner, update
from tests.sources.mirror.archives import (
    START,
    came,
    inbox,
    letter,
    posting,
    rewrite,
    v1_came,
    write,
)
from tests.sources.mirror.test_history import damage, loosened
from tests.sources.repositories import git, needs_git

pytestmark = needs_git

QUIET = Manner("git/2", lambda said: None, pause=0)
CHANGE = "20260302-foo-0123456789ab"


def shelved(folder: Path, *clones: Path) -> Mirrors:
    """Mirrors of these clones, up to date."""
    settings = Mirrors(str(folder / "mirrors"), tuple(map(str, clones)))
    for mirror in mirrors(settings):
        update(mirror, QUIET)
    return settings


@contextmanager
def asked(folder: Path, *clones: Path) -> Iterator[MirrorArchive]:
    with opened(shelved(folder, *clones)) as archive:
        yield archive


def ids(mails: Iterator[object]) -> list[str]:
    text = [mail.data.decode().partition("Message-ID: <")[2] for mail in mails]
    return [each.partition("@")[0] for each in text]


# One mail


def test_a_mail_comes_byte_for_byte(tmp_path: Path) -> None:
    raw = b"Message-ID: <a@x>\r\nSubject: \xff\r\n\r\n\x00 From \xfe\n\n\n"
    with asked(tmp_path, inbox(tmp_path / "kvm", [raw])) as archive:
        asks: Archive = archive
        found = asks.mail("a@x")
    assert found is not None
    assert found.data == raw
    assert found.origin.endswith(": a@x")


def test_a_mail_that_is_not_there_is_none(tmp_path: Path) -> None:
    with asked(tmp_path, inbox(tmp_path / "kvm", [letter("a", answers="b")])) as archive:
        assert archive.mail("c@example.org") is None
        assert archive.mail("b@example.org") is None, "it is only answered"
        assert archive.mail("") is None
        assert archive.mail("\ud800'%_\x00") is None


def test_a_second_id_finds_the_mail_too(tmp_path: Path) -> None:
    raw = b"Message-ID: <a@x>\nMessage-ID: <b@x>\n\nHi.\n"
    with asked(tmp_path, inbox(tmp_path / "kvm", [raw])) as archive:
        assert [archive.mail(each).data for each in ("a@x", "b@x")] == [raw, raw]
        assert [mail.data for mail in archive.thread("b@x")] == [raw]


def test_every_epoch_and_format_is_read(tmp_path: Path) -> None:
    v2 = inbox(tmp_path / "kvm", [letter("a")], [letter("b")], [letter("c")])
    v1 = write(tmp_path / "v1.git", v1_came([letter("d")]))
    with asked(tmp_path, v2, v1) as archive:
        assert [archive.mail(f"{name}@example.org") is not None for name in "abcde"] == [
            *(True, True, True, True),
            False,
        ]


# Threads


def test_a_thread_is_found_from_each_of_its_mails(tmp_path: Path) -> None:
    mails = [*posting("foo", 2), letter("re-9", answers="foo-1"), letter("other")]
    with asked(tmp_path, inbox(tmp_path / "kvm", mails)) as archive:
        for name in ("foo-0", "foo-1", "foo-2", "re-9"):
            assert ids(archive.thread(f"{name}@example.org")) == ["foo-0", "foo-1", "foo-2", "re-9"]
        assert ids(archive.thread("other@example.org")) == ["other"]
        assert ids(archive.thread("none@example.org")) == []


def test_there_is_no_thread_of_a_mail_that_is_only_answered(tmp_path: Path) -> None:
    with asked(tmp_path, inbox(tmp_path / "kvm", [letter("a", answers="b")])) as archive:
        assert list(archive.thread("b@example.org")) == []


def test_a_thread_goes_on_in_another_epoch_and_another_list(tmp_path: Path) -> None:
    cover, one, two = posting("foo", 2)
    kvm = inbox(tmp_path / "kvm", [cover], [one])
    mm = inbox(tmp_path / "mm", [two, cover], [letter("re-9", answers="foo-2")])
    with asked(tmp_path, kvm, mm) as archive:
        assert ids(archive.thread("foo-1@example.org")) == ["foo-0", "foo-1", "foo-2", "re-9"]
        assert ids(archive.thread("re-9@example.org")) == ["foo-0", "foo-1", "foo-2", "re-9"]


def test_lists_may_hang_together_by_several_steps(tmp_path: Path) -> None:
    one = inbox(tmp_path / "one", [letter("a"), letter("b1", answers="a")])
    two = inbox(tmp_path / "two", [letter("c2", answers="b1")])
    three = inbox(tmp_path / "three", [letter("d3", answers="c2"), letter("e4", answers="d3")])
    with asked(tmp_path, three, one, two) as archive:
        assert sorted(ids(archive.thread("a@example.org"))) == ["a", "b1", "c2", "d3", "e4"]


# What is sought


def test_postings_of_a_change(tmp_path: Path) -> None:
    old, new = (
        letter(f"v{n}", f"[PATCH v{n} 0/2] foo", body=f"Foo.\n\n---\nchange-id: {CHANGE}\n")
        for n in (1, 2)
    )
    with asked(tmp_path, inbox(tmp_path / "kvm", [old, letter("a"), new])) as archive:
        assert ids(archive.posted(Sought(change_id=CHANGE))) == ["v1", "v2"]
        assert ids(archive.posted(Sought(change_id=CHANGE[:-1]))) == []


def test_postings_by_subject_and_author(tmp_path: Path) -> None:
    author = "author@example.org"
    mails = [
        letter("n1", "[PATCH 1/2] foo: Change  bar"),
        letter("n2", "Re: [PATCH v2] foo: change bar, twice"),
        letter("n3", "[PATCH] foo: exchange bar"),
        letter("n4", "[PATCH] foo: change bar", sender="B. Else <else@example.org>"),
    ]
    with asked(tmp_path, inbox(tmp_path / "kvm", mails)) as archive:
        assert ids(archive.posted(Sought(subject="foo: change bar", author=author))) == ["n1", "n2"]
        assert ids(archive.posted(Sought(subject="foo: change bar"))) == ["n1", "n2", "n4"]
        assert ids(archive.posted(Sought(author="Author@Example.org"))) == ["n1", "n2", "n3"]
        assert ids(archive.posted(Sought())) == []
        assert ids(archive.posted(Sought(subject="[!]"))) == []


def test_dates_bound_what_is_sought(tmp_path: Path) -> None:
    """A mail's time is that of its commit, which public-inbox takes from its Date."""
    mails = [letter(f"n{n}") for n in range(4)]
    since, until = START + timedelta(minutes=1), START + timedelta(minutes=2)
    with asked(tmp_path, inbox(tmp_path / "kvm", mails)) as archive:
        found = archive.posted(Sought(author="author@example.org", since=since, until=until))
        assert ids(found) == ["n1", "n2"]


# Mirrors that are not as they should be


def test_there_may_be_no_mirror(tmp_path: Path) -> None:
    assert not Mirrors(str(tmp_path / "none")).is_used
    with opened(Mirrors(str(tmp_path))) as archive:
        assert not archive
        assert archive.mail("a@x") is None


def test_one_without_index_is_not_asked(tmp_path: Path) -> None:
    settings = Mirrors(str(tmp_path), (str(inbox(tmp_path / "kvm", [letter("a")])),))
    assert settings.is_used
    with opened(settings) as archive:
        assert not archive


def test_its_name_tells_the_lists(tmp_path: Path) -> None:
    with asked(tmp_path, inbox(tmp_path / "kvm", [letter("a")])) as archive:
        assert archive.name.startswith("the local mirror kvm-")


def test_a_damaged_index_is_said(tmp_path: Path) -> None:
    settings = shelved(tmp_path, inbox(tmp_path / "kvm", [letter("a")]))
    (mirror,) = mirrors(settings)
    (mirror.folder / FILE).write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(ServiceError, match="its index cannot be read") as failure, opened(settings):
        pass
    assert f"reviewbot mirror update {mirror.name}" in failure.value.hint
    update(mirror, QUIET)
    with opened(settings) as archive:
        assert archive.mail("a@example.org") is not None


def test_an_index_that_breaks_later_is_said_too(tmp_path: Path) -> None:
    settings = shelved(tmp_path, inbox(tmp_path / "kvm", [letter("a")]))
    (mirror,) = mirrors(settings)
    with sqlite3.connect(mirror.folder / FILE) as index:
        index.execute("DROP TABLE mail")
    index.close()
    with opened(settings) as archive, pytest.raises(ServiceError, match="no such table"):
        archive.mail("a@example.org")


def test_what_was_purged_since_the_index_is_not_there(tmp_path: Path) -> None:
    path = inbox(tmp_path / "kvm", [letter("a"), letter("b", answers="a")])
    settings = shelved(tmp_path, path)
    rewrite(path / "git" / "0.git", came([letter("b", answers="a")]))
    git(path / "git" / "0.git", "reflog", "expire", "--expire=now", "--all")
    git(path / "git" / "0.git", "gc", "-q", "--prune=now")
    with opened(settings) as archive:
        assert archive.mail("a@example.org") is None
        assert ids(archive.thread("b@example.org")) == ["b"]


def test_a_damaged_mail_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_PATIENCE", 0.5)
    mails = posting("foo", 3)
    path = inbox(tmp_path / "kvm", mails)
    settings = shelved(tmp_path, path)
    damage(loosened(path / "git" / "0.git"), mails[2])
    with opened(settings) as archive:
        assert ids(archive.thread("foo-0@example.org")) == ["foo-0", "foo-1", "foo-3"]


def test_an_epoch_may_be_missing(tmp_path: Path) -> None:
    path = inbox(tmp_path / "kvm", [letter("a")], [letter("b", answers="a")])
    settings = shelved(tmp_path, path)
    (path / "git" / "0.git").rename(tmp_path / "away")
    with opened(settings) as archive:
        assert ids(archive.thread("b@example.org")) == ["b"]
