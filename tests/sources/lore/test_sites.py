"""Which servers are asked: config.toml, git's configuration, and a URL of a person."""

from pathlib import Path

import pytest

from reviewbot.errors import ConfigError
from reviewbot.sources.lore.settings import Lore
from reviewbot.sources.lore.sites import Sites, sites
from tests.sources.repositories import needs_git

LORE = "https://lore.kernel.org"
TOR, SEA = "https://tor.lore.kernel.org", "https://sea.lore.kernel.org"


@pytest.fixture
def git_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's git configuration, empty at first; the folder is no repository."""
    path = tmp_path / "gitconfig"
    path.write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    return path


@needs_git
def test_without_settings_it_is_lore(git_says: Path) -> None:
    assert sites(Lore()) == Sites(LORE, "all", (), (), "")
    assert sites(Lore()).everything == f"{LORE}/all"


@needs_git
def test_what_b4_users_have_is_honoured(git_says: Path) -> None:
    git_says.write_text(
        f"[lore]\nfallback = {TOR}\nfallback = {SEA}/\nautoprobe = true\nuserAgentPlus = 550e8400-e29b\n"
    )
    assert sites(Lore()) == Sites(LORE, "all", (TOR, SEA), (), "550e8400-e29b")
    assert sites(Lore()).hosts == (LORE, TOR, SEA)


@needs_git
def test_the_section_of_the_server_stands_for_the_short_one(git_says: Path) -> None:
    git_says.write_text(
        f'[lore]\nfallback = {TOR}\nuseragentplus = one\n[liblore "{LORE}"]\nfallback = {SEA}\n'
        '[liblore "https://example.org"]\nfallback = https://mirror.example.org\nuseragentplus = two\n'
    )
    assert sites(Lore()).fallback == (SEA,)
    assert sites(Lore()).plus == ""
    there = sites(Lore(url="https://example.org/lore"))
    assert (there.fallback, there.plus) == (("https://mirror.example.org",), "two")


@needs_git
def test_the_short_section_is_for_lore_alone(git_says: Path) -> None:
    git_says.write_text(f"[lore]\nfallback = {TOR}\n")
    assert sites(Lore(url="https://example.org")).fallback == ()


@needs_git
@pytest.mark.parametrize(
    ("mask", "url", "every"),
    [
        (f"{LORE}/all/%s", LORE, "all"),
        (f"{LORE}/%s", LORE, "all"),
        (f"{LORE}/r/%s", LORE, "all"),
        ("http://localhost:11043/lore/all/%s", "http://localhost:11043/lore", "all"),
        ("https://inbox.example.org/libfoo/%s/", "https://inbox.example.org", "libfoo"),
        ("HTTPS://Example.ORG/%s", "https://example.org", "all"),
        ("nonsense", LORE, "all"),
        ("file:///etc/passwd/%s", LORE, "all"),
        (f"{LORE}/all/", LORE, "all"),
    ],
)
def test_the_server_of_b4s_mask(git_says: Path, mask: str, url: str, every: str) -> None:
    git_says.write_text(f"[b4]\nmidmask = {mask}\n")
    found = sites(Lore())
    assert (found.url, found.all) == (url, every)


@needs_git
def test_the_configuration_file_has_the_last_word(git_says: Path) -> None:
    git_says.write_text(f"[b4]\nmidmask = https://example.org/all/%s\n[lore]\nfallback = {TOR}\n")
    found = sites(Lore(url=f"{LORE}/", fallback=(f"{SEA}/",)))
    assert (found.url, found.fallback) == (LORE, (SEA,))
    assert sites(Lore(git=False)) == Sites()


@needs_git
def test_what_git_says_wrongly_is_passed_over(git_says: Path) -> None:
    git_says.write_text(
        "[lore]\nfallback = tor.lore.kernel.org\nfallback = https://host/path\nfallback\n"
        f'fallback = {TOR}\nuseragentplus = "two words"\n'
    )
    assert sites(Lore()) == Sites(fallback=(TOR,))
    git_says.write_text("[lore\n")
    assert sites(Lore()) == Sites()


def test_without_git_it_is_the_configuration_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert sites(Lore(fallback=(TOR,))) == Sites(fallback=(TOR,))


@needs_git
def test_a_project_cannot_send_requests_elsewhere(git_says: Path) -> None:
    Path(".b4-config").write_text("[b4]\nmidmask = https://evil.example.org/%s\n")
    assert sites(Lore()) == Sites()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (Lore(url="lore.kernel.org", git=False), "lore.url"),
        (Lore(url="ftp://lore.kernel.org", git=False), "lore.url"),
        (Lore(url="https://user:secret@example.org", git=False), "lore.url"),
        (Lore(url="https://lore.kernel.org/?q=", git=False), "lore.url"),
        (Lore(all="a/b", git=False), "lore.all"),
        (Lore(fallback=("https://host/path",), git=False), "lore.fallback"),
        (Lore(inboxes=("list",), git=False), "lore.inboxes"),
    ],
)
def test_a_wrong_url_in_the_configuration_is_named(settings: Lore, key: str) -> None:
    with pytest.raises(ConfigError, match=key):
        sites(settings)


def test_the_order_of_inboxes() -> None:
    here = Sites(fallback=(SEA,), inboxes=("https://example.org/list",))
    assert here.inboxes_for() == (f"{LORE}/all", "https://example.org/list")
    assert here.inboxes_for(f"{LORE}/all") == here.inboxes_for()
    assert here.inboxes_for(f"{LORE}/kvm") == (
        f"{LORE}/all",
        f"{LORE}/kvm",
        "https://example.org/list",
    )
    assert here.inboxes_for(f"{SEA}/kvm") == here.inboxes_for(f"{LORE}/kvm")
    assert here.inboxes_for("https://example.org/list") == (
        "https://example.org/list",
        f"{LORE}/all",
    )
    assert here.inboxes_for("https://unknown.example/list")[0] == "https://unknown.example/list"
