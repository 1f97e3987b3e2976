"""The command line: which commands there are, and how every failure becomes an exit code.

Law: the only file that ends the process, and one of the three that may catch everything. A command's
module is imported when the command is asked for, so that `--help` and `--version` cost nothing.
Must not know what any command does.
"""

import errno
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import NamedTuple, NoReturn

import click

from reviewbot import __version__
from reviewbot.errors import ExitCode, OutputError, ReviewbotError
from reviewbot.model.printable import printable

COMPLETION = "_REVIEWBOT_COMPLETE"
# What the system says when there is no room for the output.
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class Entry(NamedTuple):
    """One command: its name, the module whose `command` it is, and its line in `--help`."""

    name: str
    module: str
    summary: str


ENTRIES = (
    Entry(
        "review",
        "reviewbot.commands.review",
        "Review the patch series in SOURCE and say what deserves a comment.",
    ),
    Entry(
        "fetch",
        "reviewbot.commands.fetch",
        "Fetch the series named by SOURCE and write its patches as an mbox for git am.",
    ),
    Entry(
        "audit",
        "reviewbot.commands.audit",
        "Run the rules over whole archives, and report what is in there and how often each was right.",
    ),
    Entry(
        "check",
        "reviewbot.commands.check",
        "Give the result of a review to b4 or to Patchwork.",
    ),
    Entry(
        "queue",
        "reviewbot.commands.queue",
        "Look through the letters that are held, and approve, edit or drop them (without a verb: list).",
    ),
    Entry(
        "ledger",
        "reviewbot.commands.ledger",
        "Print what was said where.",
    ),
    Entry(
        "post",
        "reviewbot.commands.post",
        "Send the letters that were approved; without --send say what would be sent.",
    ),
    Entry(
        "feedback",
        "reviewbot.commands.feedback",
        "Show what answers in SOURCE ask of reviewbot, and with --apply follow it from now on.",
    ),
    Entry(
        "objections",
        "reviewbot.commands.objections",
        "Show and withdraw what people asked for in their answers (without a verb: list).",
    ),
    Entry(
        "rules",
        "reviewbot.commands.rules",
        "List, explain, try and start rules (without a verb: list).",
    ),
    Entry(
        "templates",
        "reviewbot.commands.templates",
        "List the templates of comments, and check what they say (without a verb: list).",
    ),
    Entry(
        "config",
        "reviewbot.commands.config",
        "Show, check and locate the configuration (without a verb: show).",
    ),
    Entry(
        "cache",
        "reviewbot.commands.cache",
        "Show and empty what was fetched and is kept (without a verb: show).",
    ),
    Entry(
        "mirror",
        "reviewbot.commands.mirror",
        "Keep local copies of list archives, asked before the network is (without a verb: list).",
    ),
    Entry(
        "completion",
        "reviewbot.commands.completion",
        "Print the completion script of SHELL (bash, zsh or fish).",
    ),
)


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of `ENTRIES`."""
        return [entry.name for entry in ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now, or None."""
        for entry in ENTRIES:
            if entry.name == cmd_name:
                command: click.Command = import_module(entry.module).command
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name said when there is no such command."""
        unknown = args[0] not in self.list_commands(ctx) and not args[0].startswith("-")
        if unknown and not ctx.resilient_parsing:
            near = get_close_matches(args[0], self.list_commands(ctx))
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from `ENTRIES` alone: nothing is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in ENTRIES])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:  reviewbot review series.mbox",
)
@click.version_option(__version__, prog_name="reviewbot")
def reviewbot() -> None:
    """Review Linux-kernel patch series that travel by mail."""


def main() -> NoReturn:
    """Run the command line on the process's arguments, and end the process."""
    # A short life and many small values: looking for garbage so early costs a sixth of a cold run.
    gc.set_threshold(2_000_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        _say("standard output: is closed")
        sys.exit(ExitCode.UNUSABLE)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process. All that was opened is closed by now, and taking what a long series left in memory
    apart, value by value, would take a fifth of the run."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit code is returned, and whatever went wrong is said on stderr."""
    try:
        return _invoke(list(arguments))
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return ExitCode.OK
    except ReviewbotError as failure:
        _say(str(failure), failure.hint)
        if isinstance(failure, OutputError):
            _forget_stdout()
        return failure.exit_code
    except Exception as crash:  # noqa: BLE001 - a fault of ours: a log to paste, no traceback
        if isinstance(crash, OSError) and crash.errno in _FULL:
            _say(f"the output cannot be written: {crash.strerror}")
            _forget_stdout()
            return ExitCode.UNUSABLE
        _report(crash, arguments)
        return ExitCode.INTERNAL


def _invoke(arguments: list[str]) -> int:
    if COMPLETION in os.environ:
        shell = import_module("click.shell_completion")
        instruction = os.environ[COMPLETION]
        code: int = shell.shell_complete(reviewbot, {}, "reviewbot", COMPLETION, instruction)
        return code
    with reviewbot.make_context("reviewbot", arguments) as context:
        result = reviewbot.invoke(context)
    sys.stdout.flush()
    return result if isinstance(result, int) else ExitCode.OK


def _say(message: str, hint: str = "") -> None:
    click.echo(printable(f"reviewbot: {message}"), err=True)
    if hint:
        click.echo(printable(f"  {hint}"), err=True)


def _report(crash: Exception, arguments: Sequence[str]) -> None:
    """Write the log of a crash and name it."""
    crashlog = import_module("reviewbot.sinks.crashlog")
    path = crashlog.write(" ".join(arguments), "".join(traceback.format_exception(crash)))
    _say(
        f"this should not have happened: {type(crash).__name__}: {crash}",
        f"A log to paste into a bug report is in {path}",
    )


def _forget_stdout() -> None:
    """The reader of our output left: let nothing more be written to it, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
