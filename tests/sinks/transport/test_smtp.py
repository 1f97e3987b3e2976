import ssl
from base64 import b64encode
from functools import cache
from pathlib import Path

import pytest

from reviewbot.errors import ConfigError, OutputError, ServiceError
from reviewbot.sinks.transport.delivery import Delivery, Sent
from reviewbot.sinks.transport.secret import Secret
from reviewbot.sinks.transport.settings import Encryption, Login, Smtp
from reviewbot.sinks.transport.smtp import SmtpTransport
from tests.sinks.transport.server import Breaking, Post, certificate, scripted, server

PASSWORD = "open sesame"
FROM = "bot@example.org"
ANNA, BEN = "anna@example.org", "ben@example.org"
MAIL = (
    b"From: bot@example.org\nTo: anna@example.org\nSubject: Re: [PATCH] foo\n"
    b"Content-Transfer-Encoding: 8bit\n\n> +\tfoo();\n\n.\n..two\nna\xc3\xafve\n"
)
ON_THE_WIRE = MAIL.replace(b"\n", b"\r\n")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"))


def transport(settings: Smtp) -> SmtpTransport:
    return SmtpTransport(settings, lambda: Secret(PASSWORD))


def sent(post: Post, *recipients: str, mail: bytes = MAIL, **fields: object) -> Sent:
    """What comes of one mail on a connection of its own."""
    way = transport(post.settings(**fields))
    try:
        way.ready()
        return way.send(mail, FROM, recipients or (ANNA,))
    finally:
        way.close()


def refusal(settings: Smtp) -> str:
    way = transport(settings)
    with pytest.raises(ServiceError) as failure:
        way.ready()
    way.close()
    return str(failure.value)


# Taken


def test_a_mail_is_taken_as_it_is() -> None:
    with server() as post:
        came = sent(post, ANNA, BEN)
    assert came == Sent(Delivery.ACCEPTED, "250 2.0.0 queued as 1")
    assert post.mails == [(FROM, (ANNA, BEN), ON_THE_WIRE)]


def test_one_connection_takes_many_mails() -> None:
    with server() as post:
        way = transport(post.settings())
        for _ in range(5):
            way.ready()
            assert way.send(MAIL, FROM, [ANNA]).outcome is Delivery.ACCEPTED
        way.close()
        way.close()
    assert len(post.mails) == 5
    assert post.sessions == 1


def test_a_connection_that_was_lost_meanwhile_is_made_anew() -> None:
    with scripted(noop=b"421 tired\r\n!") as post:
        way = transport(post.settings())
        for _ in range(3):
            way.ready()
            assert way.send(MAIL, FROM, [ANNA]).outcome is Delivery.ACCEPTED
        way.close()
    assert len(post.mails) == 3
    assert post.sessions == 3


def test_before_it_is_ready_nothing_leaves() -> None:
    came = transport(Smtp(host="127.0.0.1")).send(MAIL, FROM, [ANNA])
    assert (came.outcome, came.ends) == (Delivery.LATER, True)


def test_a_server_of_ascii_gets_the_text_in_quoted_printable() -> None:
    with scripted(ehlo=b"250 mx.example.org\r\n") as post:
        assert sent(post).outcome is Delivery.ACCEPTED
    text = post.mails[0][2]
    assert text.isascii()
    assert b"na=C3=AFve\r\n" in text
    assert b"Content-Transfer-Encoding: quoted-printable\r\n" in text
    assert not any("body=" in line for line in post.heard)


def test_a_line_longer_than_a_server_takes_goes_in_quoted_printable() -> None:
    body = b"> +" + b"x" * 5000 + b"\n"
    with server() as post:
        assert sent(post, mail=MAIL + body).outcome is Delivery.ACCEPTED
    assert max(map(len, post.mails[0][2].split(b"\r\n"))) <= 76


