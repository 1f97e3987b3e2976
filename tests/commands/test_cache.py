import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.commands.cache import size
from reviewbot.config.places import cache_folder
from reviewbot.errors import ExitCode
from reviewbot.sources.cache.store import Shelf, Store
from tests.commands.cases import config
from tests.sources.proxy import recorded


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "reviewbot"


@pytest.fixture
def filled(folder: Path) -> Store:
    store = Store(folder)
    for shelf, key, count in (
        (Shelf.MAILS, "a", 1500),
        (Shelf.MAILS, "b", 2),
        (Shelf.THREADS, "a", 7),
    ):
        assert store.put(shelf, key, BytesIO(bytes(count)))
    (old,) = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_size == 1500]
    os.utime(old, (1_772_409_600, 1_772_409_600))
    return store


@pytest.mark.parametrize("words", [["cache"], ["cache", "show"]])
def test_show_counts(filled: Store, folder: Path, words: list[str], capsys) -> None:
    assert run(words) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(folder)
    assert lines[1].split() == ["kept", "entries", "size", "oldest", "newest"]
    assert lines[2].split()[:4] == ["mails", "2", "1.5", "kB"]
    assert "2026-03-0" in lines[2]
    assert lines[3].split()[:4] == ["threads", "1", "7", "bytes"]
    assert lines[4].split() == ["searches", "0", "0", "bytes", "-", "-"]
    assert lines[5].split() == ["members", "0", "0", "bytes", "-", "-"]
    assert lines[6:] == ["1.5 kB of at most 1.1 GB"]


def test_an_empty_cache_can_be_shown_and_is_not_made(folder: Path, capsys) -> None:
    assert run(["cache"]) == ExitCode.OK
    assert "0 bytes of at most" in capsys.readouterr().out
    assert not folder.exists()


def test_show_knows_the_limit_of_the_configuration(tmp_path: Path, capsys) -> None:
    path = config(tmp_path, "[cache]\nmax_bytes = 5000000\n")
    assert run(["cache", "show", "--config", str(path)]) == ExitCode.OK
    assert "0 bytes of at most 5.0 MB" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said", "left"),
    [
        ([], "removed 3 entries, 1.5 kB", 0),
        (["--threads"], "removed 1 entry, 7 bytes", 2),
        (["--older-than", "1"], "removed 1 entry, 1.5 kB", 2),
        (["--threads", "--older-than", "0.5"], "removed 0 entries, 0 bytes", 3),
    ],
)
def test_clear_removes_what_it_is_told(
    filled: Store, folder: Path, words: list[str], said: str, left: int, capsys
) -> None:
    assert run(["cache", "clear", *words]) == ExitCode.OK
    assert capsys.readouterr().out == f"{said}\n"
    assert sum(path.is_file() for path in folder.rglob("*")) == left


@pytest.mark.parametrize("days", ["0", "-1", "soon"])
def test_days_are_a_number_above_nothing(filled: Store, days: str, capsys) -> None:
    assert run(["cache", "clear", "--older-than", days]) == ExitCode.USAGE
    assert filled.usage(Shelf.MAILS).entries == 2


def test_path_names_the_folder(folder: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["cache", "path"]) == ExitCode.OK
    assert capsys.readouterr().out == f"{folder}\n"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path("~/.cache/reviewbot").expanduser()


def test_no_verb_asks_anybody(filled: Store, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    with recorded(monkeypatch) as proxy:
        for verb in ("show", "path", "clear"):
            assert run(["cache", verb]) == ExitCode.OK
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_960, "10 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (1 << 30, "1.1 GB"),
        (10**16, "10000 TB"),
    ],
)
def test_sizes_are_short(count: int, said: str) -> None:
    assert size(count) == said
