"""Letters in the outbox: asked for, moved, edited; and what was said."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.errors import InputError, UsageError
from reviewbot.model.letter import MOVES, Letter, Stage
from reviewbot.model.said import Objection, Wish
from reviewbot.sinks.outbox.base import Base
from reviewbot.sinks.outbox.entry import Query, digest
from reviewbot.sinks.outbox.outbox import FILE, GONE, Outbox
from reviewbot.sinks.outbox.rows import identity, text
from reviewbot.sinks.outbox.schema import STEPS
from tests.letters import KVM, LINEAGE, MINUTE, WHEN, brought, damage, held, letter, unnamed


@pytest.fixture
def outbox(tmp_path: Path):
    with Outbox(tmp_path) as made:
        yield made


def older(folder: Path, one: Letter, stage: Stage, *, tried: bool = False) -> None:
    """An outbox of the first schema with one letter in it."""
    base = Base(folder / FILE, STEPS[:1])
    now, posting = WHEN.isoformat(timespec="microseconds"), one.posting
    key, about = identity(one), (posting.series, posting.lineage, 1, posting.author.email)
    ways = ["sending", stage.value] if tried or stage in GONE else [stage.value]
    with base.changing() as changed:
        changed.execute(
            "INSERT INTO letter (id, message_id, parent, series, lineage, revision, author, stage, content,"
            " held, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, one.message_id, posting.message_id, *about, stage.value, text(one), now, now),
        )
        for number, after in enumerate(ways):
            row = (key, number, None, after, "x", now, "")
            changed.execute("INSERT INTO move VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    base.close()


# Asking


def found(outbox: Outbox, **query: object) -> list[str]:
    return [entry.letter.posting.message_id for entry in outbox.letters(Query(**query))]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"stages": (Stage.SENT,)}, 1),
        ({"stages": (Stage.SENT, Stage.HELD)}, 2),
        ({"series": "9@example.org"}, 1),
        ({"series": "<9@example.org>"}, 1),
        ({"series": "FOO: add"}, 2),
        ({"series": LINEAGE}, 3),
        ({"series": "nothing"}, 0),
        ({"rule": "b-rule"}, 1),
        ({"rule": "*-rule"}, 3),
        ({"rule": "b"}, 0),
        ({"list": "kvm"}, 2),
        ({"list": "KVM@vger.kernel.org"}, 2),
        ({"list": "kvm.*"}, 2),
        ({"list": "netdev"}, 1),
        ({"list": "kv"}, 0),
        ({"list": "netdev", "rule": "a-rule"}, 0),
    ],
)
def test_letters_are_found_by(outbox: Outbox, query: dict[str, object], count: int) -> None:
    held(outbox, letter("a-rule"))
    brought(
        outbox,
        letter("b-rule", parent="2@x", to=(), list_ids=("netdev.vger.kernel.org",)),
        Stage.SENT,
    )
    brought(
        outbox,
        letter("c-rule", parent="3@x", series="9@example.org", subject="[PATCH] x"),
        Stage.DROPPED,
    )
    assert len(found(outbox, **query)) == count


def test_letters_come_oldest_first(outbox: Outbox) -> None:
    for minutes in (2, 0, 1):
        held(outbox, letter(parent=f"{minutes}@x"), WHEN + minutes * MINUTE)
    assert found(outbox) == ["0@x", "1@x", "2@x"]


def test_one_letter_is_found_by_its_whole_id(outbox: Outbox) -> None:
    key = held(outbox, letter())
    entry = outbox.letter(key)
    assert entry is not None and entry.id == key and entry.short == key[:8]
    assert outbox.letter(key[:8]) is None
    assert found(outbox, ids=(key[:4],)) == ["1@example.org"]
    assert found(outbox, ids=("zz",)) == []


# Moving


@pytest.mark.parametrize("before", Stage)
@pytest.mark.parametrize("after", Stage)
def test_only_the_known_moves_are_made(outbox: Outbox, before: Stage, after: Stage) -> None:
    key = brought(outbox, letter(), before)
    if after in MOVES[before]:
        assert outbox.move(key, before, after, "somebody else", WHEN, "because")
        entry = outbox.letter(key)
        assert entry is not None and (entry.stage, entry.changed) == (after, WHEN)
        last = outbox.moves(key)[-1]
        assert (last.before, last.after, last.who, last.why) == (
            before,
            after,
            "somebody else",
            "because",
        )
    else:
        with pytest.raises(ValueError, match="no letter goes from"):
            outbox.move(key, before, after, "somebody", WHEN)


def test_a_letter_that_is_elsewhere_by_now_is_not_moved(outbox: Outbox) -> None:
    key = brought(outbox, letter(), Stage.APPROVED)
    assert outbox.move(key, Stage.APPROVED, Stage.SENDING, "one", WHEN)
    assert not outbox.move(key, Stage.APPROVED, Stage.SENDING, "another", WHEN)
    assert not outbox.move("0" * 32, Stage.APPROVED, Stage.SENDING, "another", WHEN)
    assert [move.who for move in outbox.moves(key)] == ["somebody", "somebody", "one"]


def test_what_a_server_asked_for_holds_until_the_next_move(outbox: Outbox) -> None:
    key = brought(outbox, letter(), Stage.SENDING)
    later = WHEN + timedelta(hours=1)
    outbox.move(key, Stage.SENDING, Stage.APPROVED, "x", WHEN, "450", not_before=later)
    entry = outbox.letter(key)
    assert entry is not None and (entry.not_before, entry.tries) == (later, 1)
    outbox.move(key, Stage.APPROVED, Stage.SENDING, "x", WHEN)
    entry = outbox.letter(key)
    assert entry is not None and (entry.not_before, entry.tries) == (None, 2)


def test_times_keep_their_instant_in_every_zone(outbox: Outbox) -> None:
    there = datetime(2026, 3, 9, 10, 30, 0, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    key = held(outbox, letter(), there)
    (move,) = outbox.moves(key)
    assert move.when == there
    assert move.when.tzinfo == UTC


# Editing


def test_an_edited_letter_has_the_id_of_its_words_and_is_held(outbox: Outbox) -> None:
    key = brought(outbox, letter(), Stage.APPROVED)
    entry = outbox.edit(key, "Mine.\n", "somebody else", WHEN + 5 * MINUTE)
    assert entry is not None
    assert (entry.id, entry.stage, entry.edited) == (key, Stage.HELD, True)
    assert entry.letter.reply.body == "Mine.\n"
    assert entry.letter.message_id != letter().message_id
    assert entry.letter.claims == letter().claims
    last = outbox.moves(key)[-1]
    assert (last.before, last.after, last.why) == (Stage.APPROVED, Stage.HELD, "edited")


@pytest.mark.parametrize("stage", [*GONE, Stage.DROPPED])
def test_what_is_on_its_way_is_not_edited(outbox: Outbox, stage: Stage) -> None:
    key = brought(outbox, letter(), stage)
    assert outbox.edit(key, "Mine.\n", "x", WHEN) is None
    entry = outbox.letter(key)
    assert entry is not None and unnamed(entry.letter) == unnamed(letter())


def test_what_another_edited_meanwhile_is_not_edited(outbox: Outbox) -> None:
    key = held(outbox, letter())
    (before,) = outbox.letters()
    outbox.edit(key, "Theirs.\n", "x", WHEN)
    assert outbox.edit(key, "Mine.\n", "x", WHEN, over=before.letter.message_id) is None
    entry = outbox.letter(key)
    assert entry is not None
    assert outbox.edit(key, "Mine.\n", "x", WHEN, over=entry.letter.message_id) is not None


def test_two_letters_cannot_become_the_same_mail(outbox: Outbox) -> None:
    held(outbox, letter("a-rule", body="Same.\n"))
    key = held(outbox, letter("b-rule"))
    with pytest.raises(UsageError, match="the same mail is there already"):
        outbox.edit(key, "Same.\n", "x", WHEN)


def test_an_edited_letter_is_still_not_held_again(outbox: Outbox) -> None:
    key = held(outbox, letter("a-rule"))
    outbox.edit(key, "Mine.\n", "x", WHEN)
    assert not outbox.hold(letter("a-rule"), "x", WHEN).held


# What was looked at


def test_what_was_changed_since_it_was_shown_is_not_moved(outbox: Outbox) -> None:
    key = held(outbox, letter())
    (shown,) = outbox.letters()
    outbox.edit(key, "Mine.\n", "x", WHEN)
    (now,) = outbox.letters()
    assert now.digest != shown.digest
    assert not outbox.move(key, Stage.HELD, Stage.APPROVED, "x", WHEN, shown=shown.digest)
    assert outbox.letter(key).stage is Stage.HELD
    assert outbox.move(key, Stage.HELD, Stage.APPROVED, "x", WHEN, shown=now.digest)


@pytest.mark.parametrize(
    "change",
    [{"body": "x"}, {"subject": "Re: x"}, {"to": (KVM,)}, {"cc": (KVM,)}, {"reply_to": None}],
)
def test_a_digest_is_over_all_that_would_be_sent(change: dict[str, object]) -> None:
    one = letter()
    other = replace(one, reply=replace(one.reply, **change))
    assert digest(other) != digest(one)
    assert digest(replace(one, posting=replace(one.posting, revision=7))) == digest(one)


# Names


def test_nobody_can_tell_a_message_id_who_has_not_the_outbox(tmp_path: Path) -> None:
    names = set()
    for name in ("one", "two"):
        with Outbox(tmp_path / name) as outbox:
            held(outbox, letter())
            names.add(outbox.letters()[0].letter.message_id)
    assert len(names) == 2
    assert letter().message_id not in names


def test_the_same_words_get_the_same_name_in_one_outbox(outbox: Outbox) -> None:
    key = held(outbox, letter())
    (before,) = outbox.letters()
    outbox.edit(key, "Mine.\n", "x", WHEN)
    outbox.edit(key, before.letter.reply.body, "x", WHEN)
    assert outbox.letter(key).letter.message_id == before.letter.message_id


@pytest.mark.parametrize("stage", Stage)
def test_an_older_outbox_gets_names_that_nobody_can_tell(tmp_path: Path, stage: Stage) -> None:
    """What may have left keeps the name it left under."""
    older(tmp_path, letter(), stage)
    with Outbox(tmp_path) as outbox:
        (entry,) = outbox.letters()
        may_have_left = stage in GONE
        assert (entry.letter.message_id == letter().message_id) is may_have_left
        assert unnamed(entry.letter) == unnamed(letter())
        assert entry.letter.message_id.endswith("@example.org")
        done = outbox.hold(letter(), "x", WHEN)
        assert (done.held, done.why) == (False, f"it is there, {stage.value}")
    with Outbox(tmp_path) as outbox:
        assert outbox.letters() == (entry,)


def test_a_letter_of_an_older_outbox_that_was_put_off_keeps_its_name(tmp_path: Path) -> None:
    older(tmp_path, letter(), Stage.APPROVED, tried=True)
    with Outbox(tmp_path) as outbox:
        assert outbox.letters()[0].letter.message_id == letter().message_id


# Damage


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content", "{"),
        ("content", "[]"),
        ("content", '{"reply": "\udcff"}'),
        ("content", ""),
        ("held", "yesterday"),
        ("held", "2026-03-09T08:00:00"),
        ("changed", "\udcff\udcfe"),
        ("not_before", "9"),
    ],
)
def test_a_damaged_letter_is_named_and_the_others_are_there(
    outbox: Outbox, tmp_path: Path, column: str, value: str
) -> None:
    lost = held(outbox, letter())
    sound = held(outbox, letter(parent="2@x"))
    damage(tmp_path, lost, column, value)
    assert [entry.id for entry in outbox.letters()] == [sound]
    (one,) = outbox.unreadable()
    assert (one.id, one.stage) == (lost, Stage.HELD)
    assert one.why and "\udcff" not in one.why
    assert outbox.unreadable((Stage.SENT,)) == ()
    with pytest.raises(InputError, match=f"letter {lost[:8]} cannot be read"):
        outbox.letter(lost)


@pytest.mark.parametrize("change", ["at = 'x'", "after = 'lost'", "before = 'lost'"])
def test_a_letter_whose_history_is_damaged_is_not_read(
    outbox: Outbox, tmp_path: Path, change: str
) -> None:
    key = brought(outbox, letter(), Stage.APPROVED)
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute(f"UPDATE move SET {change} WHERE number = 2")
    assert [one.id for one in outbox.unreadable()] == [key]


def test_a_damaged_time_counts_as_just_now(outbox: Outbox, tmp_path: Path) -> None:
    """Caps are counted by these: a letter whose time is lost may have left a minute ago."""
    brought(outbox, letter(), Stage.SENT)
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("UPDATE move SET at = '\x01' WHERE after IN ('sending', 'sent')")
    assert len(outbox.departures(WHEN)) == 1
    (said,) = outbox.said()
    assert said.when > WHEN + timedelta(days=99_999)


def test_a_wish_that_cannot_be_read_is_not_passed_over(outbox: Outbox, tmp_path: Path) -> None:
    outbox.object(Objection(Wish.OFF, "a@x", "1@x", WHEN, lineage=LINEAGE, until=WHEN + MINUTE))
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("UPDATE objection SET until = 'x'")
    assert outbox.objections(WHEN + 9 * MINUTE)
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("UPDATE objection SET wish = 'x'")
    with pytest.raises(InputError, match="a wish that cannot be read"):
        outbox.objections(WHEN)


# What was said


def test_what_left_or_may_have_is_said(outbox: Outbox) -> None:
    for number, stage in enumerate(Stage):
        brought(outbox, letter("a-rule", parent=f"{number}@x", revision=3), stage)
    said = outbox.said(LINEAGE)
    assert {one.stage for one in said} == set(GONE)
    (sent,) = (one for one in said if one.stage is Stage.SENT)
    assert (sent.rule, sent.fingerprint, sent.symbol) == ("a-rule", "a-rule-fingerprint", "bar")
    assert (sent.revision, sent.lineage, sent.answered) == (3, LINEAGE, None)
    assert sent.when == WHEN + 3 * MINUTE
    assert outbox.letters(Query((Stage.SENT,)))[0].letter.message_id == sent.message_id


def test_only_the_lineage_that_is_asked_for(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule", "b-rule"), Stage.SENT)
    brought(outbox, letter("a-rule", parent="2@x", lineage="change-id:x"), Stage.SENT)
    assert len(outbox.said("change-id:x")) == 1
    assert len(outbox.said()) == 3
    assert outbox.said("author:nobody") == ()


def test_what_a_person_dropped_is_declined(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule"), Stage.DROPPED)
    (one,) = outbox.declined(LINEAGE)
    assert (one.rule, one.stage) == ("a-rule", Stage.DROPPED)
    assert outbox.said() == ()


def test_the_first_answer_counts(outbox: Outbox) -> None:
    brought(outbox, letter(), Stage.SENT)
    one = outbox.letters()[0].letter
    assert outbox.answered(one.message_id, WHEN + 2 * MINUTE)
    assert not outbox.answered(one.message_id, WHEN + 3 * MINUTE)
    assert outbox.answered(one.message_id, WHEN + MINUTE)
    assert not outbox.answered("nobody@x", WHEN)
    assert outbox.said()[0].answered == WHEN + MINUTE


def test_departures_are_counted_from_when_they_began(outbox: Outbox) -> None:
    for number, stage in enumerate(Stage):
        brought(outbox, letter(parent=f"{number}@x", series=f"s{number}@x"), stage)
    gone = outbox.departures(WHEN)
    assert {one.series for one in gone} == {f"s{list(Stage).index(stage)}@x" for stage in GONE}
    assert {(one.author, one.lineage, one.when) for one in gone} == {
        ("author@example.org", LINEAGE, WHEN + 2 * MINUTE)
    }
    assert outbox.departures(WHEN + 3 * MINUTE) == ()


def test_a_letter_that_is_tried_again_departs_once(outbox: Outbox) -> None:
    key = brought(outbox, letter(), Stage.SENDING)
    outbox.move(key, Stage.SENDING, Stage.APPROVED, "x", WHEN)
    assert outbox.departures(WHEN) == ()
    outbox.move(key, Stage.APPROVED, Stage.SENDING, "x", WHEN + 9 * MINUTE)
    assert [one.when for one in outbox.departures(WHEN)] == [WHEN + 9 * MINUTE]


def test_all_of_it_is_there_for_the_next_process(tmp_path: Path) -> None:
    with Outbox(tmp_path) as outbox:
        key = brought(outbox, letter(), Stage.SENT)
    with Outbox(tmp_path) as outbox:
        assert [entry.id for entry in outbox.letters()] == [key]
        assert len(outbox.moves(key)) == 4
