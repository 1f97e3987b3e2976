"""The top of a semantic patch: what its comment says about the rule it is.

    // id: lamp-not-put
    // severity: bug
    //
    // A lamp taken with lamp_get() is not given back on a way out.

Law: a key is one of a closed set, and a word that is written nearly like one is refused, never taken for prose.
Must not know how a semantic patch is run.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from reviewbot.errors import ConfigError
from reviewbot.model.finding import Channel, Confidence, Severity

Choice = TypeVar("Choice", bound=Enum)

KEYS = (
    *("id", "summary", "severity", "channel", "confidence"),
    *("needs", "triggers", "reference", "symbol"),
)
FILE, FUNCTION = "file", "function"

_COMMENT = re.compile(r"//+[ \t]?(.*)")
_KEY = re.compile(r"([A-Za-z]+):[ \t]*(.*)")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Script(Struct, frozen=True):
    """A semantic patch as a rule: where it lies, and what is said at its top.

    `doc` is the prose, its first line the summary. `needs_file` says that functions cut out of a file are not
    enough to look at. `symbol` is a regular expression that finds the symbol in a matched line.
    """

    path: Path
    id: str
    doc: str
    severity: Severity
    channel: Channel
    confidence: Confidence
    needs_file: bool
    triggers: tuple[str, ...]
    reference: str
    symbol: str

    @property
    def summary(self) -> str:
        """The first line of the prose."""
        return self.doc.partition("\n")[0]


def script(path: Path) -> Script:
    """The semantic patch in a file; raises ConfigError that names the file and what is wrong with it."""
    try:
        keys, doc = _header(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    wrong = _wrong(keys, doc)
    if wrong:
        raise ConfigError(
            f"{path}: {wrong}", "Its first lines are a comment that describes the rule."
        )
    words = (word.strip() for word in keys.get("triggers", "").split(","))
    return Script(
        path=path,
        id=keys.get("id", _id_of(path)),
        doc=doc,
        severity=_chosen(path, Severity, keys, "severity", Severity.NIT),
        channel=_chosen(path, Channel, keys, "channel", Channel.DRAFT),
        confidence=_chosen(path, Confidence, keys, "confidence", Confidence.HIGH),
        needs_file=keys.get("needs", FILE) == FILE,
        triggers=tuple(filter(None, words)),
        reference=keys.get("reference", ""),
        symbol=keys.get("symbol", ""),
    )


def _id_of(path: Path) -> str:
    return path.stem.replace("_", "-").lower()


def _header(text: str) -> tuple[dict[str, str], str]:
    """The keys and the prose of the comment at the top; the prose begins with the summary."""
    keys: dict[str, str] = {}
    prose: list[str] = []
    for line in text.splitlines():
        comment = _COMMENT.fullmatch(line.strip())
        if comment is None and line.strip():
            break
        said = comment[1].rstrip() if comment else ""
        key = _KEY.fullmatch(said)
        if key and _meant(key[1]):
            keys[key[1].lower()] = key[2].strip()
        else:
            prose.append(said)
    doc = "\n".join(prose).strip()
    summary = keys.get("summary", "")
    return keys, f"{summary}\n\n{doc}".strip() if summary else doc


def _meant(key: str) -> bool:
    """Whether a word before a colon is a key, or is written nearly like one."""
    return bool(get_close_matches(key.lower(), KEYS, 1, 0.75))


def _wrong(keys: Mapping[str, str], doc: str) -> str:
    """What is wrong with the top of a file, or nothing."""
    for key in keys:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1, 0.75)
            return f"there is no key {key!r}, did you mean {near[0]}?"
    if not doc:
        return "no comment at the top says what it finds"
    if not _ID.fullmatch(keys.get("id", "an-id")):
        return f"{keys['id']!r} cannot be the id of a rule"
    if keys.get("needs", FILE) not in (FILE, FUNCTION):
        return f"needs: {keys['needs']!r} is neither {FILE} nor {FUNCTION}"
    try:
        re.compile(keys.get("symbol", ""))
    except re.error as error:
        return f"symbol: no regular expression ({error})"
    return ""


def _chosen(
    path: Path, kind: type[Choice], keys: Mapping[str, str], key: str, default: Choice
) -> Choice:
    """The member of a closed set that a key names."""
    word = keys.get(key, default.value).lower()
    known = [member for member in kind if member is not Channel.GATE]
    for member in known:
        if member.value == word:
            return member
    names = ", ".join(str(member.value) for member in known)
    raise ConfigError(f"{path}: {key}: {word!r} is none of {names}")
