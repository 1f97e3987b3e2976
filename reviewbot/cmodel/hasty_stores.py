"""Hasty looks at stores: no where no added line may keep a VM in an object.

Law: as in `cmodel.hasty`: a no is certain. Must not know rules.
"""

import re

from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.signs import Expression

STORES = Expression(
    r"\n\+[^\n]*(?:->|\.)\w+(?:\[[^\]\n]*\])?\s*=\s*[+(]*[\w. >-]+;", coarse=r"\n\+"
)
_STORES = re.compile(STORES.text.encode())
_TYPED = re.compile(r"struct kvm\s*\*([^;{]*)")
_WORD = re.compile(r"\w+")
_STORED = re.compile(r"(?:->|\.)(\w++)(?:\[[^\]]*\])?\s*=\s*\(?\s*([\w. >-]+?)\s*;")


def may_keep_vm(piece: Glimpse) -> bool:
    """Whether an added line stores what may be a `struct kvm *`: by its type, by its name, or a notifier's."""
    stored = _STORED.findall(piece.added)
    if not stored or not _STORES.search(piece.raw):
        return False
    text = piece.after
    typed = set(_WORD.findall(" ".join(_TYPED.findall(text))))
    return any(
        value.endswith("kvm") or value in typed or (member.endswith("kvm") and "void" in text)
        for member, value in stored
    )
