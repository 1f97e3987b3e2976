"""Policy: every reason a finding becomes quieter, and that nothing is dropped."""

from collections.abc import Iterator
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.cmodel.change import SourceChange
from reviewbot.model.finding import Channel, Confidence, Finding, Hit, Verdict
from reviewbot.model.message import Address, Message
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.review.policy import Override, Policy, Suppression, verdicts
from reviewbot.rule import Rule
from tests.values import file_change, finding, make_rule, patch, series


def silent(source: SourceChange) -> Iterator[Hit]:
    return iter(())


RULES: dict[str, Rule] = {
    "a-rule": make_rule("a-rule", silent),
    "b-rule": make_rule("b-rule", silent),
    "a-companion": make_rule("a-companion", silent, companion=True),
}
DEFAULT = Policy()
ONE = series(patch(file_change("virt/foo.c", "+bar();")))


def judge(*findings: Finding, policy: Policy = DEFAULT, of=ONE) -> tuple[Verdict, ...]:
    return verdicts(of, findings, policy, RULES)


def test_a_sure_finding_is_mailed() -> None:
    (verdict,) = judge(finding())
    assert (verdict.channel, verdict.reason) == (Channel.MAIL, "channel of the rule")


@pytest.mark.parametrize("confidence", [Confidence.LOW, Confidence.MEDIUM])
def test_an_unsure_finding_is_a_draft(confidence: Confidence) -> None:
    (verdict,) = judge(finding(confidence=confidence))
    assert verdict.channel is Channel.DRAFT
    assert confidence.value in verdict.reason


def test_a_report_finding_stays_in_the_report_whatever_the_objection() -> None:
    (verdict,) = judge(finding(channel=Channel.REPORT, confidence=Confidence.LOW))
    assert verdict.channel is Channel.REPORT


def test_an_rfc_is_not_mailed() -> None:
    (verdict,) = judge(finding(), of=replace(ONE, prefix=("RFC", "PATCH")))
    assert (verdict.channel, verdict.reason) == (Channel.DRAFT, "an RFC series")


def test_an_rfc_is_mailed_where_policy_says_author() -> None:
    (verdict,) = judge(finding(), policy=Policy(rfc="author"), of=replace(ONE, prefix=("RFC",)))
    assert verdict.channel is Channel.MAIL


def test_a_skipped_tag_is_not_mailed() -> None:
    tagged = replace(ONE, prefix=("PATCH", "AUTOSEL"))
    (verdict,) = judge(finding(), policy=Policy(skip_tags=("autosel",)), of=tagged)
    assert verdict.channel is Channel.DRAFT


def test_unit_tests_are_not_mailed_about() -> None:
    (verdict,) = judge(finding(), policy=Policy(test_paths=("lib/*", "virt/f*.c")))
    assert (verdict.channel, verdict.reason) == (Channel.DRAFT, "a unit test")
    (verdict,) = judge(finding(), policy=Policy(test_paths=("lib/*",)))
    assert verdict.channel is Channel.MAIL


def test_a_superseded_series_is_not_mailed() -> None:
    (verdict,) = judge(finding(), of=replace(ONE, superseded_by=3))
    assert (verdict.channel, verdict.reason) == (Channel.DRAFT, "revision 3 of the series is out")


def test_a_damaged_patch_is_not_mailed() -> None:
    damaged = replace(ONE.patches[0], problems=(Problem(ProblemKind.DIFF_DAMAGED),))
    (verdict,) = judge(finding(), of=series(damaged))
    assert (verdict.channel, verdict.reason) == (Channel.DRAFT, "the patch is damaged")


def test_a_line_removed_later_in_the_series_is_not_mailed() -> None:
    later = patch(file_change("virt/foo.c", "-\tbar();", "+\tbaz();"), position=2)
    (verdict,) = judge(finding(), of=series(ONE.patches[0], later))
    assert verdict.channel is Channel.DRAFT
    assert verdict.reason == "patch 2 of the series removes the line again"


def test_a_place_removed_twice_names_the_first_patch_that_does() -> None:
    gone = [patch(file_change("virt/foo.c", "-bar();"), position=n) for n in (2, 3)]
    verdicts = judge(finding(), finding(line=7, symbol="x"), of=series(ONE.patches[0], *gone))
    assert [v.reason for v in verdicts] == ["patch 2 of the series removes the line again"] * 2


def test_law_a_long_series_costs_no_more_than_its_lines() -> None:
    """3,000 patches with a finding each took 8 s when every finding went through all later patches."""
    many = [patch(file_change("virt/foo.c", "+bar();"), position=n) for n in range(1, 3001)]
    found = [finding(message_id=f"{n}@example.org", symbol=str(n)) for n in range(1, 3001)]
    start = process_time()
    assert len(judge(*found, of=series(*many))) == 3000
    assert process_time() - start < 1.5


def test_a_line_removed_earlier_does_not_count() -> None:
    earlier = patch(file_change("virt/foo.c", "-bar();"), position=1)
    second = replace(patch(file_change("virt/foo.c", "+bar();"), position=2))
    (verdict,) = judge(finding(message_id="2@example.org"), of=series(earlier, second))
    assert verdict.channel is Channel.MAIL


