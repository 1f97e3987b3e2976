"""`reviewbot feedback` and `reviewbot objections`: real mails, real keys, a real name server."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reviewbot.cli import run
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.said import Objection, Wish
from reviewbot.sinks.outbox.outbox import Outbox
from tests.builders import mail, new_file, patch_body
from tests.commands.cases import FAULTY, config, faulty
from tests.sources.keys import HEADERS, public_key, signed
from tests.sources.nameserver import knowing, served

KEY = "sel._domainkey.example.org"
RULE = "module-get-unchecked"
MAINTAINERS = "KVM\nM:\tAnna <anna@example.org>\nF:\tvirt/kvm/\n"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("REVIEWBOT_OFFLINE")


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """A name server that knows the key of example.org; the names it was asked for."""
    with served(knowing({KEY: public_key()})) as names:
        yield names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a patch that deserves a comment, which lies in the outbox."""
    made = tmp_path / "mails"
    made.mkdir()
    faulty(made)
    assert run(["review", "--queue", str(made)]) == ExitCode.OK
    return made


def ours() -> str:
    with Outbox(state_folder()) as outbox:
        (entry,) = outbox.letters()
        return entry.letter.message_id


def put(folder: Path, body: str, *, name: str = "answer.eml", sign: bool = True, **more) -> None:
    """An answer to our letter."""
    above = more.pop("above", None) or ours()
    headers = more.pop("headers", HEADERS)
    data = mail(
        body, **({"subject": "Re: [PATCH] foo: fix bar", "message_id": "9@example.org"} | more),
        in_reply_to=above,
    )  # fmt: skip
    (folder / name).write_bytes(signed(data, headers=headers) if sign else data)


def kept() -> list[Objection]:
    with Outbox(state_folder()) as outbox:
        return list(outbox.objections(datetime(2026, 3, 9, tzinfo=UTC)))


def said(capsys, *words: object) -> str:
    capsys.readouterr()
    assert run(["feedback", *map(str, words)]) == ExitCode.OK
    return capsys.readouterr().out


def test_a_mail_that_review_printed_is_known_as_ours(
    folder: Path, asked: list[str], capsys
) -> None:
    """It was sent by hand, under the Message-ID without the salt of the outbox; without a rule, what is wrong
    is what our mail said."""
    run(["review", "--format", "mail", str(folder / "faulty.eml")])
    printed = re.search(r"Message-ID: <(.*)>", capsys.readouterr().out)[1]
    assert printed != ours()
    put(folder, "reviewbot: false-positive\n", above=printed)
    assert "1 wish: 1 to be kept\n" in said(capsys, folder)


def test_it_is_shown_then_kept_then_followed(folder: Path, asked: list[str], capsys) -> None:
    put(folder, f"> x\n\nreviewbot: false-positive {RULE} the core holds it\n")
    assert said(capsys, folder).splitlines() == [
        f"A. Author <author@example.org>: reviewbot: false-positive {RULE}",
        "    the core holds it",
        "    <9@example.org>, about [PATCH] foo: fix bar",
        "    to be kept until 2027-03-02: signed, the author",
        "1 wish: 1 to be kept",
        "Nothing was kept; --apply keeps.",
    ]
    assert kept() == []
    assert "1 wish: 1 kept\n" in said(capsys, "--apply", folder)
    (one,) = kept()
    assert (one.wish, one.rule, one.by, one.source, one.reason) == (
        Wish.FALSE_POSITIVE,
        RULE,
        "author@example.org",
        "9@example.org",
        "the core holds it",
    )
    assert "1 wish: 1 kept already\n" in said(capsys, "--apply", folder)
    assert asked == [f"{KEY}."] * 3

    run(["review", "--history", str(folder)])
    assert "The result of try_module_get" not in capsys.readouterr().out
    run(["review", "--history", "--channel", "suppressed", str(folder)])
    assert "author@example.org asked for false-positive: the core holds it" in (
        " ".join(capsys.readouterr().out.split())
    )


