"""A Fixes: tag from which tools cannot read which commit is meant.

Why: stable tooling and maintainers' scripts parse the tag; the form is `Fixes: 1a2b3c4d5e6f ("foo: add bar")`
with at least 12 digits of the hash (Documentation/process/submitting-patches.rst).
Fix: `git log -1 --abbrev=12 --format='Fixes: %h ("%s")' <commit>`.
Quiet when: hash and subject are both there, however they are quoted, wrapped or followed by a remark (a subject
with neither quotes nor parentheses cannot be told from one); the tag
holds a link, a bug number or a word like "patch 2"; the subject stands on the next line. Of 924 tags in
patch mails 78 differ from the form, most of them wrapped; 6 kernel patches lack digits or the subject.
"""

import re
from collections.abc import Iterator

from reviewbot.cmodel.change import PatchChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

KEYS = ("Fixes", "fixes", "FIXES")
DIGITS = 12
TAG = re.compile(
    r"(?:commit\s+)?(?P<hash>[0-9a-fA-F]{6,64})(?![0-9A-Za-z_-])[\s:,]*(?P<rest>.*)", re.DOTALL
)
SUBJECT_ONLY = re.compile(r"""\(?\s*["'].{4,}""", re.DOTALL)
NAKED = re.compile(r"\w[\w/ .,-]{0,60}: \w[^(\"]*")
PLACEHOLDER = re.compile(r"(?:commit\s+)?<?(?:x{4,}|sha1?|hash|tbd|todo)\b", re.IGNORECASE)


@rule(
    severity=Severity.NIT,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("ixes", "IXES"),
    on_cover=True,
)
def check(change: PatchChange) -> Iterator[Hit]:
    """Each malformed tag of the commit message once."""
    body = change.patch.message.body.split("\n")
    tags = {" ".join(t.value.split()): t for t in change.patch.trailers if t.key in KEYS}
    for value, tag in tags.items():
        kind, commit, subject = _fault(value)
        below = body[tag.mail + 1].lstrip() if tag.mail + 1 < len(body) else ""
        if kind and not below.startswith(("(", '"')):
            yield change.at_trailer(
                tag, symbol=commit or value, kind=kind, commit=commit, subject=subject
            )


def _fault(value: str) -> tuple[str, str, str]:
    """What is wrong (`short`, `no-subject`, `naked`, `no-hash`, or nothing), the hash, a naked subject."""
    if PLACEHOLDER.match(value) or SUBJECT_ONLY.match(value):
        return "no-hash", "", ""
    match = TAG.fullmatch(value)
    if match is None:
        return "", "", ""
    if len(match["hash"]) < DIGITS:
        looks_so = match["hash"].islower() and not match["hash"].isalpha()
        return ("short", match["hash"], "") if looks_so else ("", "", "")
    if NAKED.fullmatch(match["rest"]):
        return "naked", match["hash"], match["rest"]
    said = any(c.isalpha() for c in match["rest"])
    return ("", "", "") if said else ("no-subject", match["hash"], "")
