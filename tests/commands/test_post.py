"""`reviewbot post`: from an approved letter to a mail that a real server has."""

import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path

import pytest

from benchmarks.crashing.rounds import Figures, rounds
from reviewbot.cli import run
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.letter import Letter, Stage
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.outbox.sole import sole
from reviewbot.sinks.transport.folder import SEEN, put
from tests.builders import mail, patch_body
from tests.commands.cases import FAULTY
from tests.letters import brought as brought_at
from tests.letters import damage, letter
from tests.sinks.transport.server import Breaking, Post, server
from tests.sources.mirror.archives import came, inbox, write
from tests.sources.repositories import needs_git

PASSWORD = "open sesame"
LATELY = datetime.now(UTC) - timedelta(days=3)
SETTINGS = """
[identity]
email = "bot@example.org"
reply_to = "A. Maintainer <am@example.org>"
operator = "A. Maintainer"
[post]
mode = "author"
reread = {reread}
max_mails_per_author = 9
[transport]
via = "smtp"
pause = 0
{more}
[smtp]
host = "127.0.0.1"
port = {port}
encryption = "none"
timeout = 5
answer_timeout = 5
{smtp}
"""


@pytest.fixture(autouse=True)
def _homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("REVIEWBOT_OFFLINE", "1")


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with server() as made:
        configured(tmp_path, monkeypatch, made.port)
        yield made


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    with Outbox(state_folder()) as opened:
        yield opened


def configured(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    port: int = 1,
    *,
    more: str = "",
    smtp: str = "",
    reread: str = "false",
) -> None:
    path = folder / "config.toml"
    path.write_text(SETTINGS.format(port=port, more=more, smtp=smtp, reread=reread))
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(path))


def one(number: int = 1, **fields: object) -> Letter:
    """A letter that nothing speaks against, to a series and an author of its own."""
    name = f"{number}@patches.example.org"
    known = {"series": name, "lineage": f"change-id:{number}", "date": LATELY}
    return letter(parent=name, **(known | fields))


def brought(outbox: Outbox, made: Letter, stage: Stage, when: datetime = LATELY) -> str:
    return brought_at(outbox, made, stage, when)


def taken(data: bytes, when: datetime = LATELY) -> bytes:
    """A mail as a server of ours took it."""
    return f"Received: from a by b; {when:%a, %d %b %Y %H:%M:%S} +0000\n".encode() + data


def stages(outbox: Outbox) -> list[str]:
    return [entry.stage.value for entry in outbox.letters()]


def test_without_send_nothing_leaves_and_nothing_changes(
    post: Post, outbox: Outbox, capsys: pytest.CaptureFixture
) -> None:
    brought(outbox, one(), Stage.APPROVED)
    before = outbox.letters()
    assert run(["post"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert f"{before[0].short}  to be sent: Re: [PATCH" in said
    assert "to author@example.org" in said
    assert "1 letter approved, 1 to be sent\nNothing was sent; --send sends by 127.0.0.1:" in said
    assert outbox.letters() == before
    assert post.sessions == 0


def test_with_send_it_leaves_once(
    post: Post, outbox: Outbox, capsys: pytest.CaptureFixture
) -> None:
    made = one()
    brought(outbox, made, Stage.APPROVED)
    assert run(["post", "--send"]) == ExitCode.OK
    assert run(["post", "--send"]) == ExitCode.OK
    assert "1 letter approved, 1 sent by 127.0.0.1:" in capsys.readouterr().out
    ((sender, to, data),) = post.mails
    assert (sender, to) == ("bot@example.org", ("author@example.org",))
    read = message(RawMessage(data.replace(b"\r\n", b"\n")))
    assert read.message_id == outbox.letters()[0].letter.message_id
    assert read.in_reply_to == (made.posting.message_id,)
    assert read.body == made.reply.body
    assert stages(outbox) == ["sent"]


def test_only_approved_letters_leave(post: Post, outbox: Outbox) -> None:
    for number, stage in enumerate(Stage):
        brought(outbox, one(number), stage)
    run(["post", "--send"])
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--limit", "2"], 2),
        (["--list", "kvm"], 3),
        (["--list", "other"], 0),
        (["--series", "2@patches.example.org"], 1),
        (["--limit", "1", "--series", "add bar"], 1),
    ],
)
def test_some_of_them(post: Post, outbox: Outbox, options: list[str], count: int, capsys) -> None:
    for number in range(3):
        brought(outbox, one(number), Stage.APPROVED)
    run(["post", *options])
    assert f", {count} to be sent" in capsys.readouterr().out
    run(["post", "--send", *options])
    assert len(post.mails) == count


