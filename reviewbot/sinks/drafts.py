"""Drafts: replies written down as mails that a mail program or `git send-email` can send.

Law: a mail parses back to the reply it was made from; no header is longer than a line may be, none holds text
that was not made safe. File names are made of a number and a hash. Must not know why a reply was written.

Sources: RFC 5322, RFC 2045 (MIME), RFC 2047 (encoded words), RFC 3834 (Auto-Submitted), mboxrd (`>From `
quoting, reversible).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from reviewbot import __version__
from reviewbot.model.message import MADE_UP, Address
from reviewbot.model.printable import email, header, identifier
from reviewbot.model.reply import Reply
from reviewbot.sinks.mboxrd import SEPARATOR, mboxrd

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
WIDTH = 76
MARK = "Re: "


def draft(reply: Reply, when: datetime) -> bytes:
    """The reply as one mail with `\\n` line ends, dated `when`.

    Without an address of the sender there is no `From`: who sends the mail adds it.
    """
    lines = [line for line in _headers(reply, when) if line]
    return ("\n".join(lines) + "\n\n" + reply.body).encode("utf-8", "replace")


def mbox(replies: Iterable[Reply], when: datetime) -> Iterator[bytes]:
    """The replies as pieces of one mboxrd file."""
    for reply in replies:
        yield mboxrd(draft(reply, when))


def save(replies: Iterable[Reply], folder: Path, when: datetime) -> Iterator[Path]:
    """Write each reply into a file of its own below `folder`, which is made; yields the paths.

    A file is an mbox of one mail, as `git format-patch` writes them: mutt and `git send-email` want the
    separator and no quoting. A name is the reply's number and a hash of its Message-ID: `0001-3f2a….mbox`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, reply in enumerate(replies, 1):
        digest = sha256(reply.message_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        path = folder / f"{number:04d}-{digest}.mbox"
        path.write_bytes(SEPARATOR + draft(reply, when))
        yield path


def _headers(reply: Reply, when: datetime) -> Iterator[str]:
    """Header lines, folded; an empty one stands for a header without value."""
    ids = [safe for safe in map(identifier, reply.references) if safe]
    run = reply.message_id[:8]
    yield _mailboxes("From", [reply.sender])
    yield _mailboxes("To", reply.to)
    yield _mailboxes("Cc", reply.cc)
    yield _mailboxes("Reply-To", [reply.reply_to] if reply.reply_to else [])
    yield _text("Subject", reply.subject)
    yield f"Date: {format_datetime(when)}"
    yield _ids("Message-ID", [identifier(reply.message_id)])
    yield _ids("In-Reply-To", [identifier(reply.in_reply_to)])
    yield _ids("References", ids)
    yield _text("X-Reviewbot", f"{__version__}; rules={','.join(reply.rules)}; run={run}")
    yield "Auto-Submitted: auto-replied" if reply.automatic else ""
    yield "MIME-Version: 1.0"
    yield "Content-Type: text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding: 8bit"


def _text(name: str, text: str) -> str:
    """An unstructured header."""
    return f"{name}: {_folded(header(text), len(name) + 2, MARK)}"


def _ids(name: str, ids: Iterable[str]) -> str:
    # An id that only we know would tie the mail to a thread that does not exist.
    value = "\n ".join(f"<{one}>" for one in ids if one and not one.endswith(MADE_UP))
    return f"{name}: {value}" if value else ""


def _mailboxes(name: str, addresses: Iterable[Address]) -> str:
    value = ",\n ".join(filter(None, map(_mailbox, addresses)))
    return f"{name}: {value}" if value else ""


def _mailbox(address: Address) -> str:
    """`Name <local@domain>`, or nothing for an address that cannot be written to."""
    safe = email(address.email)
    name = " ".join(header(address.name, 100).split())
    if not safe or not name:
        return safe
    if not _is_plain(name):
        name = _folded(name, len("Reply-To: "))
    elif not _ATOMS.fullmatch(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{name} <{safe}>"


def _folded(text: str, used: int, mark: str = "") -> str:
    """`text` folded at 76 columns, in encoded words where bare ASCII would not say what is meant.

    `used` columns of the first line are taken. A leading `mark` stays readable; in a name it would be more.
    """
    made = Header(maxlinelen=WIDTH, header_name="x" * (used - 2))
    if _is_plain(text):
        made.append(text, "us-ascii")
    else:
        if mark and text.startswith(mark):
            made.append(mark.rstrip(), "us-ascii")
            text = text.removeprefix(mark)
        made.append(text, "utf-8")
    return made.encode()


def _is_plain(text: str) -> bool:
    """Whether a reader of the bare ASCII text sees what was meant."""
    return text.isascii() and "=?" not in text
