"""`reviewbot queue` and `reviewbot review --queue`: from a patch to a letter that a person decided on."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.letter import Stage
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.outbox.entry import Entry, Query
from reviewbot.sinks.outbox.outbox import Outbox
from tests.commands.cases import faulty, sound
from tests.letters import BODY, LINEAGE, WHEN, brought, damage, letter


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    with Outbox(state_folder()) as opened:
        yield opened


def stages(outbox: Outbox) -> dict[str, str]:
    return {entry.letter.posting.message_id: entry.stage.value for entry in outbox.letters()}


# review --queue


def test_replies_are_held_and_not_printed(tmp_path: Path, capsys) -> None:
    path = faulty(tmp_path)
    assert run(["review", "--queue", str(path)]) == ExitCode.OK
    told = capsys.readouterr()
    assert told.out == ""
    with Outbox(state_folder()) as outbox:
        (entry,) = outbox.letters()
    assert told.err == f"{entry.short} Re: [PATCH] foo: fix bar: held\n1 letter held\n"
    assert entry.stage is Stage.HELD
    assert [claim.rule for claim in entry.letter.claims] == ["module-get-unchecked"]
    run(["review", "--format", "mail", str(path)])
    written = capsys.readouterr().out
    assert entry.letter.reply.body in written
    # Nobody can tell it who has the patch and the words alone.
    assert entry.letter.message_id not in written


def test_a_second_review_holds_nothing(tmp_path: Path, capsys) -> None:
    path = str(faulty(tmp_path))
    run(["review", "--queue", path])
    capsys.readouterr()
    assert run(["review", "--queue", path, path]) == ExitCode.OK
    err = capsys.readouterr().err
    assert "not held, it is there, held" in err
    assert err.endswith("0 letters held; 1 letter not held again\n")


def test_a_sound_patch_makes_no_letter(tmp_path: Path, capsys) -> None:
    run(["review", "--queue", str(sound(tmp_path))])
    assert capsys.readouterr().err == "0 letters held\n"


def test_a_patch_that_was_never_mailed_makes_no_letter(tmp_path: Path, capsys) -> None:
    path = faulty(tmp_path)
    path.write_text(re.sub("Message-ID:.*\n", "", path.read_text()))
    run(["review", "--queue", str(path)])
    assert capsys.readouterr().err == "0 letters held; 1 letter to patches that were never mailed\n"


@pytest.mark.parametrize("option", [["--format", "json"], ["--output", "x"]])
def test_nothing_is_printed_where_letters_are_held(tmp_path: Path, option, capsys) -> None:
    assert run(["review", "--queue", *option, str(faulty(tmp_path))]) == ExitCode.USAGE
    assert "nothing is printed" in capsys.readouterr().err


def test_a_finding_still_fails_the_run(tmp_path: Path, capsys) -> None:
    words = ["review", "--queue", "--fail-on", "bug", str(faulty(tmp_path))]
    assert run(words) == ExitCode.FINDINGS


# list


def test_the_list_shows_what_waits(outbox: Outbox, capsys) -> None:
    keys = {
        stage: brought(outbox, letter("a-rule", parent=f"{stage.value}@x"), stage)
        for stage in Stage
    }
    assert run(["queue"]) == ExitCode.OK
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    pending = [stage for stage in Stage if stage not in (Stage.SENT, Stage.DROPPED)]
    assert {row[0] for row in rows} == {keys[stage][:8] for stage in pending}
    run(["queue", "list", "--all"])
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(Stage)
    run(["queue", "list", keys[Stage.SENT][:8]])
    assert "sent" in capsys.readouterr().out


def test_an_empty_queue(capsys) -> None:
    assert run(["queue"]) == ExitCode.OK
    assert capsys.readouterr() == ("", "no letters\n")


def test_an_edited_letter_is_marked(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(), Stage.HELD)
    outbox.edit(key, "Mine.\n", "x", WHEN)
    run(["queue"])
    assert "held, edited" in capsys.readouterr().out


# show and why


def test_show_prints_what_would_be_sent_and_how_it_came_there(outbox: Outbox, capsys) -> None:
    one = letter("a-rule")
    key = brought(outbox, one, Stage.APPROVED)
    assert run(["queue", "show", key[:6]]) == ExitCode.OK
    shown = capsys.readouterr().out
    about, mail, end = shown.split("-" * 72 + "\n")
    assert end == ""
    assert about.startswith(
        f"{key}: approved\n  answers [PATCH 1/2] foo: add bar <1@example.org>\n"
    )
    assert "says a-rule bar (a-rule-fingerprint)" in about
    assert "held, by somebody" in about
    assert "held -> approved, by somebody: to approved" in about
    dates = re.compile(r"^Date: .*$", re.MULTILINE)
    entry = outbox.letter(key)
    assert entry is not None
    assert dates.sub("", mail) == dates.sub("", draft(entry.letter.reply, WHEN).decode())
    assert f"  content {entry.digest}\n" in about


def test_show_alone_shows_what_is_held(outbox: Outbox, capsys) -> None:
    held = brought(outbox, letter(), Stage.HELD)
    brought(outbox, letter(parent="2@x"), Stage.APPROVED)
    run(["queue", "show"])
    assert re.findall(r"^(\w{32}): ", capsys.readouterr().out, re.MULTILINE) == [held]


def test_a_letter_put_off_says_until_when(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(), Stage.SENDING)
    outbox.move(key, Stage.SENDING, Stage.APPROVED, "x", WHEN, "450", not_before=WHEN)
    run(["queue", "show", key])
    shown = capsys.readouterr().out
    assert "not before 2026-03-09" in shown and "tried once" in shown


HOSTILE = "\x1b]0;owned\x07\u202egnp\x9b31m\u200b"


@pytest.mark.parametrize("verb", ["list", "show", "why", "approve", "drop"])
def test_nothing_of_a_stranger_reaches_the_terminal(outbox: Outbox, verb: str, capsys) -> None:
    one = letter("a-rule", body=f"> {HOSTILE}\n\nWhy?\n", subject=HOSTILE, series=HOSTILE)
    key = brought(outbox, one, Stage.HELD)
    outbox.move(key, Stage.HELD, Stage.APPROVED, HOSTILE, WHEN, HOSTILE)
    outbox.move(key, Stage.APPROVED, Stage.HELD, HOSTILE, WHEN, HOSTILE)
    assert run(["queue", verb, "--all"]) == ExitCode.OK
    told = capsys.readouterr()
    assert not set(told.out + told.err) & set("\x1b\x07\u202e\x9b\u200b")


def test_why_tells_the_moves(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(), Stage.DROPPED)
    assert run(["queue", "why", key[:8]]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{key[:8]}: dropped"
    assert lines[2].endswith("held -> dropped, by somebody: to dropped")
    assert len(lines) == 3


def test_why_tells_what_speaks_against_a_letter_that_waits(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "why", key]) == ExitCode.OK
    assert re.search(r"not now: |nothing speaks against", capsys.readouterr().out)


# Letters that cannot be read


def torn(outbox: Outbox, stage: Stage = Stage.HELD) -> tuple[str, str]:
    """The ids of a letter that cannot be read, and of one that can."""
    lost = brought(outbox, letter(), stage)
    damage(state_folder(), lost)
    return lost, brought(outbox, letter(parent="2@x"), stage)


@pytest.mark.parametrize("verb", [[], ["show"], ["show", "--all"], ["why", "--all"]])
def test_a_letter_that_cannot_be_read_does_not_stop_the_others(
    outbox: Outbox, verb: list[str], capsys
) -> None:
    lost, sound = torn(outbox)
    assert run(["queue", *verb]) == ExitCode.UNUSABLE
    told = capsys.readouterr()
    assert sound[:8] in told.out
    assert lost[:8] in told.out + told.err
    assert "truncated" in told.out + told.err


def test_it_is_listed_with_its_id_and_the_reason(outbox: Outbox, capsys) -> None:
    lost, _ = torn(outbox)
    run(["queue"])
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(lost[:8]))
    assert "held, UNREADABLE" in line and "Input data was truncated" in line


def test_it_is_neither_approved_nor_shown_by_its_id(outbox: Outbox, capsys) -> None:
    lost, _ = torn(outbox)
    for verb in ("approve", "show", "restore"):
        assert run(["queue", verb, lost[:8]]) == ExitCode.USAGE
        assert f"{lost[:8]} cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("stage", "verb", "after"),
    [
        (Stage.HELD, ["drop"], Stage.DROPPED),
        (Stage.UNDECIDED, ["drop"], Stage.DROPPED),
        (Stage.UNDECIDED, ["settle", "--sent"], Stage.SENT),
    ],
)
def test_it_is_put_away_by_its_id(
    outbox: Outbox, stage: Stage, verb: list[str], after: Stage, capsys
) -> None:
    lost, sound = torn(outbox, stage)
    assert run(["queue", *verb, lost[:8]]) == ExitCode.OK
    assert f"{lost[:8]} {after.value}: it cannot be read" in capsys.readouterr().out
    assert [one.stage for one in outbox.unreadable()] == [after]
    assert run(["queue"]) == ExitCode.OK
    assert outbox.letter(sound).stage is stage


def test_the_ledger_goes_on(outbox: Outbox, capsys) -> None:
    lost, sound = torn(outbox, Stage.SENT)
    assert run(["ledger", "--format", "json"]) == ExitCode.UNUSABLE
    told = capsys.readouterr()
    assert sound in told.out
    assert f"{lost[:8]} (sent) cannot be read" in told.err


# What is approved is what was looked at


def test_what_was_edited_since_it_was_shown_is_not_approved(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(), Stage.HELD)
    run(["queue", "show", key])
    digest = re.search(r"content (\w{12})", capsys.readouterr().out)[1]
    outbox.edit(key, BODY.replace("can fail", "cannot fail"), "another", WHEN)
    assert run(["queue", "approve", key, "--digest", digest]) == ExitCode.USAGE
    assert f"not {digest}; look at it again" in capsys.readouterr().err
    assert outbox.letter(key).stage is Stage.HELD
    run(["queue", "show", key])
    digest = re.search(r"content (\w{12})", capsys.readouterr().out)[1]
    assert run(["queue", "approve", key, "--digest", digest]) == ExitCode.OK
    assert outbox.letter(key).stage is Stage.APPROVED


def test_a_digest_is_of_one_letter(outbox: Outbox, capsys) -> None:
    for number in range(2):
        brought(outbox, letter(parent=f"{number}@x"), Stage.HELD)
    assert run(["queue", "approve", "--all", "--digest", "0" * 12]) == ExitCode.USAGE
    assert "belongs to one letter" in capsys.readouterr().err


# Moving


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        (["approve"], Stage.HELD, Stage.APPROVED),
        (["drop"], Stage.HELD, Stage.DROPPED),
        (["drop"], Stage.APPROVED, Stage.DROPPED),
        (["restore"], Stage.DROPPED, Stage.HELD),
        (["restore"], Stage.APPROVED, Stage.HELD),
        (["settle", "--sent"], Stage.UNDECIDED, Stage.SENT),
        (["settle", "--not-sent"], Stage.UNDECIDED, Stage.APPROVED),
    ],
)
def test_a_letter_is_moved(
    outbox: Outbox, verb: list[str], before: Stage, after: Stage, capsys
) -> None:
    key = brought(outbox, letter(), before)
    assert run(["queue", *verb, key[:8], "--why", "because"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith(f"{key[:8]} {after.value}: Re: ")
    last = outbox.moves(key)[-1]
    assert (last.before, last.after, last.why) == (before, after, "because")
    assert last.who not in ("", "somebody")


@pytest.mark.parametrize(
    ("options", "moved"),
    [
        (["--series", "s@x"], {"2@x"}),
        (["--rule", "b-*"], {"2@x", "3@x"}),
        (["--list", "kvm"], {"1@x", "2@x"}),
        (["--list", "kvm", "--rule", "b-rule"], {"2@x"}),
        (["--all"], {"1@x", "2@x", "3@x"}),
    ],
)
def test_several_letters_are_moved(outbox: Outbox, options: list[str], moved: set[str]) -> None:
    brought(outbox, letter("a-rule", parent="1@x"), Stage.HELD)
    brought(outbox, letter("b-rule", parent="2@x", series="s@x"), Stage.HELD)
    brought(outbox, letter("b-rule", parent="3@x", to=(), list_ids=()), Stage.HELD)
    brought(outbox, letter("b-rule", parent="4@x"), Stage.DROPPED)
    assert run(["queue", "approve", *options]) == ExitCode.OK
    approved = {key for key, stage in stages(outbox).items() if stage == "approved"}
    assert approved == moved
    assert stages(outbox)["4@x"] == "dropped"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "which letters?"),
        (["abc"], "abc: an id has at least 4 digits"),
        (["ffff0000"], "no such letter"),
        (["--rule", "nothing"], "no letter of these is held"),
    ],
)
def test_nothing_is_moved_unasked(outbox: Outbox, words: list[str], told: str, capsys) -> None:
    brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "approve", *words]) == ExitCode.USAGE
    assert told in capsys.readouterr().err
    assert set(stages(outbox).values()) == {"held"}


def test_a_letter_in_another_stage_is_named_and_nothing_is_moved(outbox: Outbox, capsys) -> None:
    held = brought(outbox, letter(parent="1@x"), Stage.HELD)
    sent = brought(outbox, letter(parent="2@x"), Stage.SENT)
    assert run(["queue", "approve", held, sent]) == ExitCode.USAGE
    assert f"{sent[:8]} is sent, not held" in capsys.readouterr().err
    assert stages(outbox)["1@x"] == "held"


def test_an_id_that_fits_two_letters(outbox: Outbox, capsys, monkeypatch) -> None:
    monkeypatch.setattr("reviewbot.commands.selection.SHORTEST", 1)
    ids = [brought(outbox, letter(parent=f"{n}@x"), Stage.HELD) for n in range(20)]
    starts = [key[0] for key in ids]
    start = next(each for each in starts if starts.count(each) > 1)
    assert run(["queue", "approve", start]) == ExitCode.USAGE
    assert f"{start}: which? " in capsys.readouterr().err


def test_what_cannot_come_back_is_said_and_the_others_come(outbox: Outbox, capsys) -> None:
    brought(outbox, letter("a-rule"), Stage.HELD)
    brought(outbox, letter("a-rule", "b-rule"), Stage.HELD)
    brought(outbox, letter("c-rule", parent="2@x"), Stage.DROPPED)
    assert run(["queue", "restore", "--all"]) == ExitCode.USAGE
    told = capsys.readouterr()
    assert "says the same already" in told.err
    assert stages(outbox)["2@x"] == "held"


# edit


def editor(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real program as $EDITOR; `$1` is the file."""
    path = folder / "an editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{path}'")


