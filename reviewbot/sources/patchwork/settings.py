"""`[[patchwork]]`: which servers there are, and where the token for each comes from.

Law: light, because every run reads it. A token written into the file is taken, and warned of where it is used.
Must not know what is asked.
"""

import re
from urllib.parse import urlsplit

from msgspec import Struct


class Instance(Struct, frozen=True, forbid_unknown_fields=True):
    """A Patchwork server: the `name` it is called by, its `url`, and its default `project`.

    The token is, in this order: what the environment variable `token_env` holds, what `token_command`
    (a program and its arguments) prints on its first line, the password git's credential helpers know
    for the server where `git_credentials` is set, `token`. All empty: it is read without a token, which
    suffices for public projects.

    `check_context` is the name our checks have there; `check_url` the address they lead to, with
    `{message_id}` and `{rule}` filled in, empty for the page of the gravest rule.
    """

    name: str
    url: str
    project: str = ""
    token_env: str = ""
    token_command: tuple[str, ...] = ()
    git_credentials: bool = False
    token: str = ""
    check_context: str = "reviewbot"
    check_url: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be the address of a server, or the name of a check (a Django slug)."""
        if not re.fullmatch(r"[-a-zA-Z0-9_]{1,255}", self.check_context):
            raise ValueError(
                f"`check_context` is not made of letters, digits, - and _: {self.check_context!r}"
            )
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError(f"`url` is not the address of a server: {self.url!r}")

    def __repr__(self) -> str:
        """Without the token, which nobody may read in a log."""
        return f"Instance({self.name!r}, {self.url!r})"

    @property
    def base(self) -> str:
        """The address without a slash at its end."""
        return self.url.rstrip("/")
