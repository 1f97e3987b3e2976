"""The bytes of mails at places, and what is wrong with those that cannot be had."""

import os
import pickle
import random
import signal
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import InputError
from reviewbot.sources import files
from reviewbot.sources.bulk import bodies as module
from reviewbot.sources.bulk.bodies import Trouble, TroubleKind, bodies
from reviewbot.sources.bulk.listing import listed, mark
from reviewbot.sources.bulk.volume import Kind, Volume
from reviewbot.sources.mirror import blobs
from reviewbot.sources.mirror.epoch import opened
from reviewbot.sources.mirror.history import changes
from reviewbot.sources.mirror.history import mails as of_history
from tests.sources.bulk.stores import (
    ONE,
    SEPARATOR,
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
from tests.sources.mirror.archives import came, letter, v1_came, v1_path, write
from tests.sources.mirror.test_history import blob, children, damage, loosened
from tests.sources.repositories import git, needs_git

PURGED, MISSING, DAMAGED = TroubleKind.PURGED, TroubleKind.MISSING, TroubleKind.DAMAGED


def details(volume: Volume) -> list[str]:
    """What is said about the mails that cannot be read."""
    return [x.detail for _, x in bodies(volume, places(volume)) if isinstance(x, Trouble)]


def letters(count: int) -> list[bytes]:
    """Mails of which no two are like each other, so that git keeps each by itself."""
    rnd = random.Random(1)
    return [letter(f"n{n}", body=f"{rnd.randbytes(2_000).hex()}\n") for n in range(count)]


def packed(path: Path) -> Path:
    """All of a repository in one pack without deltas, made writable."""
    git(path, "repack", "-a", "-d", "-f", "-q", "--window=0")
    (pack,) = path.glob("objects/pack/*.pack")
    pack.chmod(0o644)
    return pack


# Archives

pytestmark = needs_git


def test_mails_come_in_the_order_asked_for(tmp_path: Path) -> None:
    volume = only(write(tmp_path / "kvm.git", came([ONE, TWO, THREE])))
    first, second, third = places(volume)
    assert told(volume, [third, first, third, second]) == [THREE, ONE, THREE, TWO]
    assert told(volume, []) == []


def test_the_mails_are_those_of_the_mirrors(tmp_path: Path) -> None:
    steps = [*v1_came([ONE, TWO]), (v1_path(ONE), THREE), (v1_path(TWO), None)]
    for path in (
        write(tmp_path / "v2.git", [*came([ONE, TWO, b"", THREE]), ("d", ONE), ("m", ONE)]),
        write(tmp_path / "v1.git", steps),
    ):
        volume = only(path)
        known = everything(volume)
        answers = told(volume, [each.place for each in known])
        found = zip(known, answers, strict=True)
        with opened(path) as epoch:
            assert [(x.place, x.seconds, raw) for x, raw in found if raw != PURGED] == [
                (x.blob, x.seconds, raw) for x, raw in of_history(epoch, changes(epoch))
            ]


def test_what_is_wrong_is_told_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = letter("large", body="x" * 5_000 + "\n")
    path = loosened(write(tmp_path / "kvm.git", came([ONE, b"", TWO, large, THREE])))
    volume = only(path)
    known = places(volume)
    lost = blob(path, TWO)
    (path / "objects" / lost[:2] / lost[2:]).unlink()
    monkeypatch.setattr(blobs, "MAX_BYTES", 4_000)
    tree = git(path, "rev-parse", "HEAD^{tree}")
    assert told(volume, [*known, tree, "0" * 40]) == [
        *(ONE, PURGED, MISSING, TroubleKind.TOO_LARGE, THREE),
        *(TroubleKind.NO_MAIL, MISSING),
    ]


@pytest.mark.parametrize("odd", ["", "x", "HEAD:m", "master", "a" * 39, "é" * 40, "a\nb", "1:2"])
def test_what_is_no_place_is_missing(tmp_path: Path, odd: str) -> None:
    volume = only(write(tmp_path / "kvm.git", came([ONE])))
    (known,) = places(volume)
    assert told(volume, [odd, known, odd]) == [MISSING, ONE, MISSING]


def test_damaged_objects_cost_only_themselves(tmp_path: Path) -> None:
    wanted = letters(30)
    path = loosened(write(tmp_path / "kvm.git", came(wanted)))
    volume = only(path)
    known = places(volume)
    loose = [path / "objects" / each[:2] / each[2:] for each in known]
    for each in loose:
        each.chmod(0o644)
    damage(path, wanted[1])
    loose[5].write_bytes(b"")
    loose[7].write_bytes(b"garbage" * 20)
    loose[8].unlink()
    torn = bytearray(loose[9].read_bytes())
    torn[len(torn) // 2 :] = bytes(len(torn) // 2)
    loose[9].write_bytes(torn)
    loose[11].write_bytes(zlib.compress(b"blab 9\0123456789"))
    loose[29].write_bytes(loose[28].read_bytes()[:100])
    answers = told(volume, known)
    wrong = {n: x for n, x in enumerate(answers) if isinstance(x, TroubleKind)}
    assert wrong == {**dict.fromkeys((1, 5, 7, 9, 11, 29), DAMAGED), 8: MISSING}
    assert all(x == wanted[n] for n, x in enumerate(answers) if n not in wrong)
    assert [bool(each) for each in details(volume)] == [True] * 3 + [False] + [True] * 3


def test_a_pack_that_was_written_over(tmp_path: Path) -> None:
    wanted = letters(60)
    path = write(tmp_path / "kvm.git", came(wanted))
    pack = packed(path)
    volume = only(path)
    known = places(volume)
    data = bytearray(pack.read_bytes())
    begin, end = len(data) // 2, len(data) // 2 + 12_000
    data[begin:end] = bytes(end - begin)
    pack.write_bytes(data)
    answers = told(volume, known)
    wrong = [n for n, x in enumerate(answers) if x is DAMAGED]
    assert 3 <= len(wrong) <= 8
    assert wrong == list(range(wrong[0], wrong[-1] + 1))
    assert [x for x in answers if x is not DAMAGED] == [
        x for n, x in enumerate(wanted) if n not in wrong
    ]


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.999])
def test_a_pack_that_is_cut_off(tmp_path: Path, keep: float) -> None:
    wanted = letters(9)
    path = write(tmp_path / "kvm.git", came(wanted))
    volume = only(path)
    known = places(volume)
    pack = packed(path)
    pack.write_bytes(pack.read_bytes()[: int(pack.stat().st_size * keep)])
    assert told(volume, known) == [DAMAGED] * 9
    pack.unlink()
    assert told(volume, known) == [MISSING] * 9


