from pathlib import Path

import pytest

from reviewbot.commands.belt import outcomes, series_in
from reviewbot.commands.stats import Watch
from reviewbot.config import load
from reviewbot.errors import InputError
from tests.builders import mail, patch_body
from tests.commands.cases import DIFF, faulty, sound


def written(folder: Path, position: int) -> Path:
    """One patch of a series of two, in a file of its own."""
    path = folder / f"000{position}.patch"
    path.write_bytes(
        mail(
            patch_body(DIFF.replace("foo.c", f"foo{position}.c")),
            subject=f"[PATCH {position}/2] foo: part {position}",
            message_id=f"{position}@example.org",
            in_reply_to="1@example.org" if position > 1 else "",
        )
    )
    return path


def test_files_of_one_series_may_be_named_one_by_one(tmp_path: Path) -> None:
    (one,) = series_in([str(written(tmp_path, 2)), str(written(tmp_path, 1))], Watch())
    assert [patch.message_id for patch in one.patches] == ["1@example.org", "2@example.org"]
    assert one.complete


def test_a_folder_is_the_same(tmp_path: Path) -> None:
    by_name = series_in([str(written(tmp_path, 1)), str(written(tmp_path, 2))], Watch())
    (by_folder,) = series_in([str(tmp_path)], Watch())
    assert [p.diff for p in by_folder.patches] == [p.diff for p in by_name[0].patches]


def test_an_outcome_for_every_series(tmp_path: Path) -> None:
    watch = Watch()
    sources = [str(faulty(tmp_path)), str(sound(tmp_path))]
    found = list(outcomes(sources, load().kit(), watch))
    assert [len(outcome.verdicts) for outcome in found] == [1, 0]
    assert {"read", "parse", "thread", "review"} <= set(watch.seconds)


def test_nothing_is_reviewed_before_it_is_asked_for(tmp_path: Path) -> None:
    watch = Watch()
    reviewed = outcomes([str(faulty(tmp_path))], load().kit(), watch)
    assert "review" not in watch.seconds
    assert next(reviewed).verdicts


def test_a_source_without_mail_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.mbox").touch()
    with pytest.raises(InputError):
        list(outcomes([str(tmp_path / "empty.mbox")], load().kit()))
