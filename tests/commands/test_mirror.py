import sys
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode
from tests.commands.cases import config
from tests.sources.mirror.archives import came, inbox, letter, posting, rewrite, write
from tests.sources.publicinbox import mboxrd
from tests.sources.repositories import needs_git

pytestmark = needs_git


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return inbox(tmp_path / "kvm", posting("foo", 2))


def said(capsys: pytest.CaptureFixture, *arguments: str, code: ExitCode = ExitCode.OK) -> str:
    """What `reviewbot mirror` prints, stderr behind stdout."""
    assert run(["mirror", *arguments]) == code
    out, err = capsys.readouterr()
    return out + err


def test_from_the_first_clone_to_the_end(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert said(capsys, "add", f"file://{source}") == "kvm: 3 new mails\n"
    write(source / "git" / "0.git", came([letter("late")]))
    assert said(capsys, "update", "kvm") == "kvm: 1 new mail\n"
    assert said(capsys, "update") == "kvm: 0 new mails\n"
    heading, row = said(capsys, "list").splitlines()
    assert heading.split() == ["mirror", "epochs", "mails", "newest", "size", "from"]
    assert row.split()[:4] == ["kvm", "1", "4", "2026-03-02"]
    assert row.endswith(f"  file://{source}")
    assert said(capsys, "remove", "kvm").startswith("removed kvm, ")
    assert len(said(capsys, "list").splitlines()) == 1
    assert list((tmp_path / "data" / "reviewbot" / "mirrors").iterdir()) == []


def test_without_a_verb_they_are_listed(capsys: pytest.CaptureFixture) -> None:
    assert said(capsys).startswith("mirror  epochs")


def test_a_clone_is_used_in_place_and_left_there(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert said(capsys, "add", str(source), "--name", "mine") == "mine: 3 new mails\n"
    assert not (tmp_path / "data/reviewbot/mirrors/mine/git").exists()
    said(capsys, "remove", "mine")
    assert (source / "git" / "0.git" / "HEAD").is_file()


def test_clones_may_stand_in_the_configuration(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = str(config(tmp_path, '[mirrors]\nfolder = "here"\nexternal = ["kvm"]\n'))
    updated = said(capsys, "update", "--config", file)
    name = updated.partition(":")[0]
    assert updated == f"{name}: 3 new mails\n"
    assert (tmp_path / "here" / ".external" / name).is_dir()
    assert str(source) in said(capsys, "list", "--config", file)
    refused = said(capsys, "remove", name, "--config", file, code=ExitCode.USAGE)
    assert "is named in the configuration" in refused


def test_the_same_address_goes_on_and_another_is_refused(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    said(capsys, "add", f"file://{source}")
    assert said(capsys, "add", f"file://{source}/") == "kvm: 0 new mails\n"
    other = inbox(tmp_path / "other" / "kvm", [letter("a")])
    refused = said(capsys, "add", f"file://{other}", code=ExitCode.USAGE)
    assert refused == (
        f"reviewbot: there is a mirror kvm already, of file://{source}\n  Give it a --name.\n"
    )
    assert said(capsys, "add", f"file://{other}", "--name", "kvm2") == "kvm2: 1 new mail\n"


def test_from_an_epoch_on(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source = inbox(tmp_path / "kvm", [letter("a")], [letter("b")])
    assert said(capsys, "add", f"file://{source}", "--epoch", "1") == "kvm: 1 new mail\n"


def test_nothing_is_left_of_what_could_not_be_made(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    sources = write(tmp_path / "linux.git", [("Makefile", b"all:\n")])
    assert "no archive of mail" in said(capsys, "add", str(sources), code=ExitCode.UNUSABLE)
    refused = said(capsys, "add", f"file://{tmp_path}/none", code=ExitCode.SERVICE)
    assert "no public-inbox archive there" in refused
    assert "Name a list, such as https://lore.kernel.org/kvm" in refused
    assert list((tmp_path / "data" / "reviewbot" / "mirrors").iterdir()) == []


def test_offline_nothing_far_is_asked(
    capsys: pytest.CaptureFixture, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests are offline by $REVIEWBOT_OFFLINE."""
    refused = said(capsys, "add", "https://lore.kernel.org/kvm", code=ExitCode.USAGE)
    assert refused == "reviewbot: mirror kvm: not fetched, --offline is asked for\n"
    monkeypatch.delenv("REVIEWBOT_OFFLINE")
    said(capsys, "add", "http://127.0.0.1:1/kvm", "--offline", code=ExitCode.USAGE)
    said(capsys, "add", "http://127.0.0.1:1/kvm", code=ExitCode.SERVICE)


def test_one_failure_does_not_stop_the_others(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    for name in ("a", "b", "c"):
        path = inbox(tmp_path / name, [letter(name)])
        said(capsys, "add", f"file://{path}")
    for name in ("a", "b"):
        (tmp_path / name).rename(tmp_path / f"{name}-away")
    text = said(capsys, "update", code=ExitCode.SERVICE)
    assert text.startswith("c: 0 new mails\n")
    assert text.count("reviewbot: ") == 2


def test_all_is_read_again_on_demand(source: Path, capsys: pytest.CaptureFixture) -> None:
    said(capsys, "add", f"file://{source}")
    rewrite(source / "git" / "0.git", came(posting("foo", 2)[:2]))
    assert said(capsys, "update", "--full", "--all-epochs") == "kvm: 0 new mails\n"
    assert said(capsys, "list").splitlines()[1].split()[2] == "2"


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "none"),
        ("add", "ext::sh"),
        ("update", "none"),
        ("remove", "none"),
        ("remove", "../kvm"),
        ("add", "file:///srv/kvm", "--name", "../kvm"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture, arguments: tuple[str, ...]) -> None:
    said(capsys, *arguments, code=ExitCode.USAGE)


def test_a_series_is_reviewed_from_a_mirror(
    source: Path, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    said(capsys, "add", f"file://{source}")
    assert run(["review", "foo-1@example.org"]) == ExitCode.OK
    out, _ = capsys.readouterr()
    mails = tmp_path / "foo.mbox"
    mails.write_bytes(mboxrd(posting("foo", 2)))
    assert run(["review", str(mails)]) == ExitCode.OK
    assert capsys.readouterr().out == out


def test_progress_is_one_line_of_a_terminal(
    source: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run(["mirror", "add", f"file://{source}"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out == "kvm: 3 new mails\n"
    assert "\n" not in err
    shown = err.split("\r\x1b[K")
    assert shown[-2:] == ["kvm: indexing epoch 0: 3/3", ""]