def test_after_too_much_damage_the_rest_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = letters(9)
    path = loosened(write(tmp_path / "kvm.git", came(wanted)))
    for raw in wanted[1:5]:
        damage(path, raw)
    volume = only(path)
    monkeypatch.setattr(module, "_LIVES", 3)
    assert mails(volume) == [wanted[0], *[DAMAGED] * 8]
    assert all("too many damaged objects" in each for each in details(volume)[3:])
    monkeypatch.setattr(module, "_LIVES", 5)
    assert mails(volume) == [wanted[0], *[DAMAGED] * 4, *wanted[5:]]


def test_an_archive_that_is_gone(tmp_path: Path) -> None:
    volume = Volume(Kind.PUBLIC_INBOX, str(tmp_path / "gone.git"), "gone")
    assert told(volume, ["0" * 40]) == [TroubleKind.VANISHED]


def test_a_git_that_somebody_ends_is_not_taken_for_damage(tmp_path: Path) -> None:
    many = [letter(f"n{n}", body="x" * 9_000) for n in range(300)]
    volume = only(write(tmp_path / "kvm.git", came(many)))
    before = children()
    reading = bodies(volume, places(volume))
    next(reading)
    (line,) = children() - before
    os.kill(int(line.split()[0]), signal.SIGKILL)
    with pytest.raises(InputError, match="ended by signal 9"):
        list(reading)


def test_a_git_that_crashes_is(tmp_path: Path) -> None:
    many = [letter(f"n{n}", body="x" * 9_000) for n in range(300)]
    volume = only(write(tmp_path / "kvm.git", came(many)))
    before = children()
    reading = bodies(volume, places(volume))
    next(reading)
    (line,) = children() - before
    os.kill(int(line.split()[0]), signal.SIGBUS)
    answers = [x for _, x in reading]
    assert sum(isinstance(x, Trouble) for x in answers) == 1
    assert len(answers) == 299


