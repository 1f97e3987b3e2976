"""What a person names becomes volumes."""

import bz2
import gzip
import lzma
import pickle
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.sources.bulk.volume import Kind, Volume, volumes
from tests.sources.bulk.stores import ONE, SEPARATOR, TWO, file, mails, only, rd
from tests.sources.mirror.archives import came, inbox, v1_came, write
from tests.sources.repositories import commit, git, needs_git

# One that is a store of its own in a folder.
LARGE = rd(*[ONE, TWO] * 3_000)


def names(source: Path) -> list[tuple[str, str, int]]:
    """Kind, name and epoch of what is found; paths are absolute."""
    found = volumes(str(source), source / "scratch")
    assert all(Path(each.path).is_absolute() and Path(each.path).exists() for each in found)
    return [(each.kind.value, each.name, each.epoch) for each in found]


def refusal(source: object, scratch: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        volumes(str(source), scratch)
    assert "\n" not in str(caught.value)
    return caught.value


# Archives


@needs_git
def test_an_inbox_has_a_volume_for_every_epoch(tmp_path: Path) -> None:
    path = inbox(tmp_path / "kvm", [ONE], [TWO])
    git(tmp_path / "kvm", "init", "-q", "--bare", "all.git")
    wanted = [("public-inbox", "kvm", 0), ("public-inbox", "kvm", 1)]
    assert names(path) == names(path / "git") == wanted


@needs_git
def test_epochs_may_lie_in_the_folder_of_the_list(tmp_path: Path) -> None:
    for number in (0, 1, 10):
        write(tmp_path / "lists" / "kvm" / f"{number}.git", came([ONE]))
    assert [epoch for *_, epoch in names(tmp_path / "lists" / "kvm")] == [0, 1, 10]


@needs_git
def test_a_single_epoch_keeps_its_number(tmp_path: Path) -> None:
    path = inbox(tmp_path / "kvm", [ONE], [TWO])
    assert names(path / "git" / "1.git") == [("public-inbox", "kvm", 1)]
    assert mails(only(path / "git" / "1.git")) == [TWO]


@needs_git
def test_a_repository_of_the_old_format(tmp_path: Path) -> None:
    path = write(tmp_path / "kvm.git", v1_came([ONE]))
    assert names(path) == [("public-inbox", "kvm", 0)]
    git(tmp_path, "clone", "-q", str(path), "clone")
    assert names(tmp_path / "clone") == [("public-inbox", "clone", 0)]
    assert mails(only(tmp_path / "clone")) == [ONE]


@needs_git
def test_an_epoch_that_was_just_begun(tmp_path: Path) -> None:
    path = inbox(tmp_path / "kvm", [ONE], [])
    assert [epoch for *_, epoch in names(path)] == [0, 1]
    assert mails(volumes(str(path), tmp_path)[1]) == []


@needs_git
def test_several_lists_below_a_folder(tmp_path: Path) -> None:
    for name in ("kvm", "kvmarm"):
        inbox(tmp_path / name, [ONE])
    write(tmp_path / "old.git", v1_came([ONE]))
    git(tmp_path, "init", "-q", "linux")
    commit(tmp_path / "linux", {"0001-foo.patch": ONE.decode()})
    assert [name for _, name, _ in names(tmp_path)] == ["kvm", "kvmarm", "old"]


@needs_git
def test_a_list_that_is_broken_does_not_hide_the_others(tmp_path: Path) -> None:
    inbox(tmp_path / "kvm", [ONE])
    broken = inbox(tmp_path / "broken", [ONE])
    for each in (broken / "git" / "0.git" / "objects" / "pack").glob("*.pack"):
        each.chmod(0o644)
        each.write_bytes(b"")
    assert [name for _, name, _ in names(tmp_path)] == ["broken", "kvm"]


@needs_git
def test_a_mirror_that_belongs_to_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox(tmp_path / "kvm", [ONE])
    # git's own tests pretend so.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    (volume,) = volumes(str(path), tmp_path)
    assert mails(volume) == [ONE]


@needs_git
def test_what_gathers_all_epochs_has_no_mails_itself(tmp_path: Path) -> None:
    inbox(tmp_path / "kvm", [ONE])
    git(tmp_path / "kvm", "init", "-q", "--bare", "all.git")
    error = refusal(tmp_path / "kvm" / "all.git", tmp_path)
    assert str(error).endswith("a git repository, but no archive of mail")
    assert error.hint == "Name the folder above, which has the epochs."


@needs_git
def test_sources_are_no_archive(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "work")
    commit(tmp_path / "work", {"Makefile": "all:\n"})
    git(tmp_path, "clone", "-q", "--bare", str(tmp_path / "work"), "bare")
    assert "no archive of mail" in str(refusal(tmp_path / "bare", tmp_path))
    assert "a directory without mail" in str(refusal(tmp_path / "work", tmp_path))


@needs_git
@pytest.mark.parametrize("committed", [True, False])
def test_patches_may_lie_in_a_work_tree(tmp_path: Path, *, committed: bool) -> None:
    git(tmp_path, "init", "-q")
    file(tmp_path, "0001.patch", ONE)
    if committed:
        commit(tmp_path, {"Makefile": "all:\n"})
    assert mails(only(tmp_path)) == [ONE]


# Files


@pytest.mark.parametrize("name", ["kvm.mbox", "kvm", "kvm.mbox.txt"])
def test_an_mbox(tmp_path: Path, name: str) -> None:
    path = file(tmp_path, name, rd(ONE, TWO))
    assert only(path) == Volume(Kind.MBOX, str(path), "kvm")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_a_compressed_mbox(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    path = file(tmp_path, "2026-March.txt.gz", pack(rd(ONE, TWO)))
    volume = only(path)
    assert (volume.kind, volume.name) == (Kind.MBOX, "2026-March")
    assert Path(volume.path).parent == tmp_path / "scratch"
    assert mails(volume) == [ONE, TWO]
    assert only(path) == volume


def test_one_mail(tmp_path: Path) -> None:
    for name, data in (("a.eml", ONE), ("b.eml", b"\xef\xbb\xbf\n" + ONE)):
        path = file(tmp_path, name, data)
        assert only(path).kind is Kind.FOLDER
        assert mails(only(path)) == [ONE]
    packed = file(tmp_path, "c.eml.gz", gzip.compress(ONE))
    assert (only(packed).name, mails(only(packed))) == ("c", [ONE])


def test_a_path_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file(tmp_path, "sub/kvm/a.eml", ONE)
    (volume,) = volumes("sub/../sub/kvm/", Path("scratch"))
    assert volume == Volume(Kind.FOLDER, str(tmp_path / "sub" / "kvm"), "kvm")


def test_a_maildir(tmp_path: Path) -> None:
    for box in ("cur", "new", "tmp"):
        (tmp_path / "kvm" / box).mkdir(parents=True)
    assert names(tmp_path / "kvm") == [("folder", "kvm", 0)]


def test_a_folder_of_all_sorts(tmp_path: Path) -> None:
    top = tmp_path / "top"
    file(top, "b/list/cur/1:2,S", ONE)
    (top / "b" / "list" / "new").mkdir()
    file(top, "b/README", b"Words.\n")
    file(top, "a/2026-02.mbox", LARGE)
    file(top, "a/small.mbox", rd(ONE, TWO))
    file(top, "c/0001.patch", TWO)
    file(top, ".hidden/0001.patch", TWO)
    assert names(top) == [("mbox", "2026-02", 0), ("folder", "list", 0), ("folder", "top", 0)]
    box, maildir, loose = volumes(str(top), tmp_path)
    assert mails(box) == [ONE, TWO] * 3_000
    assert mails(maildir) == [ONE]
    assert mails(loose) == [ONE, TWO, TWO]


def test_large_files_in_a_folder_that_are_no_mbox(tmp_path: Path) -> None:
    file(tmp_path, "large.eml", ONE + b"x" * (2 << 20))
    file(tmp_path, "core", bytes(2 << 20))
    file(tmp_path, "damaged.gz", b"\x1f\x8b" + bytes(100))
    assert names(tmp_path) == [("folder", tmp_path.name, 0)]
    assert len(mails(only(tmp_path))) == 1


def test_volumes_can_be_sent_to_workers(tmp_path: Path) -> None:
    volume = only(file(tmp_path, "kvm.mbox", rd(ONE)))
    assert pickle.loads(pickle.dumps(volume)) == volume


# Refused


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no mail in it, it is empty"),
        (b"prose\n", "no mail in it, it is neither an mbox nor a mail"),
        (gzip.compress(b"prose\n", mtime=0), "no mail in it, it is neither an mbox nor a mail"),
        (gzip.compress(rd(ONE), mtime=0)[:-20], "the compressed file is cut off before its end"),
        (SEPARATOR, "no mail in it, it is neither an mbox nor a mail"),
    ],
)
def test_files_without_mail(tmp_path: Path, data: bytes, reason: str) -> None:
    path = file(tmp_path, "x", data)
    assert str(refusal(path, tmp_path / "scratch")) == f"{path}: {reason}"


def test_what_is_not_there(tmp_path: Path) -> None:
    assert str(refusal("", tmp_path)) == "the name of a source is empty"
    assert str(refusal("no\0path", tmp_path)) == "'no\\x00path': not a path"
    assert str(refusal(tmp_path / "none", tmp_path)).endswith("none: no such file or directory")
    assert str(refusal(tmp_path, tmp_path)).endswith("a directory without mail")