# Refused, or not now


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"mail": "450 4.3.2 busy"}, Delivery.LATER),
        ({"mail": "553 5.1.8 who are you"}, Delivery.REFUSED),
        ({"rcpt": {ANNA: "451 4.7.1 greylisted"}}, Delivery.LATER),
        ({"rcpt": {ANNA: "550 5.1.1 no such user"}}, Delivery.REFUSED),
        ({"data": "451 4.7.1 greylisted"}, Delivery.LATER),
        ({"data": "452 4.3.1 disk full"}, Delivery.LATER),
        ({"data": "554 5.7.1 spam"}, Delivery.REFUSED),
        ({"data": "552 5.3.4 too much"}, Delivery.REFUSED),
    ],
)
def test_what_a_server_says_decides(answers: dict[str, object], outcome: Delivery) -> None:
    with server() as post:
        for name, answer in answers.items():
            setattr(post, name, answer)
        way = transport(post.settings())
        way.ready()
        came = way.send(MAIL, FROM, [ANNA])
        assert came.outcome is outcome
        assert not came.ends
        assert post.mails == []
        words = str(came.refused or came.detail)
        assert any(code in words for code in ("45", "55"))
        # The connection is as good as before.
        post.mail, post.data, post.rcpt = None, None, {}
        way.ready()
        assert way.send(MAIL, FROM, [ANNA]).outcome is Delivery.ACCEPTED
        way.close()
    assert post.sessions == 1


def test_one_of_two_refused_for_good_goes_to_the_other_and_is_said() -> None:
    with server() as post:
        post.rcpt[BEN] = "550 5.1.1 no such user"
        came = sent(post, ANNA, BEN)
    assert came.outcome is Delivery.ACCEPTED
    assert came.refused == ((BEN, "550 5.1.1 no such user"),)
    assert [to for _, to, _ in post.mails] == [(ANNA,)]


def test_one_of_two_put_off_means_that_nobody_gets_it_yet() -> None:
    with server() as post:
        post.rcpt[BEN] = "451 4.7.1 greylisted"
        came = sent(post, ANNA, BEN)
        assert came.outcome is Delivery.LATER
        assert BEN in came.detail
        assert post.mails == []
        post.rcpt.clear()
        assert sent(post, ANNA, BEN).outcome is Delivery.ACCEPTED
    assert len(post.mails) == 1


def test_a_mail_that_is_too_large_is_not_even_offered() -> None:
    with server(data_size_limit=1000) as post:
        came = sent(post, mail=MAIL + b"x\n" * 600)
        assert came.outcome is Delivery.REFUSED
        assert "1000 bytes at most" in came.detail
        assert sent(post).outcome is Delivery.ACCEPTED


def test_a_server_that_says_so_only_in_the_end_is_heard() -> None:
    with scripted(mail=b"552 5.3.4 message size exceeds fixed limit\r\n") as post:
        assert sent(post).outcome is Delivery.REFUSED
    assert post.mails == []


@pytest.mark.parametrize("code", [b"530 5.7.0 login first", b"421 4.3.0 going down"])
def test_what_is_wrong_with_the_connection_is_not_the_mails_fault(code: bytes) -> None:
    with scripted(mail=code + b"\r\n") as post:
        came = sent(post)
    assert (came.outcome, came.ends) == (Delivery.LATER, True)


def test_a_server_that_goes_down_after_the_mail_did_not_take_it() -> None:
    with scripted(dot=b"421 4.3.0 going down\r\n!") as post:
        came = sent(post)
    assert (came.outcome, came.ends) == (Delivery.LATER, True)


# Broken off


@pytest.mark.parametrize("at", ["GREETING", "EHLO"])
def test_no_connection_no_mail(at: str) -> None:
    with server(Breaking.when(at)) as post:
        assert f"127.0.0.1:{post.port}" in refusal(post.settings())
    assert post.mails == []


def test_broken_off_while_logging_in() -> None:
    with server(Breaking.when("AUTH"), auth_required=True, open_login=True) as post:
        said = refusal(post.settings(user="bot"))
    assert "breaks off while we log in" in said


def test_broken_off_in_starttls(trusted: tuple[Path, ssl.SSLContext]) -> None:
    with server(Breaking.when("STARTTLS"), tls_context=trusted[1]) as post:
        said = refusal(post.settings(encryption=Encryption.STARTTLS, ca_file=str(trusted[0])))
    assert "breaks off" in said


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
def test_broken_off_before_the_mail_was_over_nothing_has_left(at: str) -> None:
    with server(Breaking.when(at)) as post:
        came = sent(post)
    assert (came.outcome, came.ends) == (Delivery.LATER, True)
    assert post.mails == []


def test_broken_off_in_the_middle_of_a_large_mail_nothing_has_left() -> None:
    with server(Breaking.when("TEXT")) as post:
        came = sent(post, mail=MAIL + b"> context\n" * 2_000_000)
    assert (came.outcome, came.ends) == (Delivery.LATER, True)
    assert post.mails == []


