"""Drafts in the hands of real programs: mutt opens them, `git send-email` sends them as they are."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from reviewbot.model.message import Address
from reviewbot.model.reply import Reply
from reviewbot.sinks.drafts import mbox, save
from tests.sinks.outcomes import reply

WHEN = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
NOBODY = Address("reviewbot", "")
KEPT = ("To", "Subject", "Message-ID", "In-Reply-To", "References", "Reply-To", "X-Reviewbot")
REPLIES = [
    reply(),
    reply(subject="Re: [PATCH 1/2] Jörg's " + "very long subject " * 8 + "end", sender=NOBODY),
    reply(to=(Address('Ünal "U", Örs', "uo@example.org"),), reply_to=None),
    reply(subject="Re: =?utf-8?q?x=0ABcc:_evil=40example=2Eorg?=", rules=("a-rule",) * 20),
    reply(body="A. Author wrote:\n> +\t\tx;  \n> \n> -- \n\nFoo?\n\n-- \nA program.\n"),
]


def parsed(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
    }


# git send-email (Debian: git-email)


def can_send() -> bool:
    """Whether git has send-email and the modules it wants."""
    if shutil.which("git") is None:
        return False
    asked = subprocess.run(
        ["git", "send-email", "--dump-aliases"], capture_output=True, check=False
    )
    return asked.returncode == 0


needs_git = pytest.mark.skipif(not can_send(), reason="git send-email is not installed")


def sent(path: Path, home: Path, *options: str) -> bytes:
    """What git hands to sendmail for the draft in `path`."""
    outbox = home / "outbox"
    sendmail = home / "sendmail"
    sendmail.write_text(
        f"#!{sys.executable}\nimport shutil, sys\nshutil.copyfileobj(sys.stdin.buffer, open({str(outbox)!r}, 'wb'))\n"
    )
    sendmail.chmod(0o755)
    command = ["git", "-c", "user.name=A. Maintainer", "-c", "user.email=am@example.org"]
    command += ["send-email", f"--smtp-server={sendmail}", "--confirm=never", *options, str(path)]
    done = subprocess.run(
        command, env=environment(home), capture_output=True, cwd=home, check=False
    )
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    return outbox.read_bytes() if outbox.exists() else done.stdout


@needs_git
@pytest.mark.parametrize("made", REPLIES, ids=range(len(REPLIES)))
def test_git_sends_a_draft_unchanged(made: Reply, tmp_path: Path) -> None:
    (path,) = save([made], tmp_path / "drafts", WHEN)
    own = made.sender.email
    options = [f"--from={made.sender.name} <{own}>"] if own else []
    before, after = parsed(path.read_bytes()), parsed(sent(path, tmp_path, *options))
    for name in KEPT:
        assert after[name] == before[name], name
    assert after["From"].addresses[0].addr_spec == own or "am@example.org"
    assert after.get_content() == made.body


@needs_git
def test_git_accepts_a_draft_in_a_dry_run(tmp_path: Path) -> None:
    (path,) = save([reply(sender=NOBODY)], tmp_path / "drafts", WHEN)
    log = sent(path, tmp_path, "--dry-run").decode()
    assert "Dry-OK" in log
    assert "Result: OK" in log
    assert "In-Reply-To: <1@example.org>" in log


# mutt


def mutt(arguments: list[str], home: Path) -> None:
    """Run mutt in a terminal of its own until it ends; it is killed after some seconds."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("mutt", ["mutt", "-nF", "/dev/null", *arguments], environment(home))
    end = time.monotonic() + 15
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        try:
            if ready and not os.read(terminal, 1 << 16):
                break
        except OSError:  # the terminal is gone, and mutt with it
            break
    else:
        os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(terminal)


def shown(path: Path, home: Path, count: int) -> list[str]:
    """The mails that mutt finds in a file, decoded as it shows them."""
    (home / "Mail").mkdir()  # mutt would ask whether to make it
    dump = home / "dump"
    script = home / "dump.sh"
    script.write_text(f"#!/bin/sh\nn=$(ls {home} | grep -c dump-)\ncat > {dump}-$n\n")
    script.chmod(0o755)
    keys = "<first-entry>" + f"<pipe-message>{script}<enter><next-entry>" * count + "<exit>"
    settings = (
        f'set pipe_decode=yes wait_key=no sort=mailbox-order quit=yes resolve=no; push "{keys}"'
    )
    mutt(["-R", "-f", str(path), "-e", settings], home)
    return [(home / f"dump-{n}").read_text() for n in range(count)]


needs_mutt = pytest.mark.skipif(shutil.which("mutt") is None, reason="mutt is not installed")


@needs_mutt
def test_mutt_opens_every_draft(tmp_path: Path) -> None:
    for number, path in enumerate(save(REPLIES, tmp_path / "drafts", WHEN)):
        home = tmp_path / str(number)
        home.mkdir()
        (mail,) = shown(path, home, 1)
        headers, _, body = mail.partition("\n\n")
        made = REPLIES[number]
        assert f"Subject: {made.subject} " in " ".join(headers.split()) + " "
        assert "\nIn-Reply-To: <1@example.org>\n" in headers
        assert body.rstrip() == made.body.rstrip()


@needs_mutt
def test_mutt_opens_the_mbox(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(b"".join(mbox(REPLIES, WHEN)))
    home = tmp_path / "home"
    home.mkdir()
    found = shown(path, home, len(REPLIES))
    for mail, made in zip(found, REPLIES, strict=True):
        assert f"<{made.to[0].email}>\n" in mail
        assert mail.rstrip().endswith("\n-- \nA program.")
