import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.errors import OutputError, ServiceError
from reviewbot.model.letter import Stage
from reviewbot.model.message import Address
from reviewbot.sinks import sending
from reviewbot.sinks.arrivals import FolderArrivals
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.outbox.entry import Query
from reviewbot.sinks.outbox.mark import Mark
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.sending import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Clock,
    Pace,
    held_back,
    recipients,
    recovered,
    sent,
)
from reviewbot.sinks.transport.chosen import Way
from reviewbot.sinks.transport.delivery import Delivery, Sent, nothing
from reviewbot.sinks.transport.folder import SEEN, put
from tests.letters import brought, damage, letter
from tests.sinks.clerk import START, TAKEN, Hands, Hatch, approved, desk

LATER = Sent(Delivery.LATER, "451 greylisted")
GONE = Sent(Delivery.LATER, "the connection was lost", ends=True)
REFUSED = Sent(Delivery.REFUSED, "554 spam")
UNKNOWN = Sent(Delivery.UNKNOWN, "no answer", ends=True)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "state") as opened:
        yield opened


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    return Hands(tmp_path)


def interrupted() -> None:
    raise KeyboardInterrupt


def stages(outbox: Outbox) -> list[Stage]:
    return [entry.stage for entry in outbox.letters()]


def last(outbox: Outbox) -> str:
    (entry, *_) = outbox.letters()
    return outbox.moves(entry.id)[-1].why


# The order of things


def test_a_letter_is_sending_before_it_is_handed_over(outbox: Outbox, hands: Hands) -> None:
    (entry,) = approved(outbox)
    hatch = Hatch()
    hatch.during = lambda: seen.append(outbox.letter(entry.id).stage)
    seen: list[Stage] = []
    (result,) = sent(desk(outbox, hatch, hands), [entry])
    assert seen == [Stage.SENDING]
    assert (result.stage, result.tried) == (Stage.SENT, True)
    assert stages(outbox) == [Stage.SENT]
    assert [move.who for move in outbox.moves(entry.id)][-2:] == ["anna", "anna"]
    assert last(outbox) == "250 queued"


def test_what_is_handed_over_is_the_letter(outbox: Outbox, hands: Hands) -> None:
    (entry,) = approved(outbox)
    hatch = Hatch()
    list(sent(desk(outbox, hatch, hands), [entry]))
    ((mail, sender, to),) = hatch.mails
    assert f"Message-ID: <{entry.letter.message_id}>\n".encode() in mail
    assert b"Date: Thu, 12 Mar 2026 09:00:00 +0000\n" in mail
    assert mail.decode().endswith(entry.letter.reply.body)
    assert sender == entry.letter.reply.sender.email
    assert to == recipients(entry.letter.reply)


def test_another_may_stand_on_the_envelope(outbox: Outbox, hands: Hands) -> None:
    hatch = Hatch()
    way = Way(hatch, "bounces@example.org")
    list(sent(desk(outbox, hatch, hands, way=way), approved(outbox)))
    assert hatch.mails[0][1] == "bounces@example.org"


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (TAKEN, Stage.SENT),
        (LATER, Stage.APPROVED),
        (REFUSED, Stage.HELD),
        (UNKNOWN, Stage.UNDECIDED),
    ],
)
def test_an_answer_decides_on_the_stage(
    outbox: Outbox, hands: Hands, answer: Sent, after: Stage
) -> None:
    (result,) = sent(desk(outbox, Hatch(answer), hands), approved(outbox))
    assert result.stage is after
    assert stages(outbox) == [after]
    assert last(outbox) == answer.detail


def test_who_will_not_get_it_is_written_down(outbox: Outbox, hands: Hands) -> None:
    answer = Sent(Delivery.ACCEPTED, "250 queued", (("ben@example.org", "550 no such user"),))
    list(sent(desk(outbox, Hatch(answer), hands), approved(outbox)))
    assert last(outbox) == "250 queued; not for ben@example.org: 550 no such user"


