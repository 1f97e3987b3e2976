"""Likeness: what two installations must have in common to find the same.

Law: the same code beside the same parsers has the same likeness, wherever and however it is installed. Must not
know what is run.
"""

import sys
from collections.abc import Iterator
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import reviewbot

# The libraries that read patches and C: another release may see something else.
_PARSERS = ("tree-sitter", "tree-sitter-c", "unidiff")


def likeness() -> str:
    """Release, Python, and a digest of the package's source files and the releases of the parsers."""
    digest = blake2b(digest_size=6)
    for part in _parts():
        digest.update(blake2b(part).digest())
    python = ".".join(map(str, sys.version_info[:2]))
    return f"{reviewbot.__version__} ({digest.hexdigest()}) on Python {python}"


def _parts() -> Iterator[bytes]:
    folder = Path(reviewbot.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix().encode()
        yield path.read_bytes()
    for parser in _PARSERS:
        yield _release(parser).encode()


def _release(parser: str) -> str:
    try:
        return version(parser)
    except PackageNotFoundError:
        return "unknown"
