"""What a person names to be mirrored: the URL of a list or a repository, a clone, a bundle.

Law: pure but for looking whether a path is there; refuses what git would take for something else. Must not
fetch.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from reviewbot.errors import UsageError
from reviewbot.sources.mirror.shelf import Kind, Note, repositories

_URL = re.compile(r"(?:https?|git|file)://[!-~]{1,2000}")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:")
_HINT = "Name a list, such as https://lore.kernel.org/kvm, or the path of a clone or a bundle."


def note(source: str, first: int = 0) -> Note:
    """What is to be mirrored; `first` is the oldest epoch wanted. Raises UsageError for what cannot be."""
    if _URL.fullmatch(source):
        _check(source)
        return Note(source.rstrip("/"), Kind.NEW, first)
    path = Path(source).expanduser().absolute()
    if _is_there(path) and path.is_dir():
        if not repositories(path):
            raise UsageError(f"{source}: there is no git repository in it", _HINT)
        return Note(str(path), Kind.EXTERNAL)
    if _is_there(path):
        return Note(str(path))
    if _SCHEME.match(source):
        raise UsageError(f"{source}: git is not asked for such addresses here", _HINT)
    raise UsageError(f"{source}: no such file or directory", _HINT)


def is_far(known: Note) -> bool:
    """Whether the network is asked when this is fetched."""
    return "://" in known.source and not known.source.startswith("file://")


def _check(url: str) -> None:
    """Complain about a URL that names nobody, or a password."""
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password
    except ValueError:
        raise UsageError(f"{url}: no URL", _HINT) from None
    if parts.scheme != "file" and not host:
        raise UsageError(f"{url}: no host in it", _HINT)
    if secret:
        raise UsageError("the address holds a name or a password, which would be kept in clear")
    if parts.query or parts.fragment:
        raise UsageError(f"{url}: the address of a list has neither ? nor #", _HINT)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
