"""What a person names to be audited becomes volumes: stores of mail that are read each by itself.

Law: a path holds one volume or several, always in the same order, and is only read; what holds no mail is
refused with one sentence that names it. Must not know mails, nor the names of mirrors.
"""

import os
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import InputError
from reviewbot.sources import sniff
from reviewbot.sources.bulk import scratch as scratches
from reviewbot.sources.bulk import tree
from reviewbot.sources.bulk.tree import Look, Sort
from reviewbot.sources.mirror.epoch import holds_mail, opened
from reviewbot.sources.mirror.shelf import fit_name, repositories

_ENDING = re.compile(r"(?:\.(?:mbox|mbx|mboxrd|mboxo|txt|eml|gz|xz|bz2))+$", re.IGNORECASE)
_EPOCH = re.compile(r"(\d{1,4})\.git")
# What public-inbox gathers all epochs in, by references to their objects; it has no history of its own.
_ALL = "all.git"


class Kind(Enum):
    """What a volume is; a folder may be a maildir."""

    PUBLIC_INBOX = "public-inbox"
    MBOX = "mbox"
    FOLDER = "folder"


class Volume(Struct, frozen=True):
    """A store of mail: its absolute path, what people call the list, and which epoch of it this is."""

    kind: Kind
    path: str
    name: str
    epoch: int = 0


def volumes(source: str, scratch: Path) -> tuple[Volume, ...]:
    """The volumes that a path names, or that lie below it; compressed ones are unpacked into `scratch`.

    Raises InputError where there is no mail, or it cannot be read.
    """
    if not source:
        raise InputError("the name of a source is empty")
    path, aside = Path(os.path.abspath(source)), Path(os.path.abspath(scratch))  # noqa: PTH100 – no links
    try:
        found = tuple(_of_folder(path, aside) if path.is_dir() else _of_file(path, aside))
    except FileNotFoundError:
        raise InputError(f"{source}: no such file or directory") from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from None
    except ValueError:
        raise InputError(f"{source!r}: not a path") from None
    if not found:
        raise InputError(f"{source}: a directory without mail")
    return found


def _of_file(path: Path, scratch: Path) -> Iterator[Volume]:
    """The volume that a single file is."""
    seen = tree.look(path)
    if seen.kind is sniff.Kind.MBOX:
        yield _box(path, seen, scratch)
    elif seen.kind is sniff.Kind.MAIL:
        yield Volume(Kind.FOLDER, str(path), _stem(path))
    else:
        raise InputError(f"{path}: no mail in it, it is {seen.kind.value}")


def _of_folder(path: Path, scratch: Path) -> Iterator[Volume]:
    """The volumes of an archive, or all there are below a folder."""
    archive = _archive(path)
    if archive:
        return iter(archive)
    if repositories(path) and not (path / ".git").exists():
        raise InputError(f"{path}: a git repository, but no archive of mail", _hint(path))
    return _below(path, scratch)


def _hint(path: Path) -> str:
    return "Name the folder above, which has the epochs." if path.name == _ALL else ""


def _archive(path: Path) -> tuple[Volume, ...]:
    """The epochs of an archive of mail, oldest first; none where it is something else."""
    found = repositories(path)
    if not found or path.name == _ALL:
        return ()
    last = found[max(found)]
    with opened(last) as newest:
        # Somebody's work that is not committed yet is no archive, an epoch that was just begun is.
        is_work = last.name == ".git" and not newest.tip
        return () if is_work or not holds_mail(newest) else _epochs(found)


def _nested(path: Path) -> tuple[Volume, ...]:
    """The epochs of an archive among others; one that cannot be read is told of when it is."""
    try:
        return _archive(path)
    except InputError:
        return _epochs(repositories(path))


def _epochs(found: dict[int, Path]) -> tuple[Volume, ...]:
    """The volumes of repositories, by the number of the epoch; one that is named by itself keeps its own."""
    name = fit_name(str(found[max(found)]))
    return tuple(
        Volume(Kind.PUBLIC_INBOX, str(path), name, number or _number(path))
        for number, path in found.items()
    )


def _number(path: Path) -> int:
    found = _EPOCH.fullmatch(path.name)
    return int(found[1]) if found else 0


def _below(top: Path, scratch: Path) -> Iterator[Volume]:
    """The volumes that lie below a folder; its loose mails come last, as one."""
    has_mail = False
    for sort, path in tree.found(top):
        if sort is Sort.ARCHIVE:
            yield from _nested(path)
        elif sort is Sort.MAILDIR:
            yield Volume(Kind.FOLDER, str(path), path.name)
        elif (seen := tree.looked_at(path)) is not None:
            has_mail = has_mail or seen.is_mail
            if seen.is_box:
                yield _box(path, seen, scratch)
    if has_mail:
        yield Volume(Kind.FOLDER, str(top), top.name)


def _box(path: Path, seen: Look, scratch: Path) -> Volume:
    """The volume of an mbox."""
    plain = scratches.unpacked(path, scratch) if seen.is_packed else path
    return Volume(Kind.MBOX, str(plain), _stem(path))


def _stem(path: Path) -> str:
    """What people call what a file holds."""
    return _ENDING.sub("", path.name) or path.name
