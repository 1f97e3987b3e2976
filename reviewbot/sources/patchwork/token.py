"""The token for a Patchwork server: from the environment, a program, git's credential helpers.

Law: a token is never part of a message. Must not know what it is used for.
"""

import os
from collections.abc import Callable
from urllib.parse import urlsplit

from reviewbot.errors import ConfigError
from reviewbot.secret import known_to_git, printed
from reviewbot.sources.patchwork.settings import Instance

_WHAT = "token"


def token(instance: Instance, tell: Callable[[str], None]) -> str:
    """The token of `instance`, or an empty string where none is set; doubts are told by `tell`.

    Raises ConfigError where a source of tokens is named that gives none.
    """
    named = f"patchwork {instance.name!r}"
    if instance.token_env:
        found = os.environ.get(instance.token_env, "").strip()
        if found:
            return _checked(found, named)
    if instance.token_command:
        return _checked(printed(instance.token_command, named, _WHAT).strip(), named)
    if instance.git_credentials:
        parts = urlsplit(instance.base)
        fields = {"protocol": parts.scheme, "host": parts.netloc}
        return _checked(known_to_git(fields, named, _WHAT), named)
    if instance.token:
        tell(f"{named}: the token stands in the configuration in clear; token_command keeps it out")
        return _checked(instance.token, named)
    if instance.token_env:
        tell(f"{named}: ${instance.token_env} is not set, asking without a token")
    return ""


def _checked(found: str, named: str) -> str:
    if not found or not found.isascii() or not found.isprintable() or " " in found:
        raise ConfigError(f"{named}: what was given as its token is none")
    return found
