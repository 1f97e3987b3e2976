"""The words by which a cover letter says that a series needs patches that are in no tree yet.

`prerequisite-patch-id:` and `Depends-on:` are written by tools; most people write a sentence: "Depends on",
"based on top of". A base that is in a tree (a release, a branch, a commit) is no such thing.

Law: a sentence that is not understood is no prerequisite. Must not know series.
"""

import re

_LONGEST_TEXT = 1 << 16
_LONGEST_HINT = 72

_NEEDS = re.compile(
    r"""
    (?:^depends[- ]on:
    |\b(?:this|the|these|my)[ ](?:whole[ ]|entire[ ])?
        (?:patch[ ]?set|patch[ ]?series|series|patch(?:es)?|work)[ ]
        (?:also[ ]|is[ ]|are[ ]|has[ ]to[ ]be[ ]|should[ ]be[ ])*
        (?:depends?|dependent|rebased|based|built)[ ](?:up)?on\b
    |^[-* ]*(?:re)?based[ ](?:up)?on[ ](?=(?:top[ ]of[ ])?["'<\[])
    |\b(?:re)?based[ ](?:up)?on[ ]top[ ]of\b
    |\brebased[ ](?:\w+[ ]){1,4}on[ ]top[ ]of\b
    |\b(?:applies|apply|goes|is|sits)[ ](?:cleanly[ ])?on[ ]top[ ]of\b
    )[ \t]*
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)

# What may follow without being someone's unmerged patches: a patch of the same series, a release, a tree, a
# branch, a commit. An archive's page is none of these.
_MERGED = re.compile(
    r"""
    ["'<]*(?!https?://(?:lore|lkml|patchwork|marc|www\.spinics|r)\.)
    (?:(?:all[ ]of[ ])?(?:the[ ]|my[ ])?
        (?:\[?patch(?:es)?[ ]?\#?[1-9]\d*|\[?[1-9]\d*/\d+|first|former|previous|prece+ding|prior)\b
    |(?:top[ ]of[ ])?
        (?:(?:the|an?|current|latest|today'?s|recent|upstream|linux|kernel|linus'?s?|git)[ ])*
        (?:v?\d+\.\d+|next-\d+|linux-next|\w+-next\b|-?rc\d|mainline|torvalds|master\b|upstream|HEAD\b|tip\b
        |commit[ ][0-9a-f]{7}|[0-9a-f]{12}|[\w.-]+[/:][\w./-]+|[\w/.-]+[ ](?:tree|branch)\b
        |kvm\b|tree\b|branch\b))
    """,
    re.IGNORECASE | re.VERBOSE,
)


def needs(text: str) -> str:
    """The line of a cover letter or note that says it needs patches not in a tree yet, or empty."""
    for found in _NEEDS.finditer(text[:_LONGEST_TEXT]):
        rest = " ".join(text[found.end() : found.end() + 200].split())
        if not _MERGED.match(rest):
            end = text.find("\n", found.end())
            line = text[found.start() : end if end >= 0 else None]
            return " ".join(line.split())[:_LONGEST_HINT]
    return ""
