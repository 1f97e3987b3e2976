"""Addressing: to whom a mail goes.

Law: to the author, and at most to those lists that got the patch and opted in; nobody is ever added. Whoever
asked for less gets less: a list that forbids mails of programs keeps them from all lists. Must not know what
the mail says.

Source: rule catalogue §4.2 rules 1 and 5.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.message import Address
from reviewbot.model.posting import Posting, posting
from reviewbot.model.printable import email, header, identifier
from reviewbot.model.reply import Reply
from reviewbot.model.series import Series
from reviewbot.review.manners import Manners
from reviewbot.review.post import MailingList, Mode, Post

# Hosts where addresses are lists, beside those that are told by their name (`lists.example.org`).
_HOSTS = frozenset({"vger.kernel.org", "kvack.org", "googlegroups.com", "alsa-project.org"})
_LIST_HOST = re.compile(r"(?:.*\.)?(?:lists?|mailman|ml)\d*\..+")
NAME_LIMIT = 80
_STABLE = re.compile(r"stable(?:-commits)?(?:\+[^@]*)?@(?:vger\.)?kernel\.org", re.IGNORECASE)


class Recipients(Struct, frozen=True):
    """The headers `To` and `Cc` of a mail, and the reason why no more people are in them."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reason: str = ""


def to_people(series: Series, replies: Iterable[Reply], manners: Manners) -> Iterator[Reply]:
    """The replies to mails of a series, addressed."""
    mails = [*filter(None, [series.cover]), *(patch.message for patch in series.patches)]
    by_id = {identifier(mail.message_id): mail for mail in reversed(mails)}
    for reply in replies:
        made = addressed(
            posting(series, by_id[reply.in_reply_to]),
            manners.post,
            manners.lists,
            public=manners.may_be_public(claim.rule for claim in reply.claims),
        )
        automatic = manners.post.auto_submitted
        yield replace(reply, to=made.to, cc=made.cc, automatic=automatic)


def addressed(
    posting: Posting, post: Post, lists: Sequence[MailingList], *, public: bool = True
) -> Recipients:
    """To whom an answer to this mail goes; `public` where what it says may go to lists.

    In the mode `draft` these are the recipients the draft proposes.
    """
    to = tuple(filter(None, [_mailbox(posting.author)]))
    reason = _no_list(posting, post, lists, public)
    if reason:
        return Recipients(to, (), reason)
    cc = {one.email.lower(): one for one in _open(posting, lists) if one not in to}
    return Recipients(to, tuple(cc.values()), "" if cc else "no list it went to has opted in")


def mode(posting: Posting, post: Post, lists: Sequence[MailingList]) -> Mode:
    """How far an answer may go: the quietest set for one of its lists, else that of `[post]`."""
    own = [one.mode for one in known(posting, lists) if one.mode is not None]
    return min(own, key=lambda each: each.rank, default=post.mode)


def known(posting: Posting, lists: Iterable[MailingList]) -> tuple[MailingList, ...]:
    """What is set for the lists the mail went to."""
    addresses = [one.email for one in (*posting.to, *posting.cc)]
    ids = [name.lower() for name in posting.list_ids]
    return tuple(
        one
        for one in lists
        if any(map(one.matches, addresses)) or one.address.lower().replace("@", ".") in ids
    )


def is_list(address: str, posting: Posting, lists: Iterable[MailingList] = ()) -> bool:
    """Whether an address of a mail is that of a list: by its `List-Id`, by what is set, or by its host."""
    plain = address.lower()
    host = plain.rpartition("@")[2]
    return (
        plain.replace("@", ".") in (name.lower() for name in posting.list_ids)
        or host in _HOSTS
        or bool(_LIST_HOST.fullmatch(host))
        or any(one.matches(plain) for one in lists)
    )


def is_stable(address: str) -> bool:
    """Whether this is the address of the stable trees, which is a mark and no place to talk."""
    return bool(_STABLE.fullmatch(address))


def _no_list(posting: Posting, post: Post, lists: Sequence[MailingList], public: bool) -> str:
    """Why an answer goes to no list at all, or an empty string."""
    forbidding = next((one.address for one in known(posting, lists) if one.forbids), "")
    if forbidding:
        return f"{forbidding} forbids mails of programs"
    if not public:
        return "what it says is for the author alone"
    if posting.tagged("RFC"):
        return "an RFC is answered to its author alone"
    return "the mode is author" if mode(posting, post, lists) is Mode.AUTHOR else ""


def _open(posting: Posting, lists: Sequence[MailingList]) -> Iterable[Address]:
    """The lists the mail was sent to that opted in."""
    for one in (*posting.to, *posting.cc):
        safe = _mailbox(one)
        opted_in = any(entry.opt_in and entry.matches(one.email) for entry in lists)
        if safe and opted_in and not is_stable(one.email):
            yield safe


def _mailbox(address: Address) -> Address | None:
    """A mailbox that can stand in a header, or None."""
    return (
        Address(header(address.name, NAME_LIMIT), address.email) if email(address.email) else None
    )
