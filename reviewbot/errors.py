"""The exception tree, and the exit code each branch ends in.

    ReviewbotError
    ├── UsageError      2  the command line asks for something that does not exist
    ├── ConfigError     3  a configuration file is unusable
    ├── InputError      3  a mail source is unusable
    ├── OutputError     3  what was found cannot be written down to its end
    ├── ServiceError    4  a service did not answer
    └── TemplateError   5  a template of a rule does not render

Law: bad *mail* is never an exception but a `Problem` value; these are raised at the edges and
translated once, in `cli.py`. This file must not know who raises what.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says when it ends; `docs/exit-codes.md` is generated from here."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNUSABLE = 3
    SERVICE = 4
    INTERNAL = 5
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One line for people: when this code is returned."""
        return _MEANING[self]


_MEANING = {
    ExitCode.OK: "done; nothing at or above `--fail-on`",
    ExitCode.FINDINGS: "done; findings at or above `--fail-on`",
    ExitCode.USAGE: "wrong usage of the command line",
    ExitCode.UNUSABLE: "configuration or input unusable, or no room for the output",
    ExitCode.SERVICE: "a service did not answer",
    ExitCode.INTERNAL: "a rule or reviewbot itself failed; a log to paste is written",
    ExitCode.INTERRUPTED: "interrupted",
}


class ReviewbotError(Exception):
    """A failure that ends the run: one sentence, and where possible a hint what to do."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ReviewbotError):
    """The command line names something that does not exist."""

    exit_code = ExitCode.USAGE


class ConfigError(ReviewbotError):
    """A configuration file cannot be read, or says something it may not."""

    exit_code = ExitCode.UNUSABLE


class InputError(ReviewbotError):
    """A source holds no mail, or cannot be read."""

    exit_code = ExitCode.UNUSABLE


class OutputError(ReviewbotError):
    """The output breaks off: the disk is full, a limit is reached, standard output is closed."""

    exit_code = ExitCode.UNUSABLE


class ServiceError(ReviewbotError):
    """A service on the network did not answer, or not with what was asked for."""

    exit_code = ExitCode.SERVICE


class TemplateError(ReviewbotError):
    """A template does not render; the message names template, rule and line."""

    exit_code = ExitCode.INTERNAL
