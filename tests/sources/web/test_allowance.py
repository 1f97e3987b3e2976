import multiprocessing
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.errors import ServiceError
from reviewbot.sources.web.allowance import FILE, Allowance
from reviewbot.sources.web.clock import Clock
from reviewbot.sources.web.failures import UnreachableError
from reviewbot.sources.web.settings import Network

START = 1_772_409_600.0
HOST = "lore.example"


class Watch:
    def __init__(self) -> None:
        self.time = START

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def allowance(tmp_path: Path, watch: Watch) -> Iterator[Allowance]:
    made = Allowance(Network(pause=2.0, daily_requests=5), tmp_path / "state", watch.clock)
    yield made
    made.close()


def again(tmp_path: Path, watch: Watch) -> Allowance:
    return Allowance(Network(pause=2.0, daily_requests=5), tmp_path / "state", watch.clock)


def test_each_request_has_its_turn(allowance: Allowance, watch: Watch) -> None:
    assert [allowance.claim(HOST, 100) for _ in range(3)] == [0.0, 2.0, 4.0]
    watch.time += 5
    assert allowance.claim(HOST, 100) == 1.0
    watch.time += 100
    assert allowance.claim(HOST, 100) == 0.0


def test_hosts_have_turns_of_their_own(allowance: Allowance) -> None:
    assert allowance.claim(HOST, 100) == 0.0
    assert allowance.claim("other.example", 100) == 0.0


def test_who_cannot_wait_takes_no_turn(allowance: Allowance, watch: Watch) -> None:
    allowance.claim(HOST, 100)
    for _ in range(10):
        with pytest.raises(ServiceError, match="is not to be asked for another 2 s"):
            allowance.claim(HOST, 1.5)
    watch.time += 2
    assert [allowance.claim(HOST, 100) for _ in range(4)] == [0.0, 2.0, 4.0, 6.0]


def test_a_wish_holds(allowance: Allowance, tmp_path: Path, watch: Watch) -> None:
    allowance.hold(HOST, 600)
    allowance.hold(HOST, 5)  # a shorter one later does not undo it
    other = again(tmp_path, watch)
    with pytest.raises(ServiceError, match="is not to be asked for another 10 minutes"):
        other.claim(HOST, 120)
    watch.time += 590
    assert other.claim(HOST, 120) == 10.0
    other.close()


def test_a_host_that_is_out_of_order_is_told_from_one_that_is_busy(
    allowance: Allowance, tmp_path: Path, watch: Watch
) -> None:
    allowance.hold(HOST, 600, is_down=True)
    allowance.hold(HOST, 5)
    other = again(tmp_path, watch)
    with pytest.raises(UnreachableError, match="is not to be asked for another 10 minutes"):
        other.claim(HOST, 120)
    watch.time += 600
    assert other.claim(HOST, 120) == 0.0
    other.hold(HOST, 600)
    with pytest.raises(ServiceError) as refused:
        other.claim(HOST, 120)
    assert not isinstance(refused.value, UnreachableError)
    other.close()


def test_a_file_of_the_first_schema_is_brought_up_to_date(tmp_path: Path, watch: Watch) -> None:
    (tmp_path / "state").mkdir()
    with sqlite3.connect(tmp_path / "state" / FILE) as base:
        base.execute(
            "CREATE TABLE host (name TEXT PRIMARY KEY, next REAL NOT NULL,"
            " asked INTEGER NOT NULL, day TEXT NOT NULL) STRICT, WITHOUT ROWID"
        )
        base.execute("INSERT INTO host VALUES (?, ?, 4, '2026-03-02')", (HOST, START + 3))
        base.execute("PRAGMA user_version = 1")
    base.close()
    made = again(tmp_path, watch)
    assert made.claim(HOST, 100) == 3.0
    with pytest.raises(ServiceError, match="5 times today"):
        made.claim(HOST, 100)
    made.close()


