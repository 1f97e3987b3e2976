"""The log to paste when reviewbot or one of its rules failed.

Law: writing the log never fails louder than what it reports; where it cannot be written at all, its text
is lost and the path says so. Must not know who failed.
"""

import os
import platform
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reviewbot import __version__


def write(what: str, details: str) -> Path:
    """Write a log about `what` (a command line, a rule) and return the path of the file.

    It goes to `$XDG_STATE_HOME/reviewbot`, by default `~/.local/state/reviewbot`, and to the directory
    of temporary files where that cannot be written.
    """
    text = (
        f"reviewbot {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"while: {what}\n\n{details.rstrip()}\n"
    )
    for directory in _directories():
        try:
            directory.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(
                ".log", time.strftime("failure-%Y%m%d-%H%M%S-"), directory
            )
            with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as log:
                log.write(text)
        except OSError:
            continue
        return Path(name)
    return Path(os.devnull)


def _directories() -> Iterator[Path]:
    state = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
    yield state / "reviewbot"
    yield Path(tempfile.gettempdir())
