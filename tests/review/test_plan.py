"""Which finding goes into which mail, under tight limits."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.model.message import Message
from reviewbot.model.series import Series
from reviewbot.review.plan import Sheet, sheets
from reviewbot.review.policy import Policy
from tests.values import AUTHOR, finding, patch, series

SHORT = "One line."
LONG = "Some words of a longer comment that fill a line of their own width. " * 10


def said(
    position: int, rule: str = "a-rule", comment: str = SHORT, severity: Severity = Severity.BUG
) -> Verdict:
    found = finding(rule, message_id=f"{position}@example.org", severity=severity)
    return Verdict(found, Channel.MAIL, "", comment)


def posted(patches: int, *, cover: bool = False) -> Series:
    made = [patch(position=n) for n in range(1, patches + 1)]
    letter = Message("0@example.org", "[PATCH 0/n] foo", AUTHOR, "") if cover else None
    return series(*made, cover=letter)


def planned(one: Series, *verdicts: Verdict, **limits: int) -> list[Sheet]:
    return list(sheets(one, verdicts, Policy(**limits), {"tag-rule"}))  # type: ignore[arg-type]


def shape(made: list[Sheet]) -> list[tuple[str, int, int, int]]:
    return [
        (s.message.message_id, len(s.quoted), len(s.noted), len(s.rest))
        for s in made
    ]  # fmt: skip


def test_nothing_said_makes_no_mail() -> None:
    assert planned(posted(2, cover=True)) == []


def test_a_patch_with_findings_gets_a_mail() -> None:
    made = planned(posted(3, cover=True), said(2), said(2), said(3))
    assert shape(made) == [("2@example.org", 2, 0, 0), ("3@example.org", 1, 0, 0)]
    assert made[0].patch is not None


def test_more_patches_than_mails_are_summed_up_on_the_cover() -> None:
    made = planned(posted(3, cover=True), said(1), said(2), said(3))
    assert shape(made) == [("0@example.org", 0, 2, 0), ("1@example.org", 1, 0, 0)]
    assert made[0].patch is None


def test_without_a_cover_the_first_patch_has_the_summary() -> None:
    made = planned(posted(3), said(1), said(2), said(3))
    assert shape(made) == [("1@example.org", 1, 1, 0), ("2@example.org", 1, 0, 0)]


def test_the_gravest_patch_gets_its_own_mail() -> None:
    made = planned(posted(3, cover=True), said(1, severity=Severity.NIT), said(2), said(3))
    assert shape(made)[1] == ("2@example.org", 1, 0, 0)


def test_more_findings_than_a_mail_holds_are_summed_up() -> None:
    made = planned(posted(1), *[said(1) for _ in range(5)])
    assert shape(made) == [("1@example.org", 3, 0, 2)]


def test_what_a_patch_has_too_much_of_is_named_in_its_own_mail() -> None:
    made = planned(posted(4, cover=True), *[said(2) for _ in range(5)], said(3))
    assert shape(made) == [("2@example.org", 3, 0, 2), ("3@example.org", 1, 0, 0)]


def test_of_each_rule_something_is_said_before_more_of_one() -> None:
    verdicts = [said(1, rule) for rule in ("a-rule", "a-rule", "b-rule", "a-rule", "c-rule")]
    (sheet,) = planned(posted(1), *verdicts)
    assert [v.finding.rule for v in sheet.quoted] == ["a-rule", "b-rule", "c-rule"]


def test_the_gravest_findings_stay_in_their_order() -> None:
    verdicts = [
        said(1, f"rule-{n}", severity=severity)
        for n, severity in enumerate([Severity.NIT, Severity.BUG, Severity.API, Severity.BUG])
    ]
    (sheet,) = planned(posted(1), *verdicts)
    assert [v.finding.rule for v in sheet.quoted] == ["rule-1", "rule-2", "rule-3"]
    assert [v.finding.rule for v in sheet.rest] == ["rule-0"]


def test_own_lines_are_limited() -> None:
    (sheet,) = planned(posted(1), said(1, comment=LONG), said(1, comment=LONG), said(1))
    assert len(sheet.quoted) == 3
    (sheet,) = planned(posted(1), said(1, comment=LONG), said(1), max_own_lines=8)
    assert [v.comment for v in sheet.quoted] == [SHORT]
    assert [v.comment for v in sheet.rest] == [LONG]


def test_cover_rules_speak_on_the_cover() -> None:
    made = planned(posted(2, cover=True), said(1), said(2, "tag-rule"))
    assert shape(made) == [("0@example.org", 0, 1, 0), ("1@example.org", 1, 0, 0)]


def test_cover_rules_speak_under_the_line_of_a_single_patch() -> None:
    assert shape(planned(posted(1), said(1, "tag-rule"))) == [("1@example.org", 1, 0, 0)]


def test_cover_rules_without_cover_speak_on_the_first_patch() -> None:
    made = planned(posted(2), said(2, "tag-rule"))
    assert shape(made) == [("1@example.org", 0, 1, 0)]


def test_a_finding_in_the_cover_letter_is_answered_there() -> None:
    made = planned(posted(1, cover=True), said(0))
    assert shape(made) == [("0@example.org", 1, 0, 0)]


def test_a_finding_in_no_known_mail_is_named() -> None:
    made = planned(posted(1, cover=True), said(9))
    assert [s.message.message_id for s in made] == ["0@example.org"]


def test_without_a_message_id_there_is_nothing_to_answer() -> None:
    lone = patch()
    unnamed = replace(lone, message=replace(lone.message, message_id=""))
    assert planned(series(unnamed), said(1)) == []


def test_no_mails_allowed_is_no_mail() -> None:
    assert planned(posted(1), said(1), max_mails_per_series=0) == []


VERDICTS = st.builds(
    said,
    st.integers(1, 4),
    st.sampled_from(["a-rule", "tag-rule"]),
    st.sampled_from([SHORT, LONG]),
    st.sampled_from(Severity),
)


@given(
    st.lists(VERDICTS, max_size=12),
    st.booleans(),
    st.integers(1, 3),
    st.integers(0, 4),
    st.integers(6, 40),
)
def test_limits_hold_and_nothing_is_lost(
    verdicts: list[Verdict], cover: bool, mails: int, findings: int, lines: int
) -> None:
    one = posted(4, cover=cover)
    made = planned(
        one,
        *verdicts,
        max_mails_per_series=mails,
        max_findings_per_mail=findings,
        max_own_lines=lines,
    )
    assert len(made) <= mails
    assert all(len(s.quoted) + len(s.noted) <= findings for s in made)
    told = [v for s in made for v in (*s.quoted, *s.noted, *s.rest)]
    assert sorted(map(repr, told)) == sorted(map(repr, verdicts))
    assert len({s.message.message_id for s in made}) == len(made)
