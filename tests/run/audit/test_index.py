"""The index: what is entered is there, once, and a file that is no index is made anew."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.run.audit.index import FILE, Index, Row
from reviewbot.run.audit.ties import Role, digest
from reviewbot.sources.bulk.bodies import Trouble, TroubleKind
from reviewbot.sources.bulk.volume import Kind, Volume

KVM = Volume(Kind.PUBLIC_INBOX, "/srv/kvm.git", "kvm")
NET = Volume(Kind.MBOX, "/srv/net.mbox", "net")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index(tmp_path)) as opened:
        yield opened


def row(place: str, named: str = "", marks: bytes = b"") -> Row:
    return Row(place, 1000, Role.DIFF, marks, digest(place), digest(named) if named else b"", b"")


def places(index: Index) -> list[str]:
    return [place for (place,) in index.rows("SELECT place FROM mail ORDER BY id")]


def test_a_volume_is_known_by_kind_and_path(index: Index) -> None:
    first = index.standing(KVM)
    assert (first.mark, first.target, first.listed, first.age) == ("", "", 0, 0)
    assert index.standing(KVM) == first
    assert index.standing(NET).number != first.number


def test_mails_are_numbered_in_the_order_they_came(index: Index) -> None:
    number = index.standing(KVM).number
    index.add(number, [row("b"), row("a")], (), 2)
    index.add(number, [row("c")], (), 3)
    assert index.rows("SELECT id, place FROM mail ORDER BY id") == [(1, "b"), (2, "a"), (3, "c")]
    assert index.standing(KVM).listed == 3


def test_a_volume_has_arrived_when_all_up_to_the_target_is_in(index: Index) -> None:
    number = index.standing(KVM).number
    index.aim(number, "tip")
    index.add(number, [row("a")], (), 1)
    at = index.standing(KVM)
    assert (at.mark, at.target, at.listed) == ("", "tip", 1)
    index.arrived(number)
    at = index.standing(KVM)
    assert (at.mark, at.target, at.listed) == ("tip", "tip", 0)


def test_what_was_taken_out_is_forgotten_with_its_ties(index: Index) -> None:
    number = index.standing(KVM).number
    index.add(number, [row("a"), row("b", named="a")], (), 2)
    index.drop(number, ["a"])
    assert places(index) == ["b"]
    assert {mail for (mail,) in index.rows("SELECT mail FROM tie")} == {2}


def test_a_renewed_volume_is_empty_and_older_numbers_stay_unused(index: Index) -> None:
    kvm, net = index.standing(KVM).number, index.standing(NET).number
    trouble = Trouble("x", TroubleKind.MISSING, "")
    index.add(kvm, [row("a"), row("b")], (trouble,), 2)
    index.add(net, [row("n")], (), 1)
    index.renew(kvm, "other")
    at = index.standing(KVM)
    assert (at.sieve, at.mark, at.listed, at.age) == ("other", "", 0, 1)
    assert places(index) == ["n"]
    assert index.rows("SELECT count(*) FROM trouble") == [(0,)]
    index.add(kvm, [row("c")], (), 1)
    assert index.rows("SELECT id FROM mail WHERE place = 'c'") == [(4,)]


def test_it_is_there_when_opened_again(tmp_path: Path) -> None:
    with closing(Index(tmp_path)) as index:
        index.add(index.standing(KVM).number, [row("a", marks=b"\x05")], (), 1)
    with closing(Index(tmp_path)) as index:
        assert index.rows("SELECT place, marks FROM mail") == [("a", b"\x05")]


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database at all, whatever its name says" * 100)
    with closing(Index(tmp_path)) as index:
        assert places(index) == []


def test_a_file_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    with closing(Index(tmp_path)) as index:
        index.add(index.standing(KVM).number, [row("a")], (), 1)
    with closing(sqlite3.connect(tmp_path / FILE)) as base:
        base.execute("PRAGMA user_version = 99")
        base.commit()
    with pytest.raises(InputError, match="later"):
        Index(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as base:
        assert base.execute("SELECT count(*) FROM mail").fetchone() == (1,)
