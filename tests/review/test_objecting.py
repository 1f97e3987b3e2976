"""Who may ask for what, and what it comes to."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from reviewbot.model.letter import Letter
from reviewbot.model.message import Address, Message
from reviewbot.model.posting import lineage, posting
from reviewbot.model.reply import Claim
from reviewbot.model.said import Objection, Wish
from reviewbot.model.series import Series
from reviewbot.parse.feedback import Request
from reviewbot.parse.mail import RawMessage, message
from reviewbot.parse.thread import series
from reviewbot.review.objecting import (
    Asker,
    Ground,
    asker,
    ground,
    objections,
    places,
    title,
)
from reviewbot.review.terms import Terms
from tests.builders import mail, new_file, patch_body
from tests.sinks.outcomes import reply

NOW = datetime(2026, 3, 9, tzinfo=UTC)
ASKED = datetime(2026, 3, 4, tzinfo=UTC)
AUTHOR = Address("A. Author", "author@example.org")
ANNA = Address("Anna", "Anna@example.org")
CLAIMS = (Claim("a-rule", "f" * 16, "foo"), Claim("b-rule", "e" * 16, "bar"))


def posted(change_id: str = "") -> Series:
    """A cover letter, two patches and two answers."""
    note = f"\nchange-id: {change_id}\n" if change_id else ""
    mails = [
        mail(f"About.\n{note}", subject="[PATCH v2 0/2] foo: bar", message_id="0@x"),
        *(
            mail(
                patch_body(new_file(f"virt/{n}.c", "int x;\n")),
                subject=f"[PATCH v2 {n}/2] foo: add {n}",
                message_id=f"{n}@x",
                in_reply_to="0@x",
            )
            for n in (1, 2)
        ),
        mail("Hm.\n", subject="Re: [PATCH v2 2/2] foo: add 2", message_id="3@x", in_reply_to="2@x"),
        mail("Hm.\n", subject="Re: [PATCH v2 0/2] foo: bar", message_id="4@x", in_reply_to="0@x"),
    ]
    (one,) = series(message(RawMessage(data)) for data in mails)
    return one


def letter(one: Series, patch: int = 0) -> Letter:
    """Ours in answer to a patch."""
    answered = one.patches[patch].message
    made = reply(message_id="ours@y", in_reply_to=answered.message_id)
    return Letter(made, posting(one, answered), CLAIMS)


def answer(*above: str, sender: Address = AUTHOR, date: datetime | None = ASKED) -> Message:
    return Message("9@x", "Re: x", sender, "", date, in_reply_to=above[-1:], references=above)


ONE = posted()
TERMS = Terms()
PLACES = places([ONE])
LETTERS = {"ours@y": letter(ONE)}


def known(*above: str) -> Ground:
    found = ground(answer(*above), PLACES, LETTERS)
    assert found is not None
    return found


# What it is about


def test_an_answer_to_ours() -> None:
    found = known("0@x", "1@x", "ours@y")
    assert found.lineage == lineage(ONE)
    assert found.title == "[PATCH v2 1/2] foo: add 1"
    assert found.author == "author@example.org"
    assert found.paths == ("virt/1.c",)
    assert found.claims == CLAIMS
    assert found.series is ONE


@pytest.mark.parametrize(
    ("above", "paths"),
    [
        (("0@x", "2@x"), ("virt/2.c",)),
        (("0@x", "2@x", "3@x"), ("virt/2.c",)),
        (("0@x",), ("virt/1.c", "virt/2.c")),
        (("0@x", "4@x"), ("virt/1.c", "virt/2.c")),
        (("0@x", "unknown@x"), ("virt/1.c", "virt/2.c")),
        (("0@x", "1@x", "ours@y", "someone@x"), ("virt/1.c",)),
    ],
)
def test_the_nearest_that_is_known(above: tuple[str, ...], paths: tuple[str, ...]) -> None:
    found = known(*above)
    assert found.paths == paths
    number = paths[0].removeprefix("virt/")[0] if len(paths) == 1 else "0"
    assert found.title.startswith(f"[PATCH v2 {number}/2] foo: ")


def test_nothing_that_is_known() -> None:
    assert ground(answer("unknown@x"), PLACES, LETTERS) is None
    assert ground(answer(), PLACES, LETTERS) is None


def test_ours_alone_is_enough_for_its_author() -> None:
    found = ground(answer("ours@y"), {}, LETTERS)
    assert found is not None
    assert (found.paths, found.series) == ((), None)
    assert found.authors == {"author@example.org"}


def test_a_thread_of_one_s_own_gives_no_say_in_another() -> None:
    """References can name anything: the author of a series is not the author of what our letter is about."""
    eve = Address("Eve", "eve@example.org")
    patch = mail(patch_body(new_file("x.c", "int x;\n")), sender=str(eve), message_id="eve@x")
    found = ground(
        answer("ours@y", "eve@x", sender=eve),
        places([ONE, *series([message(RawMessage(patch))])]),
        LETTERS,
    )
    assert found is not None
    assert found.lineage == lineage(ONE)
    assert asker(eve, found, ()) is None


def test_a_patch_sent_into_a_thread_gives_no_say_in_it() -> None:
    first, second = ONE.patches
    eve = Address("Eve", "eve@example.org")
    foreign = replace(second, message=replace(second.message, sender=eve), author=eve)
    found = ground(answer("2@x"), places([replace(ONE, patches=(first, foreign))]), {})
    assert found is not None
    assert asker(eve, found, ()) is None


# Who may ask


def test_the_author_and_maintainers_may() -> None:
    found = known("0@x")
    assert asker(Address("", "AUTHOR@Example.org"), found, ()) is Asker.AUTHOR
    assert asker(Address("", "anna@example.org"), found, [ANNA]) is Asker.MAINTAINER
    assert asker(Address("A. Author", "other@example.org"), found, [ANNA]) is None
    assert asker(Address("author@example.org", ""), found, [Address("", "")]) is None


# What it comes to


def kept(
    request: Request, who: Asker, about: Ground, terms: Terms = TERMS, **fields: object
) -> tuple[Objection, ...]:
    mail = replace(answer("x"), **fields)
    return objections(request, who, about, mail, terms, NOW)


def test_off_is_for_the_series() -> None:
    (one,) = kept(Request(Wish.OFF, "", "enough"), Asker.MAINTAINER, known("0@x"))
    assert one == Objection(
        Wish.OFF,
        by="author@example.org",
        source="9@x",
        when=ASKED,
        reason="enough",
        lineage=lineage(ONE),
        until=ASKED + timedelta(days=365),
    )


def test_a_change_id_can_be_anybody_s() -> None:
    one = posted("20260302-foo-0123456789ab")
    about = ground(answer("0@x"), places([one]), {})
    assert about is not None and about.lineage == "change-id:20260302-foo-0123456789ab"
    (off,) = kept(Request(Wish.OFF), Asker.AUTHOR, about)
    assert off.covers(about.lineage, "author@example.org", "a-rule", "f")
    assert not off.covers(about.lineage, "victim@example.org", "a-rule", "f")


def test_optout_is_for_the_author_and_for_ever() -> None:
    (one,) = kept(Request(Wish.OPTOUT, "a-rule"), Asker.AUTHOR, known("0@x"))
    assert (one.author, one.rule, one.lineage, one.until) == (
        "author@example.org",
        "a-rule",
        "",
        None,
    )


def test_a_false_positive_is_all_that_was_said_or_what_one_rule_said() -> None:
    about = known("ours@y")
    found = kept(Request(Wish.FALSE_POSITIVE), Asker.MAINTAINER, about)
    assert [(one.rule, one.fingerprint) for one in found] == [
        ("a-rule", "f" * 16),
        ("b-rule", "e" * 16),
    ]
    (one,) = kept(Request(Wish.FALSE_POSITIVE, "b-rule"), Asker.MAINTAINER, about)
    assert (one.rule, one.fingerprint, one.lineage) == ("b-rule", "e" * 16, "")


def test_an_author_speaks_for_the_own_series() -> None:
    (one, _) = kept(Request(Wish.FALSE_POSITIVE), Asker.AUTHOR, known("ours@y"))
    assert one.covers(lineage(ONE), "anybody@x", "a-rule", "f" * 16)
    assert not one.covers("another", "anybody@x", "a-rule", "f" * 16)
    (one, _) = kept(Request(Wish.FALSE_POSITIVE), Asker.MAINTAINER, known("ours@y"))
    assert one.covers("another", "anybody@x", "a-rule", "f" * 16)


def test_a_false_positive_where_we_said_nothing() -> None:
    assert kept(Request(Wish.FALSE_POSITIVE), Asker.AUTHOR, known("0@x")) == ()
    (one,) = kept(Request(Wish.FALSE_POSITIVE, "c-rule"), Asker.MAINTAINER, known("0@x"))
    assert (one.rule, one.lineage, one.fingerprint) == ("c-rule", lineage(ONE), "")


def test_days() -> None:
    terms = Terms(false_positive_days=1, off_days=0, optout_days=2)
    about = known("ours@y")
    found = {wish: kept(Request(wish), Asker.AUTHOR, about, terms)[0].until for wish in Wish}
    assert found == {
        Wish.FALSE_POSITIVE: ASKED + timedelta(days=1),
        Wish.OFF: None,
        Wish.OPTOUT: ASKED + timedelta(days=2),
    }


@pytest.mark.parametrize("date", [None, datetime(2090, 1, 1, tzinfo=UTC)])
def test_a_clock_that_is_wrong_does_not_make_it_longer(date: datetime | None) -> None:
    (one,) = kept(Request(Wish.OFF), Asker.AUTHOR, known("0@x"), date=date)
    assert one.when == NOW


# Coverage of objections


def test_an_objection_to_nothing_covers_nothing() -> None:
    assert not Objection(Wish.OFF, "a", "b", NOW).covers("l", "a", "r", "f")
    assert not Objection(Wish.OFF, "a", "b", NOW, rule="r").covers("l", "a", "r", "f")


def test_titles_of_answers_are_those_of_the_mails() -> None:
    assert title("Re: [PATCH v2 1/2]  foo: add  1") == title("[PATCH v2 1/2] foo: add 1")
    assert title("AW: Re: [PATCH v2 1/2] foo: add 1") == title("[PATCH v2 1/2] Foo: add 1")
    assert title("[PATCH v3 1/2] foo: add 1") != title("[PATCH v2 1/2] foo: add 1")
    assert title("[PATCH v2 2/2] foo: add 1") != title("[PATCH v2 1/2] foo: add 1")


def test_who_puts_another_s_name_on_a_patch_speaks_for_nobody_else() -> None:
    """A hostile series: its cover letter is signed, and a patch in it claims to be of a victim."""
    one = posted("20260302-foo-0123456789ab")
    patch = one.patches[0]
    theirs = replace(patch.message, sender=Address("", "victim@example.org"))
    forged = replace(one, patches=(replace(patch, message=theirs), one.patches[1]))
    about = ground(answer("ours@y"), places([forged]), {"ours@y": letter(forged)})
    assert about is not None and about.author == "victim@example.org"
    who = asker(AUTHOR, about, ())
    assert who is Asker.AUTHOR
    for wish in Wish:
        found = objections(Request(wish), who, about, answer("ours@y"), TERMS, NOW)
        assert {each.author for each in found} == {"author@example.org"}
        for each in found:
            assert not each.covers(about.lineage, "victim@example.org", each.rule, "f" * 16)
