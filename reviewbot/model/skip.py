"""Skip reasons: why a rule did not look at something, and the value with which a rule says so itself.

Law: the set of reasons is closed, so that they can be counted; what differs from case to case is a detail.
Must not know rules, nor how a reason is shown.
"""

from enum import Enum

from msgspec import Struct


class SkipReason(Enum):
    """Why a rule did not look at something it was triggered by."""

    INCOMPLETE = "series incomplete, series rules skipped"
    PARTIAL = "the function is only partly visible in the diff"
    PARTIAL_FILE = "the file is only partly visible in the diff"
    NO_TREE = "no source tree was given"
    FORM_NEEDS_TREE = "no source tree was given, the forms that need one were not looked for"
    DAMAGED = "the patch is damaged"
    NOT_KERNEL = "not a kernel patch"
    BACKPORT = "a stable backport"
    NOT_PATCHES = "not a patch series"
    PREEXISTING = "the fault was there before the series"
    NO_SPATCH = "spatch (Debian package coccinelle) is not installed"
    SPATCH_FAILED = "spatch failed"
    SPATCH_SLOW = "spatch took too long"
    SPATCH_GARBAGE = "spatch printed what cannot be understood"


class Abstention(Struct, frozen=True):
    """What a rule yields in place of a hit where it could not look; `detail` is one line for people."""

    reason: SkipReason
    detail: str = ""
