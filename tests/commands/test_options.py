from pathlib import Path

import click
import pytest

from reviewbot.cli import run
from reviewbot.commands.options import CHANNELS, channel_words, words
from reviewbot.errors import ExitCode
from tests.commands.cases import config

CONTEXT = click.Context(click.Command("some"))
OPTION = click.Option(["--some"])


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("a",), ("a",)),
        (("a,b",), ("a", "b")),
        (("a, b", "c"), ("a", "b", "c")),
        (("a b",), ("a", "b")),
        ((",a,,b,",), ("a", "b")),
        (("",), ()),
        ((), ()),
    ],
)
def test_words_are_separated_by_commas_or_repeated(given: tuple, found: tuple) -> None:
    assert words(CONTEXT, OPTION, given) == found


def test_channels_are_a_closed_set() -> None:
    assert channel_words(CONTEXT, OPTION, ("mail,draft", "all")) == ("mail", "draft", "all")
    with pytest.raises(click.BadParameter, match="'mial' is none of mail, draft"):
        channel_words(CONTEXT, OPTION, ("mail,mial",))


def test_a_gate_is_no_channel_to_ask_for() -> None:
    assert CHANNELS == ("mail", "draft", "report", "suppressed", "all")


@pytest.mark.parametrize("group", ["cache", "config", "mirror", "rules", "templates"])
def test_a_group_without_verb_reads_the_configuration_that_the_environment_names(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(config(tmp_path, "nonsense = 1\n")))
    assert run([group]) == ExitCode.UNUSABLE
