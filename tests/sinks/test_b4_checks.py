import json

from msgspec.structs import replace

from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.b4_checks import results
from tests.review.talk import parsed, read, verdict

ONE = read("series")
FIRST, SECOND, THIRD = ONE.patches
LOUD = (Channel.MAIL, Channel.DRAFT)
URL = "https://example.org/rules/"
SURE = verdict(SECOND, "kvm_get_kvm", "kvm-get-without-put", "Which path\ndrops it?")
UNSURE = replace(
    verdict(THIRD, "try_module_get", "x", "It can fail.", channel=Channel.DRAFT),
    reason="confidence is medium",
)
OUTCOME = Outcome(ONE, (SURE, UNSURE))


def told(message_id: str, outcome: Outcome = OUTCOME, url: str = URL) -> list[dict[str, str]]:
    """What b4 reads: objects of strings."""
    found = json.loads(results([outcome], message_id, LOUD, url))
    assert all(isinstance(value, str) for one in found for value in one.values())
    return found


def test_a_patch_has_one_result_with_all_its_fields() -> None:
    (one,) = told(SECOND.message_id)
    assert {key: one[key] for key in ("tool", "status", "summary", "url")} == {
        "tool": "reviewbot",
        "status": "fail",
        "summary": "1 comment",
        "url": "https://example.org/rules/kvm-get-without-put",
    }
    assert json.loads(one["details"]) == [
        {
            "status": "fail",
            "state": "comment",
            "context": "kvm-get-without-put",
            "description": "Which path drops it?",
            "srcline": SURE.finding.anchor.text.strip(),
            "url": "https://example.org/rules/kvm-get-without-put",
        }
    ]


def test_a_draft_is_yellow_and_says_why_it_is_one() -> None:
    (one,) = told(THIRD.message_id)
    (line,) = json.loads(one["details"])
    assert (one["status"], one["summary"], line["state"]) == ("warn", "1 draft", "draft")
    assert line["context"] == "x (confidence is medium)"


def test_a_cover_letter_speaks_for_the_whole_series() -> None:
    (one,) = told(ONE.message_id)
    assert (one["status"], one["summary"]) == ("fail", "1 comment, 1 draft on 2 of 3 patches")
    contexts = [line["context"] for line in json.loads(one["details"])]
    assert contexts == ["2/3 kvm-get-without-put", "3/3 x (confidence is medium)"]


def test_a_patch_with_nothing_to_say_passes() -> None:
    (one,) = told(FIRST.message_id)
    assert one == {
        "tool": "reviewbot",
        "status": "pass",
        "summary": "nothing to comment on",
        "url": "",
        "details": "",
    }


def test_a_nit_is_yellow() -> None:
    nit = verdict(FIRST, "EXPORT", "n", "GPL?", severity=Severity.NIT)
    (one,) = told(FIRST.message_id, Outcome(ONE, (nit,)))
    assert one["status"] == "warn"


def test_a_damaged_patch_is_yellow_and_named() -> None:
    damaged = replace(FIRST, problems=(Problem(ProblemKind.DIFF_DAMAGED, "foo.c: cut"),))
    series = replace(ONE, patches=(damaged, SECOND, THIRD))
    (one,) = told(FIRST.message_id, Outcome(series))
    assert (one["status"], one["summary"]) == ("warn", "nothing to comment on")
    assert json.loads(one["details"])[0]["description"] == "diff-damaged: foo.c: cut"


def test_what_was_not_at_hand_is_said() -> None:
    alone = replace(ONE, missing=(4,))
    (one,) = told(FIRST.message_id, Outcome(alone))
    assert one["summary"] == "nothing to comment on (not the whole series was at hand)"


def test_what_a_gate_says_is_told_without_a_colour() -> None:
    gate = replace(SURE, channel=Channel.GATE, comment="series incomplete")
    (one,) = told(SECOND.message_id, Outcome(ONE, gates=(gate,)))
    assert one["status"] == "pass"
    assert json.loads(one["details"])[0]["description"] == "series incomplete"


def test_a_mail_without_a_patch_is_in_no_column() -> None:
    talk = b"From x\nFrom: a@example.org\nSubject: Hello\nMessage-ID: <t@x>\n\nHello.\n"
    assert told("t@x", Outcome(parsed(talk))) == []
    assert told("elsewhere@x") == []


def test_hostile_text_stays_text() -> None:
    odd: Verdict = replace(SURE, comment='"}], \x1b[31m\n[{"status":"pass"} \ud800')
    (one,) = told(SECOND.message_id, Outcome(ONE, (odd,)))
    (line,) = json.loads(one["details"])
    assert "\x1b" not in line["description"]
    assert line["status"] == "fail"
