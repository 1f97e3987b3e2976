"""Spatch: Coccinelle's program, run on one text at a time.

Law: whatever the program does, the answer is matches or a reason: it is ended after its time, it works in a
folder of its own that is gone afterwards, and what it prints beyond a bound is not read. Must not know rules,
patches, or which matches are new.
"""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Timer

from msgspec import Struct

from reviewbot.model.match import Match
from reviewbot.model.skip import Abstention, SkipReason
from reviewbot.parse.spatch import matches

# Seconds for one text; the largest files of KVM take half a second.
PATIENCE = 20.0
# Bytes of output: a diff of all of the longest file of Linux is a tenth of it.
LIMIT = 16 << 20
# What a text is called; a path of the kernel would be one that a mail has chosen.
NAME = "image.c"

_VIRTUAL = re.compile(r"^virtual[ \t]+(?:rule[ \t]+)?([^;\n]+)", re.MULTILINE)
# The modes of the kernel's own scripts that say where something is; they come before `patch`.
_MODES = ("report", "context")


class Spatch(Struct, frozen=True):
    """The program by its name or path; `patience` are the seconds it has for one text."""

    program: str = "spatch"
    patience: float = PATIENCE
    limit: int = LIMIT

    def __call__(self, script: Path, text: str) -> tuple[Match, ...] | Abstention:
        """The matches of a semantic patch in a C file, or why there is no answer."""
        lines = text.split("\n")
        with tempfile.TemporaryDirectory(prefix="reviewbot-") as name:
            folder = Path(name)
            (folder / NAME).write_text(text, encoding="utf-8", errors="surrogateescape")
            try:
                code, printed, is_late = self._run(self._command(script), folder)
            except FileNotFoundError:
                return Abstention(SkipReason.NO_SPATCH)
            except OSError as error:
                return Abstention(SkipReason.SPATCH_FAILED, str(error.strerror))
        if is_late:
            return Abstention(SkipReason.SPATCH_SLOW, f"{script.name}, {self.patience:g} s")
        if len(printed) > self.limit:
            return Abstention(SkipReason.SPATCH_GARBAGE, f"{script.name}, too much of it")
        said = printed.decode("utf-8", "surrogateescape")
        if code:
            return Abstention(SkipReason.SPATCH_FAILED, f"{script.name}, {_complaint(said, code)}")
        found = matches(said, NAME, lines)
        return found if found is not None else Abstention(SkipReason.SPATCH_GARBAGE, script.name)

    def _command(self, script: Path) -> Sequence[str]:
        """Without the headers: what the text does not hold, spatch shall not look for elsewhere."""
        text = script.read_text(encoding="utf-8", errors="replace")
        known = {word for row in _VIRTUAL.findall(text) for word in re.split(r"[\s,]+", row)}
        mode = next((mode for mode in _MODES if mode in known), "")
        options = ("-D", mode) if mode else ()
        options = ("--very-quiet", "--no-includes", *options)
        return (self.program, *options, "--sp-file", str(script.resolve()), NAME)

    def _run(self, command: Sequence[str], folder: Path) -> tuple[int, bytes, bool]:
        """The exit code, what was printed on both channels, and whether the time was up."""
        with subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            clock = Timer(self.patience, _end, (process.pid,))
            clock.daemon = True
            clock.start()
            try:
                printed = process.stdout.read(self.limit + 1) if process.stdout else b""
                if len(printed) > self.limit:
                    _end(process.pid)
                code = process.wait()
            finally:
                is_late = not clock.is_alive()
                clock.cancel()
                if process.poll() is None:
                    _end(process.pid)
        return code, printed, is_late


def _end(group: int) -> None:
    """End a process with all that it has started."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _complaint(said: str, code: int) -> str:
    """Where spatch says what was wrong: at a place of the script, or in the last line it printed."""
    rows = [row for row in said.splitlines() if row.strip()]
    places = [row for row in rows if row.startswith('File "')]
    return (places or [row.strip() for row in rows[-1:]] or [f"exit code {code}"])[0]
