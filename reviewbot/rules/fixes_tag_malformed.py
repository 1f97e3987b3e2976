"""A Fixes: tag from which tools cannot read which commit is meant, or that means another one than it says.

Why: stable tooling and maintainers' scripts parse the tag; the form is `Fixes: 1a2b3c4d5e6f ("foo: add bar")`
with at least 12 digits of the hash (Documentation/process/submitting-patches.rst).
Fix: `git log -1 --abbrev=12 --format='Fixes: %h ("%s")' <commit>`.
Quiet when: hash and subject are both there, however they are quoted, wrapped or followed by a remark (a subject
with neither quotes nor parentheses cannot be told from one); the tag
holds a link, a bug number or a word like "patch 2"; the subject stands on the next line. Of 924 tags in
patch mails 78 differ from the form, most of them wrapped; 6 kernel patches lack digits or the subject.
With a git tree: the subject is that of the commit but for case, signs and where it is cut; a commit is not
there and the mail names no base, or one that the tree, with its whole history, lacks. A subject that is only a
little different is a draft. Nothing else is to be said about the series: a tag alone is worth no mail.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from reviewbot.cmodel.change import PatchChange
from reviewbot.cmodel.standing import named_base
from reviewbot.cmodel.tells_files import NAMES_COMMIT
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.model.tree import NO_COMMIT, Commit
from reviewbot.rule import Needs, rule

KEYS = ("Fixes", "fixes", "FIXES")
DIGITS = 12
TAG = re.compile(
    r"(?:commit\s+)?(?P<hash>[0-9a-fA-F]{6,64})(?![0-9A-Za-z_-])[\s:,]*(?P<rest>.*)", re.DOTALL
)
SUBJECT_ONLY = re.compile(r"""\(?\s*["'].{4,}""", re.DOTALL)
NAKED = re.compile(r"\w[\w/ .,-]{0,60}: \w[^(\"]*")
PLACEHOLDER = re.compile(r"(?:commit\s+)?<?(?:x{4,}|sha1?|hash|tbd|todo)\b", re.IGNORECASE)
SAID = re.compile(r"\(?\s*[\"'“(](?P<subject>[^\n]{4,300})")
# From here on two subjects are the same one, mistyped.
ALIKE = 0.75


class Fault(Struct, frozen=True):
    """What is wrong with a tag: its kind for the template, the hash and the subject it gives."""

    kind: str
    commit: str = ""
    subject: str = ""


@rule(
    severity=Severity.NIT,
    channel=Channel.MAIL,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("ixes", "IXES"),
    companion=True,
    on_cover=True,
    signs=NAMES_COMMIT,
)
def check(change: PatchChange) -> Iterator[Hit]:
    """Each malformed tag of the commit message once."""
    body = change.patch.message.body.split("\n")
    tags = {" ".join(t.value.split()): t for t in change.patch.trailers if t.key in KEYS}
    for value, tag in tags.items():
        fault = _form(value)
        below = body[tag.mail + 1].lstrip() if tag.mail + 1 < len(body) else ""
        commit = change.tree.commit(fault.commit.lower()) if fault.commit else None
        if fault.kind in ("", "whole"):
            fault = _content(change, fault, commit) if fault.kind else fault
        elif below.startswith(("(", '"')):
            continue
        if fault.kind:
            hit = change.at_trailer(tag, symbol=fault.commit or value, **_facts(fault, commit))
            sure = Confidence.MEDIUM if fault.kind == "alike" else None
            yield Hit(hit.anchor, hit.facts, symbol=hit.symbol, confidence=sure)


def _form(value: str) -> Fault:
    """What is wrong with the form: `short`, `no-subject`, `naked`, `no-hash`, or nothing.

    The kind of a tag with both hash and subject is `whole`.
    """
    if PLACEHOLDER.match(value) or SUBJECT_ONLY.match(value):
        return Fault("no-hash")
    match = TAG.fullmatch(value)
    if match is None:
        return Fault("")
    if len(match["hash"]) < DIGITS:
        looks_so = match["hash"].islower() and not match["hash"].isalpha()
        return Fault("short", match["hash"]) if looks_so else Fault("")
    if NAKED.fullmatch(match["rest"]):
        return Fault("naked", match["hash"], match["rest"])
    said = any(c.isalpha() for c in match["rest"])
    return Fault("whole" if said else "no-subject", match["hash"], match["rest"])


def _content(change: PatchChange, fault: Fault, commit: Commit | None) -> Fault:
    """What is wrong with a tag of the right form: `squash`, `missing`, `differs`, `alike`, or nothing."""
    said = SAID.match(fault.subject)
    if commit is None or said is None:
        return Fault("")
    if commit == NO_COMMIT:
        if not named_base(change.series, change.tree):
            return Fault("")
        position = _earlier(change, said["subject"])
        return Fault("squash" if position else "missing", fault.commit, position)
    likeness = _likeness(said["subject"], commit.subject)
    kind = "differs" if likeness < ALIKE else "alike" if likeness < 1 else ""
    return Fault(kind, fault.commit)


def _earlier(change: PatchChange, subject: str) -> str:
    """The position of the earlier patch of the series with that subject, or an empty string."""
    for number, patch in enumerate(change.series.patches, 1):
        if patch.message_id == change.patch.message_id:
            break
        if _likeness(subject, patch.subject.text) == 1:
            return str(patch.subject.position or number)
    return ""


def _likeness(said: str, subject: str) -> float:
    """0 to 1: how far two subjects agree in letters and digits; 1 also where one is cut, or goes on."""
    one, two = ("".join(c for c in text.lower()[:300] if c.isalnum()) for text in (said, subject))
    if not one or not two or one.startswith(two) or two.startswith(one):
        return 1
    return SequenceMatcher(None, one, two, autojunk=False).ratio()


def _facts(fault: Fault, commit: Commit | None) -> dict[str, str | int]:
    known = f'{commit.id[:DIGITS]} ("{commit.subject}")' if commit and commit != NO_COMMIT else ""
    subject = commit.subject if commit else ""
    return {
        "kind": fault.kind,
        "commit": fault.commit,
        "subject": subject if fault.kind in ("differs", "alike") else fault.subject,
        "known": known,
    }
