"""Headers: what rule catalogue §4.2 asks of each, on a mail as it would leave."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from reviewbot.cmodel.change import SourceChange
from reviewbot.model.finding import Hit
from reviewbot.model.message import Address
from reviewbot.model.series import Series
from reviewbot.review.compose import Identity
from reviewbot.review.kit import Kit
from reviewbot.review.manners import Manners
from reviewbot.review.post import MailingList, Mode, Post
from reviewbot.review.render import Words
from reviewbot.review.review import review
from reviewbot.sinks.drafts import draft
from reviewbot.sinks.mboxrd import mboxrd
from tests.builders import mail, new_file, patch_body
from tests.review.talk import ROOT, parsed
from tests.values import make_rule

ME = Identity(
    "reviewbot for A. Maintainer",
    "bot@example.net",
    "A. Maintainer <am@example.net>",
    "A. Maintainer",
    "https://example.net/r",
)
STABLE = ("Cc", "stable@vger.kernel.org, P. Reviewer <p@example.com>, other@vger.kernel.org")
OPEN = (
    MailingList("kvm@vger.kernel.org", opt_in=True),
    MailingList("stable@vger.kernel.org", opt_in=True),
)


def check(change: SourceChange) -> Iterator[Hit]:
    """Every added line."""
    return (change.at(line, symbol="foo_get") for line in change.added)


RULE = make_rule("a-rule", check)


@pytest.fixture
def kit(tmp_path) -> Kit:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a-rule.j2").write_text("Who undoes {{ symbol }}()?")
    manners = Manners(Post(mode=Mode.LIST), OPEN, public=frozenset({"a-rule"}))
    return Kit((RULE,), Words((tmp_path, ROOT / "templates")), identity=ME, manners=manners)


def posted(*headers: tuple[str, str], subject: str = "[PATCH] foo: open") -> Series:
    body = patch_body(new_file("virt/foo.c", "int foo;\n"))
    return parsed(mboxrd(mail(body, subject=subject, headers=(STABLE, *headers))))


def sent(kit: Kit, of: Series) -> EmailMessage:
    (reply,) = review(of, kit).replies
    data = draft(reply, datetime(2026, 3, 3, 18, 0, tzinfo=UTC))
    return message_from_bytes(data, policy=policy.default)  # type: ignore[return-value]


def test_to_the_author(kit: Kit) -> None:
    assert sent(kit, posted())["To"] == '"A. Author" <author@example.org>'


def test_cc_the_lists_that_opted_in_and_got_it(kit: Kit) -> None:
    assert sent(kit, posted())["Cc"] == "kvm@vger.kernel.org"


def test_no_cc_by_default(kit: Kit) -> None:
    assert sent(replace(kit, manners=Manners()), posted())["Cc"] is None


def test_from_names_who_it_is_for(kit: Kit) -> None:
    assert sent(kit, posted())["From"] == '"reviewbot for A. Maintainer" <bot@example.net>'


def test_reply_to_a_person(kit: Kit) -> None:
    assert sent(kit, posted())["Reply-To"] == '"A. Maintainer" <am@example.net>'


@pytest.mark.parametrize("subject", ["[PATCH] foo: open", "Re: Re: [PATCH] foo: open"])
def test_subject_with_exactly_one_re(kit: Kit, subject: str) -> None:
    plain = posted()
    message = replace(plain.patches[0].message, subject=subject)
    of = replace(plain, patches=(replace(plain.patches[0], message=message),))
    assert sent(kit, of)["Subject"] == "Re: [PATCH] foo: open"


def test_in_reply_to_the_patch(kit: Kit) -> None:
    made = sent(kit, posted())
    assert made["In-Reply-To"] == made["References"] == "<1@example.org>"


def test_references_of_at_most_twenty_with_the_first(kit: Kit) -> None:
    many = " ".join(f"<{number}@t.example.org>" for number in range(40))
    references = sent(kit, posted(("References", many)))["References"].split()
    assert len(references) == 20
    assert (references[0], references[-1]) == ("<0@t.example.org>", "<1@example.org>")


def test_message_id_of_our_own_domain(kit: Kit) -> None:
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.net>", sent(kit, posted())["Message-ID"])


def test_x_reviewbot_so_that_readers_can_filter(kit: Kit) -> None:
    assert re.fullmatch(
        r"\d[\d.]*; rules=a-rule; run=[0-9a-f]{8}", sent(kit, posted())["X-Reviewbot"]
    )


@pytest.mark.parametrize(("switch", "value"), [(False, None), (True, "auto-replied")])
def test_auto_submitted_only_as_a_switch(kit: Kit, switch: bool, value: str | None) -> None:
    manners = replace(kit.manners, post=Post(mode=Mode.LIST, auto_submitted=switch))
    assert sent(replace(kit, manners=manners), posted())["Auto-Submitted"] == value


@pytest.mark.parametrize("name", ["Precedence", "Bcc", "Resent-From", "List-Id", "Errors-To"])
def test_nothing_that_is_not_ours_to_say(kit: Kit, name: str) -> None:
    assert sent(kit, posted(("Precedence", "bulk")))[name] is None


def test_plain_text_in_utf_8_that_nobody_reflows(kit: Kit) -> None:
    made = sent(kit, posted())
    assert (made.get_content_type(), made.get_content_charset()) == ("text/plain", "utf-8")
    assert made["Content-Type"].params.keys() == {"charset"}
    assert made["Content-Transfer-Encoding"] == "8bit"


def test_the_footer_says_what_it_is_who_runs_it_and_how_to_stop_it(kit: Kit) -> None:
    _, _, footer = sent(kit, posted()).get_content().rpartition("\n-- \n")
    said = " ".join(footer.split())
    assert said.startswith("Written by a program, a-rule. Run by A. Maintainer, who reads replies.")
    assert 'Off for this series: "reviewbot: off".' in said
    assert said.endswith("https://example.net/r/a-rule")


def test_a_name_that_would_break_a_header_does_not(kit: Kit) -> None:
    evil = Address('E. Vil"\r\nBcc: all@example.com', "evil@example.org")
    plain = posted()
    message = replace(plain.patches[0].message, sender=evil)
    made = sent(kit, replace(plain, patches=(replace(plain.patches[0], message=message),)))
    assert made["Bcc"] is None
    assert [one.addr_spec for one in made["To"].addresses] == ["evil@example.org"]


def body(kit: Kit) -> list[str]:
    return str(sent(kit, posted()).get_content()).split("\n")


def test_body_begins_with_who_wrote_what_is_quoted(kit: Kit) -> None:
    assert body(kit)[0] == "On Mon, 02 Mar 2026 12:00:00 +0000, A. Author wrote:"


def test_body_quotes_the_hunk_and_the_comment_stands_right_under_the_line(kit: Kit) -> None:
    lines = body(kit)
    at = lines.index("> +int foo;")
    assert lines[at - 1].startswith("> @@ ")
    assert lines[at + 1 : at + 3] == ["", "Who undoes foo_get()?"]
    assert "[...]" in lines[:at]


def test_body_own_words_are_wrapped_and_quotes_are_not(kit: Kit, tmp_path) -> None:
    (tmp_path / "rules/a-rule.j2").write_text("Who undoes foo_get() " + "and foo_put() " * 9 + "?")
    wide = patch_body(new_file("virt/foo.c", "\tint\tfoo;" + " /* wide */" * 9 + "\n"))
    of = parsed(mboxrd(mail(wide, headers=(STABLE,))))
    lines = str(sent(kit, of).get_content()).split("\n")
    assert max(len(line) for line in lines if not line.startswith(">")) <= 72
    assert "> +\tint\tfoo;" + " /* wide */" * 9 in lines
