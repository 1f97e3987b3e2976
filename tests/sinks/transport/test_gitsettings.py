"""`git send-email` as it is set up, by git itself."""

from pathlib import Path
from shutil import which

import pytest

from reviewbot.errors import ConfigError
from reviewbot.sinks.transport.chosen import way_out
from reviewbot.sinks.transport.command import CommandTransport
from reviewbot.sinks.transport.delivery import Delivery
from reviewbot.sinks.transport.folder import FolderTransport
from reviewbot.sinks.transport.gitsettings import GitWay, git_way
from reviewbot.sinks.transport.settings import Encryption, Outgoing, Smtp, Via
from reviewbot.sinks.transport.smtp import SmtpTransport
from tests.sinks.transport.server import server

SERVER = "[sendemail]\n\tsmtpServer = mx.example.org\n"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What git's settings come to, given as text."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)

    def ask(text: str, identity: str = "") -> GitWay:
        (tmp_path / "gitconfig").write_text(text)
        return git_way(identity, Smtp(timeout=7.0))

    return ask


@pytest.mark.parametrize(
    ("more", "encryption", "port"),
    [
        ("smtpEncryption = tls", Encryption.STARTTLS, 25),
        ("smtpEncryption = ssl", Encryption.TLS, 465),
        ("smtpEncryption = tls\n\tsmtpServerPort = 587", Encryption.STARTTLS, 587),
        ("", Encryption.NONE, 25),
    ],
)
def test_a_server(asked, more: str, encryption: Encryption, port: int) -> None:
    found = asked(f"{SERVER}\tsmtpUser = anna\n\tsmtpDomain = me.example.org\n\t{more}\n")
    smtp = found.smtp
    assert (smtp.at, smtp.encryption) == (("mx.example.org", port), encryption)
    assert (smtp.user, smtp.hello, smtp.timeout) == ("anna", "me.example.org", 7.0)
    assert smtp.git_credentials
    assert found.password is None


def test_an_identity_goes_before_what_holds_for_all(asked) -> None:
    text = (
        f"{SERVER}\tsmtpUser = anna\n\tidentity = home\n"
        '[sendemail "home"]\n\tsmtpServer = home.example.org\n'
        '[sendemail "work.b"]\n\tsmtpServer = work.example.org\n\tsmtpUser = ben\n'
    )
    assert asked(text).smtp.host == "home.example.org"
    assert asked(text).smtp.user == "anna"
    chosen = asked(text, "work.b").smtp
    assert (chosen.host, chosen.user) == ("work.example.org", "ben")
    with pytest.raises(ConfigError, match=r"no sendemail\.moon"):
        asked(text, "moon")


def test_the_last_value_counts_and_letters_have_no_size(asked) -> None:
    found = asked("[SendEmail]\n\tSMTPSERVER = a.example.org\n\tsmtpserver = b.example.org\n")
    assert found.smtp.host == "b.example.org"


def test_a_password_in_clear_is_taken_and_not_shown(asked) -> None:
    found = asked(f"{SERVER}\tsmtpUser = anna\n\tsmtpPass = open sesame\n")
    assert found.password.reveal() == "open sesame"
    assert "sesame" not in repr(found)


@pytest.mark.parametrize(("written", "meant"), [("auto", ""), ("b@example.org", "b@example.org")])
def test_the_envelope(asked, written: str, meant: str) -> None:
    assert asked(f"{SERVER}\tenvelopeSender = {written}\n").envelope == meant


def test_without_login(asked) -> None:
    assert asked(f"{SERVER}\tsmtpUser = anna\n\tsmtpAuth = none\n").smtp.user == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smtpEncryption = yes", "smtpEncryption"),
        ("smtpServerPort = submission", "smtpServerPort"),
        ("smtpServerPort = 70000", "smtpServerPort"),
        ("smtpSSLCertPath = ", "smtpSSLCertPath"),
        ("smtpSSLCertPath = /nowhere", "smtpSSLCertPath"),
    ],
)
def test_what_cannot_be_followed_is_said(asked, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        asked(f"{SERVER}\t{text}\n")


def test_settings_git_cannot_read(asked) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        asked("[sendemail\n")


def test_a_program(asked) -> None:
    assert asked("[sendemail]\n\tsmtpServer = /opt/msmtp\n").command == ("/opt/msmtp",)
    words = asked(f"{SERVER}\tsendmailCmd = msmtp -a work\n").command
    assert words[:3] == ("sh", "-c", 'msmtp -a work "$@"')


def test_without_a_word_a_sendmail_is_looked_for(
    asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewbot.sinks.transport.gitsettings._PLACES", ())
    (tmp_path / "git").symlink_to(str(which("git")))
    monkeypatch.setattr("os.get_exec_path", lambda *_: [str(tmp_path)])
    assert asked("").smtp.host == "localhost"
    (tmp_path / "sendmail").write_text("#!/bin/sh\n")
    (tmp_path / "sendmail").chmod(0o700)
    assert asked("").command == (str(tmp_path / "sendmail"),)


# The way out


def way(**fields: object):
    return way_out(Outgoing(**fields), Smtp(), lambda _: None)


def test_ways_out(tmp_path: Path) -> None:
    assert isinstance(way(via=Via.SENDMAIL).transport, CommandTransport)
    assert way(via=Via.SENDMAIL, command=("msmtp",)).transport.name == "msmtp"
    drafts = way(via=Via.DRAFTS, drafts=str(tmp_path))
    assert isinstance(drafts.transport, FolderTransport)
    assert not drafts.is_final
    found = way_out(Outgoing(Via.SMTP, envelope="a@b"), Smtp(host="mx"), lambda _: None)
    assert isinstance(found.transport, SmtpTransport)
    assert (found.envelope, found.is_final) == ("a@b", True)


@pytest.mark.parametrize("via", [Via.NONE, Via.SMTP, Via.DRAFTS])
def test_a_way_that_is_not_set_up(via: Via) -> None:
    with pytest.raises(ConfigError):
        way(via=via)


def test_the_way_of_git_is_taken(asked, tmp_path: Path) -> None:
    told: list[str] = []
    with server(auth_required=True, open_login=True) as post:
        text = f"[sendemail]\n\tsmtpServer = 127.0.0.1\n\tsmtpServerPort = {post.port}\n"
        asked(
            text + "\tsmtpUser = bot\n\tsmtpPass = open sesame\n\tenvelopeSender = e@example.org\n"
        )
        found = way_out(Outgoing(Via.GIT), Smtp(), told.append)
        found.transport.ready()
        came = found.transport.send(b"Subject: x\n\ny\n", found.envelope, ["anna@example.org"])
        found.transport.close()
    assert came.outcome is Delivery.ACCEPTED
    assert post.mails[0][0] == "e@example.org"
    assert "in clear" in told[0]
    assert "sesame" not in told[0]


def test_the_program_of_git_is_run(asked, tmp_path: Path) -> None:
    (tmp_path / "my mailer").write_text(
        f'#!/bin/sh\ncat >{tmp_path}/mail\necho "$@" >{tmp_path}/words\n'
    )
    (tmp_path / "my mailer").chmod(0o700)
    asked(f"[sendemail]\n\tsendmailCmd = '{tmp_path}/my mailer' --quick\n")
    found = way_out(Outgoing(Via.GIT), Smtp(), lambda _: None).transport
    found.ready()
    assert found.send(b"x\n", "a@b", ["c@d"]).outcome is Delivery.ACCEPTED
    assert (tmp_path / "mail").read_bytes() == b"x\n"
    assert (tmp_path / "words").read_text() == "--quick -i -f a@b -- c@d\n"