def test_configuration_of_the_repository_counts_for_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "kvm.git", came([ONE]))
    (path / "objects" / "info").mkdir(exist_ok=True)
    volume, known = only(path), places(only(path))
    for key, value in (("core.bigFileThreshold", "1"), ("core.useReplaceRefs", "true")):
        git(path, "config", key, value)
    git(path, "replace", known[0], blob(write(path, came([TWO])), TWO))
    config = path / "config"
    config.write_text(f"{config.read_text()}[broken\n")
    assert told(volume, known) == [ONE]


def test_nothing_is_left_when_reading_stops(tmp_path: Path) -> None:
    many = [letter(f"n{n}", body="x" * 9_000) for n in range(200)]
    volume = only(write(tmp_path / "kvm.git", came(many)))
    before = children()
    reading = bodies(volume, places(volume))
    next(reading)
    assert len(children() - before) == 1
    del reading
    assert children() <= before


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=8, unique=True))
@settings(max_examples=10)
def test_bytes_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, raw: list[bytes]
) -> None:
    path = write(tmp_path_factory.mktemp("epoch") / "kvm.git", came(raw))
    assert mails(only(path)) == [each or PURGED for each in raw]


# Mboxes

QUOTED = letter("q1", body=">From the start\n>>From there\nText\n")
UNQUOTED = QUOTED.replace(b"\n>From", b"\nFrom").replace(b"\n>>From", b"\n>From")


def test_quoted_lines_are_unquoted(tmp_path: Path) -> None:
    volume = only(file(tmp_path, "kvm.mbox", rd(QUOTED, ONE)))
    assert mails(volume) == [UNQUOTED, ONE]


MAIL = st.lists(
    st.sampled_from([ONE, TWO, QUOTED, ONE.replace(b"\n", b"\r\n"), b"Subject: x\n\n", b"x", b"\n"])
)


@given(MAIL, st.sampled_from([b"", b"\n", b"\r\n"]))
@settings(max_examples=40)
def test_the_mails_are_those_of_files(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], end: bytes
) -> None:
    folder = tmp_path_factory.mktemp("mbox")
    path = file(folder, "box", rd(ONE) + b"".join(SEPARATOR + each + end for each in parts))
    assert mails(only(path)) == [each.data for each in files.read(str(path))]


def test_an_mbox_that_was_changed_since(tmp_path: Path) -> None:
    path = file(tmp_path, "kvm.mbox", rd(ONE, TWO, THREE))
    volume = only(path)
    known = places(volume)
    path.write_bytes(rd(ONE, TWO))
    assert told(volume, known) == [ONE, TWO, TroubleKind.VANISHED]
    path.write_bytes(b"x" + rd(ONE, TWO, THREE, ONE))
    assert told(volume, known) == [TroubleKind.VANISHED] * 3
    path.unlink()
    assert told(volume, known) == [TroubleKind.VANISHED] * 3


@pytest.mark.parametrize("odd", ["", "x", "0:9", "1:2", "-1:5", "40:5", "39:9999", f"{1 << 70}:5"])
def test_what_is_no_place_has_vanished(tmp_path: Path, odd: str) -> None:
    volume = only(file(tmp_path, "kvm.mbox", rd(ONE, TWO)))
    assert told(volume, [odd, *places(volume)]) == [TroubleKind.VANISHED, ONE, TWO]


def test_a_mail_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    volume = only(file(tmp_path, "kvm.mbox", rd(ONE, TWO + b"x" * 5_000)))
    monkeypatch.setattr(module, "MAX_BYTES", 4_000)
    assert mails(volume) == [ONE, TroubleKind.TOO_LARGE]


def test_an_mbox_that_cannot_be_read(tmp_path: Path) -> None:
    volume = Volume(Kind.MBOX, str(tmp_path), "kvm")
    assert told(volume, ["39:5", "60:5"]) == [DAMAGED] * 2


def test_memory_holds_one_mail(tmp_path: Path) -> None:
    large = ONE + b"x" * 500_000 + b"\n"
    volume = only(file(tmp_path, "kvm.mbox", rd(*[large] * 40)))
    known = [each.place for each in listed(volume, mark(volume))]
    tracemalloc.start()
    count = sum(1 for _ in bodies(volume, known))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40
    assert peak < 5 << 20


def test_answers_can_be_sent_from_workers() -> None:
    answer = ("1:2", Trouble("1:2", TroubleKind.DAMAGED, "why"))
    assert pickle.loads(pickle.dumps(answer)) == answer
