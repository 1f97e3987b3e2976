"""Entries of MAINTAINERS: an invented one, and the kernel's own script for a second opinion."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.message import Address
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.sources.maintainers import FILE, Section, people, sections

TEXT = """List of maintainers
===================

\tM: *Mail* patches to: FullName <address@domain>
\tF: *Files* and directories wildcard patterns.

Maintainers List
----------------

.. note:: Look for the most precise areas first.

FOO BUSES
M:\tAnna Foo <anna@example.org>
R:\t"Foo, Ben" <ben@example.org>
L:\tfoo@lists.example.org
S:\tMaintained
F:\tdrivers/foo/
X:\tdrivers/foo/legacy/
F:\tinclude/linux/foo.h
F:\tinclude/linux/foo_*.h
K:\tfoo_bus

LEGACY FOO
M:\tCarl <carl@example.org>
S:\tOdd Fixes
F:\tdrivers/foo/legacy
F:\t*/foo.c
F:\tdrivers/ba?/*

TOCANS
M:\tDora <dora@example.org>
N:\t[^a-z]tocan
N:\t(broken

NOBODY'S
S:\tOrphan
F:\tdrivers/orphan/
"""
TREE = DictTree({FILE: TEXT})


def named(*paths: str) -> list[str]:
    found = people(TREE, paths)
    assert found is not None
    return [person.email.partition("@")[0] for person in found]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("drivers/foo/core.c", ["anna", "ben"]),
        ("drivers/foo/deep/er/core.c", ["anna", "ben"]),
        ("drivers/foo/legacy/old.c", ["carl"]),
        ("drivers/foo/legacy", ["anna", "ben", "carl"]),
        ("drivers/foobar.c", []),
        ("include/linux/foo.h", ["anna", "ben"]),
        ("include/linux/foo_bus.h", ["anna", "ben"]),
        ("include/linux/sub/foo_bus.h", []),
        ("net/foo.c", ["carl"]),
        ("net/deep/foo.c", []),
        ("drivers/bar/x.c", ["carl"]),
        ("drivers/bar/deep/x.c", []),
        ("sound/soc/tocan.c", ["dora"]),
        ("sound/soc/xtocan.c", []),
        ("drivers/orphan/x.c", []),
        ("", []),
        ("x" * 1000, []),
    ],
)
def test_who_is_named_for_a_file(path: str, expected: list[str]) -> None:
    assert named(path) == expected


def test_several_files_each_person_once() -> None:
    assert named("net/foo.c", "drivers/foo/a.c", "drivers/foo/b.c") == ["anna", "ben", "carl"]


def test_what_an_entry_holds() -> None:
    first, *_, last = [one for one in sections(TEXT) if one.title.isupper()]
    assert first == Section(
        "FOO BUSES",
        (Address("Anna Foo", "anna@example.org"), Address("Foo, Ben", "ben@example.org")),
        ("drivers/foo/", "include/linux/foo.h", "include/linux/foo_*.h"),
        ("drivers/foo/legacy/",),
    )
    assert last == Section("NOBODY'S", files=("drivers/orphan/",))


def test_without_a_list_nobody_knows() -> None:
    assert people(NoTree(), ["a.c"]) is None
    assert people(DictTree({}), ["a.c"]) is None
    assert people(DictTree({FILE: ""}), ["a.c"]) == ()


@given(st.text(st.sampled_from("MRFXN:*?/ab.[(\n\t<@>"), max_size=200), st.text(max_size=20))
def test_whatever_stands_there_is_no_failure(text: str, path: str) -> None:
    assert people(DictTree({FILE: text}), [path, "a/b"]) is not None


LINUX = Path(os.environ.get("LINUX_TREE") or "/usr/src/linux")
SCRIPT = LINUX / "scripts" / "get_maintainer.pl"


@pytest.mark.skipif(
    not (SCRIPT.is_file() and shutil.which("perl")), reason="no kernel tree, or no perl"
)
@pytest.mark.parametrize("path", ["virt/kvm/kvm_main.c", "drivers/vfio/vfio_main.c", "Makefile"])
def test_the_script_of_the_kernel_agrees(path: str) -> None:
    switches = [
        "--no-tree",
        "--no-git",
        "--no-git-fallback",
        "--no-l",
        "--no-n",
        "--no-rolestats",
        "--nomailmap",
    ]
    done = subprocess.run(
        ["perl", SCRIPT, *switches, "--no-keywords", "-f", path],
        cwd=LINUX, capture_output=True, text=True, check=True,
    )  # fmt: skip
    tree = DictTree({FILE: (LINUX / FILE).read_text()})
    ours = {person.email.lower() for person in people(tree, [path]) or ()}
    # The script leaves out who stands for the rest of the kernel.
    assert ours - {"torvalds@linux-foundation.org"} == set(done.stdout.lower().split())
