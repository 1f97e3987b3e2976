"""What the outbox remembers, in later reviews: from one revision to the next, by the command line."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.commands.remembering import remembering
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.letter import Stage
from reviewbot.model.said import Objection, Wish
from reviewbot.review.history import NOTHING
from reviewbot.sinks.mboxrd import mboxrd
from reviewbot.sinks.outbox.outbox import Outbox
from tests.builders import mail, patch_body
from tests.commands.cases import FAULTY
from tests.values import patch, series

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SYMBOL = "try_module_get(owner)"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def posted(folder: Path, revision: int, *answers: bytes, diff: str = FAULTY) -> str:
    """A revision of one patch, with what was answered."""
    tag = f" v{revision}" if revision > 1 else ""
    subject, name = f"[PATCH{tag}] foo: fix bar", f"v{revision}@example.org"
    first = mail(patch_body(diff), subject=subject, message_id=name)
    path = folder / f"v{revision}.mbox"
    path.write_bytes(b"".join(map(mboxrd, (first, *answers))))
    return str(path)


def answer(to: str, under: str) -> bytes:
    headers = (("In-Reply-To", f"<{to}>"), ("References", f"<{under}>"))
    return mail(
        "It cannot fail here.", subject="Re: foo", message_id="a@example.org", headers=headers
    )


def send() -> str:
    """Send what is held, as far as the outbox knows; the Message-ID of our mail."""
    steps = (Stage.HELD, Stage.APPROVED, Stage.SENDING, Stage.SENT)
    with Outbox(state_folder()) as outbox:
        (entry,) = outbox.letters()
        for before, after in pairwise(steps):
            assert outbox.move(entry.id, before, after, "me", NOW)
    return entry.letter.message_id


@pytest.fixture
def sent(tmp_path: Path) -> str:
    run(["review", "--queue", posted(tmp_path, 1)])
    return send()


def told(capsys, *words: str) -> str:
    capsys.readouterr()
    assert run(["review", *words]) == ExitCode.OK
    out = str(capsys.readouterr().out)
    return out if "json" in words else " ".join(out.split())


@pytest.mark.usefixtures("sent")
def test_what_was_not_answered_is_still_there(tmp_path: Path, capsys) -> None:
    assert "Still there since v1." in told(capsys, "--history", posted(tmp_path, 2))


@pytest.mark.usefixtures("sent")
def test_without_history_a_review_depends_on_its_input_alone(tmp_path: Path, capsys) -> None:
    assert "Still there" not in told(capsys, posted(tmp_path, 2))


def test_what_was_answered_is_not_said_again_even_without_the_answer(
    tmp_path: Path, sent: str, capsys
) -> None:
    first = posted(tmp_path, 1, answer(sent, "v1@example.org"))
    told(capsys, "--history", first)
    out = told(capsys, "--history", "--channel", "all", posted(tmp_path, 2))
    assert "suppressed: said of v1 and answered" in out


@pytest.mark.usefixtures("sent")
def test_the_next_letter_says_so(tmp_path: Path, capsys) -> None:
    run(["review", "--queue", posted(tmp_path, 2)])
    with Outbox(state_folder()) as outbox:
        bodies = [entry.letter.reply.body for entry in outbox.letters()]
    assert ["Still there since v1." in " ".join(body.split()) for body in bodies] == [False, True]


def test_what_was_fixed_is_noted(tmp_path: Path, sent: str, capsys) -> None:
    v2 = posted(
        tmp_path,
        2,
        diff=FAULTY.replace("try_module_get(owner)", "bar(0)"),
    )
    name = f"said of v1, no longer found: module-get-unchecked {SYMBOL}"
    assert name in told(capsys, "--history", v2)
    (fixed,) = json.loads(told(capsys, "--history", "--format", "json", v2))["fixed"]
    assert fixed["said"] == sent
    assert (fixed["rule"], fixed["symbol"]) == ("module-get-unchecked", SYMBOL)
    assert (fixed["revision"], fixed["message_id"]) == (1, "v2@example.org")


def test_who_asked_for_silence_gets_it(tmp_path: Path, sent: str, capsys) -> None:
    with Outbox(state_folder()) as outbox:
        (one,) = outbox.said()
        since = datetime.now(UTC) - timedelta(days=1)
        wish = Objection(
            Wish.FALSE_POSITIVE,
            "author@example.org",
            "w@example.org",
            since,
            "it cannot fail",
            fingerprint=one.fingerprint,
        )
        outbox.object(wish)
    out = told(capsys, "--history", "--channel", "all", posted(tmp_path, 2))
    assert "author@example.org asked for false-positive: it cannot fail" in out
    assert one.message_id == sent


def test_a_dropped_letter_makes_a_draft_of_the_next(tmp_path: Path, capsys) -> None:
    run(["review", "--queue", posted(tmp_path, 1)])
    with Outbox(state_folder()) as outbox:
        (entry,) = outbox.letters()
        outbox.move(entry.id, Stage.HELD, Stage.DROPPED, "me", NOW, "not worth it")
    out = told(capsys, "--history", posted(tmp_path, 2))
    assert "draft: dropped from the queue at v1" in out


def test_no_outbox_is_made_to_be_asked(tmp_path: Path, capsys) -> None:
    told(capsys, "--history", posted(tmp_path, 1))
    assert not (state_folder() / "outbox.db").exists()
    with remembering(tmp_path, frozenset()) as memory_of:
        assert memory_of(series(patch())) is NOTHING


def test_a_title_that_cannot_be_written_down_is_remembered(tmp_path: Path) -> None:
    """Half a surrogate pair, which UTF-7 can carry, in a subject."""
    name = "[PATCH] foo: fix =?utf-7?q?+2AA-?="
    path = tmp_path / "odd.mbox"
    path.write_bytes(mboxrd(mail(patch_body(FAULTY), subject=name, message_id="odd@example.org")))
    for _ in range(2):
        assert run(["review", "--queue", str(path)]) == ExitCode.OK
    with Outbox(state_folder()) as outbox:
        (entry,) = outbox.letters()
        assert len(outbox.said(entry.letter.posting.lineage)) == 0
    send()
    with Outbox(state_folder()) as outbox:
        assert len(outbox.said(entry.letter.posting.lineage)) == 1
    assert run(["review", "--history", str(path)]) == ExitCode.OK
