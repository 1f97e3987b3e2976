from datetime import timedelta

import pytest

from reviewbot.model.message import RawMessage
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources.kindred import (
    hits,
    holder,
    is_kin,
    kept,
    missing_parts,
    newer,
    newest,
    others,
    sent,
)
from tests.builders import NOON, mail, new_file, patch_body
from tests.sources.posted import BOB, CHANGE, answer, posted_id, posting

DIFF = patch_body(new_file("foo.c", "int foo;\n"))


def made(*mails: bytes) -> tuple[Series, ...]:
    return series(message(RawMessage(data)) for data in mails)


def offered(*mails: bytes) -> list:
    return list(hits(message(RawMessage(data)) for data in mails))


def one(subject: str, message_id: str = "1@x.org", day: int = 0, **more: str) -> bytes:
    date = NOON + timedelta(days=day)
    return mail(DIFF, subject=subject, message_id=message_id, date=date, **more)


def test_hits_are_covers_and_first_patches() -> None:
    found = offered(*posting(3), answer(posted_id(0, 1), "[PATCH 0/3] foo", "re@x.org"))
    assert [hit.message_id for hit in found] == [posted_id(0, 1), posted_id(1, 1)]


def test_a_mail_without_a_tag_is_no_hit() -> None:
    assert offered(one("foo: add bar")) == []


def test_the_holder_is_the_series_a_mail_is_in() -> None:
    found = made(*posting(2), *posting(2, 2, day=3))
    assert holder(found, posted_id(1, 2)).revision == 2
    assert holder(found, "elsewhere@x.org") is None


def test_the_holder_of_an_answer() -> None:
    found = made(*posting(2), answer(posted_id(2, 1), "[PATCH 2/2] foo", "re@x.org"))
    assert holder(found, "re@x.org") is found[0]


def test_sent_is_the_date_of_the_first_mail() -> None:
    (found,) = made(*posting(2))
    assert sent(found) == NOON


def test_kin_by_title_and_author() -> None:
    (first,), (second,) = made(*posting(2)), made(*posting(3, 2))
    assert is_kin(first, second)
    (other,) = made(*posting(2, 2, sender=BOB))
    assert not is_kin(first, other)


def test_kin_by_the_title_of_the_first_patch() -> None:
    (first,) = made(one("[PATCH 1/1] foo: add bar"))
    (second,) = made(one("[PATCH v2] foo: add bar", "2@x.org"))
    assert is_kin(first, second)


def test_a_change_id_decides() -> None:
    (first,) = made(*posting(2, change_id=CHANGE))
    (second,) = made(*posting(2, 2, name="other", change_id=CHANGE))
    (third,) = made(*posting(2, 2, change_id="20260303-other-0123456789ab"))
    assert is_kin(first, second)
    assert not is_kin(first, third)


@pytest.mark.parametrize("prefix", ["PATCH 5.10", "GIT PULL"])
def test_backports_and_pull_requests_are_no_kin(prefix: str) -> None:
    (first,) = made(one("[PATCH] foo: add bar"))
    (second,) = made(one(f"[{prefix}] foo: add bar", "2@x.org"))
    assert not is_kin(first, second)


def test_the_newest_of_a_family() -> None:
    found = made(*posting(2), *posting(2, 2, day=3), *posting(2, 3, day=5))
    assert newest(found, found[0]).revision == 3
    assert newest(found, found[2]) is found[2]


def test_newer_are_higher_revisions_the_highest_first() -> None:
    (known,) = made(*posting(2, 2, day=3))
    found = offered(*posting(2), *posting(2, 3, day=5), *posting(2, 4, day=7))
    ids = [hit.message_id for hit in newer(found, known, ())]
    assert ids[0] == posted_id(1, 4)
    assert set(ids) <= {posted_id(n, revision) for n in (0, 1) for revision in (3, 4)}
    assert newer(found, known, ids) == []


def test_a_higher_revision_of_before_is_another_series() -> None:
    (known,) = made(*posting(2, day=3))
    assert newer(offered(*posting(2, 2, day=0)), known, ()) == []


def test_a_patch_is_newer_than_its_rfc() -> None:
    (known,) = made(one("[RFC PATCH v3] foo: add bar"))
    (hit,) = newer(offered(one("[PATCH] foo: add bar", "2@x.org", 5)), known, ())
    assert hit.message_id == "2@x.org"


def test_an_rfc_in_between_does_not_hide_what_is_newer() -> None:
    (known,) = made(one("[PATCH v9] foo: add bar"))
    found = offered(
        one("[PATCH v15] foo: add bar", "15@x.org", 5),
        one("[RFC v16] foo: add bar", "16@x.org", 9),
    )
    assert [hit.message_id for hit in newer(found, known, ())] == ["16@x.org", "15@x.org"]


def test_a_resend_counts_where_something_is_missing() -> None:
    again = offered(*(m.replace(b"[PATCH", b"[PATCH RESEND") for m in posting(2, day=2)))
    (whole,), (part,) = made(*posting(2)), made(*posting(2)[:2])
    assert newer(again, whole, ()) == []
    assert newer(again, part, ())


def test_others_are_all_postings_oldest_first() -> None:
    (known,) = made(*posting(2, 2, day=3))
    found = others(offered(*posting(2, 3, day=5), *posting(2)), known, ())
    assert [hit.subject.revision for hit in found] == [1, 1, 3, 3]


def test_the_parts_that_fill_a_gap() -> None:
    mails = posting(4, threaded=False)
    (known,) = made(mails[2])
    others = [*posting(4, 2), *posting(4, sender=BOB), *posting(5), *mails]
    found = missing_parts((message(RawMessage(data)) for data in others), known)
    assert [said.message_id for said in found] == [posted_id(n, 1) for n in (0, 1, 3, 4)]
    assert {said.sender.email for said in found} == {"alice@example.org"}


def test_other_revisions_are_not_kept_and_other_series_are() -> None:
    first, second = posting(2), posting(2, 2, day=3)
    aside = one("[PATCH] bar: fix it", "aside@x.org", in_reply_to=posted_id(1, 1), sender=BOB)
    found = made(*first, *second, aside)
    near = {posted_id(0, 1), posted_id(0, 2), "aside@x.org"}
    (target,) = (each for each in found if each.revision == 2)
    left = kept(found, target, near)
    assert [each.message_id for each in left] == ["aside@x.org", posted_id(0, 2)]
    assert kept(found, target, {posted_id(0, 2)}) == [target]
