"""The tables `[post]` and `[[list]]`: to whom mails may go, when, and how many.

Law: light, because every run reads it; the defaults send nothing to anybody. Must not know mails.

Source: rule catalogue §4.2 (proposed configuration).
"""

import re
from datetime import time
from enum import Enum
from fnmatch import fnmatchcase
from typing import Annotated

from msgspec import Meta, Struct

_Count = Annotated[int, Meta(ge=0)]
_QUIET = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)\Z")


class Mode(Enum):
    """How far a mail may go: into the drafts of the person who runs reviewbot, to the author, to lists."""

    DRAFT = "draft"
    AUTHOR = "author"
    LIST = "list"

    @property
    def rank(self) -> int:
        """0 is the quietest."""
        return list(Mode).index(self)


class Post(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for every mail; see config.toml for each key."""

    mode: Mode = Mode.DRAFT
    embargo_hours: Annotated[int, Meta(ge=1)] = 24
    max_age_days: _Count = 30
    quiet_hours: str = ""
    max_mails_per_author: _Count = 2
    reread: bool = True
    opt_outs: tuple[str, ...] = ()
    robots: tuple[str, ...] = ()
    auto_submitted: bool = False

    def __post_init__(self) -> None:
        if self.quiet_hours and self.quiet is None:
            raise ValueError(f"`quiet_hours` is not like 22:00-07:00: {self.quiet_hours!r}")

    @property
    def quiet(self) -> tuple[time, time] | None:
        """When nothing is sent, from and to, by the clock of the person's place; None: at no time."""
        found = _QUIET.match(self.quiet_hours)
        try:
            return (time.fromisoformat(found[1]), time.fromisoformat(found[2])) if found else None
        except ValueError:
            return None


class MailingList(Struct, frozen=True, forbid_unknown_fields=True):
    """What its maintainers said of one list.

    Nothing is sent to a list without `opt_in`. One that `forbids` mails of programs keeps them from all lists.
    `mode` stands in place of that of `[post]`. `templates` is a folder looked into before all others.
    """

    address: str
    opt_in: bool = False
    forbids: bool = False
    mode: Mode | None = None
    templates: str = ""

    def __post_init__(self) -> None:
        if self.opt_in and self.forbids:
            raise ValueError(f"`opt_in` and `forbids` contradict each other: {self.address}")
        if self.opt_in and not re.fullmatch(r"[^\s@*?\[]+@[^\s@*?\[]+", self.address):
            raise ValueError(f"`address` of a list that opted in is one address: {self.address!r}")

    def matches(self, address: str) -> bool:
        """Whether this is the list of that address; a glob may stand for several."""
        return fnmatchcase(address.lower(), self.address.lower())
