"""`reviewbot config`: what is configured, whether it is right, and where it lies.

Law: shows and checks, never changes a file. Must not know what the settings do.
"""

from pathlib import Path

import click

from reviewbot.commands.options import config_option, without_verb
from reviewbot.config import load
from reviewbot.config.places import shipped_config, user_config
from reviewbot.config.toml import dumped
from reviewbot.errors import ExitCode

SHOW = "Example:  reviewbot config show > my-config.toml"
CHECK = "Example:  reviewbot config check --config team.toml"
PATH = "Example:  reviewbot config path"


@click.group(invoke_without_command=True, epilog=SHOW)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """Show, check and locate the configuration (without a verb: show)."""
    return without_verb(context, show)


@command.command(epilog=SHOW)
@config_option
def show(config: Path | None = None) -> ExitCode:
    """Print the configuration in force as TOML, all files merged."""
    loaded = load(config)
    for layer in loaded.layers:
        click.echo(f"# {layer.path}")
    click.echo()
    click.echo(dumped(loaded.table), nl=False)
    return ExitCode.OK


@command.command(epilog=CHECK)
@config_option
def check(config: Path | None = None) -> ExitCode:
    """Read every file and say what is wrong, or that nothing is."""
    loaded = load(config)
    for layer in loaded.layers:
        click.echo(f"{layer.path}: fine")
    click.echo(f"{len(loaded.rules)} rules, {len(loaded.settings.pair)} pairs")
    return ExitCode.OK


@command.command(epilog=PATH)
@config_option
def path(config: Path | None = None) -> ExitCode:
    """Print the files that are read, the last having the last word."""
    for file in (shipped_config(), user_config(), config):
        if file is not None:
            click.echo(file if file.is_file() else f"{file} (not there)")
    return ExitCode.OK
