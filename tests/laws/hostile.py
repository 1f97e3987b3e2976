"""Mails of people who mean harm, and the means to look at what we would send them."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

from hypothesis import strategies as st

from reviewbot.model.message import MADE_UP, Address, RawMessage
from reviewbot.model.printable import email, header, identifier, printable
from reviewbot.model.reply import Reply
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.compose import Identity, replies
from reviewbot.review.policy import Policy
from reviewbot.sinks.drafts import draft
from tests.builders import new_file, patch_body
from tests.review.talk import WORDS, verdict

GIT = shutil.which("git")
WHEN = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
US = Identity("reviewbot for A. Maintainer", "bot@example.net", "A. Maintainer <am@example.net>")
NAMES = frozenset(
    [
        "From",
        "To",
        "Cc",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "X-Reviewbot",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]
)
EVIL = "evil@example.com"

# What has broken mail programs before, to be put together at random.
PIECES = (
    *("\r\nBcc: " + EVIL, "\nX: 1\n\n", "\r", "\n", "\t", "\0", "\x0b", "\x0c", "\x1b[2J", "\x7f", "\x85"),
    *("=?utf-8?q?=0D=0ABcc:_evil=40example.com?=", "=?utf-8?b?DQpCY2M6IGU=?=", "=?", "?=", "=?a?b?c?=", "=\n"),
    *("\u202e", "\u2066", "\u200f", "\u200b", "\u2028", "\u2029", "\ufeff", "\U000e0041", "\ud800", "\udfff"),
    *('"', "\\", '\\"', "(", ")", "<", ">", ",", ";", ":", "@", "<" + EVIL + ">", "Group: a@b, c@d;", "()"),
    *("Re: ", "re:RE:", "[PATCH]", "From ", ">From ", "-- ", "...", " ", "  ", "x" * 90, "ü", "日本語", "👩‍🔧", "e\u0301"),
)  # fmt: skip
NASTY = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)


def posted(headers: bytes, symbol: str = "foo_get") -> Series:
    """The series of one patch with these headers, read by the real parser."""
    code = f"int init(void)\n{{\n\t{symbol}(x);\n\treturn 0;\n}}\n"
    body = patch_body(new_file("virt/foo.c", code))
    (one,) = series([message(RawMessage(headers + b"\n\n" + body.encode("utf-8", "replace")))])
    return one


def answered(one: Series, comment: str = "foo_get() can fail.") -> Reply:
    """The real reply to the patch, with a comment on its third line."""
    patch = one.patches[0]
    start = patch.files[0].hunks[0].lines[2].text.strip()[:3]
    said = verdict(patch, start, "a-rule", comment)
    (made,) = replies(one, [said], Policy(), US, WORDS)
    return made


def check(reply: Reply) -> bytes:
    """The mail, after all readers have agreed that it says what was meant, and nothing more."""
    data = draft(reply, WHEN)
    _check_lines(data)
    _check_own_reader(data, reply)
    _check_python(data, reply)
    return data


def check_git(data: bytes, reply: Reply, folder: Path) -> None:
    """That `git mailinfo` reads the same, and finds no patch to apply."""
    if GIT is None:
        return
    done = subprocess.run(
        [GIT, "mailinfo", "-k", "-n", str(folder / "msg"), str(folder / "patch")],
        input=data, capture_output=True, check=True, cwd=folder,
    )  # fmt: skip
    fields = dict(
        line.split(": ", 1) for line in done.stdout.decode("utf-8").split("\n") if ": " in line
    )
    assert fields["Email"] == reply.sender.email
    assert fields["Author"] == reply.sender.name
    assert _one_line(fields["Subject"]) == plain(reply.subject)
    assert (folder / "patch").read_bytes() == b""


def _check_lines(data: bytes) -> None:
    """No reader is needed to see that there are only our headers, in ASCII, each once, none too long."""
    block, gap, body = data.partition(b"\n\n")
    assert gap and b"\r" not in data and b"\0" not in data
    lines = block.split(b"\n")
    names = [line.partition(b":")[0].decode() for line in lines if line[:1] not in b" \t"]
    assert len(names) == len(set(names)) and set(names) <= NAMES
    assert all(re.fullmatch(rb"[ -~]{1,998}", line) for line in lines)
    assert all(line.strip() for line in lines)
    assert EVIL.encode() not in b"\n".join(
        x for x in lines if x.lower().startswith((b"bcc", b"x:"))
    )
    text = body.decode("utf-8")
    assert printable(text) == text
    assert max(len(line.encode()) for line in text.split("\n")) <= 998


def _check_own_reader(data: bytes, reply: Reply) -> None:
    mail = message(RawMessage(data))
    assert mail.problems == ()
    assert mail.subject == plain(reply.subject)
    assert mail.message_id == reply.message_id
    assert mail.in_reply_to == _ids([reply.in_reply_to])
    assert mail.references == _ids(reply.references)
    assert mail.sender == reply.sender
    assert mail.to == _people(reply.to)
    assert mail.cc == _people(reply.cc)
    assert mail.body == reply.body
    assert mail.date == WHEN


def _check_python(data: bytes, reply: Reply) -> None:
    modern = message_from_bytes(data, policy=default)
    assert isinstance(modern, EmailMessage)
    assert not modern.defects and not modern.is_multipart()
    assert modern.get_content() == reply.body
    old = message_from_bytes(data)
    assert str(make_header(decode_header(old["Subject"].replace("\n", "")))) == header(
        reply.subject
    )
    for name, people in (("To", reply.to), ("Cc", reply.cc)):
        found = getaddresses([value.replace("\n", "") for value in old.get_all(name, [])])
        read = [Address(str(make_header(decode_header(n))), address) for n, address in found]
        assert tuple(read) == _people(people)


def _ids(names: object) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name for name in map(identifier, names) if name and not name.endswith(MADE_UP)
        )
    )


def _people(people: tuple[Address, ...]) -> tuple[Address, ...]:
    """The recipients that can be written to, by the names that can be shown."""
    shown = ((" ".join(header(one.name, 100).split()), email(one.email)) for one in people)
    return tuple(Address(name, address) for name, address in shown if address)


def plain(subject: str) -> str:
    """A subject as it is read: readers make one blank of several."""
    return _one_line(header(subject))


def _one_line(text: str) -> str:
    return re.sub(" +", " ", text).strip(" ")