def test_objections_are_listed_and_withdrawn(folder: Path, asked: list[str], capsys) -> None:
    assert run(["objections"]) == ExitCode.OK
    assert capsys.readouterr().out.endswith("nobody asked for anything\n")
    put(folder, "reviewbot: optout no time\n")
    said(capsys, "--apply", folder)
    assert run(["objections"]) == ExitCode.OK
    row = capsys.readouterr().out.splitlines()[1].split()
    assert row[1:] == [
        "optout", "-", "author@example.org", "2026-03-02", "-", "author@example.org:", "no", "time",
    ]  # fmt: skip
    assert run(["objections", "withdraw", "abc"]) == ExitCode.USAGE
    assert run(["objections", "withdraw", "zzzz"]) == ExitCode.USAGE
    assert run(["objections", "withdraw", row[0][:6]]) == ExitCode.OK
    assert capsys.readouterr().out == f"withdrawn: {row[0]} optout of author@example.org\n"
    assert kept() == []


def test_nothing_is_made_to_show_that_there_is_nothing(tmp_path: Path, capsys) -> None:
    assert said(capsys, faulty(tmp_path)) == "0 wishes\n"
    assert run(["objections", "list"]) == ExitCode.OK
    assert not state_folder().exists()


# Not followed


def why(capsys, folder: Path, *words: object) -> str:
    """The reason why the one wish is not followed."""
    out = said(capsys, "--apply", *words, folder)
    assert kept() == []
    (line,) = [line for line in out.splitlines() if line.startswith("    not followed: ")]
    assert out.endswith("1 wish: 1 not followed\n")
    return line.removeprefix("    not followed: ")


def test_what_is_not_signed(folder: Path, asked: list[str], capsys) -> None:
    put(folder, "reviewbot: off\n", sign=False)
    assert why(capsys, folder) == "cannot be checked: it is not signed by example.org"
    assert asked == []


def test_what_was_changed_on_the_way(folder: Path, asked: list[str], capsys) -> None:
    put(folder, "reviewbot: off\n")
    path = folder / "answer.eml"
    path.write_bytes(path.read_bytes() + b"\n____\nfooter\n")
    assert why(capsys, folder) == "failed: the signature of example.org is not of this text"


def test_offline_nobody_is_asked(folder: Path, asked: list[str], capsys) -> None:
    put(folder, "reviewbot: off\n")
    found = why(capsys, folder, "--offline")
    assert found == f"cannot be checked: DNS is not asked for {KEY} while offline"
    assert asked == []


@pytest.mark.parametrize("name", ["dkim", "dns"])
def test_without_the_package(name: str, folder: Path, monkeypatch, capsys) -> None:
    put(folder, "reviewbot: off\n")
    for module in list(sys.modules):
        if module.partition(".")[0] in ("dkim", "dns") or module == "reviewbot.sources.dkim":
            monkeypatch.delitem(sys.modules, module)
    # What is None there cannot be imported.
    monkeypatch.setitem(sys.modules, name, None)
    assert why(capsys, folder) == (
        "cannot be checked: dkimpy is not installed: pip install 'reviewbot[dkim]'"
    )


def test_you_may_be_sure(folder: Path, capsys) -> None:
    put(folder, "reviewbot: off\n", sign=False)
    out = said(capsys, "--apply", "--accept", "<9@example.org>", folder)
    assert "    kept until 2027-03-02: accepted by you, the author\n" in out


def test_strangers(folder: Path, asked: list[str], tmp_path: Path, capsys) -> None:
    put(folder, "reviewbot: off\n", sender="Eve <eve@example.org>")
    assert why(capsys, folder) == (
        "eve@example.org is not its author, and without a --tree no maintainer is known"
    )
    tree = tmp_path / "linux"
    tree.mkdir()
    (tree / "MAINTAINERS").write_text(MAINTAINERS)
    assert why(capsys, folder, "--source", tree) == (
        "eve@example.org is neither its author nor in MAINTAINERS for its files"
    )
    assert asked == []


