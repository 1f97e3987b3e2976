"""Problem: something wrong with what was submitted.

Law: bad input is a value, never an exception. A problem says what kind it is and, in one clause, the
reason; where it sits (on a message, a patch, a series) is told by who holds it.
"""

from enum import Enum

from msgspec import Struct


class ProblemKind(Enum):
    """The closed set of things that can be wrong with a submission."""

    # of a message
    NO_MESSAGE_ID = "no-message-id"
    NO_DATE = "no-date"
    NO_SENDER = "no-sender"
    CHARSET_WRONG = "charset-wrong"
    ENCODING_DAMAGED = "encoding-damaged"
    MIME_DAMAGED = "mime-damaged"
    TOO_LARGE = "too-large"
    # of a patch
    DIFF_DAMAGED = "diff-damaged"
    WHITESPACE_DAMAGED = "whitespace-damaged"
    LINE_TOO_LONG = "line-too-long"
    NOT_REVIEWED = "not-reviewed"
    NO_DIFF = "no-diff"
    # of a series
    MISSING_PATCHES = "missing-patches"
    MIXED_REVISIONS = "mixed-revisions"
    STITCHED = "stitched"
    DUPLICATE_POSITION = "duplicate-position"
    NUMBER_ABOVE_TOTAL = "number-above-total"
    PREREQUISITES = "prerequisites"
    NOT_KERNEL = "not-kernel"
    PULL_REQUEST = "pull-request"
    STABLE_BACKPORT = "stable-backport"


class Problem(Struct, frozen=True):
    """One thing wrong: its kind, and the reason in a clause that names file or position."""

    kind: ProblemKind
    detail: str = ""
