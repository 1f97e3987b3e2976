"""Options that more than one command has, and the kinds of values they take.

Law: an option of the same name means the same everywhere. Must not know any command.
"""

from pathlib import Path

import click

from reviewbot.model.finding import Channel

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