def test_the_same_finding_is_said_once() -> None:
    first, second = judge(finding(line=1), finding(line=7))
    assert first.channel is Channel.MAIL
    assert (second.channel, second.reason) == (Channel.SUPPRESSED, "the same finding as above")


def test_one_line_gets_one_comment() -> None:
    first, second = judge(finding("a-rule"), finding("b-rule"))
    assert first.channel is Channel.MAIL
    assert (second.channel, second.reason) == (Channel.DRAFT, "a-rule already comments on the line")


def test_a_companion_is_not_mailed_alone() -> None:
    (verdict,) = judge(finding("a-companion"))
    assert verdict.channel is Channel.DRAFT


def test_a_companion_is_mailed_beside_another() -> None:
    judged = judge(finding("a-companion"), finding("a-rule", line=3))
    assert {verdict.channel for verdict in judged} == {Channel.MAIL}


@pytest.mark.parametrize(
    "suppression",
    [
        Suppression("known", rule="a-rule"),
        Suppression("known", path="virt/*"),
        Suppression("known", rule="a-*", path="virt/foo.c"),
        Suppression("known", fingerprint=finding().fingerprint),
    ],
)
def test_a_suppression_silences_with_its_reason(suppression: Suppression) -> None:
    (verdict,) = judge(finding(), policy=Policy(suppress=(suppression,)))
    assert (verdict.channel, verdict.reason) == (Channel.SUPPRESSED, "known")


@pytest.mark.parametrize(
    "suppression",
    [
        Suppression("known", rule="b-rule"),
        Suppression("known", path="drivers/*"),
        Suppression("known", rule="a-rule", symbol="bar"),
    ],
)
def test_a_suppression_must_match_in_all_its_fields(suppression: Suppression) -> None:
    (verdict,) = judge(finding(), policy=Policy(suppress=(suppression,)))
    assert verdict.channel is Channel.MAIL


@pytest.mark.parametrize(
    ("line", "channel"),
    [
        ("reviewbot: ignore a-rule", Channel.SUPPRESSED),
        ("Reviewbot: ignore b-rule, a-rule", Channel.SUPPRESSED),
        ("reviewbot: ignore", Channel.SUPPRESSED),
        ("reviewbot: ignore b-rule", Channel.MAIL),
        ("reviewbot: ignored a-rule", Channel.MAIL),
        ("reviewbot: ignore a", Channel.SUPPRESSED),
        ("reviewbot: ignore b-rule, a for now", Channel.SUPPRESSED),
        ("reviewbot: ignore b-rule for a while", Channel.MAIL),
    ],
)
def test_the_notes_of_a_patch_may_silence_rules(line: str, channel: Channel) -> None:
    noted = patch(file_change("virt/foo.c", "+bar();"), notes=f"v2: rebased\n{line}\n")
    (verdict,) = judge(finding(), of=series(noted))
    assert verdict.channel is channel


def test_the_cover_letter_may_silence_rules() -> None:
    cover = Message(
        "0@example.org", "", Address("", "a@example.org"), "Hi\nreviewbot: ignore a-rule\n"
    )
    (verdict,) = judge(finding(), of=replace(ONE, cover=cover))
    assert verdict.channel is Channel.SUPPRESSED


@pytest.mark.parametrize(
    ("override", "channel"),
    [
        (Override(Channel.DRAFT, rule="a-rule"), Channel.DRAFT),
        (Override(Channel.REPORT, path="virt/*"), Channel.REPORT),
        (Override(Channel.DRAFT, list="kvm@vger.kernel.org"), Channel.DRAFT),
        (Override(Channel.DRAFT, list="linux-s390@*"), Channel.MAIL),
        (Override(Channel.DRAFT, rule="b-rule"), Channel.MAIL),
    ],
)
def test_an_override_speaks_for_its_rules_paths_and_lists(
    override: Override, channel: Channel
) -> None:
    (verdict,) = judge(finding(), policy=Policy(override=(override,)))
    assert verdict.channel is channel


def test_the_last_matching_override_decides() -> None:
    both = (Override(Channel.REPORT), Override(Channel.DRAFT, path="virt/*"))
    (verdict,) = judge(finding(), policy=Policy(override=both))
    assert verdict.channel is Channel.DRAFT


found = st.builds(
    finding,
    st.sampled_from(sorted(RULES)),
    line=st.integers(1, 4),
    channel=st.sampled_from([Channel.MAIL, Channel.DRAFT, Channel.REPORT]),
    confidence=st.sampled_from(Confidence),
    symbol=st.sampled_from(["", "foo", "bar"]),
)


@given(st.lists(found, max_size=6))
def test_law_nothing_is_dropped_and_nothing_gets_louder(findings: list[Finding]) -> None:
    judged = judge(*findings)
    assert [verdict.finding for verdict in judged] == findings
    assert all(verdict.channel.rank >= verdict.finding.channel.rank for verdict in judged)
    assert all(verdict.reason for verdict in judged)


@given(st.lists(found, max_size=6))
def test_law_mail_is_only_for_the_sure(findings: list[Finding]) -> None:
    mailed = [v.finding for v in judge(*findings) if v.channel is Channel.MAIL]
    assert all(one.confidence is Confidence.HIGH for one in mailed)
    assert len({one.fingerprint for one in mailed}) == len(mailed)