def the_one(outbox: Outbox) -> Entry:
    (entry,) = outbox.letters(Query())
    return entry


def test_a_letter_is_edited(outbox: Outbox, tmp_path: Path, monkeypatch, capsys) -> None:
    editor(tmp_path, 'stat -c %a "$1" >"$1.mode"; sed -i "s/can fail/may fail/" "$1"', monkeypatch)
    key = brought(outbox, letter(), Stage.APPROVED)
    assert run(["queue", "edit", key[:8]]) == ExitCode.OK
    assert capsys.readouterr().err == f"{key[:8]}: changed, and held\n"
    entry = the_one(outbox)
    assert entry.letter.reply.body == letter().reply.body.replace("can fail", "may fail")
    assert (entry.stage, entry.edited) == (Stage.HELD, True)
    assert entry.letter.message_id != letter().message_id
    (left,) = (state_folder() / "edits").iterdir()
    assert left.read_text() == "600\n"


def test_an_editor_that_changes_nothing(
    outbox: Outbox, tmp_path: Path, monkeypatch, capsys
) -> None:
    editor(tmp_path, "true", monkeypatch)
    key = brought(outbox, letter(), Stage.APPROVED)
    assert run(["queue", "edit", key]) == ExitCode.OK
    assert capsys.readouterr().err == f"{key[:8]}: not changed\n"
    assert the_one(outbox).stage is Stage.APPROVED
    assert not [*(state_folder() / "edits").iterdir()]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ('sed -i "s/^To: .*/To: x@example.org/" "$1"', "the headers have changed"),
        (': >"$1"', "the headers have changed"),
        ('printf "\\033[2J\\n" >>"$1"', "not plain text"),
        ('sed -i "/can fail/d" "$1"', "nothing of our own is said"),
    ],
)
def test_what_must_not_be_sent_is_kept_for_the_person(
    outbox: Outbox, tmp_path: Path, script: str, told: str, monkeypatch, capsys
) -> None:
    editor(tmp_path, script, monkeypatch)
    key = brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "edit", key]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert told in err
    (left,) = (state_folder() / "edits").iterdir()
    assert f"Your text is kept in {left}" in err
    assert not the_one(outbox).edited


