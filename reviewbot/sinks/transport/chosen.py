"""The way out that is configured.

Law: without a word in the configuration there is none. Must not know what is sent.
"""

from collections.abc import Callable

from msgspec import Struct

from reviewbot.errors import ConfigError
from reviewbot.sinks.transport.command import CommandTransport
from reviewbot.sinks.transport.delivery import Transport
from reviewbot.sinks.transport.folder import FolderTransport
from reviewbot.sinks.transport.gitsettings import GitWay, git_way
from reviewbot.sinks.transport.settings import Outgoing, Smtp, Via
from reviewbot.sinks.transport.smtp import SmtpTransport


class Way(Struct, frozen=True):
    """A way out, and who stands as the sender on the envelope (empty: the address in `From:`).

    `is_final` is False where a person sees the mail before it goes on.
    """

    transport: Transport
    envelope: str = ""
    is_final: bool = True


def way_out(
    outgoing: Outgoing, smtp: Smtp, tell: Callable[[str], None], lock: int | None = None
) -> Way:
    """The way out of these settings; `lock` is held by every program that is run for it.

    Raises ConfigError where none is configured, or not wholly; doubts are told.
    """
    match outgoing.via:
        case Via.SMTP:
            if not smtp.host:
                raise ConfigError('transport.via is "smtp", and there is no smtp.host')
            return Way(SmtpTransport(smtp), outgoing.envelope)
        case Via.SENDMAIL:
            return Way(CommandTransport(outgoing.command or ("sendmail",), lock), outgoing.envelope)
        case Via.DRAFTS:
            if outgoing.drafts_folder is None:
                raise ConfigError('transport.via is "drafts", and there is no transport.drafts')
            return Way(FolderTransport(outgoing.drafts_folder), is_final=False)
        case Via.GIT:
            found = git_way(outgoing.identity, smtp)
            return Way(_of_git(found, tell, lock), outgoing.envelope or found.envelope)
        case Via.NONE:
            raise ConfigError(
                "nothing is configured to send mails with",
                'Set transport.via to "smtp", "sendmail", "git" or "drafts".',
            )


def _of_git(found: GitWay, tell: Callable[[str], None], lock: int | None) -> Transport:
    if found.command:
        return CommandTransport(found.command, lock)
    password = found.password
    if password is None:
        return SmtpTransport(found.smtp)
    tell(
        "git: the password stands in sendemail.smtpPass in clear; a credential helper keeps it out"
    )
    return SmtpTransport(found.smtp, lambda: password)
