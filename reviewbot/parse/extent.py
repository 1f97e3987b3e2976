"""Where the diff of a mail begins and where it ends.

Law: found by plain string search from newline to newline, in time linear in the text; a quoted diff
(`> diff`) and a lone `+++` or `@@` of a commit message are no beginning. Must not know what a diff says:
damage in it is for whoever parses it.
"""

import re

# What may stand below `diff …` within three lines (a wrapped `diff --git` line is two lines long).
_BELOW_DIFF = re.compile(
    r"diff -[^\n]*\n(?:[^\n]*\n){0,3}?"
    r"(?:index [0-9a-f]|--- |@@ |old mode |new mode |mode |new file mode|deleted file mode"
    r"|similarity index|dissimilarity index|rename |copy |Binary files |GIT binary|diff -|\*\*\* )"
)
_BELOW_INDEX = re.compile(r"Index: [^\n]*\n(?:[^\n]*\n){0,3}?(?:={20,}|--- |diff )")
_BELOW_MINUS = re.compile(r"--- [^\n]*\n\+\+\+ \S")
_BELOW_STARS = re.compile(r"\*\*\* [^\n]*\n--- [^\n]*\n\*{8,}")
_BEGINNINGS = (
    ("diff -", _BELOW_DIFF),
    ("--- ", _BELOW_MINUS),
    ("Index: ", _BELOW_INDEX),
    ("*** ", _BELOW_STARS),
)

# Where git ends the commit message (mailinfo.c, patchbreak()): a diff, a CVS `Index:`, `--- name`, `---`.
_BREAKS = ("---", "diff -", "Index: ")
_BREAK = re.compile(r"(?:diff -|Index: |--- \S|---[ \t\r\v\f]*(?:\n|\Z))")

_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
# The signature of a mail (RFC 3676 §4.3, its blank often lost) and the line above a Mailman footer.
_TAIL = re.compile(r"\n(?:-- ?|_{20,})(?=\n|\Z)")


def begin(text: str) -> int:
    """The offset of the first line of the diff in `text`, or -1 when there is none."""
    best = len(text)
    for mark, below in _BEGINNINGS:
        best = _first_line(text, mark, below, 0, best)
    return best if best < len(text) else -1


def log_end(text: str, at: int) -> int:
    """The offset of the line that ends the commit message beginning at `at`; the length if none does."""
    best = len(text)
    for mark in _BREAKS:
        best = _first_line(text, mark, _BREAK, at, best)
    return best


def end(text: str, start: int) -> int:
    """The offset at which the diff that begins at `start` ends: before the signature or a list footer.

    Both are looked for below the last hunk only, since a removed line `- ` looks like a signature.
    Other text below the last hunk stays: it may be the rest of a hunk whose counts are wrong.
    """
    hunk = text.rfind("\n@@ -", start)
    below = _below_hunk(text, hunk + 1) if hunk >= 0 else start
    if below < 0:
        signature = text.rfind("\n-- \n", hunk)
        return signature + 1 if signature >= 0 else len(text)
    tail = _TAIL.search(text, below - 1)
    return tail.start() + 1 if tail else len(text)


def signature(text: str, at: int) -> int:
    """The offset of the first signature line from `at` on; the length if there is none."""
    tail = _TAIL.search(text, max(at - 1, 0))
    return tail.start() + 1 if tail else len(text)


def _first_line(text: str, mark: str, pattern: re.Pattern[str], at: int, best: int) -> int:
    """The first line start in `text[at:best]` where `mark` stands and `pattern` fits, or `best`."""
    if text.startswith(mark, at) and pattern.match(text, at):
        return min(at, best)
    needle = "\n" + mark
    found = text.find(needle, at, best)
    while found >= 0:
        if pattern.match(text, found + 1):
            return found + 1
        found = text.find(needle, found + 1, best)
    return best


def _below_hunk(text: str, at: int) -> int:
    """The offset below the hunk at `at` by its own counts, or -1 if they do not fit the lines."""
    header = _HUNK.match(text, at)
    if not header:
        return -1
    old, new = (int(count) if count else 1 for count in header.groups())
    at = text.find("\n", at) + 1
    while at and (old > 0 or new > 0):
        if at >= len(text):
            return -1
        sign = text[at]
        if sign in " \n":
            old, new = old - 1, new - 1
        elif sign == "-":
            old -= 1
        elif sign == "+":
            new -= 1
        elif sign != "\\":
            return -1
        at = text.find("\n", at) + 1
    if old < 0 or new < 0:
        return -1
    return at or len(text)
