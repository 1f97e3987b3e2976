from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.errors import UsageError
from reviewbot.sources.web.hosts import Place, hosts, place


@pytest.mark.parametrize(
    ("url", "where", "name"),
    [
        (
            "https://lore.kernel.org/all/x",
            Place("https", "lore.kernel.org", 443),
            "lore.kernel.org",
        ),
        ("HTTPS://LORE.Kernel.Org.", Place("https", "lore.kernel.org", 443), "lore.kernel.org"),
        ("http://127.0.0.1:8080/", Place("http", "127.0.0.1", 8080), "127.0.0.1:8080"),
        ("http://lore:443", Place("http", "lore", 443), "lore:443"),
        ("http://[::1]:81/x", Place("http", "::1", 81), "[::1]:81"),
        ("https://[::1]/x", Place("https", "::1", 443), "[::1]"),
    ],
)
def test_an_address_leads_to_a_place(url: str, where: Place, name: str) -> None:
    assert place(url) == where
    assert where.name == name


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lore.kernel.org",
        "//lore.kernel.org/",
        "ftp://lore.kernel.org/",
        "https://",
        "https:///x",
        "https://.",
        "https://lore.kernel.org:port/",
        "https://lore.kernel.org:99999/",
        "https://ada@lore.kernel.org/",
        "https://ada:pw@lore.kernel.org/",
        "https://lore.kernel.org\\@evil.example/",
        "https://lore.kernel.org /",
        "https://lore.kernel.org/\r\nHost: evil",
        "https://l\u00f6re.example/",
        "https://lore.kernel.org/\0",
        "https://[::1",
        "https://lore.kernel.org/<x@y>",
        "https://" + "x" * 10_000 + " ",
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"not an? (plain http or https )?address") as caught:
        place(url)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@given(st.text(max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    for url in (text, f"https://{text}", f"https://lore.kernel.org{text}"):
        with suppress(UsageError):
            place(url)


def test_a_base_address_allows_its_own_scheme_host_and_port() -> None:
    allowed = hosts(["https://lore.kernel.org/all/"])
    assert allowed.allow(place("https://lore.kernel.org/kvm/x"))
    assert allowed.allow(place("https://lore.kernel.org:443/"))
    for url in (
        "http://lore.kernel.org/",
        "https://lore.kernel.org:8443/",
        "https://sea.lore.kernel.org/",
        "https://kernel.org/",
    ):
        assert not allowed.allow(place(url))
        with pytest.raises(UsageError, match="is not a configured host: nothing was asked of it"):
            allowed.admit(url)


@pytest.mark.parametrize("name", ["lore.example", "http://lore.example", " lore.example "])
def test_a_bare_host_and_http_allow_https_too(name: str) -> None:
    allowed = hosts([name])
    assert allowed.allow(place("http://lore.example/"))
    assert allowed.allow(place("https://lore.example/"))
    assert not allowed.allow(place("https://lore.example:8080/"))


def test_a_port_is_a_place_of_its_own() -> None:
    allowed = hosts(["127.0.0.1:8080"])
    assert allowed.allow(place("http://127.0.0.1:8080/"))
    assert allowed.allow(place("https://127.0.0.1:8080/"))
    assert not allowed.allow(place("http://127.0.0.1/"))


def test_the_hint_can_be_pasted() -> None:
    with pytest.raises(UsageError) as caught:
        hosts([]).admit("https://inbox.example:8443/x")
    line = caught.value.hint.partition("To allow it: ")[2].partition(" in the table")[0]
    assert line == 'hosts = ["https://inbox.example:8443"]'
    assert hosts(["https://inbox.example:8443"]).admit("https://inbox.example:8443/x")


@pytest.mark.parametrize("name", ["", "a b", "https://", "ftp://x", "ada@x"])
def test_what_is_no_host_cannot_be_configured(name: str) -> None:
    with pytest.raises(UsageError):
        hosts([name])
