"""What holds for all tests: no hurry, and the user's own configuration and state stay outside."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Machines that run tests are busy: a slow draw says nothing about the code.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(autouse=True, scope="session")
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        for name in ("REVIEWBOT_CONFIG", "NO_COLOR", "_REVIEWBOT_COMPLETE"):
            patch.delenv(name, raising=False)
        yield
