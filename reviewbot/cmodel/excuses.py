"""Excuses: what an author says that explains why a get or a put goes.

Law: only words are looked at, and any of them is enough; an author who calls a call superfluous is not
contradicted. Must not know C or rules.
"""

import re

from reviewbot.model.series import Patch

_SUPERFLUOUS = re.compile(
    r"\b(?:extra|twice|doubl\w*|redundant\w*|superfluous|spurious|bogus|needless\w*|pointless|unneeded"
    r"|unnecessar\w*|unneces+ar\w*|already|useless|wrong\w*|incorrect\w*|erroneous\w*|mistaken\w*"
    r"|(?:un|im|mis)-?balanc\w*|mis-?match\w*|under-?flow\w*|over-?flow\w*|uaf|premature\w*|leak\w*"
    r"|use[- ]after[- ]free|never (?:freed|released|dropped|unloaded)|not (?:needed|required|necessary)"
    r"|no (?:longer|need)|(?:no|any) more|anymore|(?:do|does)(?: not|n't) need"
    r"|stray|excess\w*|too (?:many|often)"
    r"|transfer\w*|ownership|takes over|consum\w*|borrow\w*|instead of (?:taking|holding|getting))\b",
    re.IGNORECASE,
)


def is_excused(patch: Patch) -> bool:
    """Whether the commit message, notes included, says that a reference was taken or dropped too often."""
    text = " ".join(f"{patch.subject.text}\n{patch.commit_message}\n{patch.notes}".split())
    return _SUPERFLUOUS.search(text) is not None
