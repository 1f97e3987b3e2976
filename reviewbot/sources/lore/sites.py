"""Which servers are meant: the table `[lore]`, and what git's configuration says for b4.

From git: `b4.midmask` (the server), and of `[liblore "ORIGIN"]`, or `[lore]` for lore.kernel.org itself,
`fallback` and `useragentplus`; see b4's documentation, "Server failover settings". Law: the configuration file
has the last word; a setting of git's that cannot be used is passed over, as liblore does. Must not know how
servers are asked. A `.b4-config` is never read: it comes with other people's repositories.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct

from reviewbot.errors import ConfigError
from reviewbot.gitconfig import git_settings
from reviewbot.sources.lore.settings import LORE, Lore

_ORIGIN = re.compile(
    r"https?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE
)
_PATH = re.compile(r"(?:/[\w.~+-]+)*", re.ASCII)
_PLUS = re.compile(r"[!-'*-~]{1,200}")


class Sites(Struct, frozen=True):
    """The servers. URLs have no slash at the end; `plus` is for the User-Agent (git's `useragentplus`)."""

    url: str = LORE
    all: str = "all"
    fallback: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    plus: str = ""

    @property
    def everything(self) -> str:
        """The base URL of the inbox over all inboxes of the server."""
        return f"{self.url}/{self.all}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every URL whose host may be asked."""
        return (self.url, *self.fallback, *self.inboxes)

    def inboxes_for(self, named: str = "") -> tuple[str, ...]:
        """Base URLs of the inboxes to ask, in order; `named` is the one a URL of a person was in.

        A named inbox of the server itself comes after the one that has all, which knows more of a thread;
        another server's comes first.
        """
        start = origin(named)
        if start in {origin(self.url), *self.fallback}:
            here = origin(self.url) + named.removeprefix(start)
            return _once((self.everything, here, *self.inboxes))
        return _once((*((named,) if named else ()), self.everything, *self.inboxes))


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    found = _ORIGIN.match(url)
    return found[0].lower() if found else ""


def sites(settings: Lore) -> Sites:
    """The servers that are meant here, in this folder: a repository may have settings of its own.

    Raises ConfigError for a URL of the configuration file that is none.
    """
    said = _git() if settings.git else {}
    server, every = _server(settings, said)
    spoken = said.get(f"liblore.{origin(server)}") or {}
    if not spoken and server == LORE:
        spoken = said.get("lore", {})
    fallback = settings.fallback or _origins(spoken.get("fallback", ()))
    return Sites(
        url=server,
        all=every,
        fallback=_once(_checked("lore.fallback", each, bare=True) for each in fallback),
        inboxes=_once(_checked("lore.inboxes", each) for each in settings.inboxes),
        plus="".join(
            each for each in spoken.get("useragentplus", ())[-1:] if _PLUS.fullmatch(each)
        ),
    )


def _server(settings: Lore, said: dict[str, dict[str, tuple[str, ...]]]) -> tuple[str, str]:
    """The server, and the name of its inbox over all."""
    if not re.fullmatch(r"[\w.-]+", settings.all, re.ASCII):
        raise ConfigError(f"lore.all: {settings.all!r} is no name of an inbox")
    if settings.url:
        return _checked("lore.url", settings.url), settings.all
    mask = said.get("b4", {}).get("midmask", ())[-1:]
    return next(filter(None, map(_masked, mask)), (LORE, settings.all))


def _masked(mask: str) -> tuple[str, str] | None:
    """The server of `https://lore.kernel.org/all/%s`, and the inbox; b4's older masks had none, or `r`."""
    base, has_id, rest = mask.partition("/%s")
    if not has_id or rest.strip("/") or not _is_base(base):
        return None
    above, _, inbox = base[len(origin(base)) :].rpartition("/")
    return origin(base) + above, "all" if inbox in {"", "r"} else inbox


def _checked(key: str, url: str, bare: bool = False) -> str:
    plain = url.rstrip("/")
    if not _is_base(plain) or (bare and origin(plain) != plain.lower()):
        form = "https://host" if bare else "https://host/path"
        raise ConfigError(f"{key}: {url!r} is not of the form {form}")
    return origin(plain) + plain[len(origin(plain)) :]


def _is_base(url: str) -> bool:
    start = origin(url)
    return bool(start and _PATH.fullmatch(url[len(start) :]) and urlsplit(url).hostname)


def _origins(urls: Iterable[str]) -> tuple[str, ...]:
    plain = (each.rstrip("/") for each in urls)
    return tuple(each for each in plain if each and origin(each) == each.lower())


def _once(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urls))


def _git() -> dict[str, dict[str, tuple[str, ...]]]:
    """What git's configuration has for b4: by section (`lore`, `liblore.ORIGIN`, `b4`) and key, all values."""
    try:
        tables = git_settings("lore", "liblore", "b4")
    except ConfigError:
        return {}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for section, keys in tables.items():
        known = found.setdefault(section.rstrip("/"), {})
        for key, values in keys.items():
            said = tuple(value for value in values if value is not None)
            known[key] = (*known.get(key, ()), *said)
    return found