def test_a_wish_for_ten_years_ends_in_a_day(allowance: Allowance, watch: Watch) -> None:
    allowance.hold(HOST, 10 * 365 * 86_400)
    watch.time += 86_400
    assert allowance.claim(HOST, 0) == 0.0


def test_the_budget_is_per_host_and_day(allowance: Allowance, tmp_path: Path, watch: Watch) -> None:
    for _ in range(5):
        watch.time += 10
        allowance.claim(HOST, 100)
    other = again(tmp_path, watch)
    for _ in range(3):
        with pytest.raises(ServiceError, match="has been asked 5 times today"):
            other.claim(HOST, 100)
    assert other.claim("other.example", 100) == 0.0
    watch.time += 86_400
    assert other.claim(HOST, 100) == 0.0
    other.close()


def test_a_wish_does_not_reset_the_count(allowance: Allowance, watch: Watch) -> None:
    for _ in range(5):
        watch.time += 10
        allowance.claim(HOST, 100)
    allowance.hold(HOST, 1)
    watch.time += 10
    with pytest.raises(ServiceError, match="5 times today"):
        allowance.claim(HOST, 100)


def test_a_clock_set_back_locks_nobody_out(allowance: Allowance, watch: Watch) -> None:
    allowance.claim(HOST, 100)
    watch.time -= 30 * 86_400
    assert allowance.claim(HOST, 100) == 0.0


# The file


def test_the_file_is_the_user_s_alone(allowance: Allowance, tmp_path: Path) -> None:
    allowance.claim(HOST, 100)
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    with sqlite3.connect(tmp_path / "state" / FILE) as base:
        assert base.execute("PRAGMA user_version").fetchone() == (2,)
        assert base.execute("SELECT name, asked FROM host").fetchall() == [(HOST, 1)]
    base.close()


@pytest.mark.parametrize("damage", [b"not a database, but long enough to be one" * 50, b"x"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, watch: Watch, damage: bytes) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / FILE).write_bytes(damage)
    for wait in (0.0, 2.0):
        made = again(tmp_path, watch)
        assert made.claim(HOST, 100) == wait
        made.close()


def test_the_file_of_a_later_reviewbot_is_left_alone(tmp_path: Path, watch: Watch) -> None:
    (tmp_path / "state").mkdir()
    path = tmp_path / "state" / FILE
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()
    before = path.read_bytes()
    made = again(tmp_path, watch)
    assert [made.claim(HOST, 100) for _ in range(2)] == [0.0, 2.0]
    made.close()
    assert path.read_bytes() == before


def test_where_nothing_can_be_kept_the_rules_hold_for_this_process(
    tmp_path: Path, watch: Watch
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    made = again(tmp_path, watch)
    assert [made.claim(HOST, 100) for _ in range(5)] == [0.0, 2.0, 4.0, 6.0, 8.0]
    with pytest.raises(ServiceError, match="5 times today"):
        made.claim(HOST, 100)
    made.close()


def test_a_file_that_turns_bad_is_gone_on_without(
    allowance: Allowance, tmp_path: Path, watch: Watch
) -> None:
    allowance.claim(HOST, 100)
    (tmp_path / "state" / FILE).write_bytes(b"rubbish" * 2000)
    assert allowance.claim(HOST, 100) >= 0.0
    assert allowance.claim(HOST, 100) >= 2.0


def _claims(folder: Path, count: int) -> list[float]:
    made = Allowance(Network(pause=2.0), folder, Clock(now=lambda: START))
    waits = [made.claim(HOST, 1e9) for _ in range(count)]
    made.close()
    return waits


def test_processes_share_the_turns(tmp_path: Path) -> None:
    """Forty turns in two processes that begin at once: each once, none lost."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.starmap(_claims, [(tmp_path / "state", 20)] * 2)
    assert sorted(wait for waits in found for wait in waits) == [2.0 * n for n in range(40)]
