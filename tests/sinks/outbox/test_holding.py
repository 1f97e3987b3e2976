"""A letter is held once, whatever lies there about the same mail."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.errors import UsageError
from reviewbot.model.letter import Stage
from reviewbot.sinks.outbox.entry import Query
from reviewbot.sinks.outbox.outbox import Outbox
from tests.letters import BODY, MINUTE, WHEN, brought, held, letter, unnamed


@pytest.fixture
def outbox(tmp_path: Path):
    with Outbox(tmp_path) as made:
        yield made


def stages(outbox: Outbox) -> list[str]:
    return [entry.stage.value for entry in outbox.letters()]


def test_a_letter_is_held_and_comes_back_as_it_was(outbox: Outbox) -> None:
    one = letter("a-rule", "b-rule")
    done = outbox.hold(one, "somebody", WHEN, "review")
    (entry,) = outbox.letters()
    assert (unnamed(entry.letter), entry.stage, entry.id) == (unnamed(one), Stage.HELD, done.id)
    assert (entry.held, entry.changed, entry.edited, entry.tries) == (WHEN, WHEN, False, 0)
    (move,) = outbox.moves(done.id)
    assert (move.before, move.after, move.who, move.when, move.why) == (
        None,
        Stage.HELD,
        "somebody",
        WHEN,
        "review",
    )


@pytest.mark.parametrize("stage", Stage)
def test_the_same_is_not_held_again_in_any_stage(outbox: Outbox, stage: Stage) -> None:
    key = brought(outbox, letter("a-rule"), stage)
    done = outbox.hold(letter("a-rule"), "somebody", WHEN)
    assert (done.id, done.held, done.why) == (key, False, f"it is there, {stage.value}")
    assert stages(outbox) == [stage.value]


def test_other_words_for_the_same_are_the_same(outbox: Outbox) -> None:
    held(outbox, letter("a-rule"))
    assert not outbox.hold(letter("a-rule", body=BODY + "More.\n"), "somebody", WHEN).held


def test_the_order_of_what_is_said_does_not_matter(outbox: Outbox) -> None:
    held(outbox, letter("a-rule", "b-rule"))
    assert not outbox.hold(letter("b-rule", "a-rule"), "somebody", WHEN).held


def test_the_same_of_another_mail_is_another_letter(outbox: Outbox) -> None:
    held(outbox, letter("a-rule"))
    held(outbox, letter("a-rule", parent="2@example.org"))
    assert len(outbox.letters()) == 2


def test_something_else_of_the_same_mail_is_another_letter(outbox: Outbox) -> None:
    brought(outbox, letter("a-rule"), Stage.SENT)
    held(outbox, letter("b-rule"))
    assert sorted(stages(outbox)) == ["held", "sent"]


def test_a_letter_that_says_more_takes_the_place_of_one_that_is_held(outbox: Outbox) -> None:
    old = held(outbox, letter("a-rule"))
    new = held(outbox, letter("a-rule", "b-rule"), WHEN + MINUTE)
    assert [entry.id for entry in outbox.letters(Query((Stage.HELD,)))] == [new]
    assert outbox.moves(old)[-1].why == f"{new[:8]} says this and more"
    newest = held(outbox, letter("a-rule", "b-rule", "c-rule"), WHEN + 2 * MINUTE)
    assert [entry.id for entry in outbox.letters(Query((Stage.HELD,)))] == [newest]


def test_one_whose_place_was_taken_was_not_declined(outbox: Outbox) -> None:
    held(outbox, letter("a-rule"))
    held(outbox, letter("a-rule", "b-rule"))
    assert outbox.declined() == ()


def test_a_letter_that_says_less_is_not_held(outbox: Outbox) -> None:
    key = held(outbox, letter("a-rule", "b-rule"))
    done = outbox.hold(letter("b-rule"), "somebody", WHEN)
    assert (done.held, done.why) == (False, f"all it says is in {key[:8]} (held)")


def test_two_letters_that_together_say_it_all(outbox: Outbox) -> None:
    held(outbox, letter("a-rule"))
    held(outbox, letter("b-rule"))
    done = outbox.hold(letter("a-rule", "b-rule"), "somebody", WHEN)
    assert not done.held and done.why.startswith("all it says is in ")


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.HELD])
def test_what_was_decided_on_is_not_replaced_nor_said_again(outbox: Outbox, stage: Stage) -> None:
    key = brought(outbox, letter("a-rule"), stage)
    done = outbox.hold(letter("a-rule", "b-rule"), "somebody", WHEN)
    assert (done.held, done.why) == (False, f"part of what it says is in {key[:8]} ({stage.value})")


def test_what_a_person_edited_is_not_replaced(outbox: Outbox) -> None:
    key = held(outbox, letter("a-rule"))
    outbox.edit(key, "Mine.\n", "somebody", WHEN)
    assert not outbox.hold(letter("a-rule", "b-rule"), "somebody", WHEN).held


def test_a_dropped_letter_does_not_come_back_beside_its_replacement(outbox: Outbox) -> None:
    old = held(outbox, letter("a-rule"))
    new = held(outbox, letter("a-rule", "b-rule"))
    with pytest.raises(UsageError, match=rf"{new[:8]} \(held\) says the same already"):
        outbox.move(old, Stage.DROPPED, Stage.HELD, "somebody", WHEN)
    outbox.move(new, Stage.HELD, Stage.DROPPED, "somebody", WHEN)
    assert outbox.move(old, Stage.DROPPED, Stage.HELD, "somebody", WHEN)
    with pytest.raises(UsageError):
        outbox.move(new, Stage.DROPPED, Stage.HELD, "somebody", WHEN)


def test_a_letter_of_which_nothing_is_known_is_told_by_its_words(outbox: Outbox) -> None:
    bare = replace(letter("a-rule"), claims=())
    assert outbox.hold(bare, "somebody", WHEN).held
    assert not outbox.hold(bare, "somebody", WHEN).held


def test_the_same_mail_is_not_held_twice_even_for_other_reasons(outbox: Outbox) -> None:
    one = letter("a-rule")
    held(outbox, one)
    assert not outbox.hold(replace(one, claims=letter("b-rule").claims), "x", WHEN).held


def test_text_that_nobody_can_write_down_is_made_whole(outbox: Outbox) -> None:
    held(outbox, letter(body="a\udc80b\n", subject="\ud800"))
    (entry,) = outbox.letters()
    assert (entry.letter.reply.body, entry.letter.posting.subject) == ("a?b\n", "?")


def test_when_a_letter_was_replaced_is_known(outbox: Outbox) -> None:
    old = held(outbox, letter("a-rule"))
    held(outbox, letter("a-rule", "b-rule"), WHEN + MINUTE)
    entry = outbox.letter(old)
    assert entry is not None
    assert entry.changed == WHEN + MINUTE
