"""A compressed mbox, unpacked once."""

import gzip
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.sources.bulk.scratch import unpacked
from tests.sources.bulk.stores import ONE, TWO, file, rd

CODE = (
    "import sys; from pathlib import Path; from reviewbot.sources.bulk.scratch import unpacked;"
    "print(unpacked(Path(sys.argv[1]), Path(sys.argv[2])))"
)


def command(code: str) -> tuple[str, ...]:
    """A process of our own that runs the code."""
    return (sys.executable, "-c", code)


def made(folder: Path) -> list[str]:
    """The files that are whole."""
    return sorted(each.name for each in folder.glob("[!.]*"))


def test_it_is_unpacked_once(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox.gz", gzip.compress(rd(ONE)))
    plain = unpacked(path, tmp_path / "deep" / "scratch")
    assert plain.read_bytes() == rd(ONE)
    before = plain.stat()
    assert unpacked(path, tmp_path / "deep" / "scratch") == plain
    assert plain.stat().st_mtime_ns == before.st_mtime_ns
    assert plain.stat().st_ino == before.st_ino


def test_a_newer_source_takes_the_place_of_the_older(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox.gz", gzip.compress(rd(ONE)))
    other = file(tmp_path, "other.gz", gzip.compress(rd(ONE)))
    kept = unpacked(other, tmp_path / "s")
    old = unpacked(path, tmp_path / "s")
    file(tmp_path, "kvm.mbox.gz", gzip.compress(rd(ONE, TWO)))
    new = unpacked(path, tmp_path / "s")
    assert new != old
    assert new.read_bytes() == rd(ONE, TWO)
    assert made(tmp_path / "s") == sorted([new.name, kept.name])


def test_a_source_of_the_same_size_is_told_by_its_time(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox.gz", gzip.compress(rd(ONE)))
    old = unpacked(path, tmp_path / "s")
    os.utime(path, (1, 1))
    assert unpacked(path, tmp_path / "s") != old


@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_nothing_is_left_of_what_is_cut_off(tmp_path: Path, keep: float) -> None:
    data = gzip.compress(os.urandom(3 << 20))
    path = file(tmp_path, "kvm.mbox.gz", data[: int(len(data) * keep)])
    with pytest.raises(InputError, match="is cut off before its end"):
        unpacked(path, tmp_path / "s")
    assert made(tmp_path / "s") == []
    assert sum(each.stat().st_size for each in (tmp_path / "s").iterdir()) == 0


def test_what_a_killed_process_left_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox.gz", gzip.compress(rd(ONE)))
    unpacked(path, tmp_path / "s").unlink()
    file(tmp_path, "s/.left", b"")
    for each in (tmp_path / "s").glob(".*.part"):
        each.write_bytes(b"half of something longer" * 100)
    assert unpacked(path, tmp_path / "s").read_bytes() == rd(ONE)


def test_bombs_are_refused_while_they_are_read(tmp_path: Path) -> None:
    path = file(tmp_path, "bomb.gz", gzip.compress(bytes(80 << 20)))
    with pytest.raises(InputError, match="refused, it unpacks to more than 64 MiB"):
        unpacked(path, tmp_path / "s")
    assert made(tmp_path / "s") == []


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    path = file(tmp_path, "x.gz", gzip.compress(os.urandom(3 << 20)))
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20));" + CODE
    done = subprocess.run((*command(code), str(path), str(tmp_path / "s")), capture_output=True)
    assert b"InputError: " in done.stderr
    assert b"/s: no room to unpack an mbox (File too large)" in done.stderr
    assert sum(each.stat().st_size for each in (tmp_path / "s").iterdir()) == 0


def test_memory_does_not_grow(tmp_path: Path) -> None:
    path = file(tmp_path, "x.gz", gzip.compress(b"".join(b"%d\n" % n for n in range(2_000_000))))
    tracemalloc.start()
    unpacked(path, tmp_path / "s")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 << 20


def test_two_processes_do_not_meet(tmp_path: Path) -> None:
    data = b"".join(b"%d\n" % n for n in range(300_000))
    path = file(tmp_path, "x.gz", gzip.compress(data))
    words = (*command(CODE), str(path), str(tmp_path / "s"))
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (each.communicate()[0].strip() for each in both)
    assert first == second
    assert Path(first).read_bytes() == data
