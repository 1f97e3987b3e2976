"""What is in a volume since a mark."""

import pickle
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.sources.bulk.listing import Listed, continues, listed, mark
from reviewbot.sources.bulk.volume import Kind, Volume
from tests.sources.bulk.stores import ONE, THREE, TWO, everything, file, mails, only, rd, told
from tests.sources.mirror.archives import came, rewrite, v1_came, v1_path, write
from tests.sources.mirror.test_history import blob, loosened
from tests.sources.repositories import git, needs_git

SENT = 1772452800


def since(volume: Volume, after: str) -> list[bytes]:
    """The mails that came since a mark."""
    return told(volume, [each.place for each in listed(volume, mark(volume), after)])


# Archives


@needs_git
def test_an_archive_lists_what_came_and_went(tmp_path: Path) -> None:
    path = write(tmp_path / "kvm.git", [*came([ONE, TWO]), ("d", ONE)])
    first, second = blob(path, ONE), blob(path, TWO)
    assert everything(only(path)) == [
        Listed(first, SENT),
        Listed(second, SENT + 60),
        Listed(first, SENT + 120, gone=True),
    ]


@needs_git
def test_v1_lists_what_was_edited_and_deleted(tmp_path: Path) -> None:
    steps = [*v1_came([ONE, TWO]), (v1_path(ONE), THREE), (v1_path(TWO), None)]
    path = write(tmp_path / "kvm.git", steps)
    assert [(each.place, each.gone) for each in everything(only(path))] == [
        (blob(path, ONE), False),
        (blob(path, TWO), False),
        (blob(path, ONE), True),
        (blob(path, THREE), False),
        (blob(path, TWO), True),
    ]


@needs_git
def test_what_came_since_a_mark(tmp_path: Path) -> None:
    volume = only(write(tmp_path / "kvm.git", came([ONE])))
    before = mark(volume)
    write(tmp_path / "kvm.git", came([TWO, THREE]))
    assert continues(volume, before)
    assert since(volume, before) == [TWO, THREE]
    assert since(volume, mark(volume)) == []


@needs_git
def test_what_came_after_a_mark_is_not_listed(tmp_path: Path) -> None:
    volume = only(write(tmp_path / "kvm.git", came([ONE])))
    before = mark(volume)
    write(tmp_path / "kvm.git", came([TWO]))
    assert [each.place for each in listed(volume, before)] == [blob(tmp_path / "kvm.git", ONE)]


@needs_git
def test_rewritten_history_does_not_continue(tmp_path: Path) -> None:
    path = write(tmp_path / "kvm.git", came([ONE, TWO]))
    volume = only(path)
    before = mark(volume)
    rewrite(path, came([THREE, TWO]))
    assert not continues(volume, before)
    assert since(volume, "") == [THREE, TWO]
    git(path, "reflog", "expire", "--expire=now", "--all")
    git(path, "gc", "-q", "--prune=now")
    assert not continues(volume, before)


@needs_git
@pytest.mark.parametrize("after", ["0" * 40, "--all", "master", "x"])
def test_what_is_no_mark_of_it_does_not_continue(tmp_path: Path, after: str) -> None:
    assert not continues(only(write(tmp_path / "kvm.git", came([ONE]))), after)


@needs_git
def test_an_archive_without_mails(tmp_path: Path) -> None:
    volume = only(write(tmp_path / "kvm.git", []))
    assert (mark(volume), everything(volume)) == ("", [])
    assert continues(volume, "")
    assert not continues(volume, "0" * 40)
    rewrite(tmp_path / "kvm.git", came([ONE]))
    assert since(volume, "") == [ONE]


@needs_git
def test_of_a_history_that_breaks_off_the_rest_is_listed(tmp_path: Path) -> None:
    path = loosened(write(tmp_path / "kvm.git", came([ONE, TWO, THREE])))
    first = git(path, "rev-parse", "HEAD^^")
    (path / "objects" / first[:2] / first[2:]).unlink()
    volume = only(path)
    listing = listed(volume, mark(volume))
    assert next(listing).place == blob(path, THREE)
    with pytest.raises(InputError, match="its history cannot be read"):
        next(listing)


def test_an_archive_that_is_gone(tmp_path: Path) -> None:
    volume = Volume(Kind.PUBLIC_INBOX, str(tmp_path / "gone.git"), "gone")
    with pytest.raises(InputError, match="gone"):
        mark(volume)


@needs_git
def test_ids_may_be_longer(tmp_path: Path) -> None:
    path = tmp_path / "kvm.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "master", "--object-format=sha256", str(path))
    rewrite(path, came([ONE, TWO]))
    volume = only(path)
    assert {len(each.place) for each in everything(volume)} == {64}
    assert mails(volume) == [ONE, TWO]
    assert continues(volume, mark(volume))


# Mboxes


def test_an_mbox_lists_offsets(tmp_path: Path) -> None:
    volume = only(file(tmp_path, "kvm.mbox", rd(ONE, TWO)))
    (first, second), (whole,) = everything(volume), everything(only(file(tmp_path, "x", rd(ONE))))
    assert first == whole == Listed(f"39:{len(ONE) + 1}", 0)
    assert second.place == f"{len(rd(ONE)) + 39}:{len(TWO) + 1}"


def test_an_mbox_that_was_appended_to(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox", rd(ONE))
    volume = only(path)
    before = mark(volume)
    file(tmp_path, "kvm.mbox", rd(ONE, TWO, THREE))
    assert continues(volume, before)
    assert since(volume, before) == [TWO, THREE]
    assert [x.place for x in listed(volume, before)] == [f"39:{len(ONE) + 1}"]


@pytest.mark.parametrize("data", [rd(TWO, THREE), rd(ONE), rd(ONE, TWO)[:-1], rd(THREE, TWO)])
def test_an_mbox_that_was_changed(tmp_path: Path, data: bytes) -> None:
    volume = only(file(tmp_path, "kvm.mbox", rd(ONE, TWO)))
    before = mark(volume)
    file(tmp_path, "kvm.mbox", data)
    assert not continues(volume, before)


def test_the_last_mail_may_have_been_half_written(tmp_path: Path) -> None:
    whole = rd(ONE, TWO)
    volume = only(file(tmp_path, "kvm.mbox", whole[:-20]))
    before = mark(volume)
    file(tmp_path, "kvm.mbox", whole)
    assert not continues(volume, before)
    assert since(volume, "") == [ONE, TWO]


def test_a_copy_of_an_mbox_has_the_same_mark(tmp_path: Path) -> None:
    first, second = (only(file(tmp_path, name, rd(ONE, TWO))) for name in ("a", "b"))
    assert mark(first) == mark(second)
    assert continues(second, mark(first))
    assert not continues(second, "odd")


def test_an_mbox_that_is_gone(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox", rd(ONE))
    volume = only(path)
    before = mark(volume)
    path.unlink()
    for asked in (mark, lambda v: continues(v, before), lambda v: list(listed(v, before))):
        with pytest.raises(InputError, match=r"kvm.mbox: cannot be read \(No such file"):
            asked(volume)


def test_what_is_listed_can_be_sent_to_workers() -> None:
    one = Listed("39:12", 0, gone=True)
    assert pickle.loads(pickle.dumps(one)) == one
