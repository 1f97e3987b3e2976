"""What a person calls a series becomes a name: a file, a Message-ID, a change-id, an address on the web.

Law: a word is taken for what it plainly is, and a file that exists before all else; what may be nothing of the
kind is refused with examples, never guessed at. Must not know how what is named is found.
"""

import os
import re
from urllib.parse import unquote

from msgspec import Struct

from reviewbot.errors import UsageError
from reviewbot.sources import urls
from reviewbot.sources.urls import MessageName, PatchworkKind, PatchworkName

__all__ = [
    "ChangeName",
    "FileName",
    "MessageName",
    "Name",
    "PatchworkKind",
    "PatchworkName",
    "named",
]


class FileName(Struct, frozen=True):
    """Mail at rest: a path, or `-` for standard input."""

    path: str


class ChangeName(Struct, frozen=True):
    """The change-id that the revisions of a series share."""

    change_id: str


Name = FileName | MessageName | ChangeName | PatchworkName

EXAMPLES = (
    "Name a file, a folder or -, a Message-ID (1234.5678@example.org), an address such as "
    "https://lore.kernel.org/all/ID/, or a change-id; --query searches."
)

# Words in front of an id: the header itself, and what notmuch, lei and mail programs say.
_BEFORE_ID = re.compile(
    r"(?:message-id|messageid|msgid|id|m|rfc822msgid)\s*:\s*(?P<id>.*)",
    re.IGNORECASE | re.DOTALL,
)
# RFC 2392 and RFC 5538: the forms with escapes, as in the links of web pages.
_MID = re.compile(r"(?:mid|news):(?P<id>[^\s<>]+)", re.IGNORECASE)
_BEFORE_CHANGE = re.compile(r"change-?id\s*:\s*(?P<id>.*)", re.IGNORECASE | re.DOTALL)
_BEFORE_URL = re.compile(r"link\s*:\s*(?P<url>https?://.*)", re.IGNORECASE | re.DOTALL)
# b4: the day, the name of the branch, and twelve digits of a random number.
_CHANGE = re.compile(r"\d{8}-[\w.+-]{1,200}-[0-9a-f]{12}")
_ANY_CHANGE = re.compile(r"[\w.+-]{1,250}")
# Words that are files, present or not: it is more use to hear that a file is not there.
_FILE = re.compile(
    r"[~.]{0,2}/.*|.*/|.*\.(?:mbox|mbx|eml|patch|patches|diff|txt|gz|bz2|xz|zst|zip|tar)", re.DOTALL
)


def named(word: str) -> Name:
    """What a word of the command line names. Asks only whether there is a file of that name.

    Raises UsageError for a word that names nothing.
    """
    if word == "-" or (word and os.path.exists(word)):  # noqa: PTH110 – of Path, NUL and long names raise
        return FileName(word)
    text = word.strip()
    return _address(text) or _change(text) or _message(text) or _file(text) or _refuse(word)


def _address(text: str) -> MessageName | PatchworkName | None:
    link = _BEFORE_URL.fullmatch(text)
    url = (link["url"] if link else text).removeprefix("<").removesuffix(">")
    return urls.read(url) if urls.is_url(url) else None


def _change(text: str) -> ChangeName | None:
    if said := _BEFORE_CHANGE.fullmatch(text):
        if not _ANY_CHANGE.fullmatch(said["id"]):
            raise UsageError(f"{urls.shown(text)}: cannot be a change-id", EXAMPLES)
        return ChangeName(said["id"])
    return ChangeName(text) if _CHANGE.fullmatch(text) else None


def _message(text: str) -> MessageName | None:
    if escaped := _MID.fullmatch(text):
        return _checked(unquote(escaped["id"], errors="surrogateescape"))
    said = _BEFORE_ID.fullmatch(text)
    word = said["id"] if said else text
    if said or (word.startswith("<") and word.endswith(">")):
        return _checked(word.removeprefix("<").removesuffix(">").strip())
    word = word.strip("<>")
    is_id = "@" in word.strip("@") and "://" not in word and urls.is_message_id(word)
    return MessageName(word) if is_id and not _FILE.fullmatch(word) else None


def _checked(message_id: str) -> MessageName:
    if not urls.is_message_id(message_id):
        raise UsageError(f"{urls.shown(message_id)!r}: cannot be a Message-ID", EXAMPLES)
    return MessageName(message_id)


def _file(text: str) -> FileName | None:
    """A path that is not there; who reads it says so."""
    is_path = _FILE.fullmatch(text) or ("/" in text and not {"@", " "} & set(text))
    return FileName(text) if is_path and text.isprintable() and len(text) < urls.MAX_ID else None


def _refuse(word: str) -> FileName:
    if not word.strip():
        raise UsageError("the name of a series is empty", EXAMPLES)
    raise UsageError(f"{urls.shown(word)!r}: no such file, and no name of a series", EXAMPLES)
