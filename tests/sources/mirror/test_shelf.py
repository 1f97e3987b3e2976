from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.errors import InputError, UsageError
from reviewbot.sources.mirror.account import Account, account
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import (
    NOTE,
    Kind,
    Mirror,
    Note,
    checked_name,
    fit_name,
    locked,
    mirrors,
    named,
    note_down,
    remove,
    repositories,
)
from tests.sources.mirror.archives import inbox, letter, v1_came, write
from tests.sources.repositories import git, needs_git


def mirror(place: Path, name: str = "kvm", source: str = "https://lore.example/kvm") -> Mirror:
    return Mirror(name, place / name, Note(source, Kind.LIST, 3))


def test_what_is_noted_down_is_found_again(tmp_path: Path) -> None:
    for name in ("mm", "kvm"):
        note_down(mirror(tmp_path, name))
    assert mirrors(Mirrors(str(tmp_path))) == (mirror(tmp_path, "kvm"), mirror(tmp_path, "mm"))
    assert named(Mirrors(str(tmp_path)), "mm") == mirror(tmp_path, "mm")


def test_a_note_can_be_replaced(tmp_path: Path) -> None:
    first = mirror(tmp_path)
    note_down(first)
    note_down(replace(first, note=Note("elsewhere")))
    assert [path.name for path in first.folder.iterdir()] == [NOTE]
    assert named(Mirrors(str(tmp_path)), "kvm").note == Note("elsewhere")


def test_the_default_place_is_that_of_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert Mirrors().place == Path("/data/reviewbot/mirrors")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert Mirrors().place == Path("/home/someone/.local/share/reviewbot/mirrors")


def test_an_unknown_name_is_said_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no mirror called 'kwm'") as none:
        named(Mirrors(str(tmp_path)), "kwm")
    assert none.value.hint == "Mirrors: none yet."
    note_down(mirror(tmp_path))
    with pytest.raises(UsageError) as one:
        named(Mirrors(str(tmp_path)), "kwm")
    assert one.value.hint == "Mirrors: kvm."


@pytest.mark.parametrize("text", ["", "{", '{"kind": "list"}', '{"source": "x", "kind": "odd"}'])
def test_a_note_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "kvm").mkdir()
    (tmp_path / "kvm" / NOTE).write_text(text)
    with pytest.raises(InputError, match=r"mirror\.json: cannot be read"):
        mirrors(Mirrors(str(tmp_path)))


# Names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://lore.kernel.org/kvm", "kvm"),
        ("https://lore.kernel.org/kvm/", "kvm"),
        ("https://lore.kernel.org/kvm/git/0.git", "kvm"),
        ("https://lore.kernel.org/kvm/1", "kvm"),
        ("https://git.example.org/x/kvmarm.git", "kvmarm"),
        ("/srv/kvmarm.bundle", "kvmarm"),
        ("/srv/kvmarm/all.git", "kvmarm"),
        ("/home/me/mails/.git", "mails"),
        ("/srv/linux mm!", "linux-mm"),
        ("/", "mirror"),
        ("file:///srv/..", "mirror"),
    ],
)
def test_a_name_is_taken_from_the_address(source: str, name: str) -> None:
    assert fit_name(source) == name
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", ".git", "a/b", "-x", "a b", "a\n", "x" * 101, "ä"])
def test_names_that_are_no_folder(name: str) -> None:
    with pytest.raises(UsageError, match="no name for a mirror"):
        checked_name(name)


# Repositories of others


@needs_git
def test_where_the_repositories_of_an_archive_lie(tmp_path: Path) -> None:
    v2 = inbox(tmp_path / "kvm", [letter("a")], [letter("b")])
    assert repositories(v2) == {0: v2 / "git" / "0.git", 1: v2 / "git" / "1.git"}
    assert repositories(v2 / "git") == repositories(v2)
    assert repositories(v2 / "git" / "1.git") == {0: v2 / "git" / "1.git"}
    v1 = write(tmp_path / "v1.git", v1_came([letter("a")]))
    assert repositories(v1) == {0: v1}
    git(tmp_path, "init", "-q", "tree")
    assert repositories(tmp_path / "tree") == {0: tmp_path / "tree" / ".git"}


def test_epochs_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        folder = tmp_path / "git" / f"{number}.git"
        folder.mkdir(parents=True)
        (folder / "HEAD").touch()
    (tmp_path / "git" / "2.git.part").mkdir()
    (tmp_path / "git" / "3.git").mkdir()
    assert list(repositories(tmp_path)) == [1, 9, 10]


def test_where_there_is_none(tmp_path: Path) -> None:
    assert repositories(tmp_path) == {}
    assert repositories(tmp_path / "none") == {}


def test_a_clone_that_is_configured_is_a_mirror_of_its_own(tmp_path: Path) -> None:
    settings = Mirrors(str(tmp_path / "mirrors"), ("/srv/kvm", "/srv/other/kvm"))
    one, other = mirrors(settings)
    assert one.note == Note("/srv/kvm", Kind.EXTERNAL)
    assert one.name.startswith("kvm-")
    assert one.name != other.name
    assert one.folder.is_relative_to(tmp_path / "mirrors")


# Removal, locks, sizes


def test_what_is_removed_is_gone_with_what_was_left_of_others(tmp_path: Path) -> None:
    note_down(mirror(tmp_path))
    (tmp_path / ".old.1.gone" / "git").mkdir(parents=True)
    remove(mirror(tmp_path))
    assert list(tmp_path.iterdir()) == []
    remove(mirror(tmp_path))


def test_only_one_changes_a_mirror(tmp_path: Path) -> None:
    with locked(mirror(tmp_path)):
        with pytest.raises(InputError, match="another process"), locked(mirror(tmp_path)):
            pass
        with locked(mirror(tmp_path, "mm")):
            pass
    with locked(mirror(tmp_path)):
        pass


def test_an_account_of_nothing(tmp_path: Path) -> None:
    assert account(mirror(tmp_path)) == Account(0, 0, 0, 0)
    (tmp_path / "kvm").mkdir()
    (tmp_path / "kvm" / "index.sqlite3").write_bytes(b"x" * 100)
    assert account(mirror(tmp_path)) == Account(0, 0, 0, 100)
