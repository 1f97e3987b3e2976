"""Where things lie: the shipped files, the user's configuration, cache and state.

Law: shipped files are looked for in the package, then beside it, so that a checkout, an editable install
and a wheel behave the same. Must not know what is in them.
"""

import os
from pathlib import Path

import reviewbot

PACKAGE = Path(reviewbot.__file__).resolve().parent
FILE = "config.toml"


def shipped_config() -> Path:
    """The configuration file that comes with reviewbot."""
    return _shipped(FILE, FILE)


def shipped_templates() -> Path:
    """The folder of templates that comes with reviewbot."""
    return _shipped("templates", "templates")


def shipped_pages() -> Path:
    """The folder of example pages: `pages` in a wheel, `tests/rules` in a checkout."""
    return _shipped("pages", "tests/rules")


def user_config() -> Path:
    """The user's own file: `$XDG_CONFIG_HOME/reviewbot/config.toml`, by default below `~/.config`."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return home / "reviewbot" / FILE


def cache_folder() -> Path:
    """What was fetched: `$XDG_CACHE_HOME/reviewbot`, by default below `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "reviewbot"


def state_folder() -> Path:
    """What one run leaves for the next: `$XDG_STATE_HOME/reviewbot`, by default below `~/.local/state`."""
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "reviewbot"


def audits_folder() -> Path:
    """The reports of audits, and what they say of the rules."""
    return state_folder() / "audits"


def _shipped(inside: str, beside: str) -> Path:
    packaged = PACKAGE / inside
    return packaged if packaged.exists() else PACKAGE.parent / beside
