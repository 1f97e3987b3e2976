import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import split
from reviewbot.sinks.mboxrd import mboxrd
from tests.builders import mail, new_file, patch_body
from tests.commands.cases import FAULTY, config
from tests.sinks.test_mail_programs import needs_mutt, shown
from tests.sources.posted import answer, posted_id, posting
from tests.sources.repositories import git, needs_git, repository

SERIES = [
    *posting(2, name="baz"),
    answer(posted_id(1, 1, "baz"), "[PATCH 1/2] baz: add part 1", "re-baz@x.org"),
]
NEWER = posting(2, 2, name="baz", day=4)


@pytest.fixture
def fetched(tmp_path: Path, capsys: pytest.CaptureFixture) -> Callable[..., list[str]]:
    """The Message-IDs that `fetch` writes to stdout for these mails and options."""

    def fetched(mails: list[bytes], *options: str) -> list[str]:
        path = tmp_path / "thread.mbox"
        path.write_bytes(b"".join(map(mboxrd, mails)))
        assert run(["fetch", *options, str(path)]) == ExitCode.OK
        return ids(capsys.readouterr().out.encode())

    return fetched


def ids(mbox: bytes) -> list[str]:
    return [message(RawMessage(data)).message_id for data in split(mbox)]


def test_patches_come_in_order_without_cover_and_answers(fetched) -> None:
    assert fetched(SERIES[::-1]) == [posted_id(1, 1, "baz"), posted_id(2, 1, "baz")]


def test_a_thread_is_all_of_it(fetched) -> None:
    assert sorted(fetched(SERIES, "--thread")) == sorted(ids(b"".join(map(mboxrd, SERIES))))


def test_of_a_file_the_newest_revision_is_applied(fetched) -> None:
    assert fetched([*SERIES, *NEWER]) == [posted_id(1, 2, "baz"), posted_id(2, 2, "baz")]


def test_mails_are_written_as_they_came(tmp_path: Path) -> None:
    source, target = tmp_path / "in.mbox", tmp_path / "out.mbox"
    odd = SERIES[1].replace(b"Add bar.", b"Add bar.\n\nFrom here on:\n>From there \xff\r\n")
    source.write_bytes(b"".join(map(mboxrd, [SERIES[0], odd, *SERIES[2:]])))
    run(["fetch", "--thread", "-o", str(target), str(source)])
    assert list(split(target.read_bytes())) == [SERIES[0], odd, *SERIES[2:]]


def test_quoted_lines_are_warned_of(tmp_path: Path, capsys) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(SERIES[1].replace(b"Add bar.", b"Add bar.\n\nFrom here on:"))
    run(["fetch", str(path)])
    assert "git am --patch-format=mboxrd" in capsys.readouterr().err


def test_in_a_folder_each_series_has_a_file(tmp_path: Path, capsys) -> None:
    source, folder = tmp_path / "in.mbox", tmp_path / "out"
    folder.mkdir()
    hostile = mail(
        patch_body(new_file("x.c", "int x;\n")),
        subject="[PATCH v3] ../../etc/passwd: \x01 “quote” " + 300 * "long ",
        message_id="h@x.org",
    )
    source.write_bytes(b"".join(map(mboxrd, [*SERIES, hostile])))
    assert run(["fetch", "-o", str(folder), str(source)]) == ExitCode.OK
    first, second = sorted(path.name for path in folder.iterdir())
    assert second.startswith("20260302_author_v3_etc-passwd-quote-long")
    assert len(second) < 120
    assert first == "20260302_alice_baz-add-some-parts.mbox"
    assert len(ids((folder / first).read_bytes())) == 2
    assert str(folder / first) in capsys.readouterr().err


@pytest.mark.parametrize("there", [True, False])
def test_a_slash_at_the_end_makes_a_folder(tmp_path: Path, there: bool) -> None:
    source, folder = tmp_path / "in.mbox", tmp_path / "deep" / "out"
    source.write_bytes(b"".join(map(mboxrd, SERIES)))
    folder.mkdir(parents=True) if there else None
    assert run(["fetch", "-o", f"{folder}/", str(source)]) == ExitCode.OK
    assert [path.name for path in folder.iterdir()] == ["20260302_alice_baz-add-some-parts.mbox"]


def test_a_folder_where_a_file_is_cannot_be_made(tmp_path: Path, capsys) -> None:
    source, target = tmp_path / "in.mbox", tmp_path / "out"
    source.write_bytes(b"".join(map(mboxrd, SERIES)))
    target.write_text("as it was")
    assert run(["fetch", "-o", f"{target}/", str(source)]) == ExitCode.USAGE
    assert "out: cannot be made" in capsys.readouterr().err
    assert target.read_text() == "as it was"


def test_two_series_of_one_name_have_two_files(tmp_path: Path) -> None:
    for number, name in enumerate(("one", "two")):
        patch = patch_body(new_file(f"{name}.c", "int x;\n"))
        made = mail(patch, subject="[PATCH] fix typo", message_id=f"{number}@x.org")
        (tmp_path / f"{name}.eml").write_bytes(made)
    sources = [str(tmp_path / f"{name}.eml") for name in ("one", "two")]
    for _ in range(2):  # doing it again replaces them
        assert run(["fetch", "-o", f"{tmp_path}/out/", *sources]) == ExitCode.OK
        names = sorted(path.name for path in (tmp_path / "out").iterdir())
        assert names == ["20260302_author_fix-typo.mbox", "20260302_author_fix-typo_2.mbox"]


