"""The table `[lore]`: which public-inbox servers are asked.

Law: light, because every run reads it. Must not know how they are asked.
"""

from msgspec import Struct

LORE = "https://lore.kernel.org"


class Lore(Struct, frozen=True, forbid_unknown_fields=True):
    """Where mail is looked for by Message-ID and by search.

    `url` is the server, `all` its inbox over all inboxes, `fallback` are servers with the same content
    (`https://host`), asked where the first does not answer; `inboxes` are further archives, each by the base
    URL of its inbox. What is empty is taken from git's settings while `git` is set.
    """

    url: str = ""
    all: str = "all"
    fallback: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    git: bool = True
