import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.review.wording import faults, mail_faults

URL = "https://example.org/rules"
FRAME = "On Monday, A. Author wrote:\n> +int x;\n\nWhy?\n\n-- \nBy a program.\nhttps://example.org/rules/r\n"


@pytest.mark.parametrize(
    "text",
    [
        "Is kvm_get_kvm() missing here?",
        "The error path frees it; the minor number is never released. Should it be?",
        "This new declaration in <linux/kvm_host.h> is used only inside KVM.",
        "kvm->lock is held when refcount >= 0; a high address follows.",
        "https://example.org/" + "x" * 100,
    ],
)
def test_words_of_a_careful_reviewer_pass(text: str) -> None:
    assert list(faults(text)) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "says nothing"),
        ("See line 7.", "names a line number (line 7)"),
        ("See foo.c:12.", "names a line number (.c:1)"),
        ("Bug: it leaks.", "is labelled (Bug:)"),
        ("[nit] Move it?", "is labelled ([nit])"),
        ("This is critical.", "says how grave it is (critical)"),
        ("It leaks, please fix it.", "orders or praises (please fix)"),
        ("Nice work. Should it go?", "orders or praises (Nice work)"),
        ("Is `foo` needed?", "is marked up (`foo`)"),
        ("Is <b>foo</b> needed?", "is marked up (<b>)"),
        ("It leaks \U0001f41b.", "holds a picture (\U0001f41b)"),
        ("Reviewed-by: A. Bot <bot@example.org>", "gives a tag (Reviewed-by:)"),
        ("NAK", "gives a tag (NAK)"),
        ("pw-bot: cr", "commands a bot (pw-bot:)"),
        ("foo()() is gone.", "has a fact left empty (()())"),
        ("{{ name }} is gone.", "has a fact left empty ({{)"),
        ("It leaks!", "shouts (!)"),
        ("One. Two. Three. Four.", "has 4 sentences, 3 are enough"),
        ("A \u202e turn.", "holds a character that no terminal shows"),
    ],
)
def test_what_may_not_be_mailed_is_named(text: str, what: str) -> None:
    assert what.lower() in [found.lower() for found in faults(text)]


def test_a_whole_reply_is_signed_narrow_and_links_its_rules() -> None:
    assert list(mail_faults(FRAME, ["r"], URL)) == []
    assert list(mail_faults(FRAME, ["r", "s"], URL)) == ["does not link the page of s"]
    assert list(mail_faults(FRAME.replace("Why?", "why " * 30), ["r"], URL)) == [
        "has a line of 120 columns"
    ]
    unsigned = FRAME.replace("-- \n", "")
    assert "has no signature" in list(mail_faults(unsigned, ["r"], URL))


def test_a_quote_may_be_as_wide_as_it_was() -> None:
    assert list(mail_faults(FRAME.replace("int x;", "int x; " * 30), ["r"], URL)) == []


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    list(faults(text))
    list(mail_faults(text, ["r"], URL))
