"""Which check a patch gets, and that one is made once."""

import pytest
from msgspec.structs import replace

from reviewbot.errors import ServiceError
from reviewbot.model.check import Check, Standing, State
from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.review.outcome import Outcome
from reviewbot.sinks.patchwork_checks import Fate, Words, checks, posted
from tests.review.talk import read, verdict

ONE = read("series")
FIRST, SECOND, THIRD = ONE.patches
BUG = verdict(SECOND, "kvm_get_kvm", "kvm-get-without-put", "Which path drops it?")
NIT = verdict(SECOND, "kvm_get_kvm", "a-nit", "So?", severity=Severity.NIT)
DRAFT = verdict(THIRD, "try_module_get", "x", "It can fail.", channel=Channel.DRAFT)
WORDS = Words("reviewbot", "", "https://example.org/rules/")


class Kept:
    """A server with the patches of the series, whose answers may be lost."""

    def __init__(self, *trouble: str) -> None:
        self.checks: dict[int, list[Check]] = {}
        self.created = 0
        self.state, self.archived = "new", False
        self._trouble = list(trouble)
        self._numbers = {FIRST.message_id: 1, SECOND.message_id: 2}

    def patch(self, message_id: str) -> Standing | None:
        number = self._numbers.get(message_id)
        return Standing(number, self.state, self.archived) if number else None

    def newest(self, patch: int, context: str) -> Check | None:
        own = [check for check in self.checks.get(patch, []) if check.context == context]
        return own[-1] if own else None

    def create(self, patch: int, check: Check) -> None:
        self.created += 1
        trouble = self._trouble.pop(0) if self._trouble else ""
        if trouble != "refused":
            self.checks.setdefault(patch, []).append(check)
        if trouble:
            raise ServiceError(f"{trouble}")


def made(outcome: Outcome, words: Words = WORDS) -> list[Check]:
    return [check for _, check in checks(outcome, words)]


# What is said


def test_a_bug_fails_a_nit_warns_and_nothing_succeeds() -> None:
    states = [check.state for check in made(Outcome(ONE, (BUG,)))]
    assert states == [State.SUCCESS, State.FAIL, State.SUCCESS]
    assert made(Outcome(ONE, (NIT,)))[1].state is State.WARNING


def test_a_check_names_its_rules_and_leads_to_the_gravest() -> None:
    check = made(Outcome(ONE, (NIT, BUG)))[1]
    assert check.description == "2 comments: a-nit, kvm-get-without-put"
    assert check.target_url == "https://example.org/rules/kvm-get-without-put"
    assert check.context == "reviewbot"


def test_drafts_are_nobodys_business() -> None:
    assert made(Outcome(ONE, (DRAFT,)))[2] == Check(
        State.SUCCESS, "reviewbot", "nothing to comment on"
    )


def test_an_address_of_its_own_is_filled_in_for_the_patch() -> None:
    words = Words("ci", "https://ci.example.org/{message_id}#{rule}")
    check = made(Outcome(ONE, (BUG,)), words)[1]
    assert check.target_url == f"https://ci.example.org/{SECOND.message_id}#kvm-get-without-put"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://example.org/" + "x" * 200])
def test_an_address_that_patchwork_refuses_is_left_out(url: str) -> None:
    assert made(Outcome(ONE, (BUG,)), Words("ci", url))[1].target_url == ""


def test_a_series_that_is_not_all_there_is_pending_but_a_bug_is_a_bug() -> None:
    cut = replace(ONE, missing=(4,))
    first, second, _ = made(Outcome(cut, (BUG,)))
    assert (first.state, second.state) == (State.PENDING, State.FAIL)
    assert first.description == "waiting for the rest of the series (missing: 4)"


def test_a_damaged_patch_is_not_called_good() -> None:
    damaged = replace(FIRST, problems=(Problem(ProblemKind.DIFF_DAMAGED, "foo.c"),))
    series = replace(ONE, patches=(damaged, SECOND, THIRD))
    assert made(Outcome(series))[0].state is State.WARNING


