"""Silence: how what was said before changes what is said now; through the whole of `review`."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from reviewbot.cmodel.change import SourceChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.model.letter import Stage
from reviewbot.model.posting import lineage
from reviewbot.model.said import Objection, Said, Wish
from reviewbot.model.series import Series
from reviewbot.review.history import Memory
from reviewbot.review.kit import Kit
from reviewbot.review.manners import Manners, public_rules
from reviewbot.review.outcome import Outcome
from reviewbot.review.policy import Policy
from reviewbot.review.post import Mode, Post
from reviewbot.review.render import Words
from reviewbot.review.review import review
from reviewbot.sinks.mboxrd import mboxrd
from tests.builders import NOON, mail, new_file, patch_body
from tests.review.letters_made import OPEN
from tests.review.talk import ROOT, parsed
from tests.values import make_rule

MAIL = patch_body(new_file("virt/foo.c", "int foo_open(void)\n{\n\tfoo_get(foo);\n}\n"))


def check(change: SourceChange) -> Iterator[Hit]:
    """Every foo_get()."""
    for line in change.added:
        if "foo_get(foo)" in change.added[line].text:
            yield change.at(line, symbol="foo_get")


RULE = make_rule("get-without-put", check, triggers=("foo_get",))


@pytest.fixture
def kit(tmp_path) -> Kit:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/get-without-put.j2").write_text("Who undoes {{ symbol }}()?")
    return Kit((RULE,), Words((tmp_path, ROOT / "templates")))


def posted(revision: int = 1, *answers: bytes) -> Series:
    tag = f" v{revision}" if revision > 1 else ""
    first = mail(MAIL, subject=f"[PATCH{tag}] foo: open", message_id=f"v{revision}@example.org")
    return parsed(b"".join(map(mboxrd, (first, *answers))))


def reply(body: str, to: str = "v1@example.org", sender: str = "R <r@example.com>") -> bytes:
    return mail(
        body,
        subject="Re: [PATCH] foo: open",
        message_id=f"{len(body)}@example.com",
        sender=sender,
        in_reply_to=to,
        date=NOON + timedelta(hours=1),
    )


def said(outcome: Outcome, revision: int = 1) -> Said:
    """What the outbox keeps of the only reply of an outcome."""
    (made,) = outcome.replies
    (claim,) = made.claims
    return Said(
        lineage(outcome.series),
        claim.fingerprint,
        claim.rule,
        claim.symbol,
        revision,
        made.in_reply_to,
        made.message_id,
        Stage.SENT,
        NOON,
    )


def verdict(outcome: Outcome) -> tuple[Channel, str]:
    (one,) = outcome.verdicts
    return one.channel, one.reason


def test_what_nobody_said_is_mailed(kit: Kit) -> None:
    made = review(posted(), kit)
    assert verdict(made)[0] is Channel.MAIL
    assert "Who undoes foo_get()?" in made.replies[0].body
    assert "Still" not in made.replies[0].body


def test_what_a_person_said_is_suppressed_by_name(kit: Kit) -> None:
    made = review(posted(1, reply("foo_get() leaks.")), kit)
    assert verdict(made) == (Channel.SUPPRESSED, "R names foo_get in <16@example.com>")
    assert made.replies == ()


def test_what_may_have_been_said_is_drafted(kit: Kit) -> None:
    made = review(posted(1, reply("foo_open() wants words.")), kit)
    assert verdict(made) == (Channel.DRAFT, "R names foo_open() in <23@example.com>")


def test_what_was_not_answered_is_still_there(kit: Kit) -> None:
    before = said(review(posted(), kit))
    made = review(posted(3), kit, memory=Memory((before,)))
    assert verdict(made)[0] is Channel.MAIL
    assert "Who undoes foo_get()? Still there since v1." in made.replies[0].body


def test_what_was_answered_is_not_said_again(kit: Kit) -> None:
    before = replace(said(review(posted(), kit)), answered=NOON)
    made = review(posted(3), kit, memory=Memory((before,)))
    assert verdict(made) == (Channel.SUPPRESSED, "said of v1 and answered")


def test_an_answer_in_the_thread_counts(kit: Kit) -> None:
    before = replace(said(review(posted(), kit)), message_id="ours@example.net")
    refers = (("In-Reply-To", "<ours@example.net>"), ("References", "<v2@example.org>"))
    fine = mail("It is fine.", subject="Re: foo", message_id="r@example.org", headers=refers)
    again = review(posted(2, fine), kit, memory=Memory((before,)))
    assert verdict(again) == (Channel.SUPPRESSED, "said of v1 and answered")


def test_the_same_revision_is_not_told_twice(kit: Kit) -> None:
    one = posted(2)
    before = said(review(one, kit), 2)
    assert verdict(review(one, kit, memory=Memory((before,)))) == (
        Channel.SUPPRESSED,
        "said of this revision already",
    )


@pytest.mark.parametrize(("times", "channel"), [(2, Channel.MAIL), (3, Channel.SUPPRESSED)])
def test_the_same_is_not_said_for_ever(kit: Kit, times: int, channel: Channel) -> None:
    first = said(review(posted(), kit))
    rows = tuple(replace(first, revision=number + 1) for number in range(times))
    made = review(posted(times + 1), kit, memory=Memory(rows))
    assert verdict(made)[0] is channel


def test_how_often_is_set(kit: Kit) -> None:
    before = said(review(posted(), kit))
    quiet = replace(kit, policy=Policy(max_repeats=0))
    assert verdict(review(posted(2), quiet, memory=Memory((before,))))[1] == "said of v1"


def test_what_is_no_longer_found_is_noted(kit: Kit) -> None:
    before = said(review(posted(), kit))
    other = patch_body(new_file("virt/foo.c", "int foo_get_nothing;\n"))
    v2 = parsed(mboxrd(mail(other, subject="[PATCH v2] foo: open", message_id="v2@example.org")))
    made = review(v2, kit, memory=Memory((before,)))
    assert made.fixed == (before,)
    assert made.verdicts == ()


def test_what_a_person_dropped_is_a_draft(kit: Kit) -> None:
    before = said(review(posted(), kit))
    made = review(posted(2), kit, memory=Memory(declined=(before,)))
    assert verdict(made) == (Channel.DRAFT, "dropped from the queue at v1")


@pytest.mark.parametrize(
    ("wish", "channel"),
    [
        (Wish.FALSE_POSITIVE, Channel.SUPPRESSED),
        (Wish.OFF, Channel.DRAFT),
        (Wish.OPTOUT, Channel.DRAFT),
    ],
)
def test_who_asked_for_silence_gets_it(kit: Kit, wish: Wish, channel: Channel) -> None:
    before = said(review(posted(), kit))
    objection = Objection(
        wish,
        "r@example.com",
        "w@example.com",
        NOON,
        "it is put later",
        before.lineage,
        "author@example.org",
        before.fingerprint,
    )
    made = review(posted(2), kit, memory=Memory(objections=(objection,)))
    told = f"r@example.com asked for {wish.value}: it is put later"
    assert verdict(made) == (channel, told)
    other = replace(objection, rule="b-rule")
    assert verdict(review(posted(2), kit, memory=Memory(objections=(other,))))[0] is Channel.MAIL


def test_replies_go_to_the_lists_that_opted_in(kit: Kit) -> None:
    open_to = replace(
        kit, manners=Manners(Post(mode=Mode.LIST), (OPEN,), public=frozenset({RULE.id}))
    )
    (made,) = review(posted(), open_to).replies
    assert [one.email for one in made.cc] == ["kvm@vger.kernel.org"]


def test_a_list_may_have_words_of_its_own(kit: Kit, tmp_path) -> None:
    folder = tmp_path / "kvm"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules/get-without-put.j2").write_text("And the put?")
    own = replace(kit, list_words={"kvm@vger.kernel.org": Words((folder, *kit.words.folders))})
    assert "And the put?" in review(posted(), own).replies[0].body
    other = replace(kit, list_words={"other@vger.kernel.org": Words((folder,))})
    assert "Who undoes" in review(posted(), other).replies[0].body


def test_severity_decides_who_may_read_it() -> None:
    nit = make_rule("a-nit", check, severity=Severity.NIT)
    on_cover = make_rule("on-cover", check, on_cover=True)
    assert public_rules((RULE, nit, on_cover)) == {RULE.id}
