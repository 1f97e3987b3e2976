"""Said: what went out, as later reviews and caps need to know it; and Objection: who asked us to be silent.

Law: facts with their dates, never an opinion. Must not know where they are kept.
"""

from datetime import datetime
from enum import Enum

from msgspec import Struct

from reviewbot.model.letter import Stage
from reviewbot.model.printable import header

_LINE = 200


class Said(Struct, frozen=True):
    """One claim of a letter that was sent, or may have been (stage `sending` or `undecided`).

    `lineage` and `revision` are those of the series, `parent` is the Message-ID of the mail that was answered,
    `message_id` that of our letter. `answered` is when somebody first answered it, or None.
    """

    lineage: str
    fingerprint: str
    rule: str
    symbol: str
    revision: int
    parent: str
    message_id: str
    stage: Stage
    when: datetime
    answered: datetime | None = None


class Departure(Struct, frozen=True):
    """A letter that was begun to be sent: what caps are counted by. `author` is an address in lower case."""

    message_id: str
    series: str
    lineage: str
    author: str
    when: datetime


class Wish(Enum):
    """What people may ask for in a mail: see the etiquette, rule catalogue §4.2 rule 6."""

    FALSE_POSITIVE = "false-positive"
    OFF = "off"
    OPTOUT = "optout"


class Objection(Struct, frozen=True):
    """Somebody asked us to be silent. Empty fields do not narrow it; `until` None is for ever.

    `off` names the series by `lineage`; `optout` the person by `author`, an address in lower case;
    `false-positive` what was said by `fingerprint`, in one lineage or in all. `rule` narrows each. `by` asked,
    in the mail `source`.
    """

    wish: Wish
    by: str
    source: str
    when: datetime
    reason: str = ""
    lineage: str = ""
    author: str = ""
    fingerprint: str = ""
    rule: str = ""
    until: datetime | None = None

    def __str__(self) -> str:
        """Who asked for what, and why, on one line for people."""
        why = f": {self.reason}" if self.reason else ""
        return header(f"{self.by} asked for {self.wish.value}{why}", _LINE)

    def covers(self, lineage: str, author: str, rule: str, fingerprint: str) -> bool:
        """Whether it is about what this rule says (`fingerprint`) of a series (`lineage`) by this author.

        Every field that is not empty must agree; an objection to nothing covers nothing.
        """
        stated = (
            (self.lineage, lineage),
            (self.author, author.lower()),
            (self.rule, rule),
            (self.fingerprint, fingerprint),
        )
        return any((self.lineage, self.author, self.fingerprint)) and all(
            wanted in ("", value) for wanted, value in stated
        )
