from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.review.grade import Grade, counted, grade, shown
from reviewbot.review.outcome import Outcome
from tests.review.talk import read, verdict

ONE = read("series")
FIRST, SECOND, _ = ONE.patches


def said(channel: Channel = Channel.MAIL, severity: Severity = Severity.BUG) -> Verdict:
    return verdict(SECOND, "kvm_get_kvm", "r", "Why?", channel=channel, severity=severity)


def test_only_a_grave_finding_that_would_be_mailed_is_red() -> None:
    assert grade([]) is Grade.PASS
    assert grade([said()]) is Grade.FAIL
    assert grade([said(severity=Severity.BUILD)]) is Grade.FAIL
    assert grade([said(severity=Severity.NIT)]) is Grade.WARN
    assert grade([said(Channel.DRAFT)]) is Grade.WARN
    assert grade([said(Channel.DRAFT), said()]) is Grade.FAIL


def test_a_patch_is_told_of_its_own_and_a_cover_letter_of_all() -> None:
    other = verdict(FIRST, "EXPORT", "r", "Why?", channel=Channel.REPORT)
    outcome = Outcome(ONE, (other, said()))
    loud = (Channel.MAIL, Channel.DRAFT)
    assert shown(outcome, FIRST.message_id, loud) == ()
    assert shown(outcome, SECOND.message_id, loud) == (said(),)
    assert shown(outcome, ONE.message_id, loud) == (said(),)
    assert shown(outcome, ONE.message_id, tuple(Channel)) == (other, said())


def test_counts_are_words() -> None:
    assert counted([]) == "nothing to comment on"
    assert counted([said()]) == "1 comment"
    assert counted([said(), said(), said(Channel.DRAFT)]) == "2 comments, 1 draft"
