"""`reviewbot completion`: the script by which a shell completes commands and options.

Law: prints click's own script, nothing of ours. Must not know what is completed.
"""

import click
from click.shell_completion import get_completion_class

from reviewbot.errors import ExitCode, UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog="""\b
Examples:
  eval "$(reviewbot completion bash)"    # in ~/.bashrc; zsh likewise
  reviewbot completion fish > ~/.config/fish/completions/reviewbot.fish
""",
)
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> ExitCode:
    """Print the completion script of SHELL (bash, zsh or fish)."""
    completion = get_completion_class(shell)
    if completion is None:
        raise UsageError(f"click has no completion for {shell}")
    root = context.find_root().command
    click.echo(completion(root, {}, "reviewbot", "_REVIEWBOT_COMPLETE").source())
    return ExitCode.OK
