"""What git knows of sending mail: `sendemail.*`, as `git send-email` reads it.

Law: what git would do is done, but for what gives a password to whoever listens, which is refused. Must not
know how a mail is sent.

Source: git-send-email(1): `sendemail.<identity>.<key>` goes before `sendemail.<key>`; `smtpServer` with a slash
at its start is a program, and `sendmailCmd` words for a shell; without either a sendmail is looked for.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import ConfigError
from reviewbot.gitconfig import git_settings
from reviewbot.sinks.transport.secret import Secret
from reviewbot.sinks.transport.settings import Encryption, Smtp

_PLACES = ("/usr/sbin", "/usr/lib")
_ENCRYPTION = {"ssl": Encryption.TLS, "tls": Encryption.STARTTLS, "": Encryption.NONE}
_PORTS = {Encryption.TLS: 465}
_PLAIN_PORT = 25


class GitWay(Struct, frozen=True):
    """The way git sends mails: by a `command`, or, where that is empty, by the server `smtp`.

    `password` is set where it stands in git's configuration.
    """

    command: tuple[str, ...] = ()
    smtp: Smtp = Smtp()
    password: Secret | None = None
    envelope: str = ""


def git_way(identity: str, base: Smtp) -> GitWay:
    """The way git would send mails; times, and the name to greet with, are those of `base`.

    Raises ConfigError for settings that cannot be followed.
    """
    values = _chosen(_git(), identity)
    envelope = values.get("envelopesender", "")
    envelope = "" if envelope == "auto" else envelope
    server = values.get("smtpserver", "")
    if words := values.get("sendmailcmd", ""):
        # As git runs it: words for a shell, arguments beside them.
        return GitWay(("sh", "-c", f'{words} "$@"', "sendmail"), envelope=envelope)
    if server.startswith("/"):
        return GitWay((server,), envelope=envelope)
    if not server and (found := _sendmail()):
        return GitWay((found,), envelope=envelope)
    password = values.get("smtppass")
    smtp = _smtp(values, server or "localhost", base)
    return GitWay((), smtp, Secret(password) if password is not None else None, envelope)


def _smtp(values: Mapping[str, str], server: str, base: Smtp) -> Smtp:
    written = values.get("smtpencryption", "")
    # Anything but ssl and tls means none to git, a slip of the pen too: that we do not follow.
    if written not in _ENCRYPTION:
        raise ConfigError(f"git: sendemail.smtpEncryption is {written!r}", "git knows ssl and tls.")
    encryption = _ENCRYPTION[written]
    port = values.get("smtpserverport", "")
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ConfigError(f"git: sendemail.smtpServerPort is {port!r}, which is no port number")
    certificates = values.get("smtpsslcertpath")
    trusted = Path(certificates).expanduser() if certificates is not None else None
    if trusted is not None and not trusted.is_file():
        raise ConfigError(
            f"git: sendemail.smtpSSLCertPath is {certificates!r}: not a file of certificates",
            "Without certificates nobody knows who is at the other end: that is not followed.",
        )
    is_open = values.get("smtpauth", "") == "none"
    return Smtp(
        host=server,
        port=int(port or 0) or _PORTS.get(encryption, _PLAIN_PORT),
        encryption=encryption,
        user="" if is_open else values.get("smtpuser", ""),
        git_credentials=True,
        ca_file=str(trusted or ""),
        hello=values.get("smtpdomain", base.hello),
        timeout=base.timeout,
        answer_timeout=base.answer_timeout,
    )


def _chosen(tables: Mapping[str, Mapping[str, str]], identity: str) -> dict[str, str]:
    """The values that hold for an identity, by key in lower case."""
    general = tables.get("", {})
    chosen = identity or general.get("identity", "")
    own = tables.get(chosen, {}) if chosen else {}
    if identity and not own:
        raise ConfigError(f"git: there is no sendemail.{identity}, which transport.identity names")
    return {**general, **own}


def _git() -> dict[str, dict[str, str]]:
    """`sendemail.*` by subsection and key; the last value counts. Raises ConfigError."""
    return {
        section.removeprefix("sendemail").removeprefix("."): {
            key: values[-1] or "" for key, values in keys.items()
        }
        for section, keys in git_settings("sendemail").items()
    }


def _sendmail() -> str:
    for folder in (*_PLACES, *os.get_exec_path()):
        path = Path(folder) / "sendmail"
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    return ""
