"""`reviewbot fetch`: the name of a series in, its mails out.

Law: what `--thread` writes is what `review` of the same name looks at; a file is written whole or not at all.
Must not know how a series is found.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

import click

from reviewbot.commands.fetching import fetching
from reviewbot.commands.options import config_option
from reviewbot.commands.reach import tell
from reviewbot.commands.stream import opened, told
from reviewbot.commands.wanted import FORMS, Wanted, fetch_options
from reviewbot.config import load
from reviewbot.errors import ExitCode, InputError, UsageError
from reviewbot.model.message import RawMessage
from reviewbot.model.series import Series
from reviewbot.sinks.mboxrd import is_quoted, mboxrd
from reviewbot.sources.gather import Gathered
from reviewbot.sources.kindred import sent

EXAMPLE = f"""{FORMS}

\b
Examples:
  reviewbot fetch https://lore.kernel.org/all/ID/ | git am
  reviewbot fetch -o series.mbox ID
  reviewbot fetch --thread --all-revisions -o thread.mbox ID
  reviewbot fetch -o patches/ --query 's:"KVM: arm64" AND f:author@example.org'
"""
STDOUT = "-"
_UNFIT = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 60


@click.command(epilog=EXAMPLE)
@fetch_options
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    default=STDOUT,
    metavar="FILE|FOLDER/",
    help="Write here instead of stdout (-); in a folder, made if need be, each series gets a file of its own.",
)
@click.option(
    "--thread", is_flag=True, help="Cover letter and answers too: all that a review looks at."
)
@click.option(
    "--tree",
    "trees",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    metavar="PATH",
    help="The git repository that --range is about.  [default: the one of this folder]",
)
@config_option
def command(
    words: tuple[str, ...],
    wanted: Wanted,
    output: str,
    thread: bool,
    trees: tuple[Path, ...],
    config: Path | None,
) -> ExitCode:
    """Fetch the series named by SOURCE and write its patches as an mbox for git am.

    The patches come in order, as an mboxrd; the newest revision is taken, what was sent outside the thread is
    looked for, and what is missing is said. A local mirror is asked before the network, and the network only
    where the cache has nothing.
    """
    target = None if output == STDOUT else Path(output)
    with fetching(load(config).settings, wanted, trees) as fetcher:
        reach = fetcher.reach
        found = _once(chain(map(reach.gathered, words), reach.further()))
        if target is not None and (target.is_dir() or output.endswith("/")):
            taken: set[str] = set()
            for each in found:
                _save(each, thread, target, taken)
        else:
            _write(tuple(found), thread, target)
    return ExitCode.OK


def _once(found: Iterable[Gathered]) -> Iterator[Gathered]:
    """What was found, without what brings no series that was not there before: two names may be of one."""
    seen: set[tuple[str, int]] = set()
    for each in found:
        series = {(one.message_id, one.revision) for one in each.series}
        if not series or series - seen:
            yield each
        seen |= series


def _write(found: Sequence[Gathered], thread: bool, output: Path | None) -> None:
    """All of it into one file, or to stdout."""
    mails = [_mails(each, thread) for each in found]
    with opened(output) as stream, told(output):
        stream.writelines(mboxrd(mail.data) for each in mails for mail in each)
    for each, written in zip(found, mails, strict=True):
        _tell(each.series, written, str(output or "standard output"))


def _save(found: Gathered, thread: bool, folder: Path, taken: set[str]) -> None:
    """A file for each series, or one for the whole thread, called after it; `taken` are names in use."""
    for one, mails in _files(found, thread):
        _make(folder)
        path = folder / f"{_free(_slug(one), taken)}.mbox"
        with opened(path) as stream, told(path):
            stream.writelines(mboxrd(mail.data) for mail in mails)
        _tell([one] if one else [], mails, str(path))


def _files(found: Gathered, thread: bool) -> Iterator[tuple[Series | None, Sequence[RawMessage]]]:
    mails = _mails(found, thread)
    if thread or not found.series:
        yield next(iter(found.series), None), mails
        return
    at = 0
    for one in found.series:
        yield one, mails[at : at + len(one.patches)]
        at += len(one.patches)


def _mails(found: Gathered, thread: bool) -> Sequence[RawMessage]:
    mails = found.mails if thread else found.patches
    if not thread:
        _warn(found)
    if not found.mails:
        raise InputError("nothing was found")
    if not mails:
        raise InputError("there is no patch in what was found", "--thread writes the mails anyway.")
    return mails


def _tell(series: Sequence[Series], mails: Sequence[RawMessage], where: str) -> None:
    titles = "; ".join(f"{one.subject} (v{one.revision})" for one in series[:3])
    more = f" and {len(series) - 3} more" if len(series) > 3 else ""
    many = "1 mail" if len(mails) == 1 else f"{len(mails)} mails"
    tell(f"{where}: {many}: {titles or 'a discussion'}{more}")


def _warn(found: Gathered) -> None:
    """What git am would do to a commit message, and b4 prevents by not quoting."""
    if any(is_quoted(mail.data) for mail in found.patches):
        tell("a line begins with `From `: apply with `git am --patch-format=mboxrd`")


def _slug(one: Series | None) -> str:
    """A name that any file system takes: day, author, revision and title of a series."""
    if one is None:
        return "thread"
    revision = f"v{one.revision}" if one.revision > 1 else ""
    author = one.author.email.partition("@")[0]
    words = (f"{sent(one):%Y%m%d}", _plain(author), revision, _plain(one.subject))
    return "_".join(filter(None, words))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}") from error


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where another series has it already."""
    numbered = (f"{name}_{number}" for number in count(2))
    free = next(each for each in chain((name,), numbered) if each not in taken)
    taken.add(free)
    return free


def _plain(text: str) -> str:
    return _UNFIT.sub("-", text)[:_LONGEST].strip("-").lower()
