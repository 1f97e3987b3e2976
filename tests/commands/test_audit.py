"""`reviewbot audit` and `reviewbot audit diff`, from the command line to the report on disk."""

import json
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.commands.audit_progress import Progress
from reviewbot.errors import ExitCode
from tests.run.audit.invented import many, the_list
from tests.sources.bulk.stores import rd
from tests.sources.mirror.archives import came, inbox, write
from tests.sources.repositories import needs_git

pytestmark = needs_git

INLINE = ("--executor", "inline")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CACHE", "STATE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return inbox(tmp_path / "kvm", the_list())


def said(
    capsys: pytest.CaptureFixture, *arguments: str | Path, code: ExitCode = ExitCode.OK
) -> str:
    """What `reviewbot audit` prints, stderr behind stdout."""
    assert run(["audit", *map(str, arguments)]) == code
    out, err = capsys.readouterr()
    return out + err


def test_an_archive_is_audited_and_reported(
    tmp_path: Path, archive: Path, capsys: pytest.CaptureFixture
) -> None:
    report = tmp_path / "report"
    told = said(capsys, archive, "--report", report, *INLINE)
    assert told.startswith("14 mails, 9 of them with a diff; ")
    assert "module-get-unchecked  3         2          0             1        100 % of 2" in told
    assert "export-new            1         0          0             1" in told
    assert told.endswith(f"\nThe report is in {report}\n")
    made = {each.name for each in report.iterdir()}
    assert made == {
        "account.json",
        "findings.csv",
        "findings.jsonl",
        "findings.sarif",
        "journal.sqlite3",
        "report.html",
        "report.md",
    }
    account = json.loads((report / "account.json").read_text())
    assert [(each["name"], each["mails"], each["patches"]) for each in account["archives"]] == [
        ("kvm", 14, 9)
    ]