@pytest.mark.parametrize("change", [{"superseded_by": 3}, {"project": "qemu"}])
def test_a_series_that_nobody_should_look_at_gets_none(change: dict) -> None:
    assert made(Outcome(replace(ONE, **change), (BUG,))) == []


def test_a_description_is_one_line_of_bounded_length() -> None:
    odd: Verdict = replace(BUG, finding=replace(BUG.finding, rule="x\n\u202e" + "y" * 500))
    check = made(Outcome(ONE, (odd,)))[1]
    assert len(check.description) <= 150
    assert "\n" not in check.description
    assert "\u202e" not in check.description


# What is posted


def fates(server: Kept, *, send: bool = True, said: tuple[Verdict, ...] = (BUG,)) -> list[Fate]:
    wanted = checks(Outcome(ONE, said), WORDS)
    return [report.fate for report in posted(wanted, server, send=send)]


def test_without_send_nothing_is_posted() -> None:
    server = Kept()
    assert fates(server, send=False) == [Fate.DUE, Fate.DUE, Fate.UNKNOWN]
    assert server.created == 0


def test_a_second_run_posts_nothing() -> None:
    server = Kept()
    assert fates(server) == [Fate.POSTED, Fate.POSTED, Fate.UNKNOWN]
    assert fates(server) == [Fate.SAME, Fate.SAME, Fate.UNKNOWN]
    assert server.created == 2


def test_what_changed_is_posted_under_the_same_context() -> None:
    server = Kept()
    fates(server)
    assert fates(server, said=()) == [Fate.SAME, Fate.POSTED, Fate.UNKNOWN]
    assert [check.state for check in server.checks[2]] == [State.FAIL, State.SUCCESS]


@pytest.mark.parametrize(
    "state",
    ["accepted", "rejected", "superseded", "rfc", "changes-requested", "Awaiting Upstream", "odd"],
)
def test_what_is_decided_already_gets_none(state: str) -> None:
    server = Kept()
    server.state = state
    assert fates(server) == [Fate.DECIDED, Fate.DECIDED, Fate.UNKNOWN]
    assert server.created == 0


def test_what_was_put_away_gets_none() -> None:
    server = Kept()
    server.archived = True
    assert fates(server) == [Fate.DECIDED, Fate.DECIDED, Fate.UNKNOWN]


@pytest.mark.parametrize("state", ["new", "under-review", "", "Needs ACK"])
def test_what_waits_for_somebody_gets_one(state: str) -> None:
    server = Kept()
    server.state = state
    assert fates(server) == [Fate.POSTED, Fate.POSTED, Fate.UNKNOWN]


@pytest.mark.parametrize(("asked", "fate"), [("testing", Fate.POSTED), ("accepted", Fate.DECIDED)])
def test_a_state_of_the_projects_own_counts_where_it_is_asked_for(asked: str, fate: Fate) -> None:
    server = Kept()
    server.state = asked
    wanted = checks(Outcome(ONE, (BUG,)), WORDS)
    (first, *_) = posted(wanted, server, send=True, states=(asked,))
    assert first.fate is fate


def test_checks_of_others_are_left_alone() -> None:
    server = Kept()
    server.checks[1] = [Check(State.FAIL, "build", "it does not build")]
    assert fates(server)[0] is Fate.POSTED


def test_where_the_answer_is_lost_the_server_is_asked() -> None:
    server = Kept("lost")
    assert fates(server) == [Fate.POSTED, Fate.POSTED, Fate.UNKNOWN]
    assert server.created == 2


def test_a_refusal_is_reported_and_ends_it() -> None:
    server = Kept("refused")
    wanted = checks(Outcome(ONE), WORDS)
    (report,) = posted(wanted, server, send=True)
    assert (report.fate, report.why) == (Fate.FAILED, "refused")
    assert server.created == 1
