"""Options that more than one command has, and the kinds of values they take.

Law: an option of the same name means the same everywhere. Must not know any command.
"""

from pathlib import Path

import click

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
    help="Columns of the text format.  [default: those of the terminal, at most 100]",
)
templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    metavar="DIR",
    help="A folder of templates to look into first; may be repeated.",
)


class Words(click.ParamType):
    """Words separated by commas; the option may be repeated as well."""

    name = "words"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The words of one option, none of them empty."""
        if isinstance(value, tuple):
            return value
        return tuple(word for word in str(value).replace(",", " ").split() if word)


class ChoiceWords(Words):
    """Words separated by commas, each out of a closed set."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The words of one option; fails on one that is not in the set."""
        words = super().convert(value, param, ctx)
        for word in words:
            if word not in self.choices:
                self.fail(f"{word!r} is none of {', '.join(self.choices)}.", param, ctx)
        return words


def flat(given: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The words of a repeated option as one tuple."""
    return tuple(word for words in given for word in words)