@pytest.mark.parametrize("answer", [GONE, UNKNOWN])
def test_where_the_way_is_shut_no_other_letter_is_tried(
    outbox: Outbox, hands: Hands, answer: Sent
) -> None:
    hatch = Hatch(answer)
    assert len(list(sent(desk(outbox, hatch, hands), approved(outbox, 3)))) == 1
    assert len(hatch.mails) == 1
    assert stages(outbox).count(Stage.APPROVED) == (3 if answer is GONE else 2)


def test_a_letter_refused_does_not_keep_back_the_next(outbox: Outbox, hands: Hands) -> None:
    list(sent(desk(outbox, Hatch(REFUSED, LATER, TAKEN), hands), approved(outbox, 3)))
    assert sorted(stage.value for stage in stages(outbox)) == ["approved", "held", "sent"]


def test_without_a_connection_nothing_changes(outbox: Outbox, hands: Hands) -> None:
    hatch = Hatch()
    hatch.close()
    entries = approved(outbox, 2)
    with pytest.raises(ServiceError):
        list(sent(desk(outbox, hatch, hands), entries))
    assert stages(outbox) == [Stage.APPROVED] * 2
    assert [entry.tries for entry in outbox.letters()] == [0, 0]


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), ZeroDivisionError()])
def test_interrupted_while_it_is_handed_over_nobody_knows(
    outbox: Outbox, hands: Hands, fault: BaseException
) -> None:
    with pytest.raises(type(fault)):
        list(sent(desk(outbox, Hatch(fault), hands), approved(outbox)))
    assert stages(outbox) == [Stage.UNDECIDED]


def test_a_letter_somebody_else_took_is_left_alone(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox)
    outbox.move(entries[0].id, Stage.APPROVED, Stage.HELD, "ben", START)
    hatch = Hatch()
    (result,) = sent(desk(outbox, hatch, hands), entries)
    assert (result.tried, hatch.mails) == (False, [])
    assert stages(outbox) == [Stage.HELD]


def test_a_letter_edited_and_approved_meanwhile_is_not_sent_unlooked_at(
    outbox: Outbox, hands: Hands
) -> None:
    (entry,) = approved(outbox)
    outbox.edit(entry.id, "Other words.\n", "ben", START)
    outbox.move(entry.id, Stage.HELD, Stage.APPROVED, "ben", START)
    hatch = Hatch()
    (result,) = sent(desk(outbox, hatch, hands), [entry])
    assert (result.tried, hatch.mails) == (False, [])
    assert stages(outbox) == [Stage.APPROVED]


def test_a_letter_is_sent_once_however_often_it_is_named(outbox: Outbox, hands: Hands) -> None:
    (entry,) = approved(outbox)
    hatch = Hatch()
    list(sent(desk(outbox, hatch, hands), [entry, entry]))
    list(sent(desk(outbox, hatch, hands), [entry]))
    assert len(hatch.mails) == 1


# Objections, pace and caps


def test_a_letter_that_is_objected_to_stays_approved(outbox: Outbox, hands: Hands) -> None:
    hatch = Hatch()
    refusing = desk(outbox, hatch, hands, reasons=lambda *_: ("the author said no", "so did I"))
    (result,) = sent(refusing, approved(outbox))
    assert result.why == "the author said no; so did I"
    assert (result.tried, hatch.mails, stages(outbox)) == (False, [], [Stage.APPROVED])


def test_there_is_a_pause_between_letters_and_between_runs(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox, 3)
    pace = Pace(pause=10)
    list(sent(desk(outbox, Hatch(), hands, pace=pace), entries[:2]))
    assert hands.slept == [10]
    hands.time += timedelta(seconds=4)
    list(sent(desk(outbox, Hatch(), hands, pace=pace), entries[2:]))
    assert hands.slept == [10, 6]


