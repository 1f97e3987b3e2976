"""A folder of mails, or a maildir."""

import bz2
import gzip
import os
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.sources.bulk import folder
from reviewbot.sources.bulk.bodies import Trouble, TroubleKind, bodies
from reviewbot.sources.bulk.listing import Listed, continues, listed, mark
from reviewbot.sources.files import read
from tests.sources.bulk.stores import (
    ONE,
    THREE,
    TWO,
    everything,
    file,
    mails,
    only,
    places,
    rd,
    told,
)


def maildir(top: Path) -> Path:
    """Two mails that were seen, one that is new, one that is not whole yet."""
    path = top / "kvm"
    file(path, "cur/100.a.host:2,S", ONE)
    file(path, "cur/300.a.host:2,RS", THREE)
    file(path, "new/200.a.host", TWO)
    file(path, "tmp/400.a.host", b"Subject: half of")
    file(path, "dovecot-uidlist", b"3 V1 N5\n")
    return path


# Maildirs


def test_a_maildir_is_listed_by_the_names_of_its_mails(tmp_path: Path) -> None:
    volume = only(maildir(tmp_path))
    assert everything(volume) == [
        Listed("cur/100.a.host:2,S", 0),
        Listed("new/200.a.host", 0),
        Listed("cur/300.a.host:2,RS", 0),
    ]
    assert mails(volume) == [ONE, TWO, THREE]


def test_mails_whose_flags_have_changed_are_found(tmp_path: Path) -> None:
    path = maildir(tmp_path)
    volume = only(path)
    state, known = mark(volume), places(volume)
    (path / "new" / "200.a.host").rename(path / "cur" / "200.a.host:2,S")
    (path / "cur" / "100.a.host:2,S").rename(path / "cur" / "100.a.host:2,ST")
    assert told(volume, known) == [ONE, TWO, THREE]
    assert continues(volume, state)
    assert list(listed(volume, mark(volume), state)) == []


def test_a_maildir_that_got_another_mail_is_listed_again(tmp_path: Path) -> None:
    path = maildir(tmp_path)
    volume = only(path)
    state = mark(volume)
    file(path, "new/500.a.host", ONE)
    assert not continues(volume, state)
    assert mails(volume) == [ONE, TWO, THREE, ONE]


def test_a_mail_that_was_deleted_has_vanished(tmp_path: Path) -> None:
    path = maildir(tmp_path)
    volume = only(path)
    known = places(volume)
    (path / "new" / "200.a.host").unlink()
    assert told(volume, known) == [ONE, TroubleKind.VANISHED, THREE]
    assert not continues(volume, "0" * 32)


def test_compressed_mails_of_a_maildir(tmp_path: Path) -> None:
    path = maildir(tmp_path)
    file(path, "cur/100.a.host:2,S", gzip.compress(ONE))
    file(path, "cur/300.a.host:2,RS", bz2.compress(THREE)[:-9])
    assert mails(only(path)) == [ONE, TWO, TroubleKind.DAMAGED]


# Folders


def test_a_folder_and_those_below_it(tmp_path: Path) -> None:
    file(tmp_path, "b.eml", TWO)
    file(tmp_path, "a.eml", b"\n" + ONE)
    file(tmp_path, "sub/0001.patch", rd(THREE))
    file(tmp_path, "sub/README", b"Words.\n")
    file(tmp_path, "sub/empty", b"")
    file(tmp_path, ".git/0001.patch", ONE)
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    volume = only(tmp_path)
    assert places(volume) == ["a.eml", "b.eml", "sub/0001.patch"]
    assert mails(volume) == [ONE, TWO, THREE]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_small_mboxes_are_mails_of_their_folder(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    file(tmp_path, "a.mbox", pack(rd(ONE, TWO)))
    file(tmp_path, "b.mbox", pack(rd(THREE, ONE)))
    volume = only(tmp_path)
    assert [each.partition("//")[0] for each in places(volume)] == ["a.mbox"] * 2 + ["b.mbox"] * 2
    assert mails(volume) == [ONE, TWO, THREE, ONE]
    first, second, third, _ = places(volume)
    assert told(volume, [third, first, second, first]) == [THREE, ONE, TWO, ONE]


def test_the_mails_are_those_that_are_reviewed(tmp_path: Path) -> None:
    for number, data in enumerate((ONE, rd(ONE, TWO), gzip.compress(THREE), b"\r\n" + TWO)):
        file(tmp_path, str(number), data)
    assert mails(only(tmp_path)) == [each.data for each in read(str(tmp_path))]


def test_a_mark_says_whether_anything_changed(tmp_path: Path) -> None:
    path = file(tmp_path, "a.eml", ONE)
    volume = only(tmp_path)
    state = mark(volume)
    assert continues(volume, state)
    assert continues(volume, "")
    assert list(listed(volume, state, state)) == []
    os.utime(path, (1, 1))
    assert not continues(volume, state)
    state = mark(volume)
    file(tmp_path, "sub/b.eml", TWO)
    assert not continues(volume, state)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 %41.eml")
    file(tmp_path, name, ONE)
    file(tmp_path, "caf\u00e9 %41.eml", TWO)
    volume = only(tmp_path)
    assert sorted(places(volume)) == ["/caf%E9%20%2541.eml", "caf\u00e9 %41.eml"]
    assert sorted(x for x in mails(volume) if isinstance(x, bytes)) == sorted([ONE, TWO])


# Troubles


def test_what_is_wrong_is_told_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = ONE + b"x" * 5_000
    file(tmp_path, "large.eml", large)
    for name in ("gone", "folder", "pipe", "emptied", "cut"):
        file(tmp_path, f"{name}.eml", TWO)
    file(tmp_path, "z.mbox", rd(ONE, TWO))
    volume = only(tmp_path)
    known = places(volume)
    for name in ("gone", "folder", "pipe"):
        (tmp_path / f"{name}.eml").unlink()
    (tmp_path / "folder.eml").mkdir()
    os.mkfifo(tmp_path / "pipe.eml")
    file(tmp_path, "emptied.eml", b"")
    file(tmp_path, "cut.eml", gzip.compress(ONE)[:-9])
    file(tmp_path, "z.mbox", rd(ONE))
    monkeypatch.setattr(folder, "MAX_BYTES", 4_000)
    assert dict(zip(known, told(volume, known), strict=True)) == {
        "cut.eml": TroubleKind.DAMAGED,
        "emptied.eml": TroubleKind.NO_MAIL,
        "folder.eml": TroubleKind.NO_MAIL,
        "gone.eml": TroubleKind.VANISHED,
        "large.eml": TroubleKind.TOO_LARGE,
        "pipe.eml": TroubleKind.NO_MAIL,
        known[-2]: ONE,
        known[-1]: TroubleKind.VANISHED,
    }


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file(tmp_path, "a.eml", ONE)
    volume = only(tmp_path)
    # The superuser may read everything; a link that leads to itself nobody can.
    (tmp_path / "a.eml").unlink()
    (tmp_path / "a.eml").symlink_to("a.eml")
    ((_, answer),) = bodies(volume, ["a.eml"])
    assert answer == Trouble("a.eml", TroubleKind.DAMAGED, "Too many levels of symbolic links")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    path = file(tmp_path / "x", "a.eml", ONE)
    volume = only(path.parent)
    path.unlink()
    path.parent.rmdir()
    assert told(volume, ["a.eml", "a.eml//1:2"]) == [TroubleKind.VANISHED] * 2
    with pytest.raises(InputError, match="x: cannot be read"):
        mark(volume)
