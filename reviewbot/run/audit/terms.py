"""Terms: what an audit is asked for, as far as a worker must know it, and what a worker makes of it.

Law: plain data that any process can be sent; the same terms make the same kit everywhere. Must not know
archives.
"""

from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.config import load
from reviewbot.model.finding import Channel
from reviewbot.review.kit import Kit
from reviewbot.review.sieve import Sieve, sieve


class Terms(Struct, frozen=True):
    """The configuration file named, the rules chosen, folders of templates, and the source trees.

    `filtered` False reviews every patch, whatever the sieve says; findings are the same.
    """

    config: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    source: str = ""
    base: str = ""
    filtered: bool = True

    @property
    def has_tree(self) -> bool:
        """Whether whole files are seen."""
        return bool(self.trees or self.source)


@lru_cache(maxsize=4)
def kit(terms: Terms) -> Kit:
    """The kit of an audit, made once in each process. Raises ConfigError."""
    return load(_path(terms.config)).kit(
        terms.select, terms.ignore, tuple(map(Path, terms.templates))
    )


@lru_cache(maxsize=512)
def narrowed(terms: Terms, marks: int) -> Kit:
    """The kit with no other rules than those marked, and the gates, which make others abstain."""
    whole = kit(terms)
    marked = frozenset(whole_sieve(terms.config).rules(marks))
    return replace(
        whole,
        rules=tuple(
            rule for rule in whole.rules if rule.channel is Channel.GATE or rule.id in marked
        ),
    )


@lru_cache(maxsize=4)
def whole_sieve(config: str) -> Sieve:
    """The sieve over all rules of a configuration, chosen or not: what the index is made with."""
    everything = load(_path(config))
    whole = everything.kit()
    return sieve(everything.rules, whole.pairs, whole.options)


def _path(config: str) -> Path | None:
    return Path(config) if config else None
