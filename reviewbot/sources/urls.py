"""Web addresses of mail: what a URL of a public-inbox or of a Patchwork names, and the URLs we ask for.

Forms: the URLs of public-inbox(7) and its help page (`/INBOX/ID/`, `raw`, `T/`, `t/`, `t.mbox.gz`, `t.atom`,
`R/`, an attachment), lore's own `/r/ID`, the redirectors that point to it, and Patchwork's pages and API.
Law: an id that goes into a URL comes out of it again, whatever is in it; reading raises nothing but UsageError.
Must not know which hosts are configured: nothing is asked here.
"""

import re
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from msgspec import Struct

from reviewbot.errors import UsageError

# RFC 5322 §2.1.1: no line of a header is longer, so no id is.
MAX_ID = 998

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
# Hosts people leave the `https://` off for; an id may look like any other host and path.
_BARE = re.compile(r"(?:lore|lkml|patchwork)\.kernel\.org/|(?:patch\.)?msgid\.link/", re.IGNORECASE)
# Servers that only send on to lore: what they name is the id alone.
_REDIRECTORS = frozenset({"msgid.link", "patch.msgid.link", "lkml.kernel.org"})
# Servers whose inboxes all lie at the top, so that what follows the first segment is the id.
_FLAT = re.compile(r"(?:[a-z0-9-]+\.)?lore\.kernel\.org|lkml\.kernel\.org")
# What public-inbox has below a mail; an attachment is `NUMBER-NAME`.
_VIEWS = frozenset({"raw", "T", "t", "t.mbox.gz", "t.mbox", "t.atom", "R", "d", "f"})
_ATTACHMENT = re.compile(r"[0-9][0-9.]*-[^/]*\Z")
# What it has beside the mails of an inbox.
_PAGES = re.compile(
    r"_|git|[0-9]+(?:\.git)?|new\.html|new\.atom|topics_(?:new|active)\.(?:html|atom)|description"
    r"|[\w-]+\.mbox\.gz|manifest\.js\.gz|index\.html|[0-9a-f]{7,40}"
)


class MessageName(Struct, frozen=True):
    """One mail, by its Message-ID without angle brackets.

    `inbox` is the base URL of the archive a URL named (`https://lore.kernel.org/kvm`; no slash at the end),
    where one did.
    """

    message_id: str
    inbox: str = ""


class PatchworkKind(Enum):
    """What a Patchwork URL names; the values are the words of its URLs."""

    PATCH = "patch"
    SERIES = "series"
    COVER = "cover"


class PatchworkName(Struct, frozen=True):
    """A patch, cover letter or series on a Patchwork: by number, or a mail of `project` by its Message-ID.

    `base` is where the instance is (`https://patchwork.kernel.org`; no slash at the end).
    """

    base: str
    kind: PatchworkKind
    number: int = 0
    message_id: str = ""
    project: str = ""

    @property
    def mbox(self) -> str:
        """The URL of the mails themselves."""
        if self.number:
            return f"{self.base}/{self.kind.value}/{self.number}/mbox/"
        return (
            f"{self.base}/project/{self.project}/{self.kind.value}/{escaped(self.message_id)}/mbox/"
        )


def is_url(word: str) -> bool:
    """Whether a word is meant as a web address; `lore.kernel.org/…` is one without `https://` too."""
    return bool(_SCHEME.match(word) or _BARE.match(word))


def escaped(message_id: str) -> str:
    """A Message-ID as one segment of a path: everything escaped that a server or proxy might read otherwise."""
    return quote(message_id, safe="@")


def is_message_id(text: str) -> bool:
    """Whether this can be a Message-ID: printable, without spaces and angle brackets, not too long."""
    visible = text.isprintable() and not {" ", "<", ">"} & set(text)
    return visible and text not in {"", ".", ".."} and len(text) <= MAX_ID


def read(url: str) -> MessageName | PatchworkName:
    """What a URL names; the fragment does not matter, and every mail stands for its thread.

    Raises UsageError for what is no such URL, or names something else than mail.
    """
    parts = _split(url)
    origin = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
    segments = [each for each in parts.path.split("/") if each]
    return _patchwork(origin, parts, segments) or _message(url, origin, parts, segments)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"https://{url}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError(f"{shown(url)}: not a web address") from None
    if not (url.isprintable() and " " not in url and re.fullmatch(r"[\w.:-]+", host, re.ASCII)):
        raise UsageError(f"{shown(url)}: not a web address")
    if "@" in parts.netloc:
        raise UsageError(f"{host}: a web address with a password in it is not used")
    return parts


def shown(text: str) -> str:
    """A word of the command line, fit for a message."""
    plain = ascii(text)[1:-1] if not text.isprintable() else text
    return plain if len(plain) <= 120 else f"{plain[:120]}…"