def test_there_is_a_number_of_letters_within_a_day(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox, 5)
    pace = Pace(pause=0, daily=3)
    results = list(sent(desk(outbox, Hatch(), hands, pace=pace), entries))
    assert [result.tried for result in results] == [True, True, True, False]
    assert results[-1].why == "3 letters left within 24 hours"
    hands.time += timedelta(hours=23)
    assert not any(one.tried for one in sent(desk(outbox, Hatch(), hands, pace=pace), entries[3:]))
    hands.time += timedelta(hours=2)
    assert all(one.tried for one in sent(desk(outbox, Hatch(), hands, pace=pace), entries[3:]))


def test_a_letter_put_off_waits_longer_each_time(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox)
    waits = []
    for _ in range(7):
        (result,) = sent(desk(outbox, Hatch(LATER), hands), entries)
        assert result.tried
        (entry,) = entries = list(outbox.letters())
        assert entry.stage is Stage.APPROVED
        waits.append(entry.not_before - hands.time)
        (early,) = sent(desk(outbox, Hatch(), hands), entries)
        assert (early.tried, early.why) == (
            False,
            f"put off by the server until {entry.not_before:%Y-%m-%d %H:%M}",
        )
        hands.time = entry.not_before
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits[-1] == LONGEST_WAIT
    (result,) = sent(desk(outbox, Hatch(LATER), hands), entries)
    assert result.stage is Stage.HELD
    assert last(outbox) == "put off 8 times: 451 greylisted"


def test_approved_again_it_has_all_its_tries_again(outbox: Outbox, hands: Hands) -> None:
    (entry,) = approved(outbox)
    pace = Pace(pause=0, tries=2)
    for after in (Stage.APPROVED, Stage.HELD):
        hands.time += LONGEST_WAIT
        (result,) = sent(desk(outbox, Hatch(LATER), hands, pace=pace), outbox.letters())
        assert result.stage is after
    outbox.move(entry.id, Stage.HELD, Stage.APPROVED, "anna", hands.time)
    (result,) = sent(desk(outbox, Hatch(LATER), hands, pace=pace), outbox.letters())
    assert result.stage is Stage.APPROVED


def test_a_lost_connection_is_not_waited_for(outbox: Outbox, hands: Hands) -> None:
    list(sent(desk(outbox, Hatch(GONE), hands), approved(outbox)))
    assert outbox.letters()[0].not_before is None


def test_what_a_letter_lacks(outbox: Outbox, hands: Hands) -> None:
    (entry,) = approved(outbox)
    bare = replace(entry.letter.reply, sender=Address("", ""), to=(), cc=())
    lacking = replace(entry, letter=replace(entry.letter, reply=bare))
    assert held_back(Way(Hatch()), lambda *_: (), lacking, START) == [
        "it has no sender: identity.email is not set",
        "it has no recipient",
    ]
    for way in (None, Way(Hatch(), is_final=False)):
        assert held_back(way, lambda *_: (), lacking, START) == []


def test_an_address_is_a_recipient_once(outbox: Outbox) -> None:
    addresses = ("Anna@example.org", "anna@example.org", "no address", "a@b\nRCPT TO:<c@d>", "")
    made = replace(letter().reply, to=tuple(Address("", each) for each in addresses), cc=())
    assert recipients(made) == ("anna@example.org",)


# Copies


def test_a_copy_is_kept_of_what_was_taken(outbox: Outbox, hands: Hands, tmp_path: Path) -> None:
    copies = tmp_path / "sent"
    hatch = Hatch(TAKEN, REFUSED)
    list(sent(desk(outbox, hatch, hands, copies=copies), approved(outbox, 2)))
    (kept,) = copies.glob("cur/*")
    assert kept.read_bytes() == hatch.mails[0][0]
    assert kept.name.endswith(":2,S")