def test_an_editor_that_fails(outbox: Outbox, tmp_path: Path, monkeypatch, capsys) -> None:
    editor(tmp_path, "exit 3", monkeypatch)
    brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "edit", the_one(outbox).short]) == ExitCode.USAGE
    assert "an editor" in capsys.readouterr().err
    assert not the_one(outbox).edited


def test_what_left_while_the_editor_was_open_is_not_edited(
    outbox: Outbox, tmp_path: Path, monkeypatch, capsys
) -> None:
    key = brought(outbox, letter(), Stage.HELD)
    editor(tmp_path, f'reviewbot queue drop {key}; sed -i "s/can/may/" "$1"', monkeypatch)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert run(["queue", "edit", key]) == ExitCode.USAGE
    assert "somebody else moved or edited it meanwhile" in capsys.readouterr().err
    assert the_one(outbox).stage is Stage.DROPPED


def test_doubts_are_told_and_the_words_kept(
    outbox: Outbox, tmp_path: Path, monkeypatch, capsys
) -> None:
    editor(
        tmp_path,
        'sed -i "s/^bar.*/It can fail, and nobody looks at what it says about that, ever, nor ever did, at all./" "$1"',
        monkeypatch,
    )
    key = brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "edit", key]) == ExitCode.OK
    assert "wider than 72 columns" in capsys.readouterr().err
    assert "ever did, at all" in the_one(outbox).letter.reply.body


