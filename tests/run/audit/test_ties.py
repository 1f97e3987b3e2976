"""Ties: mails that `parse` could put together share one."""

from datetime import timedelta

from reviewbot.model.message import MADE_UP
from reviewbot.parse.skim import Skimmed
from reviewbot.run.audit.ties import Role, digest, split, tied
from tests.builders import NOON


def skimmed(
    message_id: str = "1@x", subject: str = "[PATCH] foo: bar", **fields: object
) -> Skimmed:
    known = {
        "references": (),
        "sender": "ann@example.org",
        "seconds": int(NOON.timestamp()),
        "change_id": "",
        "text": b"",
        "is_diff": False,
    }
    return Skimmed(message_id=message_id, subject=subject, **{**known, **fields})  # type: ignore[arg-type]


def ties(mail: Skimmed, folder: str = "") -> set[int]:
    made = tied(mail, folder)
    return set(split(made.own + made.named + made.shared))


def test_an_answer_is_tied_to_what_it_answers() -> None:
    question = skimmed("q@x", "hello")
    answer = skimmed("a@x", "Re: hello", references=("q@x",))
    assert ties(question) & ties(answer) == {*split(digest("q@x"))}


def test_two_revisions_are_tied_by_their_title() -> None:
    first = skimmed("1@x", "[PATCH 0/2] foo: rework")
    second = skimmed("2@x", "[PATCH v2 0/3] foo: rework")
    assert ties(first) & ties(second)
    other = skimmed("3@x", "[PATCH v2 0/3] foo: rework", sender="bob@example.org")
    assert not ties(first) & ties(other)


def test_two_revisions_are_tied_by_their_change_id() -> None:
    first = skimmed("1@x", "[PATCH 0/2] foo", change_id="20260302-foo-0123456789ab")
    second = skimmed("2@x", "[PATCH v2 0/3] bar", change_id="20260302-foo-0123456789ab")
    assert ties(first) & ties(second)


def test_patches_of_one_count_are_tied_when_sent_within_a_week() -> None:
    def patch(position: int, days: float, total: int = 3) -> Skimmed:
        sent = int((NOON + timedelta(days=days)).timestamp())
        return skimmed(f"{position}@x", f"[PATCH {position}/{total}] part {position}", seconds=sent)

    for days in (0, 0.1, 1, 3, 6.9, -6.9):
        assert ties(patch(1, 0)) & ties(patch(2, days)), days
    assert not ties(patch(1, 0)) & ties(patch(2, 21))
    assert not ties(patch(1, 0)) & ties(patch(2, 0, total=4))


def test_files_of_git_format_patch_are_tied_by_their_folder() -> None:
    first = skimmed(f"aa{MADE_UP}", "[PATCH 1/2] one")
    second = skimmed(f"bb{MADE_UP}", "[PATCH 2/2] two", sender="bob@example.org")
    assert ties(first, "/tmp/out") & ties(second, "/tmp/out")
    assert not ties(first, "/tmp/out") & ties(second, "/tmp/other")


def test_what_a_mail_may_be() -> None:
    assert tied(skimmed(subject="Re: [PATCH] foo"), "").role is Role.TALK
    assert tied(skimmed(subject="Re: [PATCH] foo", is_diff=True), "").role is Role.DIFF
    assert tied(skimmed(subject="[PATCH 0/2] foo"), "").role is Role.CLAIM
    assert tied(skimmed(subject="a thought", references=("q@x",)), "").role is Role.TALK
    assert tied(skimmed(subject="a letter that lost its brackets"), "").role is Role.CLAIM
    assert tied(skimmed(is_diff=True), "").role is Role.DIFF


def test_a_tie_is_eight_bytes_and_the_own_id_comes_first() -> None:
    made = tied(skimmed("me@x", references=("a@x", "b@x")), "")
    assert made.own == digest("me@x")
    assert made.named == digest("a@x") + digest("b@x")
    assert len(made.shared) % 8 == 0
    assert split(made.own + made.named) == split(made.own) + split(made.named)
