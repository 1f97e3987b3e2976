import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.cli import run
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.message import RawMessage
from reviewbot.model.said import Objection, Wish
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import split
from reviewbot.sinks.mboxrd import mboxrd
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.outbox.sole import CHECKS, sole
from tests.builders import mail
from tests.sources.patchworks import TOKEN, Kept, Patchworks, played

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "vfio-lumen.mbox"
MAILS = list(split(EXAMPLE.read_bytes()))


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    monkeypatch.delenv("B4_TRACKING_FILE", raising=False)
    monkeypatch.delenv("REVIEWBOT_OFFLINE", raising=False)


def piped(monkeypatch: pytest.MonkeyPatch, mail: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(mail)))


# b4


def test_one_mail_goes_in_and_json_comes_out(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture
) -> None:
    piped(monkeypatch, MAILS[2])
    assert run(["check", "--b4"]) == ExitCode.OK
    (one,) = json.loads(capsysbinary.readouterr().out)
    assert (one["tool"], one["status"]) == ("reviewbot", "fail")
    assert "module-get-unchecked" in one["details"]


def test_channels_choose_what_b4_is_told(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture
) -> None:
    piped(monkeypatch, MAILS[2])
    assert run(["check", "--b4", "--channel", "draft"]) == ExitCode.OK
    (one,) = json.loads(capsysbinary.readouterr().out)
    assert one["status"] == "pass"


def test_several_mails_at_once_are_refused(capsys: pytest.CaptureFixture) -> None:
    assert run(["check", "--b4", str(EXAMPLE)]) == ExitCode.USAGE
    assert "--b4 is about one mail" in capsys.readouterr().err


def test_tracking_data_that_cannot_be_read_costs_the_rest_of_the_series_alone(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture, tmp_path: Path
) -> None:
    piped(monkeypatch, MAILS[2])
    monkeypatch.setenv("B4_TRACKING_FILE", str(tmp_path / "gone.json"))
    assert run(["check", "--b4"]) == ExitCode.OK
    assert json.loads(capsysbinary.readouterr().out)[0]["status"] == "fail"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "where does the result go?"),
        (["--b4", "--b4-dropbox"], "where does the result go?"),
        (["--b4", "--send"], "--send belongs to --patchwork"),
        (["--patchwork", "kvm", "--channel", "draft"], "channel mail only"),
        (["--patchwork", "kvm", "--offline", str(EXAMPLE)], "no server is asked while offline"),
        (["--patchwork", "nowhere/kvm", str(EXAMPLE)], "no [[patchwork]] of that name"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture
) -> None:
    assert run(["check", *words]) in (ExitCode.USAGE, ExitCode.SERVICE)
    assert said in capsys.readouterr().err


