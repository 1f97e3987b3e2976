import os
import time
from pathlib import Path

import pytest

from reviewbot.errors import ConfigError
from reviewbot.sinks.transport.command import CommandTransport
from reviewbot.sinks.transport.delivery import Delivery, Sent

FROM = "bot@example.org"
MAIL = b"From: bot@example.org\nSubject: Re: foo\n\n.\nna\xc3\xafve\n"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program like sendmail: keeps the mail and its arguments, and ends as $END says."""
    path = tmp_path / "send mail"
    path.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/words\ncat >{tmp_path}/mail\n'
        'echo "${SAYS-}" >&2\nexit "${END:-0}"\n'
    )
    path.chmod(0o700)
    return path


def sent(program: Path, *recipients: str) -> Sent:
    way = CommandTransport((str(program), "-oi"))
    way.ready()
    try:
        return way.send(MAIL, FROM, recipients or ("anna@example.org",))
    finally:
        way.close()


def test_the_program_gets_mail_and_addresses(program: Path) -> None:
    came = sent(program, "anna@example.org", "-f@example.org")
    assert came == Sent(Delivery.ACCEPTED, f"{program} took it")
    assert (program.parent / "mail").read_bytes() == MAIL
    assert (program.parent / "words").read_text().split("\n")[:-1] == [
        *("-oi", "-i", "-f", FROM, "--"),
        *("anna@example.org", "-f@example.org"),
    ]


@pytest.mark.parametrize(
    ("code", "recipients", "outcome"),
    [
        (64, 1, Delivery.LATER),
        (78, 2, Delivery.LATER),
        (127, 1, Delivery.LATER),
        (65, 1, Delivery.REFUSED),
        (67, 1, Delivery.REFUSED),
        (67, 2, Delivery.UNKNOWN),
        (75, 1, Delivery.UNKNOWN),
        (1, 1, Delivery.UNKNOWN),
        (69, 1, Delivery.UNKNOWN),
    ],
)
def test_an_exit_code_is_believed_as_far_as_it_goes(
    program: Path, monkeypatch: pytest.MonkeyPatch, code: int, recipients: int, outcome: Delivery
) -> None:
    monkeypatch.setenv("END", str(code))
    monkeypatch.setenv("SAYS", "it was\x1b[2J so")
    came = sent(program, *(f"{n}@example.org" for n in range(recipients)))
    assert came.outcome is outcome
    assert f"ended with {code}" in came.detail
    assert came.detail.endswith("it was [2J so")


def test_a_program_that_does_not_read_is_judged_by_its_end(tmp_path: Path) -> None:
    (tmp_path / "deaf").write_text("#!/bin/sh\nexit 78\n")
    (tmp_path / "deaf").chmod(0o700)
    way = CommandTransport((str(tmp_path / "deaf"),))
    assert way.send(MAIL * 100_000, FROM, ["a@b"]).outcome is Delivery.LATER


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    (tmp_path / "slow").write_text(
        f"#!/bin/sh\ncat >/dev/null\n(sleep 2; touch {tmp_path}/left) & wait\n"
    )
    (tmp_path / "slow").chmod(0o700)
    started = time.monotonic()
    came = CommandTransport((str(tmp_path / "slow"),), patience=0.3).send(MAIL, FROM, ["a@b"])
    assert (came.outcome, came.ends) == (Delivery.UNKNOWN, True)
    assert time.monotonic() - started < 2
    time.sleep(0.1)
    assert not (tmp_path / "left").exists()


def test_a_program_killed_by_a_signal(tmp_path: Path) -> None:
    (tmp_path / "dies").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "dies").chmod(0o700)
    came = CommandTransport((str(tmp_path / "dies"),)).send(MAIL, FROM, ["a@b"])
    assert (came.outcome, "ended with -9" in came.detail) == (Delivery.UNKNOWN, True)


def test_no_such_program(tmp_path: Path) -> None:
    way = CommandTransport((str(tmp_path / "none"),))
    with pytest.raises(ConfigError, match="no such program"):
        way.ready()
    came = way.send(MAIL, FROM, ["a@b"])
    assert (came.outcome, came.ends) == (Delivery.LATER, True)


def test_a_program_that_runs_on_holds_the_lock(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    (tmp_path / "look").write_text(
        f"#!/bin/sh\ncat >/dev/null\nls -l /proc/$$/fd >{tmp_path}/seen\n"
    )
    (tmp_path / "look").chmod(0o700)
    try:
        way = CommandTransport((str(tmp_path / "look"),), lock)
        assert way.send(MAIL, FROM, ["a@b"]).outcome is Delivery.ACCEPTED
    finally:
        os.close(lock)
    assert str(tmp_path / "lock") in (tmp_path / "seen").read_text()
