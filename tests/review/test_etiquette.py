"""Etiquette: each rule of the catalogue, §4.2, by its number; each case is one step away from a letter that may go."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.letter import Letter, Stage
from reviewbot.model.message import Address
from reviewbot.model.reply import Claim
from reviewbot.model.said import Departure, Objection, Said, Wish
from reviewbot.model.series import SeriesKind
from reviewbot.review.compose import Identity, replies
from reviewbot.review.etiquette import Scene
from reviewbot.review.policy import Policy
from reviewbot.review.post import MailingList, Mode
from tests.review.letters_made import (
    AUTHOR,
    BODY,
    BOT,
    HUMAN,
    KVM,
    LETTER,
    NOW,
    OPEN,
    PATCH,
    POSTED,
    POSTING,
    REPLY,
    SCENE,
    THREAD,
    answer,
    manners,
    reason,
    refused,
    thread,
)
from tests.review.talk import WORDS, verdict
from tests.values import file_change, series


def scene(**more: object) -> Scene:
    return replace(SCENE, **more)


def asked(**more: object) -> Letter:
    """The letter, with other facts of the mail it answers."""
    return replace(LETTER, posting=replace(POSTING, **more))


def written(**more: object) -> Letter:
    """The letter, with another mail."""
    reply = replace(REPLY, **more)
    return Letter(reply, POSTING, reply.claims)


def departure(
    name: str = "other@example.net",
    of: str = "s@example.org",
    author: str = AUTHOR.email,
    ago: timedelta = timedelta(hours=1),
) -> Departure:
    return Departure(name, of, "lineage", author, NOW - ago)


def said(parent: str = PATCH, message_id: str = "earlier@example.net") -> Said:
    return Said(
        POSTING.lineage, "e" * 16, "a-rule", "foo", 1, parent, message_id, Stage.SENT, POSTED
    )


def test_a_letter_that_may_leave() -> None:
    assert refused() == ()


# 1. Who: a person, or an explicit opt-in


def test_rule_1_by_default_mails_are_drafts() -> None:
    assert "mode is draft" in reason(by=manners(mode=Mode.DRAFT))


def test_rule_1_a_draft_may_be_put_into_drafts() -> None:
    assert refused(by=manners(mode=Mode.DRAFT), scene=scene(drafting=True)) == ()


def test_rule_1_what_nobody_approved_stays() -> None:
    assert "nobody approved it" in reason(scene=scene(approved=False))


@pytest.mark.parametrize("agreed", [OPEN, MailingList("kvm@vger.kernel.org", mode=Mode.AUTHOR)])
def test_rule_1_unattended_only_where_a_list_agreed(agreed: MailingList) -> None:
    assert refused(by=manners(agreed), scene=scene(approved=False)) == ()
    other = replace(agreed, address="other@vger.kernel.org")
    assert "nobody approved it" in reason(by=manners(other), scene=scene(approved=False))


def test_rule_1_the_quietest_list_decides() -> None:
    quiet = MailingList("kvm@vger.kernel.org", mode=Mode.DRAFT)
    assert "mode is draft" in reason(by=manners(quiet, mode=Mode.LIST))


# 2. Which mails


def test_rule_2_no_replies_and_no_forwarded_mails() -> None:
    assert "an answer" in reason(asked(is_reply=True))


@pytest.mark.parametrize("kind", [SeriesKind.PULL_REQUEST, SeriesKind.DISCUSSION])
def test_rule_2_only_patches(kind: SeriesKind) -> None:
    assert kind.value.replace("-", " ") in reason(asked(kind=kind))


def test_rule_2_no_rfc_unless_it_is_set() -> None:
    rfc = asked(prefix=("PATCH", "RFC"))
    assert reason(rfc) == "an RFC"
    assert refused(rfc, manners(policy=Policy(rfc="author"))) == ()


@pytest.mark.parametrize("word", ["6.1", "5.10.y", "AUTOSEL", "stable"])
def test_rule_2_no_stable_trees(word: str) -> None:
    assert "stable tree" in reason(asked(prefix=("PATCH", word)))


def test_rule_2_no_tags_that_are_skipped() -> None:
    told = reason(asked(prefix=("PATCH", "wip")), manners(policy=Policy(skip_tags=("WIP",))))
    assert told == "tagged WIP"


def test_rule_2_no_other_projects() -> None:
    assert reason(asked(project="qemu")) == "a patch for qemu"


@pytest.mark.parametrize(
    "address",
    ["syzbot+1a2b@syzkaller.appspotmail.com", "lkp@intel.com", "patchwork-bot+foo@kernel.org"],
)
def test_rule_2_no_programs(address: str) -> None:
    program = Address("", address)
    letter = replace(asked(author=program), reply=replace(REPLY, to=(program,)))
    assert reason(letter) == f"{address} is a program"


def test_rule_2_a_program_may_be_named() -> None:
    by = manners(robots=("author@*",))
    assert reason(by=by) == "author@example.org is a program"


def test_rule_2_people_may_have_bot_in_their_names() -> None:
    person = Address("T. Talbot", "talbot@shazbot.org")
    assert refused(replace(asked(author=person), reply=replace(REPLY, to=(person,)))) == ()


@pytest.mark.parametrize(("value", "stays"), [("auto-generated", True), ("No", False), ("", False)])
def test_rule_2_nothing_sent_by_programs(value: str, stays: bool) -> None:
    assert bool(refused(asked(auto_submitted=value))) is stays


def test_rule_2_no_private_mails() -> None:
    private = asked(cc=(Address("", "friend@example.com"),), list_ids=())
    assert "private" in reason(private)


def test_rule_2_a_list_is_known_by_its_id_by_its_host_and_by_what_is_set() -> None:
    nowhere = asked(cc=(Address("", "dev@example.com"),), list_ids=())
    assert (
        refused(replace(nowhere, posting=replace(nowhere.posting, list_ids=("dev.example.com",))))
        == ()
    )
    assert refused(nowhere, manners(MailingList("dev@example.com"))) == ()
    assert refused(asked(cc=(Address("", "dev@lists.example.com"),), list_ids=())) == ()


def test_rule_2_never_our_own_mails() -> None:
    own = replace(asked(author=HUMAN), reply=replace(REPLY, to=(HUMAN,)))
    assert reason(own) == "our own mail"


@pytest.mark.parametrize(
    "body",
    [
        "Applied, thanks!",
        "Queued for 6.12.",
        "Thanks, all applied",
        "> +\tbar();\n\nSeries applied.",
        "Hello:\n\nThis series was applied to foo/bar.git (main)\nby R. Reviewer:",
    ],
)
def test_rule_2_nothing_that_was_applied(body: str) -> None:
    assert "applied it" in reason(scene=scene(thread=thread(answer(body))))


@pytest.mark.parametrize("body", ["NAK.", "Nacked-by: A. Maintainer <am@example.net>", "nack, no."])
def test_rule_2_nothing_that_was_refused(body: str) -> None:
    assert "refused it" in reason(scene=scene(thread=thread(answer(body))))


@pytest.mark.parametrize(
    "body",
    [
        "It works with the patch\napplied here.",
        "Counts the\nqueued bytes instead.",
        "[If your patch is applied to the wrong git tree, kindly drop us a note.",
        "> Applied, thanks!\n\nGood.",
        "Naked pointers here?",
    ],
)
def test_rule_2_talk_of_applying_is_not_applying(body: str) -> None:
    assert refused(scene=scene(thread=thread(answer(body)))) == ()


def test_rule_2_the_author_does_not_apply() -> None:
    assert refused(scene=scene(thread=thread(answer("Applied to my tree.", sender=AUTHOR)))) == ()


def test_rule_2_nothing_that_was_superseded() -> None:
    assert reason(asked(superseded_by=2)) == "revision 2 is out"
    assert reason(scene=scene(thread=thread(superseded_by=3))) == "revision 3 is out"


# 3. When


def test_rule_3_wait_a_day() -> None:
    (found,) = refused(scene=scene(now=POSTED + timedelta(hours=23)))
    assert found.rule == "3 wait"
    assert found.until == POSTED + timedelta(hours=24)


def test_rule_3_wait_as_long_as_is_set() -> None:
    assert refused(by=manners(embargo_hours=48))
    assert refused(by=manners(embargo_hours=1), scene=scene(now=POSTED + timedelta(hours=1))) == ()


@pytest.mark.parametrize("years", [-20, -1, 1, 20])
def test_rule_3_the_authors_clock_says_nothing(years: int) -> None:
    """A `Date` years off neither lifts the embargo nor prolongs it."""
    wrong = asked(date=POSTED + timedelta(days=365 * years))
    early = scene(now=POSTED + timedelta(hours=23))
    (found, *_) = refused(wrong, scene=early)
    assert found.reason.startswith(
        "not before 2026-03-03 12:00 UTC: a server received it 2026-03-02"
    )
    assert found.until == POSTED + timedelta(hours=24)
    reasons = [one.reason for one in refused(wrong)]
    # One that looks old is not answered: whether it is nobody knows.
    assert reasons == (["the mail is older than 30 days"] if years < 0 else [])


def test_rule_3_a_date_without_zone_is_utc() -> None:
    assert refused(asked(date=POSTED.replace(tzinfo=None))) == ()


def test_rule_3_without_a_server_it_is_known_since_it_was_held() -> None:
    bare = asked(received=None)
    assert "nobody knows since when" in reason(bare)
    (found,) = refused(bare, scene=scene(held=NOW - timedelta(hours=1)))
    assert "it is known here since 2026-03-03 17:00 UTC, embargo_hours = 24" in found.reason
    assert refused(bare, scene=scene(held=NOW - timedelta(hours=24))) == ()


def test_rule_3_a_server_that_took_it_after_it_was_held_says_nothing() -> None:
    """Its clock is wrong, or another copy was held."""
    late = asked(received=NOW + timedelta(days=400))
    assert refused(late, scene=scene(held=POSTED)) == ()


def test_rule_3_the_thread_knows_it_too() -> None:
    """What was reviewed was a file without a trace of servers; the archive has one with it."""
    (one,) = THREAD.patches
    known = replace(one, message=replace(one.message, received=POSTED))
    again = replace(THREAD, patches=(known,))
    assert refused(asked(received=None), scene=scene(thread=again, held=NOW)) == ()


def test_rule_3_not_a_month_later() -> None:
    late = scene(now=POSTED + timedelta(days=31))
    assert reason(scene=late) == "the mail is older than 30 days"
    assert refused(by=manners(max_age_days=0), scene=late) == ()


@pytest.mark.parametrize(
    ("hours", "quiet"),
    [("17:00-19:00", True), ("22:00-19:00", True), ("18:00-07:00", True), ("19:00-07:00", False)],
)
def test_rule_3_quiet_hours(hours: str, quiet: bool) -> None:
    assert NOW.hour == 18
    found = refused(by=manners(quiet_hours=hours))
    assert [one.reason.startswith("quiet hours until") for one in found] == [True] * quiet


def test_rule_3_quiet_hours_end_the_next_day() -> None:
    (found,) = refused(by=manners(quiet_hours="18:00-07:00"))
    assert found.until == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)


def test_rule_3_the_thread_is_read_again() -> None:
    assert reason(scene=scene(thread=None)) == "the thread was not read again"
    assert refused(by=manners(reread=False), scene=scene(thread=None)) == ()


@pytest.mark.parametrize(
    "body", ["Where is foo_get() undone?", "> +\tfoo_get(foo);\n\nThis leaks.\n"]
)
def test_rule_3_silent_if_a_person_said_it(body: str) -> None:
    told = reason(scene=scene(thread=thread(answer(body))))
    assert told.startswith("A. Maintainer ")
    assert told.endswith(" in <a@example.com>")


def test_rule_3_silent_if_another_program_said_it() -> None:
    bot = Address("", "sashiko-bot@kernel.org")
    assert "sashiko-bot" in reason(scene=scene(thread=thread(answer("foo_get leaks", sender=bot))))


def test_rule_3_not_silent_for_other_talk() -> None:
    assert refused(scene=scene(thread=thread(answer("> +\tother();\n\nA typo.")))) == ()


# 4. How many


def test_rule_4_one_mail_a_patch() -> None:
    assert reason(scene=scene(said=(said(),))) == "the mail was answered before"


def test_rule_4_what_is_sent_again_after_an_accident_is_the_same_mail() -> None:
    assert refused(scene=scene(said=(said(message_id=REPLY.message_id),))) == ()


def test_rule_4_two_mails_a_series() -> None:
    far = timedelta(days=2)
    left = tuple(departure(f"{n}@example.net", PATCH, ago=far) for n in range(2))
    assert refused(scene=scene(departures=left[:1])) == ()
    assert reason(scene=scene(departures=left)) == "2 mails to this series already"


def test_rule_4_two_mails_a_day_to_an_author() -> None:
    left = (
        departure("1@example.net", ago=timedelta(hours=20)),
        departure("2@example.net", "t@example.org", ago=timedelta(hours=1)),
    )
    (found,) = refused(scene=scene(departures=left))
    assert found.reason == "2 mails to author@example.org within a day already"
    assert found.until == NOW + timedelta(hours=4)
    assert refused(by=manners(max_mails_per_author=3), scene=scene(departures=left)) == ()


def test_rule_4_nothing_of_a_clean_series() -> None:
    assert reason(written(claims=())) == "nothing was found"


def test_rule_4_thirty_own_lines() -> None:
    long = BODY.replace("which path drops", "and\n" * 29 + "which path drops")
    assert reason(written(body=long)) == "31 own lines are more than 30"


# 5. To whom


def test_rule_5_never_stable() -> None:
    stable = Address("", "stable@vger.kernel.org")
    letter = replace(written(cc=(stable,)), posting=replace(POSTING, cc=(KVM, stable)))
    assert "nobody to write to" in reason(letter)


def test_rule_5_never_add_people() -> None:
    stranger = Address("", "stranger@example.com")
    assert reason(written(cc=(stranger,))) == "stranger@example.com did not get the patch"


def test_rule_5_no_list_that_did_not_opt_in() -> None:
    to_list = written(cc=(KVM,))
    assert "no list it went to has opted in" in reason(to_list, manners(mode=Mode.LIST))
    assert refused(to_list, manners(OPEN, mode=Mode.LIST)) == ()


def test_rule_5_to_the_author_alone_where_that_is_the_mode() -> None:
    assert "the mode is author" in reason(written(cc=(KVM,)), manners(OPEN))


def test_rule_5_one_list_that_forbids_keeps_it_from_all() -> None:
    other = Address("", "dev@lists.example.com")
    letter = replace(written(cc=(KVM,)), posting=replace(POSTING, cc=(KVM, other)))
    by = manners(OPEN, MailingList("*@lists.example.com", forbids=True), mode=Mode.LIST)
    assert "*@lists.example.com forbids mails of programs" in reason(letter, by)


def test_rule_5_nits_go_to_the_author_alone() -> None:
    nit = written(cc=(KVM,), claims=(Claim("a-nit", "e" * 16),))
    assert "for the author alone" in reason(nit, manners(OPEN, mode=Mode.LIST))


def test_rule_5_somebody_is_written_to() -> None:
    assert reason(written(to=())) == "nobody to write to"


# 6. Programs and silence


def test_rule_6_no_answer_to_an_answer_to_us() -> None:
    deep = written(references=("earlier@example.net", PATCH))
    assert "answers an answer" in reason(deep, scene=scene(said=(said(parent="2@example.org"),)))


def test_rule_6_answers_reach_a_person() -> None:
    assert "no person" in reason(written(reply_to=None))
    assert "no person" in reason(written(reply_to=Address("", "noreply@example.net")))
    # Where the program that sends the mail puts its owner's address, they do.
    assert refused(written(reply_to=None, sender=replace(BOT, email=""))) == ()


@pytest.mark.parametrize("glob", ["author@example.org", "*@Example.org"])
def test_rule_6_authors_who_opted_out(glob: str) -> None:
    assert "opt_outs" in reason(by=manners(opt_outs=(glob,)))


OFF = Objection(Wish.OFF, "p@example.org", "w@example.org", NOW, "too early", POSTING.lineage)


@pytest.mark.parametrize(
    ("objection", "holds"),
    [
        (OFF, True),
        (replace(OFF, lineage="other"), False),
        (replace(OFF, until=NOW), False),
        (replace(OFF, until=NOW + timedelta(days=1)), True),
        (replace(OFF, rule="get-without-put"), True),
        (replace(OFF, rule="a-nit"), False),
        (replace(OFF, wish=Wish.OPTOUT, author=AUTHOR.email), True),
        (replace(OFF, wish=Wish.OPTOUT, author="other@example.org"), False),
        (replace(OFF, wish=Wish.FALSE_POSITIVE, fingerprint="f" * 16), True),
        (replace(OFF, wish=Wish.FALSE_POSITIVE, fingerprint="e" * 16), False),
    ],
)
def test_rule_6_who_asked_for_silence_gets_it(objection: Objection, holds: bool) -> None:
    found = refused(scene=scene(objections=(objection,)))
    assert [one.rule for one in found] == ["6 opt-out"] * holds
    assert all(
        f"{objection.by} asked for {objection.wish.value}: too early" == one.reason for one in found
    )


class Edited(Struct, frozen=True):
    """A change to the words, and what is said of it."""

    words: str
    told: str


@pytest.mark.parametrize(
    "edited",
    [
        Edited(
            "foo_put(); and so on, over and over, until the line is far too wide for it.\n",
            "wider than 72",
        ),
        Edited("Reviewed-by: A. Maintainer <am@example.net>\n", "a trailer"),
        Edited("Reported-by: reviewbot <reviewbot@example.net>\n", "a trailer"),
        Edited("pw-bot: cr\n", "a command"),
        Edited("#syz invalid\n", "a command"),
        Edited("See virt/foo.c:12.\n", "a line number"),
        Edited("It is on line 12.\n", "a line number"),
        Edited("Please fix.\n", "a verdict"),
        Edited("Severity: high\n", "a verdict"),
        Edited("Great work!\n", "a verdict"),
        Edited("Thanks \N{SLIGHTLY SMILING FACE}\n", "no plain text"),
        Edited("Turn \u202e around.\n", "no plain text"),
    ],
    ids=lambda edited: edited.told,
)
def test_body_own_words_are_plain_remarks(edited: Edited) -> None:
    assert edited.told in reason(
        written(body=BODY.replace("which path", edited.words + "which path"))
    )


def test_body_quotes_may_be_anything() -> None:
    wild = BODY.replace(
        "> +\tfoo",
        "> Reviewed-by: P <p@example.org> \N{SLIGHTLY SMILING FACE}" + "x" * 80 + "\n> +\tfoo",
    )
    assert refused(written(body=wild)) == ()


def test_body_the_footer_says_how_to_stop_it() -> None:
    assert "no footer" in reason(written(body=BODY.replace("reviewbot: off", "")))
    assert "no footer" in reason(written(body=BODY.replace("-- \n", "")))


def test_body_something_is_said() -> None:
    quote, _, footer = BODY.partition("foo_get() is")
    assert reason(written(body=quote + footer[footer.index("-- \n") :])) == "nothing is said in it"


def test_headers_references_end_with_the_mail_that_is_answered() -> None:
    assert "References" in reason(written(references=()))
    assert "more than 20" in reason(written(references=(*(f"{n}@x" for n in range(20)), PATCH)))


@pytest.mark.parametrize("subject", ["[PATCH] foo: bar", "Re: Re: [PATCH] foo: bar"])
def test_headers_exactly_one_re(subject: str) -> None:
    assert "exactly one Re:" in reason(written(subject=subject))


def test_every_reason_is_given_at_once() -> None:
    found = refused(
        asked(is_reply=True, project="qemu"), manners(mode=Mode.DRAFT), scene(thread=None)
    )
    assert [one.rule for one in found] == ["1 opt-in", "2 eligible", "2 eligible", "3 wait"]


def test_rule_4_three_findings_a_mail_and_the_rest_by_name() -> None:
    one = THREAD.patches[0]
    lines = "".join(f"+\tfoo_get{number}(foo);\n" for number in range(5))
    many = file_change("virt/foo.c", *lines.splitlines())
    of = series(replace(one, files=(many,), message=replace(one.message, body="a\n" * 11 + lines)))
    verdicts = [
        verdict(of.patches[0], f"foo_get{number}", "a-rule", "Why?", function=f"foo{number}")
        for number in range(5)
    ]
    (made,) = replies(of, verdicts, Policy(), Identity(), WORDS)
    assert made.body.count("Why?") == 3
    assert "- foo3(), foo4(): a-rule\n" in made.body
    assert len(made.claims) == 5