def test_what_has_no_patch_is_said(tmp_path: Path, capsys) -> None:
    source, target = tmp_path / "in.mbox", tmp_path / "out.mbox"
    source.write_bytes(mboxrd(SERIES[3]))
    assert run(["fetch", "-o", str(target), str(source)]) == ExitCode.UNUSABLE
    assert "there is no patch" in capsys.readouterr().err
    assert not target.exists()
    assert run(["fetch", "--thread", "-o", str(target), str(source)]) == ExitCode.OK


def test_a_failure_leaves_the_old_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "out.mbox"
    target.write_text("as it was")
    assert run(["fetch", "-o", str(target), "/nowhere.mbox"]) == ExitCode.UNUSABLE
    assert target.read_text() == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mbox"]


@pytest.mark.parametrize("command", ["fetch", "review"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing argument 'SOURCE...'"),
        (["--as-named", "--all-revisions", "x@y.z"], "exclude each other"),
        (["--since", "2026-03-01", "x@y.z"], "belong to --query"),
        (["--query", "foo", "--since", "soon"], "soon"),
        (["nonsense"], "no such file, and no name of a series"),
        (["--range", "x"], "not of the form BASE..TOPIC"),
    ],
)
def test_wrong_usage(command: str, words: list[str], said: str, capsys) -> None:
    assert run([command, *words]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["x@y.z"], ["--query", "foo"]])
def test_offline_what_is_not_in_the_cache_is_not_asked_for(words: list[str], capsys) -> None:
    assert run(["fetch", *words]) == ExitCode.SERVICE
    assert "offline" in capsys.readouterr().err


def test_offline_no_patchwork_is_asked(capsys) -> None:
    assert run(["fetch", "https://patchwork.kernel.org/series/1/"]) == ExitCode.SERVICE
    assert "no server is asked while offline" in capsys.readouterr().err


@needs_git
def test_a_range_is_reviewed_as_its_mails_are(tmp_path: Path, capsys) -> None:
    linux = repository(tmp_path)
    git(linux, "checkout", "-q", "-b", "topic")
    (linux / "virt").mkdir()
    body = [line[1:] for line in FAULTY.splitlines() if line.startswith("+") and line[:3] != "+++"]
    (linux / "virt" / "foo.c").write_text("\n".join(body) + "\n")
    git(linux, "add", "-A")
    git(linux, "commit", "-q", "-s", "-m", "foo: take a reference")
    options = ["--tree", str(linux), "--range", "master..topic"]
    assert run(["review", "--format", "jsonl", *options]) == ExitCode.OK
    (finding,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert finding["rule"] == "module-get-unchecked"
    path = tmp_path / "out.mbox"
    assert run(["fetch", *options, "-o", str(path)]) == ExitCode.OK
    assert run(["review", "--format", "jsonl", "--tree", str(linux), str(path)]) == ExitCode.OK
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["fingerprint"] for each in again] == [finding["fingerprint"]]


@needs_mutt
def test_mutt_opens_what_is_written(tmp_path: Path) -> None:
    source, target, home = tmp_path / "in.mbox", tmp_path / "out.mbox", tmp_path / "home"
    source.write_bytes(b"".join(map(mboxrd, SERIES)))
    run(["fetch", "-o", str(target), str(source)])
    home.mkdir()
    first, second = shown(target, home, 2)
    assert "Subject: [PATCH 1/2] baz: add part 1" in first
    assert "Subject: [PATCH 2/2] baz: add part 2" in second


@needs_git
def test_git_am_takes_what_is_written(tmp_path: Path) -> None:
    source, linux = tmp_path / "in.mbox", tmp_path / "linux"
    source.write_bytes(b"".join(map(mboxrd, SERIES[::-1])))
    linux.mkdir()
    git(linux, "init", "-q", "-b", "master")
    git(linux, "commit", "-q", "--allow-empty", "-m", "base")
    run(["fetch", "-o", str(tmp_path / "out.mbox"), str(source)])
    git(linux, "am", "-q", str(tmp_path / "out.mbox"))
    subjects = git(linux, "log", "--reverse", "--format=%s", "-2").splitlines()
    assert subjects == ["baz: add part 1", "baz: add part 2"]


def test_the_configuration_is_read(tmp_path: Path, capsys) -> None:
    path = config(tmp_path, "[lore]\nurl = 'not a url'\n")
    assert run(["fetch", "--config", str(path), "x@y.z"]) == ExitCode.UNUSABLE
    assert "lore.url" in capsys.readouterr().err


def test_nothing_of_the_network_is_imported_for_files(tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(b"".join(map(mboxrd, SERIES)))
    script = (
        "import sys; from reviewbot.cli import run; run(['review', sys.argv[1]]); "
        "print([m for m in ('requests', 'sqlite3', 'subprocess', 'ssl', 'reviewbot.commands.reach') "
        "if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"
