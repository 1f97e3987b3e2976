"""A draft that a person finds in mutt, looks at and sends: what leaves is what was written."""

import os
import pty
import select
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from reviewbot.sinks.drafts import draft
from reviewbot.sinks.transport.folder import FolderTransport
from tests.sinks.outcomes import reply
from tests.sinks.test_mail_programs import environment, needs_mutt

WHEN = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
BODY = "A. Author wrote:\n> +\t\tfoo(näive);  \n> " + "x" * 200 + "\n\nFoo?\n\n-- \nA program.\n"


def recall(settings: str, home: Path) -> None:
    """Open the draft in mutt, and say `y` where it asks what to do with it."""
    child, terminal = pty.fork()
    if child == 0:
        words = ["mutt", "-nF", "/dev/null", "-p", "-e", settings]
        os.execvpe("mutt", words, environment(home))
    seen, end = b"", time.monotonic() + 15
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        try:
            read = os.read(terminal, 1 << 16) if ready else b" "
        except OSError:
            break
        seen += read
        if b"y:Send" in seen:
            os.write(terminal, b"y")
            seen = b""
    else:
        os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(terminal)


@needs_mutt
@pytest.mark.parametrize("name", ["drafts", "drafts.mbox"])
def test_a_draft_is_recalled_and_sent(tmp_path: Path, name: str) -> None:
    made = reply(body=BODY)
    folder = tmp_path / name
    FolderTransport(folder).send(draft(made, WHEN), "", ())
    (tmp_path / "Mail").mkdir()
    (tmp_path / "sendmail").write_text(
        f'#!/bin/sh\ncat >{tmp_path}/left\necho "$@" >{tmp_path}/words\n'
    )
    (tmp_path / "sendmail").chmod(0o755)
    settings = (
        f"set postponed={folder} editor=true sendmail={tmp_path}/sendmail copy=no"
        " edit_headers=no wait_key=no abort_unmodified=no use_from=yes envelope_from=yes"
    )
    recall(settings, tmp_path)
    left = message_from_bytes((tmp_path / "left").read_bytes(), policy=default)
    for header in ("To", "Cc", "Subject", "In-Reply-To", "References", "Reply-To"):
        assert left[header] == message_from_bytes(draft(made, WHEN), policy=default)[header], header
    assert left.get_content() == BODY
    assert made.to[0].email in (tmp_path / "words").read_text()
