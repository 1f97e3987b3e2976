"""Addressing: to whom an answer goes, and why to nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.model.message import Address
from reviewbot.review.addressing import addressed, is_list, is_stable, mode, to_people
from reviewbot.review.post import MailingList, Mode, Post
from tests.review.letters_made import AUTHOR, KVM, OPEN, POSTING, REPLY, manners
from tests.values import file_change, patch, series

LISTS = Post(mode=Mode.LIST)
DEV = Address("", "dev@lists.example.com")
STABLE = Address("", "stable@vger.kernel.org")


def test_by_default_a_draft_to_the_author() -> None:
    made = addressed(POSTING, Post(), ())
    assert (made.to, made.cc) == ((AUTHOR,), ())
    assert made.reason == "no list it went to has opted in"


@pytest.mark.parametrize("how", [Mode.DRAFT, Mode.LIST])
def test_lists_that_opted_in_get_a_copy(how: Mode) -> None:
    made = addressed(POSTING, Post(mode=how), (OPEN,))
    assert (made.to, made.cc, made.reason) == ((AUTHOR,), (KVM,), "")


def test_the_mode_author_means_the_author() -> None:
    assert addressed(POSTING, Post(mode=Mode.AUTHOR), (OPEN,)).cc == ()


def test_a_list_may_have_a_mode_of_its_own() -> None:
    quiet = replace(OPEN, mode=Mode.AUTHOR)
    assert addressed(POSTING, LISTS, (quiet,)).reason == "the mode is author"
    assert mode(POSTING, LISTS, (quiet, MailingList("*", mode=Mode.DRAFT))) is Mode.DRAFT
    assert mode(replace(POSTING, cc=(), list_ids=()), LISTS, (quiet,)) is Mode.LIST


def test_a_list_that_did_not_get_the_patch_gets_nothing() -> None:
    assert addressed(replace(POSTING, cc=(DEV,)), LISTS, (OPEN,)).cc == ()


def test_one_list_that_forbids_keeps_it_from_all() -> None:
    both = replace(POSTING, cc=(KVM, DEV))
    made = addressed(both, LISTS, (OPEN, MailingList("dev@lists.example.com", forbids=True)))
    assert (made.to, made.cc) == ((AUTHOR,), ())
    assert made.reason == "dev@lists.example.com forbids mails of programs"


def test_a_list_is_known_by_its_id_too() -> None:
    hidden = replace(POSTING, cc=(DEV,), list_ids=("kvm.vger.kernel.org",))
    forbidding = MailingList("kvm@vger.kernel.org", forbids=True)
    assert "forbids" in addressed(hidden, LISTS, (forbidding,)).reason


def test_an_rfc_is_answered_to_its_author() -> None:
    assert addressed(replace(POSTING, prefix=("RFC",)), LISTS, (OPEN,)).cc == ()


def test_nits_are_for_the_author() -> None:
    assert addressed(POSTING, LISTS, (OPEN,), public=False).cc == ()


def test_never_the_stable_address_even_if_it_opted_in() -> None:
    asked = replace(POSTING, cc=(STABLE,))
    assert addressed(asked, LISTS, (MailingList(STABLE.email, opt_in=True),)).cc == ()


@pytest.mark.parametrize(
    ("address", "stable"),
    [
        ("stable@vger.kernel.org", True),
        ("Stable@kernel.org", True),
        ("stable+noautosel@kernel.org", True),
        ("stable@example.org", False),
        ("unstable@vger.kernel.org", False),
    ],
)
def test_stable_addresses(address: str, stable: bool) -> None:
    assert is_stable(address) is stable


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("linux-kernel@vger.kernel.org", True),
        ("linux-mm@kvack.org", True),
        ("iommu@lists.linux.dev", True),
        ("dri-devel@lists.freedesktop.org", True),
        ("person@kernel.org", False),
        ("person@listserver.org", False),
    ],
)
def test_lists_by_their_host(address: str, known: bool) -> None:
    assert is_list(address, replace(POSTING, list_ids=())) is known


def test_an_address_that_cannot_be_written_is_left_out() -> None:
    bad = replace(POSTING, author=Address("A", "no address"))
    assert addressed(bad, LISTS, (OPEN,)).to == ()


@given(
    st.lists(st.sampled_from([KVM, DEV, STABLE, Address("P", "p@example.com")]), max_size=4),
    st.lists(st.sampled_from(["kvm@vger.kernel.org", "dev@lists.example.com"]), max_size=2),
    st.booleans(),
    st.sampled_from(Mode),
)
def test_nobody_is_ever_added(cc: list[Address], opted: list[str], public: bool, how: Mode) -> None:
    lists = tuple(MailingList(address, opt_in=True) for address in opted)
    made = addressed(replace(POSTING, cc=tuple(cc)), Post(mode=how), lists, public=public)
    assert made.to == (AUTHOR,)
    assert {one.email for one in made.cc} <= {one.email for one in cc} & set(opted)
    assert bool(made.cc) is not bool(made.reason)


def test_replies_are_addressed_by_the_mail_they_answer() -> None:
    one = series(patch(file_change("virt/foo.c", "+bar();")))
    (made,) = to_people(one, [REPLY], manners(OPEN, mode=Mode.LIST, auto_submitted=True))
    assert (made.to, made.cc, made.automatic) == ((AUTHOR,), (KVM,), True)
    (quiet,) = to_people(
        one, [replace(REPLY, claims=(replace(REPLY.claims[0], rule="a-nit"),))], manners(OPEN)
    )
    assert (quiet.cc, quiet.automatic) == ((), False)


@pytest.mark.parametrize("address", ["*@example.org", "nobody", ""])
def test_only_one_list_at_a_time_opts_in(address: str) -> None:
    with pytest.raises(ValueError, match="one address"):
        MailingList(address, opt_in=True)


def test_a_list_cannot_want_and_forbid() -> None:
    with pytest.raises(ValueError, match="contradict"):
        MailingList("kvm@vger.kernel.org", opt_in=True, forbids=True)


@pytest.mark.parametrize("hours", ["22-7", "25:00-07:00", "22:00", "a"])
def test_quiet_hours_are_checked(hours: str) -> None:
    with pytest.raises(ValueError, match="22:00-07:00"):
        Post(quiet_hours=hours)
