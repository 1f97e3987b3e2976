"""What holds for all tests: no hurry, and the user's own configuration and state stay outside."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.sources.posted import inboxes
from tests.sources.publicinbox import PROGRAM, PublicInbox, served

# Machines that run tests are busy: a slow draw says nothing about the code.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(autouse=True, scope="session")
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        # A proxy of the machine is not for servers on loopback; tests/sources/proxy.py has its own.
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, ",".join(filter(None, ("127.0.0.1", os.environ.get(name)))))
        # Nobody is asked but by the tests that start a server, and unset this.
        patch.setenv("REVIEWBOT_OFFLINE", "1")
        for name in ("REVIEWBOT_CONFIG", "NO_COLOR", "_REVIEWBOT_COMPLETE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def lore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicInbox]:
    """The public-inbox all tests share, with the mails of tests/sources/posted.py."""
    if PROGRAM is None:
        pytest.skip("public-inbox-httpd (Debian package public-inbox) is not installed")
    with served(tmp_path_factory.mktemp("public-inbox"), inboxes()) as running:
        yield running