def test_a_copy_that_cannot_be_kept_is_said_and_it_was_sent(
    outbox: Outbox, hands: Hands, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    told: list[str] = []
    copying = desk(outbox, Hatch(), hands, copies=tmp_path / "file" / "sent.mbox", tell=told.append)
    (result,) = sent(copying, approved(outbox))
    assert result.stage is Stage.SENT
    assert "no copy is kept" in told[0]


# After a run that ended


def test_of_a_letter_that_was_under_way_nobody_knows(outbox: Outbox, hands: Hands) -> None:
    brought(outbox, letter(), Stage.SENDING)
    (result,) = recovered(desk(outbox, Hatch(), hands), ())
    assert result.stage is Stage.UNDECIDED
    assert stages(outbox) == [Stage.UNDECIDED]
    assert list(recovered(desk(outbox, Hatch(), hands), ())) == []


def test_a_letter_that_was_only_begun_is_sent_as_before(outbox: Outbox, hands: Hands) -> None:
    (begun, over, absent) = (
        brought(outbox, letter(parent=f"{n}@x"), Stage.SENDING) for n in range(3)
    )
    now = desk(outbox, Hatch(), hands)
    now.mark.begin(begun)
    found = {result.entry.id: result.stage for result in recovered(now, ())}
    assert found == {begun: Stage.APPROVED, over: Stage.UNDECIDED, absent: Stage.UNDECIDED}


def test_a_letter_that_got_over_is_not_sent_again(outbox: Outbox, hands: Hands) -> None:
    key = brought(outbox, letter(), Stage.SENDING)
    now = desk(outbox, Hatch(), hands)
    now.mark.begin(key)
    now.mark.over(key)
    (result,) = recovered(now, ())
    assert result.stage is Stage.UNDECIDED


def test_interrupted_before_it_was_over_it_is_sent_as_before(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox)
    hatch = Hatch()
    hatch.before = interrupted
    with pytest.raises(KeyboardInterrupt):
        list(sent(desk(outbox, hatch, hands), entries))
    assert stages(outbox) == [Stage.APPROVED]
    hatch.before = nothing
    list(sent(desk(outbox, hatch, hands), entries))
    assert (stages(outbox), len(hatch.mails)) == ([Stage.SENT], 1)


def test_interrupted_while_a_copy_is_kept_it_is_sent_all_the_same(
    outbox: Outbox, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has said that it has it."""
    monkeypatch.setattr(sending, "file_sent", lambda *_: interrupted())
    with pytest.raises(KeyboardInterrupt):
        list(sent(desk(outbox, Hatch(), hands, copies=tmp_path / "sent"), approved(outbox)))
    assert stages(outbox) == [Stage.SENT]


def test_without_a_mark_nothing_leaves(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox, 2)
    hatch = Hatch()
    now = desk(outbox, hatch, hands, mark=Mark(hands.folder / "absent"))
    with pytest.raises(OutputError):
        list(sent(now, entries))
    assert (stages(outbox), hatch.mails) == ([Stage.APPROVED] * 2, [])


def test_where_the_mark_cannot_be_moved_on_nothing_leaves(outbox: Outbox, hands: Hands) -> None:
    (hands.folder / "marks").mkdir()
    hatch = Hatch()
    hatch.before = lambda: shutil.rmtree(hands.folder / "marks")
    with pytest.raises(OutputError):
        list(sent(desk(outbox, hatch, hands, mark=Mark(hands.folder / "marks")), approved(outbox)))
    assert hatch.mails == []
    # Nobody can say any more that it was only begun.
    assert stages(outbox) == [Stage.UNDECIDED]


@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.UNDECIDED])
def test_a_letter_that_is_found_was_sent(
    outbox: Outbox, hands: Hands, tmp_path: Path, stage: Stage
) -> None:
    brought(outbox, letter(), stage)
    (entry,) = outbox.letters()
    put(tmp_path / "sent", draft(entry.letter.reply, START), SEEN)
    places = (FolderArrivals(tmp_path / "sent"),)
    (result,) = recovered(desk(outbox, Hatch(), hands), places)
    assert result.stage is Stage.SENT
    assert str(tmp_path / "sent") in last(outbox)


@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.UNDECIDED])
def test_another_mail_by_its_message_id_says_nothing(
    outbox: Outbox, hands: Hands, tmp_path: Path, stage: Stage
) -> None:
    """A stranger who knows the Message-ID cannot make a letter look sent."""
    brought(outbox, letter(), stage)
    (entry,) = outbox.letters()
    forged = f"Message-ID: <{entry.letter.message_id}>\nFrom: stranger@example.net\n\nx\n"
    put(tmp_path / "sent", forged.encode(), SEEN)
    places = (FolderArrivals(tmp_path / "sent"),)
    told: list[str] = []
    list(recovered(desk(outbox, Hatch(), hands, tell=told.append), places))
    assert stages(outbox) == [Stage.UNDECIDED]
    assert "another mail by the Message-ID of ours: it is from stranger@example.net" in told[0]


def test_a_letter_that_cannot_be_read_is_not_looked_for(
    outbox: Outbox, hands: Hands, tmp_path: Path
) -> None:
    key = brought(outbox, letter(), Stage.SENDING)
    other = brought(outbox, letter(parent="2@example.org"), Stage.SENDING)
    damage(tmp_path / "state", key)
    (result,) = recovered(desk(outbox, Hatch(), hands), ())
    assert (result.entry.id, result.stage) == (other, Stage.UNDECIDED)
    (lost,) = outbox.unreadable()
    assert (lost.id, lost.stage) == (key, Stage.UNDECIDED)


def test_other_letters_are_not_looked_for(outbox: Outbox, hands: Hands) -> None:
    for number, stage in enumerate((Stage.HELD, Stage.APPROVED, Stage.SENT, Stage.DROPPED)):
        brought(outbox, letter(parent=f"{number}@example.org"), stage)
    assert list(recovered(desk(outbox, Hatch(), hands), ())) == []


def test_asked_to_end_no_other_letter_is_begun(outbox: Outbox, hands: Hands) -> None:
    entries = approved(outbox, 3)
    hatch = Hatch()
    clock = Clock(hands.now, hands.sleep, lambda: len(hatch.mails) == 1)
    list(sent(desk(outbox, hatch, hands, clock=clock), entries))
    assert stages(outbox) == [Stage.SENT, Stage.APPROVED, Stage.APPROVED]


def test_asked_to_end_during_the_pause_no_other_letter_is_begun(
    outbox: Outbox, hands: Hands
) -> None:
    entries = approved(outbox, 2)
    clock = Clock(hands.now, hands.sleep, lambda: bool(hands.slept))
    list(sent(desk(outbox, Hatch(), hands, clock=clock, pace=Pace(pause=10)), entries))
    assert stages(outbox) == [Stage.SENT, Stage.APPROVED]


def test_an_envelope_that_is_no_address_keeps_letters_back(outbox: Outbox, hands: Hands) -> None:
    (entry,) = approved(outbox)
    assert held_back(Way(Hatch(), "J\u00f6rg"), lambda *_: (), entry, START) == [
        "the sender on the envelope is no address: J\u00f6rg"
    ]


def test_a_clock_that_was_put_back_neither_holds_letters_up_nor_hurries(
    outbox: Outbox, hands: Hands
) -> None:
    first, second = approved(outbox, 2)
    pace = Pace(pause=10)
    hands.time += timedelta(days=300)
    list(sent(desk(outbox, Hatch(TAKEN), hands, pace=pace), [first]))
    list(sent(desk(outbox, Hatch(LATER), hands, pace=pace), [second]))
    hands.time -= timedelta(days=300)
    hands.slept.clear()
    (again,) = outbox.letters(Query((Stage.APPROVED,)))
    (result,) = sent(desk(outbox, Hatch(), hands, pace=pace), [again])
    assert (result.stage, hands.slept) == (Stage.SENT, [10])
