"""Replies: headers, limits, and the laws of what is sent."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.model.message import Address, Message
from reviewbot.model.reply import Reply
from reviewbot.model.series import Series, Subject
from reviewbot.review.compose import Identity, position, replies
from reviewbot.review.policy import Policy
from reviewbot.review.rulebook import rulebook
from reviewbot.review.wording import faults
from reviewbot.rule import Rule
from tests.review.talk import WORDS, read, verdict
from tests.values import finding, patch, series

NOBODY = Identity()
COMMENT = "Which path drops the reference that is taken here?"
WILD = st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Lu", "Po", "Zs"]), max_size=40)


def one_patch(**fields: object) -> Series:
    """A series of one patch, its mail with these fields."""
    lone = patch(body="+bar();")
    known = replace(lone.message, **({"subject": "[PATCH] foo: add bar"} | fields))
    return series(replace(lone, message=known))


def answer(one: Series, identity: Identity = NOBODY) -> Reply:
    """The one reply to a finding in its only patch."""
    where = finding(message_id=one.patches[0].message_id)
    found = replace(where, anchor=replace(where.anchor, mail=0))
    (reply,) = replies(one, [Verdict(found, Channel.MAIL, "", COMMENT)], Policy(), identity, WORDS)
    return reply


def test_only_mail_verdicts_are_mailed() -> None:
    quiet = [
        Verdict(finding(), channel, "", COMMENT)
        for channel in Channel
        if channel is not Channel.MAIL
    ]
    assert replies(one_patch(), quiet, Policy(), Identity(), WORDS) == ()


def test_who_is_written_to() -> None:
    reply = answer(one_patch(to=(Address("", "kvm@vger.kernel.org"),)))
    assert reply.to == (Address("A. Author", "author@example.org"),)
    assert reply.cc == ()


def test_an_address_that_is_none_is_not_written_to() -> None:
    for wrong in ("author", "a@b\nBcc: c@d", "a b@example.org", ""):
        assert answer(one_patch(sender=Address("A", wrong))).to == ()


def test_who_writes() -> None:
    reply = answer(one_patch())
    assert reply.sender == Address("reviewbot", "")
    assert reply.reply_to is None
    assert reply.message_id.endswith("@reviewbot.invalid")
    identity = Identity(name="bot", email="bot@example.com", reply_to="A. M. <am@example.com>")
    reply = answer(one_patch(), identity)
    assert reply.sender == Address("bot", "bot@example.com")
    assert reply.reply_to == Address("A. M.", "am@example.com")
    assert reply.message_id.endswith("@example.com")


@pytest.mark.parametrize("field", ["email", "reply_to"])
def test_an_identity_without_an_address_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=f"`{field}` is not an address"):
        Identity(**{field: "not an address"})


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("[PATCH] foo: bar", "Re: [PATCH] foo: bar"),
        ("Re: [PATCH] foo", "Re: [PATCH] foo"),
        ("RE:re: [PATCH] foo", "Re: [PATCH] foo"),
        ("Revert foo", "Re: Revert foo"),
        ("a\r\nBcc: b@example.org", "Re: a  Bcc: b@example.org"),
        ("\x1b]0;x\x07\u202eoof", "Re: ]0;x oof"),
        ("", "Re: "),
    ],
)
def test_subjects(subject: str, expected: str) -> None:
    assert answer(one_patch(subject=subject)).subject == expected


def test_a_subject_of_a_megabyte_is_cut() -> None:
    assert len(answer(one_patch(subject="x" * 10**6)).subject) < 510


def test_references_are_the_parents_and_the_parent() -> None:
    assert answer(one_patch()).references == ("1@example.org",)
    with_root = one_patch(in_reply_to=("0@example.org",))
    assert answer(with_root).references == ("0@example.org", "1@example.org")
    both = one_patch(in_reply_to=("b@x",), references=("a@x", "b@x"))
    assert answer(both).references == ("a@x", "b@x", "1@example.org")


def test_references_keep_the_first_and_the_newest() -> None:
    many = tuple(f"r{n}@x" for n in range(50))
    made = answer(one_patch(references=many)).references
    assert len(made) == 20
    assert made[:2] == ("r0@x", "r32@x")
    assert made[-2:] == ("r49@x", "1@example.org")


def test_ids_that_are_none_are_not_referred_to() -> None:
    reply = answer(one_patch(message_id="a b>\nX: y", references=("ok@x", "b\n@x", "<c@x")))
    assert reply.in_reply_to == ""
    assert reply.references == ("ok@x",)


def test_the_attribution() -> None:
    zone = timezone(-timedelta(hours=7))
    when = datetime(2023, 9, 15, 17, 30, 57, tzinfo=zone)
    body = answer(one_patch(date=when)).body
    assert body.startswith("On Fri, 15 Sep 2023 17:30:57 -0700, A. Author wrote:\n> +bar();\n")
    assert answer(one_patch()).body.startswith("A. Author wrote:\n")
    nameless = one_patch(sender=Address("", "author@example.org"))
    assert answer(nameless).body.startswith("author@example.org wrote:\n")


def test_the_footer() -> None:
    footer = answer(one_patch()).body.partition("\n-- \n")[2]
    assert footer == 'Written by a program, a-rule. Off for this series: "reviewbot: off".\n'
    identity = Identity(operator="A. Maintainer", rules_url="https://example.org/r/")
    footer = answer(one_patch(), identity).body.partition("\n-- \n")[2]
    assert "Run by A. Maintainer, who reads replies." in " ".join(footer.split())
    assert footer.endswith("\nhttps://example.org/r/a-rule\n")


def test_two_runs_make_the_same_mail() -> None:
    assert answer(one_patch()) == answer(one_patch())


def test_other_words_make_another_mail() -> None:
    first = answer(one_patch())
    assert first.message_id != answer(one_patch(message_id="2@example.org")).message_id
    assert first.message_id != answer(one_patch(), Identity(operator="X")).message_id


def test_related_lines_of_other_files_and_mails_are_not_quoted() -> None:
    one = read("related")
    made = verdict(
        one.patches[0], "widget->put = ref", "a-rule", COMMENT, related=("put = symbol",)
    )
    (near,) = replies(one, [made], Policy(), Identity(), WORDS)
    assert "symbol_get" in near.body
    (other,) = made.finding.related
    for away in (replace(other, path="x.c"), replace(other, message_id="x@y")):
        far = replace(made, finding=replace(made.finding, related=(away,)))
        (reply,) = replies(one, [far], Policy(), Identity(), WORDS)
        assert "symbol_get" not in reply.body


def test_a_long_list_of_related_lines_is_not_quoted() -> None:
    one = read("related")
    starts = ("put = symbol", "if (WARN", "symbol_put", "return -ENOENT")
    made = verdict(one.patches[0], "widget->put = ref", "a-rule", COMMENT, related=starts)
    (reply,) = replies(one, [made], Policy(), Identity(), WORDS)
    assert "symbol_get" not in reply.body


def test_what_was_just_said_is_not_said_again_in_full() -> None:
    one = read("single")
    (own,) = one.patches
    lines = ("kfree(", "return 0;", "static int widget", "struct gauge", "gauge->kvm = kvm;")
    comments = (COMMENT, COMMENT, "Why?", "Why?", COMMENT)
    said = [
        verdict(own, line, f"rule-{number}", comment)
        for number, (line, comment) in enumerate(zip(lines, comments, strict=True))
    ]
    (reply,) = replies(one, said, Policy(max_findings_per_mail=5), NOBODY, WORDS)
    assert reply.body.count(COMMENT) == 2
    assert reply.body.count("Same here.") == 1
    assert reply.body.count("Why?") == 2  # no shorter to say


def test_a_summary_that_does_not_fit_is_counted() -> None:
    many = [
        Verdict(finding(f"rule-{n}", function=f"f{n}"), Channel.MAIL, "", COMMENT)
        for n in range(60)
    ]
    (reply,) = replies(one_patch(), many, Policy(), Identity(), WORDS)
    listed = [line for line in reply.body.split("\n") if line.startswith("- f")]
    assert f"- and {60 - 3 - len(listed)} more" in reply.body
    assert len(listed) > 10


def test_positions() -> None:
    lone = patch()

    def named(subject: Subject) -> str:
        return position(replace(lone, subject=subject))

    assert named(Subject("", "foo: bar", position=3, total=7)) == "3/7"
    assert named(Subject("", "foo: bar", position=12, total=17, insert=1)) == "12.1/17"
    assert named(Subject("", "foo: bar", position=3)) == "3"
    assert named(Subject("", "foo: bar")) == "foo: bar"


def own(body: str) -> list[str]:
    """The lines that reviewbot wrote itself, without attribution and footer."""
    text = body.partition("wrote:\n")[2].partition("\n-- \n")[0]
    return [
        line for line in text.split("\n") if line and not line.startswith("> ") and line != "[...]"
    ]


@given(
    st.lists(st.integers(0, 4), max_size=12), st.sampled_from([COMMENT, COMMENT * 5, COMMENT * 12])
)
def test_limits_hold_in_every_mail(which: list[int], comment: str) -> None:
    one = read("series")
    places = [
        (0, "Fixes:", "tag-rule"),
        (0, "EXPORT", "a-rule"),
        (1, "kvm_get_kvm", "b-rule"),
        (1, "__module_get", "c-rule"),
        (2, "try_module_get", "d-rule"),
    ]
    verdicts = [
        verdict(one.patches[patch_number], start, rule, comment, severity=Severity.API)
        for patch_number, start, rule in (places[n] for n in sorted(which))
    ]
    made = replies(one, verdicts, Policy(), Identity(), WORDS, {"tag-rule"})
    assert len(made) <= 2
    for reply in made:
        assert len(own(reply.body)) <= 30
        assert all(len(line) <= 72 for line in own(reply.body))
        assert reply.body.count(COMMENT[:20]) <= 3 * (1 + comment.count("Which", 1))
    assert {rule for reply in made for rule in reply.rules} == {v.finding.rule for v in verdicts}


@given(WILD, WILD, WILD, st.lists(WILD, max_size=3))
def test_no_hostile_text_gets_into_a_header(
    subject: str, name: str, message_id: str, references: list[str]
) -> None:
    sender = Address(name, "author@example.org")
    hostile = one_patch(
        subject=subject,
        sender=sender,
        message_id=f"{message_id}@x",
        references=tuple(references),
    )
    reply = answer(hostile)
    values = [reply.subject, reply.in_reply_to, *reply.references, *(a.name for a in reply.to)]
    for value in values:
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in value)
        value.encode()


def test_a_reply_to_a_cover_letter_without_quotes_says_so() -> None:
    one = read("series")
    assert isinstance(one.cover, Message)
    first, second, third = one.patches
    verdicts = [
        verdict(first, "EXPORT", "a-rule", COMMENT),
        verdict(second, "kvm_get_kvm", "b-rule", COMMENT),
        verdict(third, "try_module_get", "c-rule", COMMENT),
    ]
    summary, _ = replies(one, verdicts, Policy(), Identity(), WORDS)
    assert summary.in_reply_to == one.cover.message_id
    assert summary.body.split("\n")[1:5] == ["[...]", "", "Patch 2/3:", ""]
    assert "Patch 3/3:" in summary.body


def test_what_has_no_room_left_is_named() -> None:
    one = read("series")
    first, second, third = one.patches
    verdicts = [
        verdict(first, "EXPORT", "a-rule", COMMENT),
        verdict(second, "kvm_get_kvm", "b-rule", COMMENT),
        verdict(third, "try_module_get", "c-rule", COMMENT),
    ]
    summary, _ = replies(one, verdicts, Policy(max_findings_per_mail=1), Identity(), WORDS)
    assert "Patch 2/3:" in summary.body
    assert "Also found, not quoted here to keep this short:\n- 3/3 drivers/vfio/" in summary.body


def named(rule: str, count: int, **summaries: str) -> str:
    """The summary of a mail with room for one finding, where a rule speaks of so many functions."""
    many = [
        Verdict(finding(rule, function=f"f{n}"), Channel.MAIL, "", COMMENT) for n in range(count)
    ]
    known = {name.replace("_", "-"): text for name, text in summaries.items()}
    policy = Policy(max_findings_per_mail=1)
    (reply,) = replies(one_patch(), many, policy, NOBODY, WORDS, (), known)
    return reply.body.partition("to keep this short:\n")[2].partition("\n\n-- ")[0]


def test_what_is_only_named_is_named_in_a_sentence() -> None:
    said = named("a-rule", 2, a_rule="A lock of `this` function is held.")
    assert said == "- f1(): a lock of this function is held"
    assert named("a-rule", 2, a_rule="KVM exports it.") == "- f1(): KVM exports it"
    assert named("a-rule", 2, a_rule="Files are.") == "- f1(): files are"
    assert named("a-rule", 2, a_rule="kvm_put_kvm() is.") == "- f1(): kvm_put_kvm() is"
    assert named("a-rule", 2) == "- f1(): a-rule"


def test_a_sentence_is_said_once_for_all_places() -> None:
    assert named("a-rule", 4, a_rule="It leaks.") == "- f1(), f2(), f3(): it leaks"
    many = named("a-rule", 9, a_rule="It leaks.")
    assert many == "- f1(), f2(), f3(), f4() and 4 more: it leaks"


def test_what_would_be_a_trailer_is_none_in_a_summary() -> None:
    assert "Acked-by :" in named("a-rule", 2, a_rule="An Acked-by: is there.")


@pytest.mark.parametrize("rule", rulebook(), ids=lambda rule: rule.id)
def test_every_rule_has_a_sentence_that_may_be_mailed(rule: Rule) -> None:
    said = named(rule.id, 2, **{rule.id.replace("-", "_"): rule.summary})
    assert rule.id not in said
    assert said.startswith("- f1(): ") and not said.endswith(".")
    assert [*faults(said.removeprefix("- f1(): "))] == []
    assert max(map(len, said.split("\n"))) <= 72


@pytest.mark.parametrize("wild", ["x", "a ", "=?utf-8?q?", "\n", '"', "re:", "\u202e"])
def test_a_megabyte_in_every_place_costs_little(wild: str) -> None:
    text = wild * (10**6 // len(wild))
    ids = (text, *(f"{n}@x" for n in range(10_000)))
    before = time.process_time()
    reply = answer(one_patch(subject=text, sender=Address(text, "a@example.org"), references=ids))
    assert time.process_time() - before < 1
    assert len(reply.subject) + len(reply.to[0].name) + len(reply.body) < 1500


def test_very_many_findings_cost_little() -> None:
    many = [Verdict(finding(function=f"f{n}"), Channel.MAIL, "", COMMENT) for n in range(10_000)]
    before = time.process_time()
    (reply,) = replies(one_patch(), many, Policy(), NOBODY, WORDS)
    assert time.process_time() - before < 1
    assert " more: a-rule" in reply.body
