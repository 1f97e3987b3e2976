import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.sources.mirror import indexing
from reviewbot.sources.mirror.entry import Entry
from reviewbot.sources.mirror.epoch import opened
from reviewbot.sources.mirror.history import Change
from reviewbot.sources.mirror.indexing import add, bring
from reviewbot.sources.mirror.schema import written
from tests.sources.mirror.archives import came, letter, posting, rewrite, v1_came, v1_path, write
from tests.sources.repositories import needs_git

pytestmark = needs_git

FIRST, SECOND, THIRD = (letter(f"n{n}") for n in range(3))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(written(tmp_path)) as connection:
        yield connection


def brought(index: sqlite3.Connection, path: Path, number: int = 0, **more: bool) -> int:
    with opened(path) as epoch:
        return bring(index, number, epoch, lambda done, total: None, **more)


def names(index: sqlite3.Connection) -> list[str]:
    """The Message-IDs of the mails in the index, without their host."""
    rows = index.execute("SELECT message_id FROM mail JOIN name ON name.id = mail.name ORDER BY 1")
    return [name.partition("@")[0] for (name,) in rows]


# Growth


def test_all_mails_come_in_once(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND]))
    assert brought(index, path) == 2
    assert brought(index, path) == 0
    assert names(index) == ["n0", "n1"]


def test_then_only_what_is_new(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND]))
    brought(index, path)
    write(path, came([THIRD]))
    assert brought(index, path) == 1
    assert names(index) == ["n0", "n1", "n2"]


def test_progress_counts_to_the_end(index: sqlite3.Connection, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with opened(write(tmp_path / "0.git", came([FIRST, SECOND]))) as epoch:
        bring(index, 0, epoch, lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_v1_is_read_too(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "v1.git", v1_came([FIRST, SECOND]))
    assert brought(index, path) == 2
    write(path, [(v1_path(FIRST), None)])
    assert brought(index, path) == 0
    assert names(index) == ["n1"]


def test_a_mail_without_id_is_left_out(index: sqlite3.Connection, tmp_path: Path) -> None:
    brought(index, write(tmp_path / "0.git", came([b"Subject: hi\n\nHi.\n", FIRST])))
    assert names(index) == ["n0"]


# Deletion, edits, purges


def test_a_mail_that_was_deleted_is_gone(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND]))
    brought(index, path)
    write(path, [("d", FIRST)])
    brought(index, path)
    assert names(index) == ["n1"]


def test_at_the_first_reading_as_well(index: sqlite3.Connection, tmp_path: Path) -> None:
    brought(index, write(tmp_path / "0.git", [*came([FIRST, SECOND]), ("d", FIRST)]))
    assert names(index) == ["n1"]


def test_it_may_come_back(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", [("m", FIRST), ("d", FIRST)])
    brought(index, path)
    write(path, came([FIRST]))
    brought(index, path)
    assert names(index) == ["n0"]


def test_a_later_epoch_deletes_from_an_earlier_one(
    index: sqlite3.Connection, tmp_path: Path
) -> None:
    old = write(tmp_path / "0.git", came([FIRST, SECOND]))
    new = write(tmp_path / "1.git", [("d", FIRST), ("m", THIRD)])
    for number, path in enumerate((old, new)):
        brought(index, path, number)
    assert names(index) == ["n1", "n2"]
    # And stays deleted when the earlier one is gone over again.
    brought(index, old, 0, whole=True)
    assert names(index) == ["n1", "n2"]


def test_rewritten_history_replaces_the_old(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST, SECOND, THIRD]))
    brought(index, path)
    edited = letter("n1", body="Edited.\n")
    rewrite(path, came([FIRST, edited, b""]))
    assert brought(index, path) == 1
    assert names(index) == ["n0", "n1"]
    with opened(path) as epoch:
        assert bring(index, 0, epoch, lambda done, total: None) == 0


def test_history_may_be_rewritten_from_its_root(index: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came([FIRST]))
    brought(index, path)
    rewrite(path, came([THIRD]))
    brought(index, path)
    assert names(index) == ["n2"]