def test_broken_off_in_the_middle_of_a_small_mail_nobody_claims_that_it_left() -> None:
    with server(Breaking.when("TEXT")) as post:
        came = sent(post)
    assert came.outcome in (Delivery.LATER, Delivery.UNKNOWN)
    assert post.mails == []


def test_broken_off_in_place_of_the_answer_nobody_knows() -> None:
    with server(Breaking.when("DOT")) as post:
        came = sent(post)
    assert (came.outcome, came.ends) == (Delivery.UNKNOWN, True)
    assert len(post.mails) == 1


def test_broken_off_after_the_answer_it_has_left() -> None:
    with server(Breaking.when("QUIT")) as post:
        assert sent(post).outcome is Delivery.ACCEPTED
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    "answer",
    [b"!", b"2!", b"25\r\n", b"\r\n", b"no idea\r\n", b"354 more?\r\n", b"250-and!", b"150 x\r\n"],
)
def test_an_answer_nobody_understands_is_none(answer: bytes) -> None:
    with scripted(dot=answer) as post:
        came = sent(post)
    assert (came.outcome, came.ends) == (Delivery.UNKNOWN, True)
    assert len(post.mails) == 1


@pytest.mark.parametrize("answer", [b"250-never~", b"250-never\r\n~", b"2~"])
def test_a_server_that_trickles_is_left_in_time(answer: bytes) -> None:
    with scripted(dot=answer) as post:
        came = sent(post, answer_timeout=0.4)
    assert came.outcome is Delivery.UNKNOWN


def test_a_server_that_trickles_before_the_mail_is_left_too() -> None:
    with scripted(rcpt=b"250-never\r\n~") as post:
        came = sent(post, timeout=0.1)
    assert (came.outcome, came.ends) == (Delivery.LATER, True)
    assert post.mails == []


def test_a_silent_server_is_left_in_time() -> None:
    with scripted(greeting=b"") as post:
        assert "cannot be reached" in refusal(post.settings(timeout=0.2))
    with scripted(dot=b"") as post:
        assert sent(post, answer_timeout=0.2).outcome is Delivery.UNKNOWN


def test_nobody_listens() -> None:
    with server() as post:
        settings = post.settings()
    assert "refused" in refusal(settings)


def test_a_server_that_turns_us_away_is_quoted() -> None:
    with scripted(greeting=b"554 5.7.1 your address is on a list\r\n") as post:
        assert "554 5.7.1 your address is on a list" in refusal(post.settings())


# Private, and logged in


def test_starttls_and_login(trusted: tuple[Path, ssl.SSLContext]) -> None:
    path, context = trusted
    with server(tls_context=context, require_starttls=True, auth_required=True) as post:
        fields = {"encryption": Encryption.STARTTLS, "ca_file": str(path), "user": "bot"}
        assert sent(post, **fields).outcome is Delivery.ACCEPTED
    assert [(user, word) for _, user, word in post.logins] == [("bot", PASSWORD)]
    assert [data for *_, data in post.mails] == [ON_THE_WIRE]


def test_tls_from_the_first_byte(trusted: tuple[Path, ssl.SSLContext]) -> None:
    path, context = trusted
    with server(tls=context) as post:
        came = sent(post, encryption=Encryption.TLS, ca_file=str(path))
    assert came.outcome is Delivery.ACCEPTED


@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_a_certificate_nobody_vouches_for(
    trusted: tuple[Path, ssl.SSLContext], encryption: Encryption
) -> None:
    context = trusted[1]
    outer = context if encryption is Encryption.TLS else None
    with server(tls=outer, tls_context=None if outer else context) as post:
        said = refusal(post.settings(encryption=encryption, user="bot"))
    assert "certificate is not to be trusted" in said
    assert post.logins == []


def test_a_name_the_certificate_is_not_for(trusted: tuple[Path, ssl.SSLContext]) -> None:
    path, context = trusted
    with server(tls=context) as post:
        settings = post.settings(host="localhost", encryption=Encryption.TLS, ca_file=str(path))
        assert "certificate is not to be trusted" in refusal(settings)


def test_without_starttls_nothing_is_sent() -> None:
    with server() as post:
        said = refusal(post.settings(encryption=Encryption.STARTTLS))
    assert "offers no STARTTLS" in said


def test_what_was_slipped_in_before_tls_is_not_believed() -> None:
    slipped = b"220 go on\r\n250-mx\r\n250 AUTH PLAIN\r\n"
    with scripted(ehlo=b"250-mx\r\n250 STARTTLS\r\n", starttls=slipped + b"!") as post:
        refusal(post.settings(encryption=Encryption.STARTTLS, user="bot"))
    assert not any("AUTH" in line for line in post.heard)


