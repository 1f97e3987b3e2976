"""A program that takes mails as sendmail does: on its standard input, recipients as arguments.

Law: nothing that stands in a mail becomes an option of the program or a word of a shell; only exit codes that
every such program means the same by are believed. Must not know letters.

Sources: sysexits(3); sendmail(8), which ends with 75 although the mail is queued; `git send-email`, which calls
such a program with `-i`.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence

from reviewbot.errors import ConfigError
from reviewbot.model.printable import header
from reviewbot.sinks.transport.delivery import AtLast, Delivery, Sent, nothing

# Seconds a program may take: as long as a server may, whose answer it waits for.
PATIENCE = 600.0
# Wrong usage, no permission, wrong configuration, cannot be run, is not there: of this no mail gets better.
_NOT_BEGUN = {64: "usage", 77: "no permission", 78: "configuration", 126: "not run", 127: "absent"}
# Of a single recipient: data, address or host are wrong. Of several, some may have got the mail.
_REFUSED = {65: "the mail or the address is wrong", 67: "no such user", 68: "no such host"}
_MEANINGS = _NOT_BEGUN | _REFUSED
_SAID = 200


class CommandTransport:
    """The program `command` with its arguments; `-i -f SENDER -- RECIPIENT...` are added.

    `lock` is a file descriptor that the program inherits, so that a lock is held while it runs on.
    """

    def __init__(
        self, command: Sequence[str], lock: int | None = None, patience: float = PATIENCE
    ) -> None:
        self._command = tuple(command)
        self._lock = (lock,) if lock is not None else ()
        self._patience = patience

    @property
    def name(self) -> str:
        """The program."""
        return self._command[0]

    def ready(self) -> None:
        """Raises ConfigError where there is no such program."""
        if shutil.which(os.path.expanduser(self._command[0])) is None:  # noqa: PTH111 - a word, not a path
            raise ConfigError(f"{self._command[0]}: there is no such program to send mails with")

    def send(
        self, mail: bytes, sender: str, recipients: Sequence[str], at_last: AtLast = nothing
    ) -> Sent:
        """Run the program for one mail."""
        origin = ("-f", sender) if sender else ()
        words = (*self._command, "-i", *origin, "--", *recipients)
        at_last()
        try:
            process = subprocess.Popen(
                (os.path.expanduser(words[0]), *words[1:]),  # noqa: PTH111
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=self._lock,
                start_new_session=True,
            )
        except OSError as error:
            return Sent(Delivery.LATER, f"{self.name} cannot be run: {error.strerror}", ends=True)
        with process:
            try:
                _, said = process.communicate(mail, self._patience)
            except subprocess.TimeoutExpired:
                return Sent(
                    Delivery.UNKNOWN,
                    f"{self.name} did not end in {self._patience:.0f} s",
                    ends=True,
                )
            finally:
                if process.poll() is None:
                    _kill(process)
        return _judged(self.name, process.returncode, said, len(recipients))

    def close(self) -> None:
        """There is nothing to let go of."""


def _judged(name: str, code: int, said: bytes, recipients: int) -> Sent:
    words = " ".join(header(said[-2000:].decode("utf-8", "replace"), _SAID).split())
    why = f"{name} ended with {code}"
    meaning = _MEANINGS.get(code, "")
    why += f" ({meaning})" if meaning else ""
    why += f": {words}" if words else ""
    if code == 0:
        return Sent(Delivery.ACCEPTED, f"{name} took it")
    if code in _NOT_BEGUN:
        return Sent(Delivery.LATER, why, ends=True)
    if code in _REFUSED and recipients == 1:
        return Sent(Delivery.REFUSED, why)
    return Sent(Delivery.UNKNOWN, why)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
