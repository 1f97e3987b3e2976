"""Options that more than one command has, and the kinds of values they take.

Law: an option of the same name means the same everywhere. Must not know any command.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reviewbot.errors import ExitCode
from reviewbot.model.finding import Channel

Command = TypeVar("Command", bound=Callable[..., Any])


def without_verb(context: click.Context, verb: click.Command) -> ExitCode:
    """Run the verb that a group stands for, if none is given; the environment counts as it does with it.

    How the group is to end.
    """
    if context.invoked_subcommand is not None:
        return ExitCode.OK
    with verb.make_context(verb.name, [], parent=context) as inner:
        code: ExitCode = verb.invoke(inner)
    return code


CHANNELS = (*(channel.value for channel in Channel if channel is not Channel.GATE), "all")

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="REVIEWBOT_CONFIG",
    metavar="FILE",
    help="A configuration file that has the last word.  [env: REVIEWBOT_CONFIG]",
)
color_option = click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="Colour: by default on a terminal, unless $NO_COLOR is set.",
)
width_option = click.option(
    "--width",
    type=click.IntRange(40, 400),
    metavar="COLUMNS",
    help="Columns of the text format.  [default: those of the terminal, at most 100]",
)
templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    metavar="DIR",
    help="A folder of templates to look into first; may be repeated.",
)

_tree = click.option(
    "--tree",
    "trees",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    metavar="PATH",
    help="A git repository, bare or not, in which whole files are looked up; may be repeated.",
)
_source = click.option(
    "--source",
    "source_dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="An unpacked source tree, looked into after every --tree.",
)
_base = click.option(
    "--base",
    default="",
    metavar="REV",
    help="The revision that series stand on which name no base-commit that is in the --tree."
    "  [default: its newest tag from before the mail, else HEAD]",
)


def tree_options(command: Command) -> Command:
    """The options that name source trees: `trees`, `source_dir` and `base`."""
    return _tree(_source(_base(command)))


def words(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """The words of a repeated option; one value may hold several, separated by commas."""
    return tuple(word for value in given for word in value.replace(",", " ").split())


def channel_words(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """As `words`, each the name of a channel or `all`."""
    found = words(context, option, given)
    for word in found:
        if word not in CHANNELS:
            raise click.BadParameter(f"{word!r} is none of {', '.join(CHANNELS)}.", context, option)
    return found
