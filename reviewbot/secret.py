"""Where passwords and tokens come from: a program that prints one, or git's credential helpers.

Law: no message holds a secret, or what a program said when it was asked for one; no program may ask a person.
Must not know what a secret opens.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence

from reviewbot.errors import ConfigError

# Seconds a password program may take: time enough to touch a key, not to hang a nightly run.
_PATIENCE = 60
_UNASKED = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": ""}


def printed(command: Sequence[str], named: str, what: str, question: str = "") -> str:
    """The first line a program prints, `question` being its input.

    `named` is whose secret it is and `what` the kind ("password"), for messages. Raises ConfigError with
    the name of the program where it fails.
    """
    return _said(command, named, what, question).partition("\n")[0]


def known_to_git(fields: Mapping[str, str], named: str, what: str) -> str:
    """The password that `git credential fill` knows for these fields (`protocol`, `host`…); may be empty.

    Raises ConfigError where git fails, or a field cannot be asked for. Source: git-credential(1).
    """
    if any("\n" in value or "\0" in value for value in fields.values()):
        raise ConfigError(f"{named}: its address holds what git cannot be asked for")
    question = "".join(f"{name}={value}\n" for name, value in fields.items())
    answer = _said(("git", "credential", "fill"), named, what, f"{question}\n")
    return dict(line.partition("=")[::2] for line in answer.splitlines()).get("password", "")


def _said(command: Sequence[str], named: str, what: str, question: str) -> str:
    program = command[0]
    try:
        done = subprocess.run(
            command,
            input=question,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            env={**os.environ, **_UNASKED},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{named}: {program} did not give the {what} in {_PATIENCE} s") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a command"
        raise ConfigError(f"{named}: {program} cannot be run: {reason}") from None
    if done.returncode:
        raise ConfigError(f"{named}: {program} gave no {what} (exit code {done.returncode})")
    return done.stdout
