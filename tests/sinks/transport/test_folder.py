import fcntl
import mailbox
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from reviewbot.errors import OutputError, ServiceError
from reviewbot.parse.mbox import split
from reviewbot.sinks.transport import folder
from reviewbot.sinks.transport.delivery import Delivery
from reviewbot.sinks.transport.folder import SEEN, FolderTransport, file_sent, put

MAIL = b"From: bot@example.org\nSubject: Re: foo\nDate: x\n\nFrom here on.\n>From x\nna\xc3\xafve\n"

HOLDER = """
import fcntl, sys
with open(sys.argv[1], "ab") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


def drafted(path: Path, mail: bytes = MAIL) -> str:
    way = FolderTransport(path)
    way.ready()
    came = way.send(mail, "", ())
    way.close()
    assert came.outcome is Delivery.ACCEPTED
    return came.detail


def test_a_draft_in_a_maildir(tmp_path: Path) -> None:
    said = drafted(tmp_path / "drafts")
    (path,) = (tmp_path / "drafts").glob("*/*")
    assert said == f"a draft in {path}"
    assert path.parent.name == "cur"
    assert path.name.endswith(":2,D")
    assert path.read_bytes() == MAIL
    assert path.stat().st_mode & 0o777 == 0o600
    (found,) = mailbox.Maildir(tmp_path / "drafts", create=False)
    assert found.get_flags() == "D"


def test_drafts_in_an_mbox(tmp_path: Path) -> None:
    for _ in range(3):
        drafted(tmp_path / "drafts.mbox")
    assert list(split((tmp_path / "drafts.mbox").read_bytes())) == [MAIL] * 3
    with closing(mailbox.mbox(tmp_path / "drafts.mbox", create=False)) as found:
        assert len(found) == 3


@pytest.mark.parametrize("name", ["new.d", "mail"])
def test_what_is_there_says_what_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "new.d").mkdir()
    (tmp_path / "mail").write_bytes(b"")
    drafted(tmp_path / name)
    assert (tmp_path / name).is_dir() == (name == "new.d")
    assert len(list((tmp_path / "new.d").glob("cur/*"))) == (name == "new.d")


def test_the_same_mail_twice_is_two_drafts(tmp_path: Path) -> None:
    assert put(tmp_path / "drafts", MAIL, SEEN) != put(tmp_path / "drafts", MAIL, SEEN)


def test_a_writer_that_was_killed_spoils_no_mail_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "drafts.mbox"
    drafted(path)
    with path.open("ab") as file:
        file.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: a@b\nSubject: hal")
    drafted(path)
    first, half, second = split(path.read_bytes())
    assert (first, second) == (MAIL, MAIL)
    assert half.startswith(b"From: a@b")


def test_a_mail_program_that_holds_the_mbox_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "drafts.mbox"
    drafted(path)
    waiting = Thread(target=drafted, args=(path,))
    # Locks of fcntl belong to a process: another one holds it.
    read, write = os.pipe()
    child = os.fork()
    if not child:
        with path.open("ab") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            os.write(write, b"!")
            os.read(read, 0)
            time.sleep(0.3)
            os._exit(0)
    os.read(read, 1)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    os.waitpid(child, 0)
    waiting.join(5)
    os.close(read)
    os.close(write)
    assert len(list(split(path.read_bytes()))) == 2


def test_it_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    path = tmp_path / "drafts.mbox"
    drafted(path)
    before = path.read_bytes()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert holder.stdout is not None and holder.stdout.readline()
    began = time.monotonic()
    came = FolderTransport(path).send(MAIL, "", ())
    assert time.monotonic() - began < 5
    assert (came.outcome, came.ends) == (Delivery.LATER, True)
    assert came.detail == f"{path}: another program has kept it locked for 0 seconds"
    with pytest.raises(OutputError, match="kept it locked"):
        file_sent(path, MAIL)
    holder.communicate(b"\n")
    assert path.read_bytes() == before
    drafted(path)


def test_a_folder_that_cannot_be_had(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "drafts"
    with pytest.raises(ServiceError, match="cannot be made"):
        FolderTransport(path).ready()
    came = FolderTransport(path).send(MAIL, "", ())
    assert (came.outcome, came.ends) == (Delivery.LATER, True)
    with pytest.raises(OutputError):
        file_sent(path, MAIL)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
def test_no_room_leaves_the_mbox_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "drafts.mbox"
    drafted(path)
    before = path.read_bytes()
    whole = os.write
    written: list[int] = []

    def full(file: int, data: bytes) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(whole(file, data[:10]))
        return written[0]

    monkeypatch.setattr(os, "write", full)
    came = FolderTransport(path).send(MAIL, "", ())
    monkeypatch.undo()
    assert (came.outcome, came.ends) == (Delivery.LATER, True)
    assert path.read_bytes() == before


def test_a_draft_whose_name_may_not_last_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def fails_for_the_folder(number: int) -> None:
        synced.append(number)
        if len(synced) == 2:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails_for_the_folder)
    came = FolderTransport(tmp_path / "drafts").send(MAIL, "", ())
    assert came.outcome is Delivery.LATER
    assert not list((tmp_path / "drafts").glob("*/*"))
