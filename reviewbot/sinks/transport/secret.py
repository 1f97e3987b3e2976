"""The password or token for an SMTP server.

Law: a secret shows itself to nobody who does not ask for it by name: not printed, not encoded, not in a
message. Must not know what is sent.
"""

import os

from reviewbot.errors import ConfigError
from reviewbot.secret import known_to_git, printed
from reviewbot.sinks.transport.settings import Smtp

_WHAT = "password"
_LONGEST = 16_384


class Secret:
    """A text that is not shown by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        """Nothing of it, not even its length."""
        return "Secret(…)"

    __str__ = __repr__

    def reveal(self) -> str:
        """The text itself."""
        return self._text


def secret(settings: Smtp) -> Secret:
    """The password, or token, of `settings.user`. Raises ConfigError where there is none to be had."""
    named = f"smtp {settings.host!r}"
    if settings.password_env and (found := os.environ.get(settings.password_env, "").strip("\r\n")):
        return _checked(found, named)
    if settings.password_command:
        return _checked(printed(settings.password_command, named, _WHAT), named)
    if settings.git_credentials:
        return credential(settings, named)
    missing = f"${settings.password_env} is not set" if settings.password_env else "none is named"
    raise ConfigError(
        f"{named}: there is no password for {settings.user}: {missing}",
        "Set smtp.password_command, smtp.password_env or smtp.git_credentials.",
    )


def credential(settings: Smtp, named: str) -> Secret:
    """The password git's credential helpers know, asked as `git send-email` asks. Raises ConfigError."""
    host, port = settings.at
    fields = {"protocol": "smtp", "host": f"{host}:{port}", "username": settings.user}
    return _checked(known_to_git(fields, named, _WHAT), named)


def _checked(found: str, named: str) -> Secret:
    found = found.strip("\r\n")
    if not found or len(found) > _LONGEST or not found.isprintable():
        raise ConfigError(f"{named}: what was given as its password is none")
    return Secret(found)
