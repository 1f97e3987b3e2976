from pathlib import Path

import pytest

from reviewbot import __version__
from reviewbot.config import load
from reviewbot.errors import ConfigError
from reviewbot.sources.cache.settings import Keep
from reviewbot.sources.web.settings import Network, agent
from tests.commands.cases import config


@pytest.mark.parametrize(
    ("settings", "plus", "sent"),
    [
        (Network(), "", "reviewbot/VERSION"),
        (Network(contact="ada@example.org"), "", "reviewbot/VERSION (+ada@example.org)"),
        (Network(contact="https://x.example/"), "", "reviewbot/VERSION (+https://x.example/)"),
        (Network(), "kvm", "reviewbot/VERSION+kvm"),
        (Network(contact="a@b"), "kvm", "reviewbot/VERSION+kvm (+a@b)"),
        (Network(user_agent="patch-reader/1", contact="a@b"), "", "patch-reader/1"),
        (Network(user_agent="r/{version} {contact}", contact="a@b"), "x", "r/VERSION+x a@b"),
    ],
)
def test_the_agent_is_the_truth(settings: Network, plus: str, sent: str) -> None:
    assert agent(settings, plus) == sent.replace("VERSION", __version__)


@pytest.mark.parametrize("text", ["a\r\nHost: b", "a\0", "\u00e4", "a\tb"])
def test_what_cannot_be_sent_is_refused(text: str) -> None:
    for settings in (Network(user_agent=text), Network(contact=text)):
        with pytest.raises(ConfigError, match=r"network\.user_agent"):
            agent(settings)


def test_the_shipped_file_says_the_defaults() -> None:
    settings = load().settings
    assert settings.network == Network()
    assert settings.cache == Keep()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[network]\npause = -1\n", "network.pause"),
        ("[network]\nattempts = 0\n", "network.attempts"),
        ("[network]\ndeadline = 0\n", "network.deadline"),
        ("[network]\nhosts = 'x'\n", "network.hosts"),
        ("[network]\nretries = 3\n", "network.retries: there is no such key"),
        ("[cache]\nmax_bytes = -1\n", "cache.max_bytes"),
        ("[cache]\nfolder = 'x'\n", "cache.folder: there is no such key"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(config(tmp_path, text))
    assert said in str(caught.value)