def test_a_maintainer(folder: Path, asked: list[str], tmp_path: Path, capsys) -> None:
    (tmp_path / "MAINTAINERS").write_text(MAINTAINERS)
    put(folder, "reviewbot: false-positive\n", sender="Anna <anna@example.org>")
    out = said(capsys, "--apply", "--source", tmp_path, folder)
    assert "    kept until 2027-03-02: signed, in MAINTAINERS\n" in out
    (one,) = kept()
    assert (one.by, one.lineage, one.rule) == ("anna@example.org", "", RULE)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"headers_": (("Auto-Submitted", "auto-replied"),)}, "written by a program (Auto-Submitted: auto-replied)"),
        ({"headers_": (("X-Reviewbot", "0.1; rules=a"),)}, "written by a program (X-Reviewbot)"),
        ({"headers_": (("Return-Path", "<>"),)}, "a report of a mail server"),
        ({"sender": "syzbot <bot+syzbot@example.org>"}, "bot+syzbot@example.org is a program"),
        ({"sender": "reviewbot <reviewbot@example.org>"}, "our own mail"),
    ],
)  # fmt: skip
def test_programs_are_not_followed(
    more: dict, reason: str, folder: Path, asked: list[str], tmp_path: Path, capsys
) -> None:
    """Not even where the person who runs this vouches for the mail."""
    data = mail(
        "reviewbot: off\n", message_id="9@example.org", in_reply_to=ours(),
        headers=more.pop("headers_", ()), **more,
    )  # fmt: skip
    (folder / "answer.eml").write_bytes(signed(data))
    path = config(tmp_path, '[identity]\nemail = "reviewbot@example.org"\n')
    assert why(capsys, folder, "--config", path, "--accept", "9@example.org") == reason


def test_our_own_letter_is_not_followed(folder: Path, capsys) -> None:
    put(folder, "reviewbot: off\n", above="1@example.org", message_id=ours(), sign=False)
    assert why(capsys, folder) == "our own mail"


def test_an_answer_to_nothing(folder: Path, asked: list[str], capsys) -> None:
    put(folder, "reviewbot: off\n", above="unknown@example.org")
    assert why(capsys, folder) == "it answers nothing that is known here"


def test_a_false_positive_of_what(folder: Path, asked: list[str], capsys) -> None:
    put(folder, "reviewbot: false-positive\n", above="1@example.org")
    assert why(capsys, folder) == (
        "it answers no mail of ours; behind false-positive name the rule that is wrong"
    )
    put(folder, f"reviewbot: false-positive {RULE}\n", above="1@example.org")
    assert "1 kept" in said(capsys, "--apply", folder)


def test_where_only_the_subject_is_signed_it_must_be_the_same(
    folder: Path, asked: list[str], capsys
) -> None:
    less = tuple(name for name in HEADERS if name not in (b"in-reply-to", b"references"))
    put(folder, "reviewbot: off\n", headers=less, subject="Re: [PATCH] other: thing")
    assert why(capsys, folder) == (
        "cannot be checked: what it answers is not signed, and its subject is another"
    )
    put(folder, "reviewbot: off\n", headers=less)
    assert "1 kept" in said(capsys, "--apply", folder)


def test_the_copy_that_stands_the_test_counts(folder: Path, asked: list[str], capsys) -> None:
    """Of two lists that got the mail one adds a footer."""
    put(folder, "reviewbot: off\n", name="b.eml")
    good = (folder / "b.eml").read_bytes()
    (folder / "a.eml").write_bytes(good + b"-- \nfooter\n")
    assert "1 wish: 1 kept\n" in said(capsys, "--apply", folder)


def test_a_wish_that_is_quoted_is_none(folder: Path, asked: list[str], capsys) -> None:
    put(folder, "> reviewbot: off\n\nNo.\n")
    assert said(capsys, folder) == "0 wishes\n"


def test_an_opt_out_holds_for_what_comes_next(
    folder: Path, asked: list[str], tmp_path: Path, capsys
) -> None:
    put(folder, "reviewbot: optout\n")
    said(capsys, "--apply", folder)
    later = tmp_path / "later.eml"
    other = new_file("virt/kvm/other.c", FAULTY.split("@@\n", 1)[1].replace("\n+", "\n")[1:])
    later.write_bytes(mail(patch_body(other), message_id="8@example.org"))
    run(["review", "--history", "--format", "mail", str(later)])
    assert capsys.readouterr().out == ""
    run(["review", "--format", "mail", str(later)])
    assert "try_module_get" in capsys.readouterr().out


def test_of_two_mails_with_one_message_id_neither_is_accepted(folder: Path, capsys) -> None:
    """Who knows that a mail will be accepted could send another under its Message-ID."""
    put(folder, f"reviewbot: false-positive {RULE}\n", sign=False)
    put(folder, f"reviewbot: false-positive {RULE}\n-- \na list\n", sign=False, name="copy.eml")
    assert "1 wish: 1 to be kept" in said(capsys, "--accept", "9@example.org", folder)
    put(folder, "reviewbot: optout\n", sign=False, name="forged.eml")
    out = said(capsys, "--apply", "--accept", "9@example.org", folder)
    assert out.count("several mails have this Message-ID") == 2
    assert kept() == []