def test_a_password_is_never_sent_in_clear() -> None:
    way = transport(Smtp(host="mx.example.org", encryption=Encryption.NONE, user="bot"))
    with pytest.raises(ConfigError, match="in clear"):
        way.ready()


@pytest.mark.parametrize(
    ("excluded", "mechanism"), [((), "PLAIN"), (("PLAIN",), "LOGIN"), (("LOGIN",), "PLAIN")]
)
def test_logins(excluded: tuple[str, ...], mechanism: str) -> None:
    options = {"auth_required": True, "open_login": True, "auth_exclude_mechanism": excluded}
    with server(**options) as post:
        assert sent(post, user="bot").outcome is Delivery.ACCEPTED
    assert post.logins == [(mechanism, "bot", PASSWORD)]


def test_a_password_beyond_ascii() -> None:
    with server(auth_required=True, open_login=True) as post:
        post.users["bot"] = "öffne dich"
        way = SmtpTransport(post.settings(user="bot"), lambda: Secret("öffne dich"))
        way.ready()
        way.close()
    assert post.logins == [("PLAIN", "bot", "öffne dich")]


def test_a_wrong_password() -> None:
    with server(auth_required=True, open_login=True) as post:
        post.users["bot"] = "another"
        said = refusal(post.settings(user="bot"))
    assert "does not let bot in: 535" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("form", [PASSWORD, b64encode(PASSWORD.encode()).decode()])
def test_a_server_that_repeats_the_password_is_not_quoted(form: str) -> None:
    ehlo = b"250-mx\r\n250 AUTH PLAIN\r\n"
    with scripted(ehlo=ehlo, auth=b"535 not " + form.encode() + b"\r\n") as post:
        said = refusal(post.settings(user="bot"))
    assert said.endswith("in: 535")


def test_a_token_in_place_of_a_password() -> None:
    ehlo = b"250-mx\r\n250 AUTH XOAUTH2\r\n"
    with scripted(ehlo=ehlo, auth=b"235 welcome\r\n") as post:
        assert sent(post, user="bot", login=Login.XOAUTH2).outcome is Delivery.ACCEPTED
    token = b64encode(f"user=bot\1auth=Bearer {PASSWORD}\1\1".encode()).decode()
    assert f"AUTH XOAUTH2 {token}" in post.heard


def test_a_token_that_is_refused() -> None:
    ehlo = b"250-mx\r\n250 AUTH XOAUTH2\r\n"
    challenge = b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"
    with scripted(ehlo=ehlo, auth=challenge) as post:
        post_answers = refusal(post.settings(user="bot", login=Login.XOAUTH2))
    assert "does not let bot in" in post_answers


def test_the_name_of_this_machine_is_not_told_unless_it_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, said in (("laptop", "localhost.localdomain"), ("mx.example.org", "mx.example.org")):
        monkeypatch.setattr("socket.gethostname", cache(lambda name=name: name))
        with scripted() as post:
            sent(post)
        assert post.heard[0] == f"ehlo {said}"
    with scripted() as post:
        sent(post, hello="me.example.org")
    assert post.heard[0] == "ehlo me.example.org"


# The last moment


def test_the_last_moment_is_before_the_mail_is_over() -> None:
    taken: list[int] = []
    with server() as post:
        way = transport(post.settings())
        way.ready()
        way.send(MAIL, FROM, [ANNA], lambda: taken.append(len(post.mails)))
        way.close()
    assert taken == [0]
    assert len(post.mails) == 1


def test_what_is_stopped_at_the_last_moment_does_not_leave() -> None:
    def stop() -> None:
        raise OutputError("no room")

    with server() as post:
        way = transport(post.settings())
        way.ready()
        with pytest.raises(OutputError):
            way.send(MAIL, FROM, [ANNA], stop)
        way.ready()
        assert way.send(MAIL, FROM, [ANNA]).outcome is Delivery.ACCEPTED
        way.close()
    assert len(post.mails) == 1
    assert post.sessions == 2


def test_what_is_refused_has_no_last_moment() -> None:
    with server() as post:
        post.rcpt[ANNA] = "550 5.1.1 no such user"
        way = transport(post.settings())
        way.ready()
        assert way.send(MAIL, FROM, [ANNA], never).outcome is Delivery.REFUSED
        way.close()


def never() -> None:
    raise AssertionError("this is too late")
