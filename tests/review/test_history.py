"""History: what was said of earlier revisions, answered, repeated, fixed."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from reviewbot.model.letter import Stage
from reviewbot.model.message import Message
from reviewbot.model.said import Said
from reviewbot.model.skip import SkipReason
from reviewbot.review.history import Memory, Past, fixed, past, with_answers
from reviewbot.review.outcome import Found, RuleFailure, Skip
from tests.review.letters_made import AUTHOR, HUMAN, NOW, POSTED
from tests.values import finding, patch, series

LEAK = finding("a-rule", function="foo_open", symbol="foo_get")
SAID = Said(
    lineage="l",
    fingerprint=LEAK.fingerprint,
    rule="a-rule",
    symbol="foo_get",
    revision=1,
    parent="1@example.org",
    message_id="ours@example.net",
    stage=Stage.SENT,
    when=POSTED,
)
V3 = series(patch(), revision=3)


def mail(sender=AUTHOR, **more: object) -> Message:
    fields: dict[str, object] = {"in_reply_to": (SAID.message_id,), "date": NOW}
    return Message("a@example.org", "Re:", sender, "Right.", **(fields | more))  # type: ignore[arg-type]


def test_nothing_was_said_of_a_new_finding() -> None:
    other = replace(SAID, fingerprint="0" * 16, symbol="other")
    assert past(V3, [LEAK], Memory()) == past(V3, [LEAK], Memory((other,))) == {}


def test_what_was_said_of_earlier_revisions() -> None:
    rows = (replace(SAID, revision=2), SAID)
    assert past(V3, [LEAK], Memory(rows)) == {LEAK.fingerprint: Past((1, 2), answered=False)}


def test_what_was_answered_once_is_answered() -> None:
    rows = (replace(SAID, revision=2), replace(SAID, answered=NOW))
    assert past(V3, [LEAK], Memory(rows))[LEAK.fingerprint].answered


def test_a_program_that_answers_for_somebody_answers_nothing() -> None:
    (after,) = with_answers((SAID,), [mail(machine="written by a program (X-Autoreply)")])
    assert not after.answered
    (after,) = with_answers((SAID,), [mail()])
    assert after.answered == NOW


def test_what_was_said_of_this_revision() -> None:
    assert past(V3, [LEAK], Memory((replace(SAID, revision=3),))) == {
        LEAK.fingerprint: Past((), answered=False, here=True)
    }


def test_a_function_with_another_name_is_the_same_to_a_reader() -> None:
    moved = replace(LEAK, function="foo_start")
    assert past(V3, [moved], Memory((SAID,))) == {
        moved.fingerprint: Past((1,), answered=False, moved=True)
    }


def test_a_second_place_with_the_symbol_is_another_finding() -> None:
    second = replace(LEAK, function="foo_start")
    assert [*past(V3, [LEAK, second], Memory((SAID,)))] == [LEAK.fingerprint]


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (mail(), True),
        (mail(HUMAN), True),
        (mail(in_reply_to=(), references=("x@example.org", SAID.message_id)), True),
        (mail(in_reply_to=("other@example.org",)), False),
        (mail(date=None), False),
    ],
)
def test_who_answers(answer: Message, counts: bool) -> None:
    (one,) = with_answers([SAID], [answer])
    assert one.answered == (NOW if counts else None)


def test_our_own_mails_are_no_answers() -> None:
    (one,) = with_answers([SAID], [mail(HUMAN)], {HUMAN.email})
    assert one.answered is None


def test_the_first_answer_counts() -> None:
    early = replace(SAID, answered=POSTED)
    assert with_answers([early], [mail()]) == (early,)


# Fixed

NOTHING = Found()


def gone(found: Found = NOTHING, of=V3, rules: tuple[str, ...] = ("a-rule",)) -> list[Said]:
    rows = (SAID, replace(SAID, revision=2, when=POSTED + timedelta(days=9)))
    return [*fixed(of, found, rules, Memory(rows))]


def test_what_is_no_longer_found_is_fixed() -> None:
    (one,) = gone()
    assert one.revision == 2


def test_what_is_still_found_is_not() -> None:
    assert gone(Found((LEAK,))) == []
    assert gone(Found((replace(LEAK, function="foo_start"),))) == []


@pytest.mark.parametrize(
    "found",
    [
        Found(skipped=(Skip("a-rule", "1@example.org", "", SkipReason.NO_TREE),)),
        Found(failures=(RuleFailure("a-rule", "1@example.org", "", "it crashed"),)),
    ],
)
def test_who_did_not_look_cannot_tell(found: Found) -> None:
    assert gone(found) == []


def test_a_rule_that_did_not_run_cannot_tell() -> None:
    assert gone(rules=("b-rule",)) == []


def test_of_half_a_series_nobody_can_tell() -> None:
    assert gone(of=replace(V3, missing=(2,))) == []


def test_the_revision_itself_cannot_have_fixed_it() -> None:
    assert gone(of=replace(V3, revision=2)) == []
