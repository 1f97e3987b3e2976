"""Manners: all that is set about who is written to, when and how, as one value.

Law: made once from the configuration. Must not know any mail.
"""

from collections.abc import Iterable
from email.utils import parseaddr

from msgspec import Struct

from reviewbot.model.finding import Severity
from reviewbot.review.policy import Policy
from reviewbot.review.post import MailingList, Post
from reviewbot.rule import Rule

# What may be said where everybody reads it; the rest is for the author alone.
PUBLIC = frozenset({Severity.BUG, Severity.BUILD})


class Manners(Struct, frozen=True):
    """`[post]`, `[[list]]` and `[policy]`; our own addresses, and the rules that may speak to lists."""

    post: Post = Post()
    lists: tuple[MailingList, ...] = ()
    policy: Policy = Policy()
    own: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

    def may_be_public(self, rules: Iterable[str]) -> bool:
        """Whether all that these rules say may go to lists."""
        return self.public.issuperset(rules)


def public_rules(rules: Iterable[Rule]) -> frozenset[str]:
    """The ids of the rules that may speak to lists: what breaks a kernel or its build, and is about a patch."""
    return frozenset(rule.id for rule in rules if rule.severity in PUBLIC and not rule.on_cover)


def addresses(*mailboxes: str) -> frozenset[str]:
    """The addresses in mailboxes such as `Name <local@domain>`, in lower case, without empty ones."""
    return frozenset(filter(None, (parseaddr(mailbox)[1].lower() for mailbox in mailboxes)))
