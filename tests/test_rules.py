"""Every example page under tests/rules/ through the real belt."""

import re
from pathlib import Path

import pytest

from reviewbot.config import load
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.review import review
from tests.pages import Case, cases

PAGES = sorted((Path(__file__).parent / "rules").glob("*.md"))
CASES = [case for page in PAGES for case in cases(page)]


def spoken(case: Case) -> list[Verdict]:
    """What the page's rule says about the case, channels and comments included."""
    kit = load().kit(select=(case.page,))
    tree = DictTree(case.tree, case.commits) if case.tree or case.commits else NoTree()
    (one,) = series(message(RawMessage(data)) for data in case.mails)
    outcome = review(one, kit, tree)
    assert not outcome.failures, outcome.failures
    return [*outcome.gates, *outcome.verdicts]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_page(case: Case) -> None:
    said = [" ".join(verdict.comment.split()) for verdict in spoken(case)]
    assert said == [expected.text for expected in case.expected]
    assert bool(said) == case.bad


@pytest.mark.parametrize("case", [case for case in CASES if case.bad], ids=str)
def test_page_channel(case: Case) -> None:
    for verdict, expected in zip(spoken(case), case.expected, strict=True):
        assert expected.channel in ("", verdict.channel.value)


@pytest.mark.parametrize("case", [case for case in CASES if case.bad], ids=str)
def test_anchor_quotes_the_line_it_names(case: Case) -> None:
    bodies = {m.message_id: m.body for m in (message(RawMessage(data)) for data in case.mails)}
    for verdict in spoken(case):
        anchor = verdict.finding.anchor
        if not anchor.line:
            continue
        quoted = bodies[anchor.message_id].split("\n")[anchor.mail]
        assert quoted[0] in {sign.value for sign in Sign}
        assert quoted[1:] == anchor.text


@pytest.mark.parametrize("case", [case for case in CASES if case.bad], ids=str)
def test_a_comment_names_no_line_numbers(case: Case) -> None:
    for verdict in spoken(case):
        if verdict.channel is not Channel.GATE:
            assert not re.search(r"\blines? \d", verdict.comment)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_shows_bad_and_good(page: Path) -> None:
    kinds = {case.bad for case in cases(page)}
    assert kinds == {True, False}
