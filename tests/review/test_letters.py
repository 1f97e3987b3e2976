"""Outcomes become letters."""

from msgspec.structs import replace

from reviewbot.model.message import MADE_UP
from reviewbot.model.reply import Claim, derived
from reviewbot.review.compose import Identity, replies
from reviewbot.review.letters import letters
from reviewbot.review.outcome import Outcome
from reviewbot.review.policy import Policy
from tests.review.talk import WORDS, read, verdict

ME = Identity("reviewbot", "bot@example.org")


def outcome(name: str = "series") -> Outcome:
    one = read(name)
    said = [
        verdict(patch, "", "a-rule", "Why?", function="foo", symbol=f"s{number}")
        for number, patch in enumerate(one.patches)
    ]
    return Outcome(one, tuple(said), replies=replies(one, said, Policy(), ME, WORDS))


def test_each_reply_becomes_a_letter_with_its_posting() -> None:
    one = outcome()
    made = list(letters(one))
    assert [letter.reply for letter in made] == list(one.replies)
    mails = [one.series.cover, *(patch.message for patch in one.series.patches)]
    subjects = {mail.message_id: mail.subject for mail in mails if mail}
    for letter in made:
        assert letter.posting.message_id == letter.reply.in_reply_to
        assert letter.posting.subject == subjects[letter.posting.message_id]
        assert letter.posting.series == one.series.message_id


def test_a_letter_claims_all_that_is_said_in_it() -> None:
    one = outcome()
    claimed = [claim for letter in letters(one) for claim in letter.claims]
    assert {claim.fingerprint for claim in claimed} == {
        verdict.finding.fingerprint for verdict in one.verdicts
    }
    assert all(letter.claims == letter.reply.claims for letter in letters(one))


def test_what_is_only_named_is_claimed_too() -> None:
    one = read("series")
    said = [verdict(one.patches[0], "", "a-rule", "Why?\n" * 40, symbol=str(n)) for n in range(5)]
    written = replies(one, said, Policy(max_findings_per_mail=1), ME, WORDS)
    claims = {claim.fingerprint for reply in written for claim in reply.claims}
    assert claims == {each.finding.fingerprint for each in said}


def test_a_claim_goes_by_the_symbol_or_the_function() -> None:
    patch = read("single").patches[0]
    said = [
        verdict(patch, "", "a-rule", "Why?", function="foo"),
        verdict(patch, "", "b-rule", "Why?", function="foo", symbol="bar"),
    ]
    (reply,) = replies(read("single"), said, Policy(), ME, WORDS)
    assert [claim.symbol for claim in reply.claims] == ["foo", "bar"]
    assert reply.claims[0] == Claim("a-rule", said[0].finding.fingerprint, "foo")


def test_a_patch_that_was_never_mailed_gets_no_letter() -> None:
    one = outcome("single")
    (reply,) = one.replies
    for unknown in ("", f"0{MADE_UP}", "elsewhere@example.org"):
        assert not list(letters(replace(one, replies=(replace(reply, in_reply_to=unknown),))))


def test_the_id_of_a_reply_is_that_of_its_words() -> None:
    (reply,) = outcome("single").replies
    assert reply.message_id == derived(reply.in_reply_to, reply.body, "example.org")
    assert derived("a", "b", "x") != derived("a", "c", "x") != derived("b", "b", "x")
    assert derived("a\udc80", "b", "x").endswith("@x")
