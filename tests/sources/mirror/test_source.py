from pathlib import Path

import pytest

from reviewbot.errors import UsageError
from reviewbot.sources.mirror.shelf import Kind, Note
from reviewbot.sources.mirror.source import is_far, note
from tests.sources.mirror.archives import inbox, letter
from tests.sources.repositories import needs_git


@pytest.mark.parametrize(
    "url",
    [
        "https://lore.kernel.org/kvm",
        "http://127.0.0.1:8080/kvm",
        "git://git.example.org/kvm.git",
        "file:///srv/kvm.git",
    ],
)
def test_addresses(url: str) -> None:
    assert note(url) == note(f"{url}/") == Note(url)
    assert note(url, 17).first == 17
    assert is_far(note(url)) == (not url.startswith("file:"))


@needs_git
def test_a_folder_is_used_as_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = inbox(tmp_path / "kvm", [letter("a")])
    assert note(str(path)) == Note(str(path), Kind.EXTERNAL)
    monkeypatch.chdir(tmp_path)
    assert note("kvm") == note(str(path))
    assert not is_far(note("kvm"))


def test_a_file_is_a_bundle_to_be_cloned(tmp_path: Path) -> None:
    (tmp_path / "kvm.bundle").touch()
    assert note(str(tmp_path / "kvm.bundle")) == Note(str(tmp_path / "kvm.bundle"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ext::sh -c touch% x", "not asked for such addresses"),
        ("ssh://git@example.org/x", "not asked for such addresses"),
        ("git@example.org:x", "no such file"),
        ("fd::17", "not asked for such addresses"),
        ("--upload-pack=x", "no such file"),
        ("none", "no such file"),
        ("a\x00b", "no such file"),
        ("", "no git repository in it"),
        ("https://", "not asked"),
        ("https:///kvm", "no host"),
        ("https://[::1/kvm", "no URL"),
        ("https://me:secret@example.org/kvm", "kept in clear"),
        ("https://me@example.org/kvm", "kept in clear"),
        ("https://example.org/kvm?q=x", "neither"),
        ("https://example.org/kvm x", "not asked"),
    ],
)
def test_what_cannot_be_mirrored(
    source: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said) as failure:
        note(source)
    assert "secret" not in str(failure.value)
