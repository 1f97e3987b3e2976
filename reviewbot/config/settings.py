"""The shape of config.toml.

Law: each table's shape is declared beside the code that uses it; here they are only put together.
A field that is not here does not exist. Must not know where files lie.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from reviewbot.cmodel.pairs import Pair, PairTable
from reviewbot.cmodel.words import CallWords
from reviewbot.review.compose import Identity
from reviewbot.review.policy import Override, Policy, Suppression
from reviewbot.review.post import MailingList, Post
from reviewbot.review.terms import Terms
from reviewbot.sinks.transport.settings import Outgoing, Smtp
from reviewbot.sources.cache.settings import Keep
from reviewbot.sources.lore.settings import Lore
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.patchwork.settings import Instance
from reviewbot.sources.web.settings import Network


class Render(Struct, frozen=True, forbid_unknown_fields=True):
    """Where words come from: folders of templates that are looked into before the shipped one."""

    templates: tuple[str, ...] = ()


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of a configuration file, each optional."""

    packs: tuple[str, ...] = ()
    identity: Identity = Identity()
    policy: Policy = Policy()
    render: Render = Render()
    network: Network = Network()
    cache: Keep = Keep()
    rules: Mapping[str, Mapping[str, Any]] = {}
    calls: CallWords = CallWords()
    pair: tuple[Pair, ...] = ()
    lock: tuple[Pair, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    override: tuple[Override, ...] = ()
    lore: Lore = Lore()
    mirrors: Mirrors = Mirrors()
    patchwork: tuple[Instance, ...] = ()
    transport: Outgoing = Outgoing()
    smtp: Smtp = Smtp()
    post: Post = Post()
    list: tuple[MailingList, ...] = ()
    feedback: Terms = Terms()

    @property
    def pairs(self) -> PairTable:
        """The pair table with the locks, and the words for calls that are not in it."""
        return PairTable(self.pair, self.calls, locks=self.lock)