def test_a_second_run_writes_the_same_bytes(
    tmp_path: Path, archive: Path, capsys: pytest.CaptureFixture
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    said(capsys, archive, "--report", one, *INLINE)
    said(capsys, archive, "--report", other, "--jobs", "2")
    for name in ("account.json", "findings.jsonl", "report.html", "report.md", "findings.sarif"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_only_the_formats_that_are_wanted(
    tmp_path: Path, archive: Path, capsys: pytest.CaptureFixture
) -> None:
    report = tmp_path / "report"
    said(capsys, archive, "--report", report, "--format", "csv", *INLINE)
    assert not (report / "report.html").exists()
    assert (report / "findings.csv").exists()
    told = said(capsys, archive, "--format", "pdf", *INLINE, code=ExitCode.USAGE)
    assert "pdf: no format of a report" in told


def test_without_a_folder_the_report_is_kept_and_rules_explain_it(
    archive: Path, capsys: pytest.CaptureFixture
) -> None:
    told = said(capsys, archive, *INLINE)
    folder = Path(told.rpartition("The report is in ")[2].strip())
    assert (folder / "report.html").exists()
    assert run(["rules", "explain", "module-get-unchecked"]) == ExitCode.OK
    explained = capsys.readouterr().out
    assert "(14 mails): 3 findings: 2 confirmed, 0 contradicted, 1 unknown" in explained
    assert "fixed: <lumen-1@example.org>" in explained
    assert run(["rules", "explain", "kvm-fd-without-get"]) == ExitCode.OK
    assert "(14 mails): never found" in capsys.readouterr().out


def test_a_mirror_is_named_by_its_name(archive: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(["mirror", "add", str(archive), "--name", "kvm"]) == ExitCode.OK
    capsys.readouterr()
    assert said(capsys, "kvm", *INLINE).startswith("14 mails")
    told = said(capsys, "net", *INLINE, code=ExitCode.UNUSABLE)
    assert "no local mirror is called so" in told
    assert "Mirrors: kvm." in told


def test_names_are_shown_only_when_asked_for(
    tmp_path: Path, archive: Path, capsys: pytest.CaptureFixture
) -> None:
    report = tmp_path / "report"
    said(capsys, archive, "--report", report, *INLINE)
    assert "A. Author" not in (report / "findings.jsonl").read_text()
    assert "example.org" in (report / "findings.jsonl").read_text()
    said(capsys, archive, "--report", report, "--names", *INLINE)
    assert "A. Author" in (report / "findings.jsonl").read_text()


def test_days_bound_what_is_told(
    tmp_path: Path, archive: Path, capsys: pytest.CaptureFixture
) -> None:
    report = tmp_path / "report"
    said(capsys, archive, "--since", "2026-03-06", "--report", report, *INLINE)
    lines = (report / "findings.jsonl").read_text().splitlines()
    assert [json.loads(line)["message_id"] for line in lines] == [
        "ostrea-6@example.org",
        "pecten-7@example.org",
    ]


def test_an_audit_goes_on_only_with_the_same_terms(
    tmp_path: Path, archive: Path, capsys: pytest.CaptureFixture
) -> None:
    report = tmp_path / "report"
    told = said(capsys, archive, "--report", report, "--resume", *INLINE)
    assert "there is no audit to go on with" in told
    whole = (report / "findings.jsonl").read_bytes()
    said(capsys, archive, "--report", report, "--resume", *INLINE)
    assert (report / "findings.jsonl").read_bytes() == whole
    told = said(
        capsys,
        *(archive, "--report", report, "--resume", "--rules", "export", *INLINE),
        code=ExitCode.USAGE,
    )
    assert "was begun with other terms: the rules or options" in told


def test_what_no_audit_can_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    said(capsys, code=ExitCode.USAGE)
    told = said(capsys, tmp_path / "nowhere", *INLINE, code=ExitCode.UNUSABLE)
    assert "no such file or folder" in told
    (tmp_path / "empty").mkdir()
    said(capsys, tmp_path / "empty", *INLINE, code=ExitCode.UNUSABLE)
    (tmp_path / "mail.mbox").write_bytes(rd(*the_list()))
    told = said(capsys, tmp_path / "mail.mbox", "--executor", "oracle", code=ExitCode.USAGE)
    assert "there is no executor 'oracle'" in told
    told = said(capsys, tmp_path / "mail.mbox", "--rules", "nonsense", *INLINE, code=ExitCode.USAGE)
    assert "nonsense" in told


def test_two_audits_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source = tmp_path / "kvm" / "git" / "0.git"
    write(source, came(the_list()[:2]))
    said(capsys, tmp_path / "kvm", "--report", tmp_path / "old", *INLINE)
    write(source, came(the_list()[2:]))
    said(capsys, tmp_path / "kvm", "--report", tmp_path / "new", *INLINE)
    told = said(capsys, "diff", tmp_path / "old", tmp_path / "new")
    assert told.startswith("2 new, 0 gone, 2 came to another fate")
    same = said(capsys, "diff", "--fail-on-new", tmp_path / "new", tmp_path / "new")
    assert same.startswith("0 new, 0 gone")
    changes = tmp_path / "changes.json"
    said(
        capsys,
        *("diff", "--fail-on-new", "--format", "json", "--output", changes),
        *(tmp_path / "old", tmp_path / "new"),
        code=ExitCode.FINDINGS,
    )
    assert len(json.loads(changes.read_text())["new"]) == 2
    told = said(capsys, "diff", tmp_path, tmp_path / "new", code=ExitCode.UNUSABLE)
    assert "account.json" in told


def test_progress_is_a_plain_line_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture,
) -> None:
    now = [0.0]
    with Progress(is_terminal=False, clock=lambda: now[0]) as progress:
        progress.looked("kvm", 2000)
        now[0] = 2.0
        progress.looked("kvm", 2000)
        progress.judging(100)
        now[0] = 3.0
        progress.judged(10, 1)
        now[0] = 13.0
        progress.judged(10, 1)
    assert capsys.readouterr().err == (
        "reviewbot: reading kvm: 4,000 mails, 2,000/s\n"
        "reviewbot: reviewing: 20 of 100 patches that may say something (20%), 1 finding, 44 s left\n"
    )


def test_progress_is_one_line_on_a_terminal(capsys: pytest.CaptureFixture) -> None:
    now = [0.0]
    with Progress(is_terminal=True, clock=lambda: now[0]) as progress:
        progress.judging(4)
        for _ in range(4):
            now[0] += 1.5
            progress.judged(1, 0)
    err = capsys.readouterr().err
    assert "\n" not in err
    assert "4 of 4 patches that may say something (100%), 0 findings" in err
    assert err.endswith("\r")


def test_nothing_is_said_of_a_short_audit(capsys: pytest.CaptureFixture) -> None:
    with Progress(is_terminal=False, clock=lambda: 0.0) as progress:
        progress.looked("kvm", 10)
        progress.judging(1)
        progress.judged(1, 1)
    assert capsys.readouterr().err == ""


def test_a_larger_archive_in_many_slices(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewbot.run.audit.indexing.SLICE", 16)
    monkeypatch.setattr("reviewbot.run.audit.audit.SLICE", 4)
    source = inbox(tmp_path / "big", many(120))
    told = said(capsys, source, "--report", tmp_path / "report", "--jobs", "2")
    assert "24 findings" in told
