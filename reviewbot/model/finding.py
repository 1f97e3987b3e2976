"""Finding: one place where a rule holds; and Verdict: what becomes of it.

Law: a finding is facts, never words; its fingerprint never uses a line number, so that it is the same
finding in the next revision. Must not know rules, templates or mails to come.
"""

from collections.abc import Mapping
from enum import Enum
from hashlib import sha256

from msgspec import Struct

from reviewbot.model.diff import Side
from reviewbot.model.evidence import Evidence


class Severity(Enum):
    """How bad it is if true, worst last in `rank`; names are those of the rule catalogue."""

    INFO = "info"
    NIT = "nit"
    API = "api"
    BUILD = "build"
    BUG = "bug"

    @property
    def rank(self) -> int:
        """0 (info) to 4 (bug)."""
        return list(Severity).index(self)


class Confidence(Enum):
    """How sure the rule is of this finding. Only `high` may be mailed."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 (low) to 2 (high)."""
        return list(Confidence).index(self)


class Channel(Enum):
    """Where a finding may go: into a reply, to the person who runs the tool, into the report, nowhere.

    `gate` is for rules that say nothing themselves but make others abstain.
    """

    MAIL = "mail"
    DRAFT = "draft"
    REPORT = "report"
    SUPPRESSED = "suppressed"
    GATE = "gate"

    @property
    def rank(self) -> int:
        """0 is the loudest (mail)."""
        return list(Channel).index(self)


class Anchor(Struct, frozen=True):
    """A place a finding points at.

    `line` is 1-based in the file on `side`; `mail` is the 0-based index of the quoted line in the body
    of message `message_id`. An anchor in a commit message has an empty path and line 0.
    """

    message_id: str
    path: str
    side: Side
    line: int
    mail: int
    text: str


class Hit(Struct, frozen=True):
    """What a rule yields: a place and facts; the engine stamps it with the rule's own data.

    `confidence` and `channel`, where given, are used instead of the rule's.
    """

    anchor: Anchor
    facts: Mapping[str, str | int] = {}
    related: tuple[Anchor, ...] = ()
    function: str = ""
    symbol: str = ""
    confidence: Confidence | None = None
    channel: Channel | None = None


class Finding(Struct, frozen=True):
    """One place where a rule holds. `facts` are strings and numbers only.

    `evidence` tells how the file was seen, None where the place is in no file; it is never put into a mail.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    channel: Channel
    anchor: Anchor
    related: tuple[Anchor, ...] = ()
    function: str = ""
    symbol: str = ""
    facts: Mapping[str, str | int] = {}
    evidence: Evidence | None = None

    @property
    def fingerprint(self) -> str:
        """16 hex digits over rule, path, function and symbol; stable across revisions."""
        identity = "\0".join((self.rule, self.anchor.path, self.function, self.symbol))
        return sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Verdict(Struct, frozen=True):
    """A finding, the channel it goes to, the reason, and its words (None until rendered)."""

    finding: Finding
    channel: Channel
    reason: str
    comment: str = ""
