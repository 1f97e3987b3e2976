import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.sources.cache.settings import Keep
from reviewbot.sources.cache.store import Shelf, Store, Usage

START = 1_772_409_600.0


class Watch:
    """The time of day, moved by hand."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(tmp_path: Path, watch: Watch) -> Store:
    return Store(tmp_path / "cache", now=watch)


def put(store: Store, key: str, body: bytes, shelf: Shelf = Shelf.MAILS) -> bool:
    return store.put(shelf, key, BytesIO(body))


def got(store: Store, key: str, shelf: Shelf = Shelf.MAILS) -> bytes | None:
    found = store.get(shelf, key)
    if found is None:
        return None
    with found:
        return found.read()


def files(store: Store) -> list[Path]:
    return sorted(path for path in store._folder.rglob("*") if path.is_file())


# What goes in comes out


@given(st.text(max_size=50), st.binary(max_size=5000))
@settings(max_examples=50)
def test_what_goes_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, key: str, body: bytes
) -> None:
    store = Store(tmp_path_factory.mktemp("cache"))
    assert got(store, key) is None
    assert put(store, key, body)
    assert got(store, key) == body
    assert got(store, f"{key}x") is None
    assert got(store, key, Shelf.THREADS) is None


def test_keys_of_strangers_stay_inside(store: Store, tmp_path: Path) -> None:
    for key in ("../../x", "/etc/passwd", "a\0b", "\ud800", "", "x" * 10_000):
        assert put(store, key, key.encode("utf-8", "replace"))
        assert got(store, key) == key.encode("utf-8", "replace")
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_what_lies_on_the_disk_is_what_came(store: Store) -> None:
    put(store, "a@b", b"Subject: x\n\nbody\n")
    (path,) = files(store)
    assert path.read_bytes() == b"Subject: x\n\nbody\n"
    assert path.relative_to(store._folder).parts[0] == "mails"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_later_answer_replaces_the_earlier(store: Store, watch: Watch) -> None:
    put(store, "a", b"one", Shelf.THREADS)
    watch.time += 60
    put(store, "a", b"two", Shelf.THREADS)
    assert got(store, "a", Shelf.THREADS) == b"two"
    assert len(files(store)) == 1


def test_the_same_again_is_fresh_again(store: Store, watch: Watch) -> None:
    for _ in range(3):
        put(store, "a", b"one", Shelf.THREADS)
        watch.time += 1700
        assert got(store, "a", Shelf.THREADS) == b"one"
    assert len(files(store)) == 1


def test_an_open_answer_survives_its_removal(store: Store) -> None:
    put(store, "a", b"one")
    with store.get(Shelf.MAILS, "a") as found:
        store.clear()
        assert found.read() == b"one"
        found.seek(0)
        assert found.read() == b"one"


# Age


@pytest.mark.parametrize("shelf", [Shelf.THREADS, Shelf.SEARCHES])
def test_threads_and_searches_grow_old(tmp_path: Path, watch: Watch, shelf: Shelf) -> None:
    store = Store(tmp_path, Keep(thread_minutes=30), now=watch)
    offline = Store(tmp_path, Keep(thread_minutes=30), any_age=True, now=watch)
    put(store, "a", b"one", shelf)
    watch.time += 30 * 60 - 1
    assert got(store, "a", shelf) == b"one"
    watch.time += 2
    assert got(store, "a", shelf) is None
    assert got(offline, "a", shelf) == b"one"
    watch.time += 10 * 365 * 86_400
    assert got(offline, "a", shelf) == b"one"


@pytest.mark.parametrize("shelf", [Shelf.MAILS, Shelf.MEMBERS])
def test_mails_never_grow_old(store: Store, watch: Watch, shelf: Shelf) -> None:
    put(store, "a", b"one", shelf)
    watch.time += 10 * 365 * 86_400
    assert got(store, "a", shelf) == b"one"


def test_a_thread_from_the_future_is_not_believed_fresh(store: Store, watch: Watch) -> None:
    """The clock was wrong when it was fetched: nobody knows how old it is."""
    put(store, "a", b"one", Shelf.THREADS)
    watch.time -= 86_400
    assert got(store, "a", Shelf.THREADS) is None


# Damage


@pytest.mark.parametrize(
    "damage",
    [b"", b"Subject: x\n\nbod", b"Subject: x\n\nbody\n\0", b"Subject: y\n\nbody\n", b"\0" * 17],
)
def test_damage_is_absence_and_is_cleared_away(store: Store, damage: bytes) -> None:
    put(store, "a", b"Subject: x\n\nbody\n")
    (path,) = files(store)
    path.write_bytes(damage)
    assert got(store, "a") is None
    assert files(store) == []
    assert put(store, "a", b"Subject: x\n\nbody\n")
    assert got(store, "a") == b"Subject: x\n\nbody\n"


def test_a_name_that_is_a_folder_or_a_link_is_passed_over(store: Store, tmp_path: Path) -> None:
    put(store, "a", b"one")
    (path,) = files(store)
    path.unlink()
    path.mkdir()
    assert got(store, "a") is None
    path.rmdir()
    (tmp_path / "secret").write_bytes(b"one")
    path.symlink_to(tmp_path / "secret")
    assert got(store, "a") is None
    store.clear()
    assert (tmp_path / "secret").exists()


# What cannot be written


def test_a_cache_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = Store(tmp_path / "cache")
    assert not put(store, "a", b"one")
    assert got(store, "a") is None
    assert store.usage(Shelf.MAILS) == Usage()
    assert store.clear() == Usage()


def test_a_reader_that_fails_leaves_nothing(store: Store) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ValueError("I/O operation on closed file")
            return super().read(3)

    with pytest.raises(ValueError, match="closed"):
        put_body(store, Broken(b"many bytes"))
    assert files(store) == []
    assert got(store, "a") is None


def put_body(store: Store, body: BytesIO) -> bool:
    return store.put(Shelf.MAILS, "a", body)


def test_a_full_disk_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not put(store, "a", b"one")
    assert files(store) == []


# Size


def test_what_was_not_asked_for_longest_goes_first(tmp_path: Path, watch: Watch) -> None:
    store = Store(tmp_path, Keep(max_bytes=10_000), now=watch)
    for number in range(10):
        watch.time += 10
        put(store, str(number), bytes(1000))
    watch.time += 10
    assert got(store, "0") == bytes(1000)
    watch.time += 10
    put(store, "10", bytes(1000))
    kept = [n for n in range(11) if got(store, str(n))]
    assert kept == [0, 3, 4, 5, 6, 7, 8, 9, 10]
    assert store.usage(Shelf.MAILS).size <= 10_000


def test_the_size_holds_over_all_shelves_and_processes(tmp_path: Path, watch: Watch) -> None:
    for number in range(40):
        watch.time += 1
        shelf = tuple(Shelf)[number % 3]
        put(Store(tmp_path, Keep(max_bytes=10_000), now=watch), str(number), bytes(900), shelf)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 10_000


def test_what_is_larger_than_the_cache_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, Keep(max_bytes=1000))
    put(store, "small", bytes(500))
    assert not put(store, "large", bytes(1001))
    assert got(store, "large") is None
    assert got(store, "small") == bytes(500)
    assert len(files(store)) == 1


def test_a_cache_of_no_size_keeps_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path, Keep(max_bytes=0))
    assert not put(store, "a", b"one")
    assert files(store) == []


# Looking and emptying


def test_usage_counts(store: Store, watch: Watch) -> None:
    put(store, "a", b"12345")
    watch.time += 100
    put(store, "b", b"123")
    assert store.usage(Shelf.MAILS) == Usage(2, 8, START, START + 100)
    assert store.usage(Shelf.THREADS) == Usage()


def test_asking_does_not_make_it_younger(store: Store, watch: Watch) -> None:
    put(store, "a", b"12345")
    watch.time += 100
    got(store, "a")
    assert store.usage(Shelf.MAILS).newest == START


def test_clearing_by_shelf_and_age(store: Store, watch: Watch) -> None:
    put(store, "old", b"12345")
    put(store, "old", b"1234", Shelf.THREADS)
    watch.time += 86_400
    put(store, "new", b"123")
    put(store, "new", b"12", Shelf.SEARCHES)
    assert store.clear((Shelf.SEARCHES,), older_than=3600) == Usage()
    assert store.clear((Shelf.THREADS, Shelf.SEARCHES), older_than=3600) == Usage(1, 4)
    assert store.clear(older_than=3600) == Usage(1, 5)
    assert got(store, "new") == b"123"
    assert store.clear() == Usage(2, 5)
    assert files(store) == []


def test_clearing_touches_nothing_else(store: Store, tmp_path: Path) -> None:
    put(store, "a", b"one")
    strange = [tmp_path / "cache" / "notes", tmp_path / "cache" / "mails" / "README"]
    strange.append(files(store)[0].parent / "photo.jpg")
    for path in strange:
        path.write_text("keep me")
    store.clear()
    assert files(store) == sorted(strange)


def test_unfinished_files_are_cleared_away_in_time(store: Store, watch: Watch) -> None:
    put(store, "a", b"one")
    (path,) = files(store)
    old, new = path.parent / ".new-old", path.parent / ".new-new"
    for each, age in ((old, 7200), (new, 60)):
        each.write_bytes(b"half")
        os.utime(each, (START - age, START - age))
    assert store.usage(Shelf.MAILS) == Usage(1, 3, START, START)
    assert files(store) == [new, path]


# Many at once, and the end of one of them

_BUSY = """
import sys
from io import BytesIO
from pathlib import Path
from reviewbot.sources.cache.settings import Keep
from reviewbot.sources.cache.store import Shelf, Store
store = Store(Path(sys.argv[1]), Keep(max_bytes=3_000_000))
number = 0
print("go", flush=True)
while True:
    number += 1
    store.put(Shelf.MAILS, f"{number % 50}", BytesIO(b"%d\\n" % (number % 50) * 20_000))
"""


def test_kill_leaves_a_cache_that_is_right(tmp_path: Path) -> None:
    """Two processes write and make room as fast as they can, and are killed in the middle, some times."""
    for pause in (0.02, 0.07, 0.15):
        command = [sys.executable, "-c", _BUSY, str(tmp_path)]
        busy = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        for each in busy:
            assert each.stdout.readline() == b"go\n"
        time.sleep(pause)
        for each in busy:
            each.send_signal(signal.SIGKILL)
            each.communicate()
        store = Store(tmp_path)
        found = {n: got(store, str(n)) for n in range(50)}
        kept = {n: body for n, body in found.items() if body is not None}
        assert kept
        assert all(body == b"%d\n" % n * 20_000 for n, body in kept.items())
        assert put(store, "after", b"one")
        assert got(store, "after") == b"one"
