"""The tables `[transport]` and `[smtp]`: by which way mails leave, and how fast.

Law: light, because every run reads it; no password can stand here, only where to ask for it. Must not know how
anything is sent.
"""

from enum import Enum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

_Seconds = Annotated[float, Meta(gt=0)]
_Port = Annotated[int, Meta(ge=0, le=65535)]


class Via(Enum):
    """The way out."""

    NONE = ""
    SMTP = "smtp"
    SENDMAIL = "sendmail"
    GIT = "git"
    DRAFTS = "drafts"


class Encryption(Enum):
    """How a connection is kept private: begun in clear and upgraded, TLS from its first byte, not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"

    @property
    def port(self) -> int:
        """The port where servers offer it (RFC 8314, RFC 6409)."""
        return {"starttls": 587, "tls": 465, "none": 25}[self.value]


class Login(Enum):
    """What is proved to the server: a password, or a token (OAuth 2)."""

    PASSWORD = "password"
    XOAUTH2 = "xoauth2"


class Smtp(Struct, frozen=True, forbid_unknown_fields=True):
    """A server that takes mails.

    The password, or the token, of `user` is what the environment variable `password_env` holds, else what
    `password_command` prints on its first line, else what git's credential helpers know, where
    `git_credentials` is set. Without `user` nobody logs in. `timeout` is the longest wait for each answer but
    the last, which takes or refuses the mail and may take `answer_timeout`; both in seconds.
    """

    host: str = ""
    port: _Port = 0
    encryption: Encryption = Encryption.STARTTLS
    user: str = ""
    login: Login = Login.PASSWORD
    password_env: str = ""
    password_command: tuple[str, ...] = ()
    git_credentials: bool = False
    ca_file: str = ""
    hello: str = ""
    timeout: _Seconds = 60.0
    answer_timeout: _Seconds = 600.0

    @property
    def at(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or self.encryption.port


class Outgoing(Struct, frozen=True, forbid_unknown_fields=True):
    """By which way mails leave, and how fast; see config.toml for each key."""

    via: Via = Via.NONE
    command: tuple[str, ...] = ()
    identity: str = ""
    drafts: str = ""
    envelope: str = ""
    sent: str = ""
    file_sent: bool = False
    pause: Annotated[float, Meta(ge=0)] = 10.0
    daily: Annotated[int, Meta(ge=0)] = 50
    tries: Annotated[int, Meta(ge=1)] = 8

    @property
    def drafts_folder(self) -> Path | None:
        """Where drafts are put, if anywhere."""
        return Path(self.drafts).expanduser() if self.drafts else None

    @property
    def sent_folder(self) -> Path | None:
        """Where what was sent can be found again, if anywhere."""
        return Path(self.sent).expanduser() if self.sent else None