def test_a_folder_without_git_has_no_review_branch(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(["check", "--b4-dropbox", "--repository", str(tmp_path)]) == ExitCode.UNUSABLE
    assert "not a git repository" in capsys.readouterr().err


# Patchwork


def ids() -> list[str]:
    found = [mail.partition(b"Message-ID: <")[2].partition(b">")[0].decode() for mail in MAILS]
    return found[1:5]


@pytest.fixture
def server() -> Iterator[Patchworks]:
    kept = tuple(
        Kept(10 + number, mid, 7, "new", MAILS[number]) for number, mid in enumerate(ids(), 1)
    )
    with played(kept, {7: MAILS[0]}) as running:
        yield running


@pytest.fixture
def config(server: Patchworks, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        '[identity]\nrules_url = "https://example.org/r"\n[network]\npause = 0.0\n'
        f'[[patchwork]]\nname = "played"\nurl = "{server.url}"\nproject = "kvm"\n'
        f'token_command = ["echo", "{TOKEN}"]\n'
    )
    return path


def check(config: Path, *words: str) -> int:
    return run(["check", "--config", str(config), "--patchwork", "played/kvm", *words])


def test_without_send_it_is_only_said(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    assert check(config, str(EXAMPLE)) == ExitCode.OK
    told = capsys.readouterr()
    states = [line.split()[3] for line in told.out.splitlines()]
    assert states == ["success", "fail", "fail", "warning"]
    assert all(line.startswith("would be posted: ") for line in told.out.splitlines())
    assert "nothing was posted: --send posts it" in told.err
    assert server.posted == []


def test_checks_are_posted_once(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert [number for number, _ in server.posted] == [11, 12, 13, 14]
    assert server.posted[1][1] == {
        "state": "fail",
        "context": "reviewbot",
        "description": "1 comment: module-get-unchecked",
        "target_url": "https://example.org/r/module-get-unchecked",
    }
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert len(server.posted) == 4
    assert capsys.readouterr().out.count("there already: ") == 4


def test_without_a_source_it_is_about_the_project(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    assert check(config, "--send", "--state", "new") == ExitCode.OK
    assert len(server.posted) == 4
    assert any("state=new" in path for path, _ in server.requests)


def test_a_lost_answer_is_looked_up_and_not_repeated(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    server.mishaps = ["lost"]
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert [number for number, _ in server.posted] == [11, 12, 13, 14]


def test_a_refusal_ends_the_run_with_a_reason(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    server.mishaps = [429]
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.SERVICE
    out = capsys.readouterr().out
    assert out.startswith("not posted: ")
    assert "429" in out
    assert TOKEN not in out
    assert server.posted == []


def test_nothing_is_sent_without_a_token(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    text = config.read_text()
    config.write_text(text[: text.index("token_command")])
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.USAGE
    assert "takes checks with a token only" in capsys.readouterr().err


def test_patches_of_another_server_are_said_to_be_unknown(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    server.patches = ()
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert capsys.readouterr().out.count("the server has no such patch") == 4


def test_the_name_of_a_check_is_held_against_patchworks_rule(
    config: Path, capsys: pytest.CaptureFixture
) -> None:
    config.write_text(config.read_text() + 'check_context = "two words"\n')
    assert check(config, str(EXAMPLE)) == ExitCode.UNUSABLE
    assert "check_context" in capsys.readouterr().err


@pytest.mark.parametrize("state", ["accepted", "superseded", "rejected", "changes-requested"])
def test_what_is_decided_gets_no_check(
    server: Patchworks, config: Path, state: str, capsys: pytest.CaptureFixture
) -> None:
    first, *others = server.patches
    server.patches = (first._replace(state=state), *others)
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"decided already: {state}: ")
    assert [number for number, _ in server.posted] == [12, 13, 14]


def answered(folder: Path) -> Path:
    """The example with an answer to its first patch."""
    path = folder / "answered.mbox"
    text = mail("Applied, thanks.\n", subject="Re: [PATCH] x", message_id="a@example.com",
                sender="A. Maintainer <am@example.net>", in_reply_to=ids()[0])  # fmt: skip
    path.write_bytes(EXAMPLE.read_bytes() + b"\n" + mboxrd(text))
    return path


def test_what_somebody_applied_gets_no_check(
    server: Patchworks, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert check(config, "--send", str(answered(tmp_path))) == ExitCode.OK
    assert "no check, A. Maintainer applied it" in capsys.readouterr().err
    assert server.posted == []


@pytest.mark.parametrize(
    ("tag", "why"),
    [("PATCH RFC", "an RFC is answered to its author alone"), ("PATCH AUTOSEL", "stable|AUTOSEL")],
)
def test_what_etiquette_keeps_from_lists_gets_no_check(
    server: Patchworks, config: Path, tmp_path: Path, tag: str, why: str, capsys
) -> None:
    path = tmp_path / "tagged.mbox"
    path.write_bytes(EXAMPLE.read_bytes().replace(b"[PATCH", f"[{tag}".encode()))
    assert check(config, "--send", str(path)) == ExitCode.OK
    assert re.search(f"no check, .*(?:{why})", capsys.readouterr().err)
    assert server.posted == []


def test_one_process_posts_checks_at_a_time(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    with sole(state_folder(), CHECKS):
        assert check(config, "--send", str(EXAMPLE)) == ExitCode.USAGE
        assert "another reviewbot is sending" in capsys.readouterr().err
        assert check(config, str(EXAMPLE)) == ExitCode.OK
    assert server.posted == []
    # Mails go out meanwhile.
    with sole(state_folder()):
        assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert len(server.posted) == 4


def test_authors_who_asked_for_silence_get_no_check(
    server: Patchworks, config: Path, capsys: pytest.CaptureFixture
) -> None:
    plain = config.read_text()
    config.write_text(plain + '[post]\nopt_outs = ["*@*"]\n')
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert "is among `opt_outs`" in capsys.readouterr().err
    assert server.posted == []
    config.write_text(plain)
    author = message(RawMessage(MAILS[1])).sender.email
    now = datetime.now(UTC)
    asked = Objection(Wish.OPTOUT, author, "a@example.org", now, "\x1b[2Jno", author=author)
    with Outbox(state_folder()) as outbox:
        outbox.object(asked)
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert f"no check, {author} asked for optout" in capsys.readouterr().err
    assert server.posted == []
    rule = "module-get-unchecked"
    with Outbox(state_folder()) as outbox:
        outbox.withdraw(asked)
        outbox.object(replace(asked, wish=Wish.FALSE_POSITIVE, rule=rule))
    assert check(config, "--send", str(EXAMPLE)) == ExitCode.OK
    assert len(server.posted) == 4
    assert not any(rule in posted["description"] for _, posted in server.posted)
