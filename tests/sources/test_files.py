"""Mail at rest."""

import gzip
import io
import lzma
import sys
from pathlib import Path

import pytest

from reviewbot.errors import ExitCode, InputError
from reviewbot.model.message import RawMessage
from reviewbot.sources.files import read
from tests.builders import mail, new_file
from tests.unprivileged import shared_folder, unprivileged

ONE = mail("one\n", message_id="1@example.org")
TWO = mail("two\n", message_id="2@example.org")
SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
BOX = SEPARATOR + ONE + b"\n" + SEPARATOR + TWO + b"\n"


def file(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def refusal(source: str) -> str:
    with pytest.raises(InputError) as caught:
        read(source)
    assert caught.value.exit_code is ExitCode.UNUSABLE
    assert "\n" not in str(caught.value)
    return str(caught.value)


def contents(source: str) -> list[bytes]:
    return [raw.data for raw in read(source)]


def test_an_mbox(tmp_path: Path) -> None:
    path = file(tmp_path, "box", BOX)
    assert list(read(path)) == [
        RawMessage(ONE, f"{path}, message 1"),
        RawMessage(TWO, f"{path}, message 2"),
    ]


def test_one_mail(tmp_path: Path) -> None:
    path = file(tmp_path, "x.eml", ONE)
    assert list(read(path)) == [RawMessage(ONE, path)]


def test_a_mail_with_a_from_line_in_its_body_is_one(tmp_path: Path) -> None:
    data = ONE + b"\n" + SEPARATOR + TWO
    assert contents(file(tmp_path, "x.eml", data)) == [data]


def test_a_byte_order_mark_and_empty_lines(tmp_path: Path) -> None:
    assert contents(file(tmp_path, "x.eml", b"\xef\xbb\xbf\n\n" + ONE)) == [ONE]
    assert contents(file(tmp_path, "x.mbox", b"\xef\xbb\xbf\n" + BOX)) == [ONE, TWO]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_compressed(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    assert contents(file(tmp_path, "box", pack(BOX))) == [ONE, TWO]
    assert contents(file(tmp_path, "x", pack(ONE))) == [ONE]


def test_gzip_in_members_as_public_inbox_sends_it(tmp_path: Path) -> None:
    half = BOX.index(SEPARATOR, 1)
    data = gzip.compress(BOX[:half]) + gzip.compress(BOX[half:])
    assert contents(file(tmp_path, "t.mbox.gz", data)) == [ONE, TWO]


def test_a_maildir(tmp_path: Path) -> None:
    file(tmp_path, "cur/2:2,S", TWO)
    file(tmp_path, "new/1", ONE)
    file(tmp_path, "tmp/3", mail("unfinished"))
    file(tmp_path, "cur/.hidden", mail("hidden"))
    assert contents(str(tmp_path)) == [ONE, TWO]


def test_a_folder_of_patches(tmp_path: Path) -> None:
    file(tmp_path, "0002-two.patch", TWO)
    file(tmp_path, "0001-one.patch", ONE)
    file(tmp_path, "series.mbox.gz", gzip.compress(BOX))
    file(tmp_path, "notes.txt", b"Nothing to see.\n")
    file(tmp_path, "plain.diff", new_file("a.c", "x\n").encode())
    file(tmp_path, "empty", b"")
    file(tmp_path, "sub/3.eml", mail("not looked at"))
    assert contents(str(tmp_path)) == [ONE, TWO, ONE, TWO]


def test_a_folder_of_folders(tmp_path: Path) -> None:
    file(tmp_path, "README", b"Where the mails come from.\n")
    file(tmp_path, "b/inbox/new/1", ONE)
    file(tmp_path, "b/inbox/tmp/2", mail("unfinished"))
    file(tmp_path, "a/v1/0001-two.patch", TWO)
    file(tmp_path, "a/v1/deeper/0001.patch", mail("beside mail"))
    file(tmp_path, ".git/0001.patch", mail("hidden"))
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert contents(str(tmp_path)) == [TWO, ONE]


def test_an_empty_name_is_not_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(tmp_path, "x.eml", ONE)
    monkeypatch.chdir(tmp_path)
    assert refusal("") == "the name of a source is empty"


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert refusal("-") == "standard input: is closed"


def test_origins_in_a_folder(tmp_path: Path) -> None:
    path = file(tmp_path, "0001-one.patch", ONE)
    assert [raw.origin for raw in read(str(tmp_path))] == [path]


@pytest.mark.parametrize("data", [BOX, gzip.compress(BOX, mtime=0)])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert list(read("-")) == [
        RawMessage(ONE, "standard input, message 1"),
        RawMessage(TWO, "standard input, message 2"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no mail in it, it is empty"),
        (b"\n \n", "no mail in it, it is empty"),
        (b"prose\n", "no mail in it, it is neither an mbox nor a mail"),
        (b"<!doctype html>", "no mail in it, it is a web page"),
        (
            new_file("a.c", "x\n").encode(),
            "no mail in it, it is a bare diff without a mail around it",
        ),
        (gzip.compress(b"", mtime=0), "no mail in it, it is empty"),
        (gzip.compress(BOX, mtime=0)[:-20], "the compressed file is cut off before its end"),
    ],
)
def test_files_without_mail(tmp_path: Path, data: bytes, reason: str) -> None:
    path = file(tmp_path, "x", data)
    assert refusal(path) == f"{path}: {reason}"


def test_empty_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert refusal("-") == "standard input: no mail in it, it is empty"


def test_a_hint_for_a_bare_diff(tmp_path: Path) -> None:
    path = file(tmp_path, "x.diff", new_file("a.c", "x\n").encode())
    with pytest.raises(InputError) as caught:
        read(path)
    assert "format-patch" in caught.value.hint


def test_a_directory_without_mail(tmp_path: Path) -> None:
    file(tmp_path, "README", b"Nothing.\n")
    assert refusal(str(tmp_path)) == f"{tmp_path}: a directory without mail"


def test_an_empty_maildir(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    (tmp_path / "new").mkdir()
    assert refusal(str(tmp_path)) == f"{tmp_path}: a directory without mail"


def test_a_damaged_file_in_a_folder_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, "a.gz", gzip.compress(BOX)[:-20])
    assert refusal(str(tmp_path)).startswith(path)


def test_nothing_there(tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    assert refusal(path) == f"{path}: no such file or directory"


def test_a_name_that_is_no_path() -> None:
    assert refusal("a\0b") == "'a\\x00b': not a path"
    assert "cannot be read" in refusal("x" * 5000)


def test_a_file_that_may_not_be_read() -> None:
    with shared_folder() as folder:
        path = file(folder, "x", ONE)
        Path(path).chmod(0)
        with unprivileged():
            assert refusal(path) == f"{path}: cannot be read (Permission denied)"