def test_what_speaks_against_a_letter_is_said_and_it_stays(
    post: Post, outbox: Outbox, capsys: pytest.CaptureFixture
) -> None:
    brought(outbox, one(), Stage.APPROVED, datetime.now(UTC))
    for options in ([], ["--send"]):
        assert run(["post", *options]) == ExitCode.OK
        said = capsys.readouterr().out
        assert "not before" in said
        assert "(rule 3 wait)" in said
    assert (stages(outbox), post.mails) == (["approved"], [])


def test_a_letter_that_cannot_be_read_is_passed_over_and_said(
    post: Post, outbox: Outbox, capsys: pytest.CaptureFixture
) -> None:
    lost = brought(outbox, one(1), Stage.APPROVED)
    brought(outbox, one(2), Stage.APPROVED)
    damage(state_folder(), lost)
    for options, said in (([], "1 to be sent"), (["--send"], "1 sent by")):
        assert run(["post", *options]) == ExitCode.UNUSABLE
        told = capsys.readouterr()
        assert said in told.out
        assert f"{lost[:8]} (approved) cannot be read: " in told.err
    assert len(post.mails) == 1
    assert run(["queue", "drop", lost[:8]]) == ExitCode.OK
    assert run(["post"]) == ExitCode.OK


def test_without_a_way_out_it_is_said(
    outbox: Outbox, capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(outbox, one(), Stage.APPROVED)
    monkeypatch.delenv("REVIEWBOT_CONFIG", raising=False)
    assert run(["post"]) == ExitCode.OK
    told = capsys.readouterr()
    assert "nothing is configured to send mails with" in told.err
    assert "the mode is draft" in told.out
    assert run(["post", "--send"]) == ExitCode.UNUSABLE
    assert stages(outbox) == ["approved"]


def test_without_a_server_nothing_is_touched(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    configured(tmp_path, monkeypatch)
    brought(outbox, one(), Stage.APPROVED)
    assert run(["post", "--send"]) == ExitCode.SERVICE
    assert "127.0.0.1:1 cannot be reached" in capsys.readouterr().err
    assert stages(outbox) == ["approved"]


def test_two_do_not_send_at_once(post: Post, outbox: Outbox, capsys) -> None:
    brought(outbox, one(), Stage.APPROVED)
    with sole(state_folder()):
        assert run(["post", "--send"]) == ExitCode.USAGE
        assert run(["post"]) == ExitCode.OK
    assert "another reviewbot is sending" in capsys.readouterr().err
    assert post.mails == []


@pytest.mark.parametrize(
    ("answer", "stage"), [("451 greylisted", "approved"), ("554 spam", "held")]
)
def test_an_answer_that_is_no_is_said(
    post: Post, outbox: Outbox, capsys: pytest.CaptureFixture, answer: str, stage: str
) -> None:
    post.data = answer
    brought(outbox, one(), Stage.APPROVED)
    assert run(["post", "--send"]) == ExitCode.SERVICE
    assert f"after DATA: {answer}" in capsys.readouterr().out
    assert stages(outbox) == [stage]


def test_no_answer_leaves_it_to_a_person(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    with server(Breaking.when("DOT")) as post:
        configured(tmp_path, monkeypatch, post.port)
        key = brought(outbox, one(), Stage.APPROVED)
        for _ in range(2):
            assert run(["post", "--send"]) == ExitCode.SERVICE
            assert f"{key[:8]} may have left or not" in capsys.readouterr().err
    assert len(post.mails) == 1
    assert stages(outbox) == ["undecided"]


def test_after_a_crash_it_is_looked_for_where_it_may_have_arrived(
    post: Post, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    configured(tmp_path, monkeypatch, post.port, more=f'sent = "{tmp_path / "sent"}"')
    key = brought(outbox, one(1), Stage.SENDING)
    brought(outbox, one(2), Stage.SENDING)
    put(tmp_path / "sent", draft(outbox.letter(key).letter.reply, LATELY), SEEN)
    assert run(["post", "--send"]) == ExitCode.SERVICE
    assert sorted(stages(outbox)) == ["sent", "undecided"]
    assert f"found in {tmp_path / 'sent'}" in capsys.readouterr().out
    assert post.mails == []


@needs_git
def test_what_a_mirror_has_has_arrived(
    post: Post, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    key = brought(outbox, one(), Stage.UNDECIDED)
    source = inbox(tmp_path / "kvm", [draft(outbox.letter(key).letter.reply, LATELY)])
    assert run(["mirror", "add", str(source)]) == ExitCode.OK
    assert run(["post", "--send"]) == ExitCode.OK
    assert stages(outbox) == ["sent"]
    assert "found in the local mirror kvm" in capsys.readouterr().out


@needs_git
def test_the_thread_is_read_again_before_a_letter_leaves(
    post: Post, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    configured(tmp_path, monkeypatch, post.port, reread="true")
    patch = taken(mail(patch_body(FAULTY), subject="[PATCH] foo: fix bar", date=LATELY))
    (tmp_path / "patch.eml").write_bytes(patch)
    run(["review", "--queue", str(tmp_path / "patch.eml")])
    run(["queue", "approve", "--all"])
    run(["post"])
    assert "the thread was not read again" in capsys.readouterr().out
    source = inbox(tmp_path / "kvm", [patch])
    run(["mirror", "add", str(source)])
    capsys.readouterr()
    run(["post"])
    assert "1 letter approved, 1 to be sent" in capsys.readouterr().out
    answer = mail(
        "> +\ttry_module_get(owner);\n\nThis can fail, see try_module_get().\n",
        subject="Re: [PATCH] foo: fix bar",
        message_id="answer@example.org",
        sender="B. Reviewer <b@example.org>",
        in_reply_to="1@example.org",
    )
    write(source / "git" / "0.git", came([answer]))
    run(["mirror", "update"])
    capsys.readouterr()
    run(["post", "--send"])
    assert "B. Reviewer" in capsys.readouterr().out
    assert (stages(outbox), post.mails) == (["approved"], [])


def test_drafts_are_put_where_a_mail_program_finds_them(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[transport]\nvia = "drafts"\ndrafts = "{tmp_path / "drafts"}"\n')
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(path))
    key = brought(outbox, one(), Stage.APPROVED)
    assert run(["post", "--send"]) == ExitCode.OK
    (path,) = (tmp_path / "drafts").glob("cur/*:2,D")
    assert outbox.letter(key).letter.message_id.encode() in path.read_bytes()
    assert "a draft in" in capsys.readouterr().out


# Secrets


@pytest.mark.parametrize("way", ["taken", "wrong", "crash"])
def test_a_password_is_nowhere_to_be_read(
    way: str, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    monkeypatch.setenv("BOT_PASSWORD", PASSWORD)
    if way == "crash":
        monkeypatch.setattr("reviewbot.sinks.transport.smtp.exchanged", lambda *_: 1 / 0)
    with server(auth_required=True, open_login=True) as post:
        post.users["bot"] = "another" if way == "wrong" else PASSWORD
        configured(
            tmp_path, monkeypatch, post.port, smtp='user = "bot"\npassword_env = "BOT_PASSWORD"'
        )
        brought(outbox, one(), Stage.APPROVED)
        code = run(["post", "--send"])
    assert code == {"taken": 0, "wrong": ExitCode.SERVICE, "crash": ExitCode.INTERNAL}[way]
    assert [password for *_, password in post.logins] == [PASSWORD]
    out, err = capfd.readouterr()
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) >= 3
    both = f"\0bot\0{PASSWORD}".encode()
    for form in (PASSWORD.encode(), b64encode(PASSWORD.encode()), b64encode(both)):
        assert not any(form in text for text in (out.encode(), err.encode(), *kept))


def test_a_password_cannot_be_written_into_the_configuration(tmp_path: Path, capsys) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[smtp]\npassword = "{PASSWORD}"\n')
    assert run(["post", "--config", str(path)]) == ExitCode.UNUSABLE
    assert PASSWORD not in capsys.readouterr().err


def test_sending_is_not_imported_by_a_review() -> None:
    words = "import sys, reviewbot.commands.review as r; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", words), capture_output=True, text=True, check=True)
    assert "smtplib" not in done.stdout.split()


# Crashes


def test_killed_at_any_time_no_letter_leaves_twice_and_none_is_lost(tmp_path: Path) -> None:
    """Six kills of `post --send`; `benchmarks/crashes.py` does the two hundred."""
    every = list(rounds(tmp_path, letters=25, kills=6, seed=3, span=1.0))
    figures = reduce(Figures.plus, every)
    assert figures.kills == 6
    assert figures.sound, figures
    settled = figures.once + figures.undecided_arrived + figures.undecided_absent
    assert settled == 25 * len(every)


def test_a_program_that_outlives_us_is_waited_for(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    program = tmp_path / "slow"
    program.write_text(
        f"#!/bin/sh\ncat >{tmp_path}/part\ntouch {tmp_path}/runs\nsleep 0.7\nmv {tmp_path}/part {tmp_path}/mail\n"
    )
    program.chmod(0o700)
    configured(tmp_path, monkeypatch)
    path = tmp_path / "config.toml"
    way = f'via = "sendmail"\ncommand = ["{program}"]'
    path.write_text(path.read_text().replace('via = "smtp"', way))
    brought(outbox, one(), Stage.APPROVED)
    process = subprocess.Popen((sys.executable, "-m", "reviewbot", "post", "--send"))
    while not (tmp_path / "runs").exists():
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert run(["post", "--send"]) == ExitCode.USAGE
    assert "another reviewbot is sending" in capsys.readouterr().err
    while not (tmp_path / "mail").exists():
        time.sleep(0.01)
    time.sleep(0.1)
    assert run(["post", "--send"]) == ExitCode.SERVICE
    assert stages(outbox) == ["undecided"]


def test_each_letter_is_judged_as_if_those_before_it_had_left(
    post: Post, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    series = {"series": "0@patches.example.org"}
    for number in range(1, 5):
        brought(outbox, one(number, **series), Stage.APPROVED)
    run(["post"])
    said = capsys.readouterr().out
    assert "4 letters approved, 2 to be sent" in said
    assert said.count("2 mails to this series already") == 2
    configured(tmp_path, monkeypatch, post.port, more="daily = 1")
    run(["post"])
    said = capsys.readouterr().out
    assert "4 letters approved, 1 to be sent" in said
    assert "1 letter left within 24 hours" in said
    configured(tmp_path, monkeypatch, post.port)
    run(["post", "--send"])
    assert stages(outbox) == ["sent", "sent", "approved", "approved"]


def test_asked_to_end_the_letter_under_way_is_settled_first(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "slow"
    program.write_text(f"#!/bin/sh\nkill -TERM $PPID\nsleep 0.3\ncat >>{tmp_path}/mails\n")
    program.chmod(0o700)
    configured(tmp_path, monkeypatch)
    path = tmp_path / "config.toml"
    way = f'via = "sendmail"\ncommand = ["{program}"]'
    path.write_text(
        path.read_text().replace('via = "smtp"', way).replace("pause = 0", "pause = 60")
    )
    for number in (1, 2):
        brought(outbox, one(number), Stage.APPROVED)
    done = subprocess.run(
        (sys.executable, "-m", "reviewbot", "post", "--send"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == ExitCode.INTERRUPTED
    assert "asked to end: no further letter was begun" in done.stderr
    assert stages(outbox) == ["sent", "approved"]
    assert (tmp_path / "mails").read_text().count("Message-ID:") == 1


@needs_git
def test_a_thread_that_a_server_may_know_more_of_was_not_read_again(
    post: Post, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    """A mirror has the mail, and the server that may have the answer, or v2, does not answer."""
    configured(tmp_path, monkeypatch, post.port, reread="true")
    path = tmp_path / "config.toml"
    gone = '[lore]\nurl = "http://127.0.0.1:9"\n[network]\npause = 0.0\nattempts = 1\n'
    path.write_text(path.read_text() + gone)
    patch = taken(mail(patch_body(FAULTY), subject="[PATCH] foo: fix bar", date=LATELY))
    (tmp_path / "patch.eml").write_bytes(patch)
    run(["mirror", "add", str(inbox(tmp_path / "kvm", [patch]))])
    run(["review", "--queue", str(tmp_path / "patch.eml")])
    run(["queue", "approve", "--all"])
    monkeypatch.delenv("REVIEWBOT_OFFLINE")
    capsys.readouterr()
    run(["post", "--send"])
    told = capsys.readouterr()
    assert "is not wholly read again: " in told.err
    assert "the thread was not read again" in told.out
    assert (stages(outbox), post.mails) == (["approved"], [])
