"""The grammar of subject lines: `[PATCH RFC net-next v3 02/17] subsys: text`.

There is no standard; git's documentation of `format-patch --subject-prefix`, b4's and Patchwork's readers
and what stands in the archives are the source. Law: every text has a subject; what is not understood stays
a word of the prefix or part of the text. Must not know mails or threads.
"""

import re
from collections.abc import Iterable, Iterator

from reviewbot.model.series import Subject

# A revision beyond this is a year, a bug number or a joke, not a revision.
_MAX_REVISION = 999

_REPLY = re.compile(
    r"(?:re|aw|antw|sv|vs|odp|回复|答复|回覆)(?:\[\d{1,4}\]|\^\d{1,4})?\s*[:：]\s*"
    r"|(?:fwd?|wg|转发|轉寄)(?:\[\d{1,4}\])?\s*[:：]\s*",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]\s*")
# `PATCH v4 16/26] text` and `PATCH [netfilter] text`: the bracket was lost or set too late.
_UNBRACKETED = re.compile(r"(PATCH\b[^\[\]:]{0,60})\]\s*|(PATCH)\s+(?=\[)", re.IGNORECASE)
_SPAM = re.compile(r"\*{2,}\s*spam\s*\*{2,}\s*", re.IGNORECASE)
# Put in front by mail gateways, never by an author.
_GATEWAY = frozenset(("spam", "external", "ext", "unverified sender", "suspected spam"))
_SEPARATOR = re.compile(r"[\s,;]+")

_COUNTER = re.compile(r"(\d{1,4})(?:\.(\d{1,3}))?/(\d{1,4}|[nmNM?]|[xX]{1,2})")
_OF = re.compile(r"\b(\d{1,4}) of (\d{1,4})\b")
# Some send `-v2` (`[PATCH -v2 1/3]`).
_REVISION = re.compile(r"-?[vV](\d{1,9})")
_POINT_REVISION = re.compile(r"[vV](\d{1,3})\.\d{1,3}")
_STABLE = re.compile(r"(?:for-)?stable", re.IGNORECASE)
# `PATCHv2`, `RFCv3`, `PATCH1/8`, `PATCH-v2`: a word grown together with what follows it.
_GROWN = re.compile(r"(PATCH|RFC|RFT|RESEND)[-_]?(v\d.*|\d{1,4}/.*)", re.IGNORECASE)
_KINDS = frozenset(("PATCH", "RFC", "RFT", "RESEND", "REPOST", "WIP"))


def subject(text: str) -> Subject:
    """The parts of an unfolded, decoded subject line."""
    reply = False
    groups: list[str] = []
    at = len(text) - len(text.lstrip())
    while True:
        if found := _REPLY.match(text, at) or _SPAM.match(text, at):
            reply = reply or found.re is _REPLY
        elif found := _BRACKETS.match(text, at) or _UNBRACKETED.match(text, at):
            groups.append(next(group for group in found.groups() if group is not None))
        else:
            break
        at = found.end()
    words = [
        word for group in groups if group.strip().lower() not in _GATEWAY for word in _words(group)
    ]
    position, total, insert = _take_counter(words)
    return Subject(
        raw=text,
        text=" ".join(text[at:].lstrip(": \t").split()),
        revision=_take_revision(words),
        prefix=tuple(words),
        position=position,
        total=total,
        insert=insert,
        reply=reply,
    )


def _words(group: str) -> Iterator[str]:
    """The words of one bracket group, those that have grown together taken apart."""
    for word in _SEPARATOR.split(_OF.sub(r"\1/\2", group)):
        word = word.strip("():")
        grown = _GROWN.fullmatch(word)
        if grown:
            yield from grown.groups()
        elif word:
            yield from _kinds(word)


def _kinds(word: str) -> Iterable[str]:
    """`RFC/RFT`, `RFC-PATCH`, `stable:PATCH` as two words; `net-next` and `5.10/5.15` stay one."""
    parts = word.replace("-", "/").split("/")
    if all(part.upper() in _KINDS for part in parts):
        return parts
    parts = word.split(":")
    return parts if any(part.upper() in _KINDS for part in parts) else (word,)


def _take_counter(words: list[str]) -> tuple[int | None, int | None, int]:
    """Position, total and insert of the first `n/m` among `words`, which is taken out."""
    for index, word in enumerate(words):
        found = _COUNTER.fullmatch(word)
        if found:
            del words[index]
            total = int(found[3]) if found[3].isdecimal() else None
            return int(found[1]), total, int(found[2] or 0)
    return None, None, 0


def _take_revision(words: list[str]) -> int:
    """The revision among `words`, which is taken out; 1 without any.

    `v5.1` is a fixed-up v5 on some lists and a kernel release on others, so it counts only where no plain
    `v2` and no word about stable trees stands beside it, and it stays among the words.
    """
    for index, word in enumerate(words):
        found = _REVISION.fullmatch(word)
        if found and int(found[1]) <= _MAX_REVISION:
            del words[index]
            return int(found[1])
    if not any(_STABLE.match(word) for word in words):
        for word in words:
            if found := _POINT_REVISION.fullmatch(word):
                return int(found[1])
    return 1