# Patchwork: `/patch/1/`, `/series/1/mbox/`, `/project/LIST/patch/ID/`, `/project/LIST/list/?series=1`,
# `/api/1.3/series/1/`

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_NUMBERED = re.compile(
    r"(?P<above>(?:/[^/]+)*?)(?:/api(?:/[0-9.]+)?)?"
    r"/(?P<kind>patch|patches|series|cover|covers)/(?P<number>[1-9][0-9]{0,17})(?:/(?:mbox|raw)?)?"
)
_IN_PROJECT = re.compile(
    r"(?P<above>(?:/[^/]+)*?)/project/(?P<project>[^/]+)/(?P<kind>patch|cover)/(?P<id>[^/]+)(?:/(?:mbox|raw)?)?"
)
_LISTED = re.compile(r"(?P<above>(?:/[^/]+)*?)/project/(?P<project>[^/]+)/list/?")
_KINDS = {
    "patch": PatchworkKind.PATCH,
    "patches": PatchworkKind.PATCH,
    "cover": PatchworkKind.COVER,
    "covers": PatchworkKind.COVER,
    "series": PatchworkKind.SERIES,
}


def _patchwork(origin: str, parts: SplitResult, segments: list[str]) -> PatchworkName | None:
    """What it names if it is a URL of a Patchwork."""
    path = "".join(f"/{each}" for each in segments)
    if found := _IN_PROJECT.fullmatch(path):
        number = int(found["id"]) if _NUMBER.fullmatch(found["id"]) else 0
        message_id = "" if number else _decoded(found["id"])
        kind, base = _KINDS[found["kind"]], origin + found["above"]
        return PatchworkName(base, kind, number, message_id, found["project"])
    if found := _NUMBERED.fullmatch(path):
        return PatchworkName(origin + found["above"], _KINDS[found["kind"]], int(found["number"]))
    if found := _LISTED.fullmatch(path):
        series = dict(parse_qsl(parts.query)).get("series", "")
        if not _NUMBER.fullmatch(series):
            raise UsageError(f"{shown(origin + path)}: names a list of patches, not a series")
        base = origin + found["above"]
        return PatchworkName(base, PatchworkKind.SERIES, int(series), "", found["project"])
    return None


# public-inbox: `/INBOX/ID/`, and views of it


def _message(url: str, origin: str, parts: SplitResult, segments: list[str]) -> MessageName:
    below = _is_view(segments)
    named = segments[:-1] if below else segments
    start = _start(parts.hostname or "", named, below)
    if start is None:
        raise _refused(url, parts)
    message_id = _decoded("/".join(named[start:]))
    if parts.hostname in _REDIRECTORS:
        return MessageName(message_id)
    above = [unquote(each) for each in named[:start]]
    if not above or above[-1] == "r":
        above = [*above[:-1], "all"]
    return MessageName(message_id, "/".join([origin, *map(_name, above)]))


def _is_view(segments: list[str]) -> bool:
    """Whether the last segment is no part of an id; only below one with an @ can there be an attachment."""
    *above, last = segments or [""]
    if not above or "@" in unquote(last):
        return False
    return last in _VIEWS or bool("@" in unquote("/".join(above)) and _ATTACHMENT.match(last))


def _start(host: str, named: list[str], below: bool) -> int | None:
    """The index of the segment the id begins at; an id with a raw slash has several. None: there is no id."""
    at = next((n for n, each in enumerate(named) if "@" in unquote(each)), None)
    flat = _FLAT.fullmatch(host)
    if at is None:
        plain = (flat and len(named) == 2) or named[-2:-1] == ["r"]
        plain = plain and not _PAGES.fullmatch(named[-1])
        return len(named) - 1 if (below or plain) and len(named) > 1 else None
    if flat:
        return min(at, 1)
    whole = next((n for n in range(at) if named[n] in {"r", "all"}), at - 1)
    return whole + 1


def _name(segment: str) -> str:
    return quote(segment, safe="")


def _decoded(text: str) -> str:
    """The id in a part of a path."""
    message_id = unquote(text, errors="surrogateescape")
    if not is_message_id(message_id):
        raise UsageError(f"{shown(message_id)}: cannot be a Message-ID")
    return message_id


def _refused(url: str, parts: SplitResult) -> UsageError:
    query = dict(parse_qsl(parts.query)).get("q", "")
    if query:
        return UsageError(f"{shown(url)}: is a search", f"Ask for it with --query {query!r}.")
    return UsageError(
        f"{shown(url)}: names no mail",
        "Web addresses that do: https://lore.kernel.org/all/ID/, https://lore.kernel.org/r/ID, "
        "https://patchwork.kernel.org/project/LIST/list/?series=NUMBER.",
    )