def test_what_is_on_its_way_is_not_opened(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(lineage=LINEAGE), Stage.SENT)
    assert run(["queue", "edit", key]) == ExitCode.USAGE
    assert f"{key[:8]} is sent, not held or approved" in capsys.readouterr().err


# The file


def test_the_outbox_of_a_later_reviewbot(outbox: Outbox, capsys) -> None:
    with outbox._base.changing() as base:
        base.execute("PRAGMA user_version = 99")
    assert run(["queue"]) == ExitCode.UNUSABLE
    err = capsys.readouterr().err
    assert "outbox.db: written by a later reviewbot" in err and "XDG_STATE_HOME" in err


def test_an_editor_that_removes_the_letter_is_a_sentence(
    outbox: Outbox, tmp_path: Path, monkeypatch, capsys
) -> None:
    editor(tmp_path, 'rm "$1"', monkeypatch)
    key = brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "edit", key[:8]]) == ExitCode.USAGE
    assert "what the editor left cannot be read" in capsys.readouterr().err


def test_a_reason_that_is_no_text_is_kept_as_far_as_it_is(outbox: Outbox, capsys) -> None:
    key = brought(outbox, letter(), Stage.HELD)
    assert run(["queue", "drop", key[:8], "--why", "no\udcff"]) == ExitCode.OK
    assert outbox.moves(key)[-1].why == "no\ufffd"
