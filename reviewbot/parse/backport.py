"""Whether a series is a backport to a stable tree, which is reviewed elsewhere and under other rules.

The marks are those of Documentation/process/stable-kernel-rules.rst and of the people who run the stable
trees: a tree's number in the subject's brackets, `AUTOSEL`, and `commit <sha> upstream.` or
`[ Upstream commit <sha> ]` as the first line. `Cc: stable@vger.kernel.org` is none: every fix has it.

Law: told from subjects and commit messages alone. Must not know series.
"""

import re
from collections.abc import Iterable

# `5.10`, `5.10.y`, `4.19.112`, `stable-5.4`, `for-stable-4.19`, `5.10-stable`, `5.10/5.15`, `v6.12`; but
# `v5.5` is a half revision between v5 and v6.
_TREE = re.compile(
    r"(?:for-)?(?:stable[-:/]?)?(?:v(?=\d+\.\d\d))?\d{1,2}\.\d{1,3}(?:\.(?:y|\d{1,3}))?"
    r"(?:[-.](?:stable|y|rc\d+))?(?:/.*)?\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:AUTOSEL|MANUALSEL|(?:for-|linux-)?stable\b.*)\Z", re.IGNORECASE)
_UPSTREAM = re.compile(
    r"\s*(?:commit [0-9a-f]{7,64} upstream|\[ ?upstream commit [0-9a-f]{7,64}"
    r"|\[ ?commit [0-9a-f]{7,64} upstream|\(cherry picked from commit [0-9a-f]{7,64})",
    re.IGNORECASE,
)


def tree_words(prefix: Iterable[str]) -> frozenset[str]:
    """The bracketed words that name a stable tree, in lower case."""
    return frozenset(word.lower() for word in prefix if _TREE.match(word) or _WORD.match(word))


def says_upstream(commit_message: str) -> bool:
    """Whether the commit message begins by naming the upstream commit it is a copy of."""
    return bool(_UPSTREAM.match(commit_message))
