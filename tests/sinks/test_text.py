"""What people read."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.model.diff import Side
from reviewbot.model.evidence import Evidence, Lack, Origin, lacking
from reviewbot.model.finding import Anchor, Channel
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.page import Page
from reviewbot.sinks.tally import Tally
from reviewbot.sinks.text import summary, text
from tests.sinks.outcomes import at, posted, reply, rich, said, whole
from tests.values import series

WILD = st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Lu", "Po", "Zs"]), max_size=40)
ESCAPE = "\x1b"


def shown(*outcomes: Outcome, width: int = 80, colour: bool = False) -> str:
    return "".join(text(outcomes, Page(width, colour)))


def test_one_finding_to_mail() -> None:
    one = Outcome(whole(), (said(function="foo"),), replies=(reply(),))
    assert shown(one) == (
        "foo: bar <1@example.org>\n"
        "  [PATCH 1/2] foo: add bar\n"
        "    virt/foo.c:2 foo()\n"
        "    > +bar();\n"
        "      bar() can fail, and its result is not looked at here.\n"
        "      a-rule · high · mail\n"
        "\n"
        "1 found in 2 patches of 1 series: 1 to mail in 1 reply, 0 drafted, 0 reported, 0\n"
        "  suppressed; 0 checks skipped.\n"
    )


def test_a_draft_says_why() -> None:
    one = Outcome(whole(), (said(Channel.DRAFT, "an RFC series"),))
    assert "      a-rule · high · draft: an RFC series\n" in shown(one)


def test_how_the_file_was_seen_is_told_where_a_tree_was_asked() -> None:
    def of(evidence: Evidence | None) -> str:
        return shown(Outcome(whole(), (said(evidence=evidence),)))

    assert "      seen: the whole file: blob 1a2b\n" in of(Evidence(Origin.BLOB, "blob 1a2b"))
    assert "      seen: the hunks only: no blob 1a\n" in of(lacking(Lack.NOT_THERE, "no blob 1a"))
    for silent in (None, lacking(Lack.NO_TREE, "no tree"), Evidence(Origin.DIFF, "all")):
        assert "seen:" not in of(silent)


def test_the_report_takes_one_line_each() -> None:
    one = Outcome(whole(), (said(Channel.REPORT, "as configured"),))
    assert (
        "    virt/foo.c:2: bar() can fail, and its result is not looked at here. (a-rule,"
        in shown(one)
    )
    assert "> +bar();" not in shown(one)


def test_related_lines_are_shown_in_the_order_of_the_mail() -> None:
    near = said(related=(at("-two();"),))
    assert "    > -two();\n    > +bar();\n" in shown(Outcome(whole(), (near,)))
    far = said(related=(at(" one();"),))
    assert "    >  one();\n    [...]\n    > +bar();\n" in shown(Outcome(whole(), (far,)))
    away = said(related=(replace(at("-two();"), path="x.c"), at("-two();", position=2)))
    assert "-two();" not in shown(Outcome(whole(), (away,)))


def test_places_without_a_file() -> None:
    trailer = Anchor("1@example.org", "", Side.NEW, 0, 2, "Fixes: 12")
    top = Anchor("1@example.org", "", Side.NEW, 0, -1, "foo")
    page = shown(Outcome(whole(), (said(where=trailer), said(where=top))))
    assert "    commit message\n    > Fixes: 12\n" in page
    assert "    the patch as a whole\n      bar() can fail" in page


def test_a_clean_series_takes_no_line() -> None:
    assert shown(Outcome(whole()), Outcome(whole())).startswith("0 found in 4 patches of 2 series")


def test_other_channels_than_those_asked_for_are_only_counted() -> None:
    page = "".join(text([rich()], Page(), (Channel.DRAFT, Channel.SUPPRESSED)))
    assert "b-rule · high · draft" in page
    assert "(d-rule, suppressed: known)" in " ".join(page.split())
    assert "c-rule" not in page
    assert "5 found" in page
    assert "2 to mail in 1 reply (not shown), 1 drafted, 1 reported (not shown)" in " ".join(
        page.split()
    )


def test_suppressed_findings_are_only_counted() -> None:
    page = shown(Outcome(whole(), (said(Channel.SUPPRESSED, "known"),)))
    assert page.startswith("1 found in 2 patches of 1 series")
    assert "1 suppressed (known)" in " ".join(page.split())


def test_everything_at_once() -> None:
    page = shown(rich(), width=400)
    assert page.split("\n")[-2] == (
        "5 found in 2 patches of 1 series: 2 to mail in 1 reply, 1 drafted, 1 reported, "
        "1 suppressed (known); 3 checks skipped (1: series incomplete, series rules skipped; "
        "2: no source tree was given); 2 problems; 1 rule failure."
    )
    assert "  rule g-rule failed on virt/foo.c: TypeError: no\n" in page
    assert '  diff-damaged: virt/foo.c: hunk cut short (in "[PATCH 2/2] foo: add bar")\n' in page


def test_a_gate_says_it_in_place_of_the_problem() -> None:
    page = shown(rich())
    assert "  series-gate: series incomplete (2 of 3)\n" in page
    assert "missing-patches" not in page
    assert "  missing-patches: 3 of 3\n" in shown(replace(rich(), gates=()))


def test_other_problems_are_shown_beside_a_gate() -> None:
    odd = Problem(ProblemKind.CHARSET_WRONG, "says gbk")
    one = series(posted(1, odd))
    assert "charset-wrong: says gbk\n" in shown(replace(rich(), series=one))


def test_a_problem_of_several_mails_takes_one_line() -> None:
    odd = Problem(ProblemKind.NO_MESSAGE_ID)
    page = shown(Outcome(series(posted(1, odd), posted(2, odd))))
    assert page.count("no-message-id") == 1
    assert "  no-message-id (in 2 mails)\n" in page


def test_a_series_without_a_subject_has_a_name() -> None:
    nameless = replace(series(posted(1, Problem(ProblemKind.NO_DATE))), subject="")
    assert shown(Outcome(nameless)).startswith("(no subject) <")


def test_words_are_wrapped_and_quotes_are_not() -> None:
    long = said(comment="word " * 40)
    lines = shown(Outcome(whole(), (long,)), width=50).split("\n")
    assert all(len(line) <= 50 for line in lines if "word" in line)


def test_very_long_lines_are_cut() -> None:
    patch = posted(1)
    body = patch.message.body.replace("+bar();", "+" + "x" * 10**6)
    huge = series(replace(patch, message=replace(patch.message, body=body, subject="y" * 10**6)))
    assert len(shown(Outcome(huge, (said(),)))) < 2000


def test_colours_only_where_asked_for() -> None:
    assert ESCAPE not in shown(rich())
    coloured = shown(rich(), colour=True)
    assert f"{ESCAPE}[32m+bar();{ESCAPE}[0m" in coloured
    assert f"{ESCAPE}[31m-two();{ESCAPE}[0m" in coloured


@given(WILD, WILD, WILD)
def test_nothing_hostile_reaches_the_terminal(subject: str, line: str, words: str) -> None:
    patch = posted(1)
    body = patch.message.body.replace("bar();", line)
    mail = replace(patch.message, subject=subject, body=body)
    bad = Problem(ProblemKind.DIFF_DAMAGED, words)
    hostile = replace(patch, message=mail, problems=(bad,))
    one = replace(series(hostile), subject=subject)
    page = shown(Outcome(one, (said(comment=words, function=words), said(Channel.REPORT, words))))
    assert not any(ord(char) < 0x20 and char not in "\t\n" for char in page)
    assert not any(0x7F <= ord(char) < 0xA0 or 0x202A <= ord(char) <= 0x202E for char in page)
    page.encode()


def test_numbers_agree_with_their_words() -> None:
    assert summary(Tally()) == (
        "0 found in 0 patches of 0 series: 0 to mail, 0 drafted, 0 reported, "
        "0 suppressed; 0 checks skipped."
    )


def test_the_text_comes_series_by_series() -> None:
    pieces = text(iter([Outcome(whole(), (said(),)), Outcome(whole())]), Page())
    assert next(pieces) == "foo: bar <1@example.org>\n"
