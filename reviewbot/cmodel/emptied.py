"""Emptied: names that statements set to NULL, and whether they stand in a call that may release.

Law: sound, from the text alone: where the answer is no, nothing is released after it was set to NULL. Must not
know rules.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.signs import Expression

# How far before a name its type may end.
_NEAR = 40
_NULLED = re.compile(r"=\s*NULL\b")
_NAMED = re.compile(r"\b(\w++)(?:\[[^\]\n]*\])? ?\Z")
_FAR = 200
_STORED = re.compile(
    r"(?:WRITE_ONCE|rcu_assign_pointer|RCU_INIT_POINTER) ?\([^;,]{0,200}?\b(\w++)(?:\[[^\]\n]*\])?,\s*NULL\b"
)
# A statement that is such an assignment, as a diff shows it.
SETS_NULL = Expression(
    "|".join(
        (
            r"(?:->|\.|[;{}:)]\s*|\*/\s*|\n[+ ]\s*|\b(?:else|do)\s+)\*?\w+(?:\[[^\]\n]*\])? ?=\s*[+]?\s*NULL\b",
            r"(?:WRITE_ONCE|rcu_assign_pointer|RCU_INIT_POINTER) ?\([^;]*,\s*[+]?\s*NULL\b",
        )
    ),
    coarse="NULL",
)
_STORES = ("WRITE_ONCE", "rcu_assign_pointer", "RCU_INIT_POINTER")
_RELEASES = re.compile(r"(?:put|free|release|drop|unref|dec)\w* ?\(")


def is_released(text: str) -> bool:
    """Whether a name of what is set to NULL stands in a call that may release, up to the semicolon."""
    emptied = set(_emptied(text)) if "NULL" in text else ()
    return any(_is_given(name, text) for name in emptied)


def _is_given(name: str, text: str) -> bool:
    at = text.find(name)
    while at >= 0:
        if _RELEASES.search(text, text.rfind(";", 0, at) + 1, at):
            return True
        at = text.find(name, at + len(name))
    return False


def _emptied(text: str) -> Iterator[str]:
    """The last names of what statements set to NULL; before a declared name stands a type."""
    if any(name in text for name in _STORES):
        yield from _STORED.findall(text)
    for empty in _NULLED.finditer(text):
        named = _NAMED.search(text, max(empty.start() - _FAR, 0), empty.start())
        before = text[max(named.start() - _NEAR, 0) : named.start()].rstrip("* \t") if named else ""
        is_declared = before[-1:].isidentifier() and not before.endswith(("else", "do"))
        if named and not is_declared:
            yield named[1]
