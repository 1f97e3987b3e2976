"""SMTP as a way out: one connection for many mails, made anew where it was lost.

Law: a mail is never handed over twice by one call. Must not know letters.
"""

import smtplib
from collections.abc import Callable, Sequence

from reviewbot.sinks.transport.connection import Ask, connected, where, within
from reviewbot.sinks.transport.delivery import AtLast, Delivery, Sent, nothing
from reviewbot.sinks.transport.exchange import Patience, exchanged
from reviewbot.sinks.transport.secret import secret
from reviewbot.sinks.transport.settings import Smtp

Connect = Callable[[Smtp, Ask], smtplib.SMTP]


class SmtpTransport:
    """The server of `settings`; `ask` gives the password, by default from where the settings say."""

    def __init__(
        self, settings: Smtp, ask: Ask | None = None, connect: Connect = connected
    ) -> None:
        self._settings = settings
        self._ask = ask or (lambda: secret(settings))
        self._connect = connect
        self._patience = Patience(settings.timeout, settings.answer_timeout)
        self._line: smtplib.SMTP | None = None

    @property
    def name(self) -> str:
        """Host and port."""
        return where(self._settings)

    def ready(self) -> None:
        """Be connected: on the old connection if it still answers. Raises ServiceError or ConfigError."""
        if self._line is None or not self._answers(self._line):
            self.close()
            self._line = self._connect(self._settings, self._ask)

    def send(
        self, mail: bytes, sender: str, recipients: Sequence[str], at_last: AtLast = nothing
    ) -> Sent:
        """Hand over one mail; `ready` comes first."""
        if self._line is None:
            return Sent(Delivery.LATER, "there is no connection", ends=True)
        return exchanged(self._line, mail, sender, recipients, self._patience, at_last)

    def close(self) -> None:
        """Say good-bye, for as long as the server listens."""
        line, self._line = self._line, None
        if line is None or line.sock is None:
            return
        try:
            with within(line, self._patience.step):
                line.quit()
        except (smtplib.SMTPException, OSError):
            line.close()

    def _answers(self, line: smtplib.SMTP) -> bool:
        if line.sock is None:
            return False
        try:
            with within(line, self._patience.step):
                return line.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False
