"""An unpacked source tree, and the way out of it that there is not."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.errors import InputError
from reviewbot.sources.sourcedir import SourceDir, source_dir


@pytest.fixture
def linux(tmp_path: Path) -> Path:
    root = tmp_path / "linux"
    (root / "virt" / "kvm").mkdir(parents=True)
    (root / "virt" / "kvm" / "foo.c").write_text("int kvm_foo(void);\n")
    (root / "virt" / "bar.c").write_text("kvm_foo_bar(kvm_foo);\n")
    (root / "Makefile").write_text("obj-y += kvm_foo_bar.o\n")
    (tmp_path / "secret").write_text("kvm_foo\n")
    return root


def test_a_file_is_found_by_its_path(linux: Path) -> None:
    tree = source_dir(linux)
    assert tree.file("virt/kvm/foo.c") == "int kvm_foo(void);\n"
    assert tree.name == str(linux)
    assert tree.blob("1234567") is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "none.c", "virt", "virt/", ".", "..", "../secret", "virt/../../secret", "a\0b"),
        *("/etc/passwd", "virt/../Makefile", "Makefile/x", "x" * 9999, "\udce9"),
    ],
)
def test_what_is_no_file_of_the_tree_is_none(linux: Path, path: str) -> None:
    assert source_dir(linux).file(path) is None


def test_links_are_followed_inside_and_not_out(linux: Path) -> None:
    (linux / "in.c").symlink_to("virt/bar.c")
    (linux / "out.c").symlink_to("../secret")
    (linux / "away").symlink_to(linux.parent)
    (linux / "round").symlink_to("round")
    tree = source_dir(linux)
    assert tree.file("in.c") == "kvm_foo_bar(kvm_foo);\n"
    assert [tree.file(path) for path in ("out.c", "away/secret", "round")] == [None] * 3
    assert list(tree.mentions(("kvm_foo",))["kvm_foo"]) == ["virt/bar.c", "virt/kvm/foo.c"]


def test_what_is_no_regular_file_is_not_opened(linux: Path) -> None:
    os.mkfifo(linux / "pipe.c")
    tree = source_dir(linux)
    assert tree.file("pipe.c") is None
    assert list(tree.mentions(("nowhere",))["nowhere"]) == []


def test_words_are_whole(linux: Path) -> None:
    tree = source_dir(linux)
    assert list(tree.mentions(("kvm_foo",))["kvm_foo"]) == ["virt/bar.c", "virt/kvm/foo.c"]
    assert list(tree.mentions(("kvm_foo_bar",))["kvm_foo_bar"]) == ["Makefile", "virt/bar.c"]
    assert list(tree.mentions(("kvm_fo",))["kvm_fo"]) == []
    assert tree.mentions(("no word",)) is None


def test_many_words_are_looked_for_at_once(linux: Path) -> None:
    found = source_dir(linux).mentions(("kvm_foo", "kvm_foo_bar", "nowhere"))
    assert found == {
        "kvm_foo": ("virt/bar.c", "virt/kvm/foo.c"),
        "kvm_foo_bar": ("Makefile", "virt/bar.c"),
        "nowhere": (),
    }


def test_a_word_is_looked_for_once(linux: Path) -> None:
    tree = source_dir(linux)
    first = list(tree.mentions(("kvm_foo",))["kvm_foo"])
    (linux / "virt" / "bar.c").unlink()
    assert list(tree.mentions(("kvm_foo",))["kvm_foo"]) == first


def test_what_git_keeps_is_no_source(linux: Path) -> None:
    (linux / ".git").mkdir()
    (linux / ".git" / "COMMIT_EDITMSG").write_text("kvm_foo\n")
    assert ".git/COMMIT_EDITMSG" not in list(source_dir(linux).mentions(("kvm_foo",))["kvm_foo"])


def test_a_folder_too_large_to_look_through_cannot_tell(linux: Path) -> None:
    assert SourceDir(linux, max_files=2).mentions(("nowhere",)) is None
    assert list(SourceDir(linux, max_files=3).mentions(("nowhere",))["nowhere"]) == []


def test_folders_that_are_no_tree_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="an empty folder"):
        source_dir(tmp_path / "empty")
    with pytest.raises(InputError, match="No such file"):
        source_dir(tmp_path / "none")


@given(
    st.text(max_size=40) | st.lists(st.sampled_from(("..", ".", "", "a", "secret"))).map("/".join)
)
def test_law_nothing_outside_is_read(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    top = tmp_path_factory.getbasetemp() / "law"
    (top / "root").mkdir(parents=True, exist_ok=True)
    (top / "root" / "a").write_text("a")
    (top / "secret").write_text("secret")
    assert SourceDir(top.resolve() / "root").file(path) in (None, "a")
