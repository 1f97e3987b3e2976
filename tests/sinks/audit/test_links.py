"""Links: nothing that a mail says can lead elsewhere."""

import pytest
from hypothesis import given

from reviewbot.errors import UsageError
from reviewbot.sinks.audit.links import LORE, Links, web
from tests.sinks.audit.invented import NASTY


def test_a_mail_is_at_lore_unless_told_otherwise() -> None:
    assert Links().mail("1-2.3@example.org") == "https://lore.kernel.org/r/1-2.3@example.org/"
    assert Links("https://x.example/").mail("a@b") == "https://x.example/a@b/"
    assert Links("").mail("a@b") == ""


def test_an_id_is_encoded() -> None:
    assert Links().mail("a/b?c#d%e+f@g") == f"{LORE}a%2Fb%3Fc%23d%25e%2Bf@g/"


@pytest.mark.parametrize("message_id", ["", "a b@c", "a\nb", "<a@b>", "ü@x", "x" * 300])
def test_what_is_no_id_has_no_link(message_id: str) -> None:
    assert Links().mail(message_id) == ""


def test_a_commit_has_a_link_where_there_is_a_place_for_it() -> None:
    assert Links().proof("0123456789ab") == ""
    links = Links(commits="https://git.example/commit/?id=")
    assert links.proof("0123456789ab") == "https://git.example/commit/?id=0123456789ab"
    assert links.proof("a@b").startswith(LORE)
    assert links.commit("main; rm") == ""


@pytest.mark.parametrize(
    "base", ["javascript:alert(1)//", "ftp://x/", "//x/", 'https://x/"', "lore"]
)
def test_a_beginning_is_an_address_of_the_web(base: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        Links(base)
    with pytest.raises(UsageError, match="not an address"):
        Links(commits=base)


@given(NASTY)
def test_no_text_leaves_the_beginning(text: str) -> None:
    link = Links().mail(text)
    assert not link or (link.startswith(LORE) and not set(link[len(LORE) : -1]) & set("/?#<>\"' "))


def test_a_page_of_documentation_is_of_the_web() -> None:
    assert web("https://example.org/rules#one") == "https://example.org/rules#one"
    assert web("javascript:alert(1)") == ""
    assert web("docs/rules/one.md") == ""
    assert web('https://x/"onclick=') == ""
