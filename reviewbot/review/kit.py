"""Kit: everything a review needs beside the series and the tree, as one frozen value.

Law: built once from configuration, handed down, never changed. Must not know where configuration lies.
"""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from reviewbot.cmodel.pairs import PairTable
from reviewbot.model.finding import Channel
from reviewbot.model.series import Series
from reviewbot.review.compose import Identity
from reviewbot.review.manners import Manners
from reviewbot.review.policy import Policy
from reviewbot.review.prefilter import Prefilter, Screen, prefilter
from reviewbot.review.render import Words
from reviewbot.rule import Rule


class Kit(Struct, frozen=True, dict=True):
    """The rules that run, their options and channels by rule id, and what decides on words.

    `manners` decides to whom replies go; `list_words` are the words of single lists, by address.

    `prefilter` False looks at every patch with every rule, without a glance before; findings are the same
    either way.
    """

    rules: tuple[Rule, ...]
    words: Words
    pairs: PairTable = PairTable()
    options: Mapping[str, object] = {}
    channels: Mapping[str, Channel] = {}
    policy: Policy = Policy()
    identity: Identity = Identity()
    manners: Manners = Manners()
    list_words: Mapping[str, Words] = {}
    prefilter: bool = True

    @cached_property
    def filters(self) -> Mapping[str, Prefilter]:
        """The prefilter of each rule by its id; made once a run."""
        return {
            rule.id: prefilter(rule.triggers_for(self.pairs)) if self.prefilter else Prefilter()
            for rule in self.rules
        }

    @cached_property
    def screen(self) -> Screen:
        """All of them, to be asked together."""
        return Screen(self.filters)

    def words_for(self, series: Series) -> Words:
        """The words for a series: those of the first list it was sent to that has own ones."""
        mails = (patch.message for patch in series.patches[:1])
        sent = {one.email.lower() for mail in mails for one in (*mail.to, *mail.cc)}
        own = (words for address, words in self.list_words.items() if address.lower() in sent)
        return next(own, self.words)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; raises KeyError."""
        return {rule.id: rule for rule in self.rules}[rule_id]