def test_other_epochs_are_left_alone(index: sqlite3.Connection, tmp_path: Path) -> None:
    brought(index, write(tmp_path / "0.git", came([FIRST])), 0)
    new = write(tmp_path / "1.git", came([SECOND]))
    brought(index, new, 1)
    rewrite(new, came([THIRD]))
    brought(index, new, 1)
    assert names(index) == ["n0", "n2"]


def test_the_same_mail_may_be_in_two_epochs(index: sqlite3.Connection, tmp_path: Path) -> None:
    for number in range(2):
        brought(index, write(tmp_path / f"{number}.git", came([FIRST])), number)
    assert names(index) == ["n0", "n0"]


# Interruption


def test_what_was_done_before_a_failure_stays(
    index: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_BATCH", 2)
    path = write(tmp_path / "0.git", came(letter(f"n{n}") for n in range(7)))

    def stop(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with opened(path) as epoch, pytest.raises(KeyboardInterrupt):
        bring(index, 0, epoch, stop)
    assert names(index) == ["n0", "n1", "n2", "n3"]
    assert brought(index, path) == 3
    assert len(names(index)) == 7


# Threads


def threads(index: sqlite3.Connection) -> set[frozenset[str]]:
    """The Message-IDs of each thread, those of mails that are not there among them."""
    rows = index.execute("SELECT group_concat(message_id) FROM name GROUP BY thread")
    return {frozenset(row.split(",")) for (row,) in rows}


def put(index: sqlite3.Connection, number: int, name: str, *references: str) -> None:
    change = Change(f"{number:040x}", "0" * 40, number)
    add(index, 0, change, Entry((name,), references, "foo", "author@example.org"))


def test_answers_are_of_one_thread(index: sqlite3.Connection, tmp_path: Path) -> None:
    brought(index, write(tmp_path / "0.git", came([*posting("foo", 2), FIRST])))
    series = frozenset(f"foo-{n}@example.org" for n in range(3))
    assert threads(index) == {series, frozenset(("n0@example.org",))}


def test_an_answer_may_come_before_what_it_answers(index: sqlite3.Connection) -> None:
    put(index, 1, "c", "a", "b")
    put(index, 2, "a")
    put(index, 3, "b", "a")
    assert threads(index) == {frozenset("abc")}


def test_two_threads_become_one(index: sqlite3.Connection) -> None:
    put(index, 1, "b", "a")
    put(index, 2, "d", "c")
    put(index, 3, "e", "b", "d")
    put(index, 4, "z")
    assert threads(index) == {frozenset("abcde"), frozenset("z")}


def connected(mails: list[tuple[int, list[int]]]) -> set[frozenset[str]]:
    """The same by brute force."""
    groups: list[set[str]] = []
    for name, references in mails:
        one = {f"{name}", *(f"{each}" for each in references)}
        rest = [group for group in groups if not group & one]
        groups = [*rest, one.union(*(group for group in groups if group & one))]
    return {frozenset(group) for group in groups}


LINKS = st.lists(
    st.tuples(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=3)), max_size=20
)


@given(LINKS)
@settings(max_examples=25)
def test_threads_are_what_references_connect(
    tmp_path_factory: pytest.TempPathFactory, links: list[tuple[int, list[int]]]
) -> None:
    with closing(written(tmp_path_factory.mktemp("index"))) as index:
        for number, (name, references) in enumerate(links):
            put(index, number, f"{name}", *map(str, references))
        assert threads(index) == connected(links)


STEPS = st.lists(st.tuples(st.sampled_from("md"), st.integers(0, 5)), min_size=1, max_size=10)


@given(STEPS, STEPS)
@settings(max_examples=8)
def test_growing_is_as_good_as_reading_all(
    tmp_path_factory: pytest.TempPathFactory, old: list[tuple[str, int]], new: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    contents = [letter(f"n{n}") for n in range(6)]
    first, second = ([(path, contents[n]) for path, n in steps] for steps in (old, new))
    path = write(folder / "0.git", first)
    with closing(written(folder)) as grown:
        brought(grown, path)
        write(path, second)
        brought(grown, path)
        found = names(grown)
    (folder / "other").mkdir()
    with closing(written(folder / "other")) as fresh:
        brought(fresh, path)
        assert names(fresh) == found
