"""Links: the addresses a report leads to.

Law: an address is made of a fixed beginning that starts with `https://` or `http://` and of one encoded part,
so that no mail can make a link lead elsewhere; where that cannot be there is no link. Must not know pages.

Source: public-inbox serves a thread at `/r/<Message-ID>/`, the id percent-encoded (RFC 3986 §2.1).
"""

import re
from urllib.parse import quote

from msgspec import Struct

from reviewbot.errors import UsageError
from reviewbot.model.printable import identifier

LORE = "https://lore.kernel.org/r/"
_WEB = re.compile(r"https?://[!#-;=?-~]+", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


class Links(Struct, frozen=True):
    """What stands before a Message-ID, and before the id of a commit; empty: no links of that kind."""

    mails: str = LORE
    commits: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError where a beginning is not an address of the web."""
        for base in filter(None, (self.mails, self.commits)):
            if not web(base):
                raise UsageError(
                    f"{base}: not an address that links can begin with",
                    f"It begins with https:// or http://, such as {LORE}",
                )

    def mail(self, message_id: str) -> str:
        """The address of a mail and its thread, empty where there can be none."""
        sound = identifier(message_id)
        return f"{self.mails}{quote(sound, safe='@')}/" if sound and self.mails else ""

    def commit(self, commit: str) -> str:
        """The address of a commit, empty where there can be none."""
        return f"{self.commits}{commit}" if self.commits and _COMMIT.fullmatch(commit) else ""

    def proof(self, by: str) -> str:
        """The address of what proves a fate: a commit, or else a mail."""
        return self.commit(by) if _COMMIT.fullmatch(by) else self.mail(by)


def web(address: str) -> str:
    """`address` if it is one of the web and no character in it needs care, else an empty string."""
    return address if _WEB.fullmatch(address) else ""
