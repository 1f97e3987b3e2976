"""The bytes of blobs in bulk."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from reviewbot.sources.mirror.blobs import DamageError, contents
from reviewbot.sources.mirror.epoch import known, opened
from reviewbot.sources.trouble import Trouble, TroubleKind
from tests.sources.mirror.archives import came, letter, write
from tests.sources.mirror.test_history import blob, damage, loosened
from tests.sources.repositories import needs_git

pytestmark = needs_git

MAILS = [letter(f"n{n}") for n in range(6)]


def read(path: Path, lines: Iterable[str], lives: int = 20) -> list[bytes | Trouble]:
    with TemporaryFile() as ids, known(path, "", "0" * 40) as epoch:
        ids.writelines(f"{each}\n".encode() for each in lines)
        ids.flush()
        return list(contents(epoch, ids, lives))


def test_what_stands_behind_an_id_on_its_line_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came(MAILS))
    lines = [f"{blob(path, raw)} {n:06d} more" for n, raw in enumerate(MAILS)]
    assert read(path, lines) == MAILS
    assert read(path, ["1" * 40 + " 000000"]) == [Trouble("1" * 40, TroubleKind.MISSING)]


def test_no_ids_no_answers(tmp_path: Path) -> None:
    assert read(write(tmp_path / "0.git", came(MAILS)), []) == []


def test_it_is_said_what_git_complained_of(tmp_path: Path) -> None:
    path = loosened(write(tmp_path / "0.git", came(MAILS)))
    ids = [blob(path, raw) for raw in MAILS]
    for name, data in ((ids[1], b""), (ids[3], b"garbage" * 9)):
        loose = path / "objects" / name[:2] / name[2:]
        loose.chmod(0o644)
        loose.write_bytes(data)
    loose = path / "objects" / ids[4][:2] / ids[4][2:]
    loose.unlink()
    damage(path, MAILS[5])
    troubles = [x for x in read(path, ids) if isinstance(x, Trouble)]
    assert [(x.place, x.kind) for x in troubles] == [
        (ids[1], TroubleKind.DAMAGED),
        (ids[3], TroubleKind.DAMAGED),
        (ids[4], TroubleKind.MISSING),
        (ids[5], TroubleKind.DAMAGED),
    ]
    assert troubles[0].detail.endswith("is empty")
    assert troubles[1].detail == f"unable to unpack {ids[3]} header"
    assert troubles[2].detail == ""
    assert troubles[3].detail


def test_it_is_said_how_far_it_came(tmp_path: Path) -> None:
    path = loosened(write(tmp_path / "0.git", came(MAILS)))
    ids = [blob(path, raw) for raw in MAILS]
    damage(path, MAILS[1])
    damage(path, MAILS[2])
    with pytest.raises(DamageError, match="too many damaged objects") as caught:
        read(path, ids, lives=2)
    assert caught.value.done == 3
    assert [isinstance(x, bytes) for x in read(path, ids, lives=3)] == [True, False, False] + [
        True
    ] * 3


def test_a_known_repository_is_opened_without_asking_git(tmp_path: Path) -> None:
    path = write(tmp_path / "0.git", came(MAILS))
    with opened(path) as asked, known(path, asked.tip, asked.tip) as epoch:
        assert epoch.tip == asked.tip
        names = set(asked.environment) - {"GIT_DIR", "HOME", "XDG_CONFIG_HOME"}
        assert all(epoch.environment[name] == asked.environment[name] for name in names)
