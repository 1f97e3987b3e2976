"""Aftermath: what the revisions after the last one that has a defect show of it.

A defect is FIXED where all of this holds of a later revision:

1. It shows the same place: the function or object of that name in that file, the commit message of the patch of
   that title. Of a line outside of these its symbol is enough, in a line that the series adds.
2. The rule looked there: it neither abstained nor crashed, and found nothing like it in that place, or of that
   symbol, that was not there before.
3. The rest remains: half of the lines that the place had still stand in it.
4. What it was about remains: the symbol, the call that took the reference, a call of its own line.
5. It was answered: its line is gone from the place, or lines that name its symbol or its calls came, went or
   changed places.

Otherwise what is gone may be so by chance: DROPPED where the patch, its file or its function is gone or written
anew, KEPT where the place is as it was. Where a patch is missing in the archive nothing is said to be gone.

Law: in doubt it is not fixed; precision figures rest on this. Must not know what anybody said.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from reviewbot.model.diff import Side
from reviewbot.model.finding import Finding
from reviewbot.model.series import Patch, SeriesKind
from reviewbot.model.sighting import Fate, Proof
from reviewbot.model.skip import SkipReason
from reviewbot.review.defects import Defect
from reviewbot.review.place import Place, is_object, places, squeezed
from reviewbot.review.revision import Revision

# The share of a place's lines that must remain for the rest to be the same.
_REST = 0.5
# So many later revisions are looked at.
_MOST = 12
_CALL = re.compile(r"\b([A-Za-z_]\w+)\s*\(")
_NO_CALLS = frozenset({"if", "for", "while", "switch", "return", "sizeof", "defined"})
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[A-Za-z_]\w+(?=\(|\Z)")
_WEIGHT = (Fate.FIXED, Fate.DROPPED, Fate.KEPT)


def aftermath(defect: Defect, family: Sequence[Revision]) -> Proof | None:
    """The weightiest thing that the revisions after the last that has the defect show, or None.

    `family` are all revisions, oldest first; what was sent before that one is not after it.
    """
    seen = defect.newest
    home = family[seen.at]
    later = (one for one in family[seen.at + 1 :][:_MOST] if one.sent >= home.sent)
    shown = [proof for one in later if (proof := _shown(seen.finding, home, one))]
    return min(shown, key=lambda proof: _WEIGHT.index(proof.fate), default=None)


def _shown(finding: Finding, home: Revision, later: Revision) -> Proof | None:
    patch = home.patches.get(finding.anchor.message_id)
    if patch is None or later.outcome.series.kind is not SeriesKind.PATCHES:
        return None
    if finding.anchor.path and not finding.function and not is_object(finding):
        return _of_line(finding, patch, home, later)
    old = next(places((patch,), finding), None)
    new = _nearest(finding, old, patch, later) if old is not None else None
    if old is None or new is None:
        return _gone(finding, patch, later)
    name = later.called(new.patch)
    if _is_kept(finding, old, new):
        return Proof(Fate.KEPT, new.patch.message_id, f"{name} has the same there")
    if old.shared(new) < _REST:
        return Proof(Fate.DROPPED, new.patch.message_id, f"{name} has little of it left")
    if not _has_looked(finding, home, later, new):
        return Proof(Fate.DROPPED, new.patch.message_id, f"{name} was not looked at there")
    if not (_remains(finding, old, new) and _is_answered(finding, old, new)):
        text = f"{name} no longer has what it was about"
        return Proof(Fate.DROPPED, new.patch.message_id, text)
    return Proof(Fate.FIXED, new.patch.message_id, f"{name} no longer has it")


def _of_line(finding: Finding, patch: Patch, home: Revision, later: Revision) -> Proof | None:
    """What became of a line outside of functions and objects: an export, a prototype, an include."""
    line, path = squeezed(finding.anchor.text), finding.anchor.path
    lines = later.removed if finding.anchor.side is Side.OLD else later.added
    if (holder := lines.get(path, {}).get(line)) is not None:
        name = later.called(holder)
        return Proof(Fate.KEPT, holder.message_id, f"{name} has the line still")
    if finding.anchor.side is Side.OLD or not finding.symbol:
        return _gone(finding, patch, later)
    user = later.adding(finding.symbol)
    if user is None:
        return _gone(finding, patch, later)
    if later.outcome.series.missing or not _has_looked(finding, home, later):
        return None
    text = f"{later.called(user)} has {finding.symbol} still, and no longer that line"
    return Proof(Fate.FIXED, user.message_id, text)


def _nearest(finding: Finding, old: Place, patch: Patch, later: Revision) -> Place | None:
    """The place in the later revision: that of the patch of the same title, else the most alike."""
    title = patch.subject.text.casefold()
    found = [
        (place.patch.subject.text.casefold() == title, old.shared(place), place)
        for place in places(later.outcome.series.patches, finding)
    ]
    if not finding.anchor.path:
        found = [one for one in found if one[0]]
    return max(found, key=lambda one: one[:2], default=(False, 0.0, None))[2]


def _gone(finding: Finding, patch: Patch, later: Revision) -> Proof | None:
    """That the place is not there any more; None where mails are missing that may have it."""
    series, path = later.outcome.series, finding.anchor.path
    if series.missing or not series.patches:
        return None
    titles = {one.subject.text.casefold() for one in series.patches}
    if path in later.words:
        what = f"{finding.function}()" if finding.function else "that line"
        how = f"{later.name} no longer has {what} in {path}"
    elif path and patch.subject.text.casefold() in titles:
        how = f"{later.name} no longer touches {path}"
    else:
        how = f"{later.name} no longer has the patch"
    return Proof(Fate.DROPPED, series.message_id, how)


def _is_kept(finding: Finding, old: Place, new: Place) -> bool:
    """Whether the place is as it was."""
    if finding.anchor.side is Side.OLD and squeezed(finding.anchor.text) not in new.removed:
        return False
    return old.lines == new.lines


def _has_looked(
    finding: Finding, home: Revision, later: Revision, place: Place | None = None
) -> bool:
    """Whether the rule looked at the place in the later revision, and says that nothing like it is there."""
    mails = {later.outcome.series.message_id, place.patch.message_id if place else "", ""}
    path = finding.anchor.path
    for skip in later.skipped.get(finding.rule, ()):
        is_near = (place is None or skip.message_id in mails) and skip.path in (path, "")
        is_seen = skip.reason is SkipReason.PARTIAL and place is not None and place.whole
        if is_near and not is_seen and skip.reason is not SkipReason.FORM_NEEDS_TREE:
            return False
    if finding.rule in later.crashed:
        return False
    return not any(_is_like(finding, one) for one in later.news(finding.rule, home))


def _is_like(finding: Finding, other: Finding) -> bool:
    same_place = (finding.anchor.path, finding.function) == (other.anchor.path, other.function)
    same_symbol = bool(finding.symbol) and finding.symbol == other.symbol
    return same_symbol or (same_place and bool(finding.function or not finding.anchor.path))


def _remains(finding: Finding, old: Place, new: Place) -> bool:
    """Whether what the finding is about is still there, so that it can have been made good."""
    if not finding.anchor.path:
        return True
    calls = _calls(finding.anchor.text)
    get = _calls(str(finding.facts.get("get", "")) + "(")
    return (
        (finding.symbol in new.text or finding.symbol not in old.text)
        and (not calls or any(call in new.words for call in calls))
        and all(call in new.words for call in get if call in old.words)
    )


def _is_answered(finding: Finding, old: Place, new: Place) -> bool:
    """Whether what changed in the place has to do with the finding."""
    line = squeezed(finding.anchor.text)
    if finding.anchor.side is Side.OLD:
        return line not in new.removed
    if not finding.function:
        return True
    names = frozenset(_names(finding, f"{old.text}\n{new.text}"))
    return _concerned(old, line, names) != _concerned(new, line, names)


def _concerned(place: Place, line: str, names: frozenset[str]) -> list[str]:
    """The lines of a place that the finding speaks of, in their order."""
    return [
        text for text in place.lines if text == line or not names.isdisjoint(_WORD.findall(text))
    ]


def _names(finding: Finding, text: str) -> Iterator[str]:
    """The words that a line must have to concern the finding: of its symbol the last, and its calls."""
    yield from _WORD.findall(finding.symbol)[-1:]
    yield from _calls(finding.anchor.text)
    for anchor in finding.related:
        yield from _calls(anchor.text)
    for value in finding.facts.values():
        if isinstance(value, str) and (name := _NAME.match(value)) and f"{name[0]}(" in text:
            yield name[0]


def _calls(text: str) -> Counter[str]:
    return Counter(name for name in _CALL.findall(text) if name not in _NO_CALLS)
