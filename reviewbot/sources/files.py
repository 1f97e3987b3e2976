"""Mail at rest: an mbox, one mail, a maildir, a folder of mails, standard input; compressed or not.

Law: what holds no mail is refused with one sentence that names it; a folder gives its mails in the order of
their names and passes over what is no mail; the folders in it are read only where it has no mail itself, so
that patches lying in a checkout do not draw all of it in. Must not know what the mails say.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewbot.errors import InputError
from reviewbot.model.message import RawMessage
from reviewbot.parse import mbox
from reviewbot.sources.packed import MAX_BYTES, unpacked
from reviewbot.sources.sniff import Kind, kind

STDIN = "-"

_HINTS = {
    Kind.DIFF: "`git format-patch` writes a patch as a mail",
    Kind.PAGE: "save the raw message or the thread's mbox, not the page",
}


def read(source: str) -> Iterator[RawMessage]:
    """The mails in `source`: a path, or `-` for standard input. Paths of directories may be maildirs.

    Raises InputError when the source cannot be read or holds no mail.
    """
    if source == STDIN:
        return _mails(_bounded(_standard_input(), "standard input"), "standard input")
    if not source:
        raise InputError("the name of a source is empty")
    path = Path(source)
    try:
        return _folder(path) if path.is_dir() else _mails(_content(path), source)
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from None
    except ValueError:
        raise InputError(f"{source!r}: not a path") from None


def _standard_input() -> bytes:
    # Python's type is wrong here: a process started with its stdin closed has None.
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise InputError("standard input: is closed")
    data: bytes = stream.read(MAX_BYTES + 1)
    return data


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file.read(MAX_BYTES + 1), str(path))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file or directory") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: refused, it is larger than {MAX_BYTES >> 30} GiB")
    return unpacked(data, name)


def _mails(data: bytes, name: str) -> Iterator[RawMessage]:
    """The mails in the content of one file; raises at once, not at the first mail."""
    found = kind(data)
    if found is Kind.MBOX:
        return _numbered(data, name)
    if found is Kind.MAIL:
        return iter((RawMessage(_without_mark(data), name),))
    raise InputError(f"{name}: no mail in it, it is {found.value}", _HINTS.get(found, ""))


def _numbered(data: bytes, name: str) -> Iterator[RawMessage]:
    for number, mail in enumerate(mbox.split(_without_mark(data)), 1):
        yield RawMessage(mail, f"{name}, message {number}")


def _without_mark(data: bytes) -> bytes:
    """`data` without byte order mark and leading empty lines."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


def _folder(path: Path) -> Iterator[RawMessage]:
    """The mails of a directory, or of those below it; raises at once if there are none."""
    mails = _below(path)
    first = next(mails, None)
    if first is None:
        raise InputError(f"{path}: a directory without mail")
    return _chained(first, mails)


def _below(top: Path) -> Iterator[RawMessage]:
    """The mails of a directory; where it has none itself, those of its directories. Links are not followed."""
    for name, folders, files in os.walk(top, onerror=_refuse):
        path = Path(name)
        boxes = [path / box for box in ("cur", "new") if box in folders]
        found = _in_order(each for box in boxes for each in box.iterdir()) if boxes else ()
        mails = _of_files(found or _in_order(path / each for each in files))
        first = next(mails, None)
        if first is not None:
            yield from _chained(first, mails)
        if first is not None or boxes:
            folders.clear()
        folders[:] = sorted(each for each in folders if not each.startswith("."))


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot be read ({error.strerror})")


def _in_order(paths: Iterable[Path]) -> list[Path]:
    """Files to read, by name."""
    return sorted((each for each in paths if _readable(each)), key=lambda each: each.name)


def _of_files(paths: Iterable[Path]) -> Iterator[RawMessage]:
    return (mail for each in paths for mail in _of_file(each))


def _chained(first: RawMessage, rest: Iterator[RawMessage]) -> Iterator[RawMessage]:
    yield first
    yield from rest


def _readable(path: Path) -> bool:
    return not path.name.startswith(".") and path.is_file()


def _of_file(path: Path) -> Iterator[RawMessage]:
    """The mails of a file in a folder; none if it is something else."""
    data = _content(path)
    if kind(data) in (Kind.MBOX, Kind.MAIL):
        yield from _mails(data, str(path))
