"""Words: what a call may do, told from its name."""

import pytest

from reviewbot.cmodel.words import CallWords
from reviewbot.config import load

WORDS = CallWords(
    release=("put", "free"),
    keep=("add", "WRITE_ONCE"),
    free=("kfree", "kvfree*"),
    prepare=("INIT_*",),
    make=("kmalloc*",),
    pure=("sizeof",),
    hold=("hold", "ref"),
    ignore=("to_*", "IS_ERR"),
)


@pytest.mark.parametrize(
    ("name", "releases", "keeps"),
    [
        ("foo_put", True, False),
        ("FOO_PUT", True, False),
        ("foo_add", False, True),
        ("foo_put_add", True, True),
        ("WRITE_ONCE", False, True),
        ("write_once", False, False),
        ("input", False, False),
        ("kfree", False, False),
        ("kvfree_rcu_put", False, False),
        ("foo_free", True, False),
        ("", False, False),
    ],
)
def test_words_of_a_name(name: str, releases: bool, keeps: bool) -> None:
    assert (WORDS.may_release(name), WORDS.may_keep(name)) == (releases, keeps)


def test_names_may_have_stars() -> None:
    assert WORDS.makes("kmalloc") and WORDS.makes("kmalloc_array") and not WORDS.makes("my_kmalloc")
    assert WORDS.prepares("INIT_WORK") and not WORDS.prepares("INIT")
    assert WORDS.only_looks("sizeof") and not WORDS.only_looks("sizeof_field")
    assert WORDS.frees("kvfree_sensitive") and not WORDS.frees("kfree_rcu")


def test_what_never_follows_a_pointer() -> None:
    assert WORDS.ignores("to_foo") and WORDS.ignores("IS_ERR")
    assert not WORDS.ignores("foo_to") and not WORDS.ignores("sizeof")


def test_words_of_what_may_take_a_reference() -> None:
    assert WORDS.may_hold("foo_hold") and WORDS.may_hold("foo_ref_get")
    assert not WORDS.may_hold("foo_holder") and not WORDS.may_hold("foo_unref")


def test_without_words_nothing_is_told() -> None:
    empty = CallWords()
    assert not any(
        look("kfree")
        for look in (empty.may_release, empty.frees, empty.makes, empty.prepares, empty.only_looks)
    )


def test_the_shipped_words() -> None:
    words = load().settings.pairs.words
    assert words.may_release("foo_put") and words.may_release("foo_teardown")
    assert words.may_keep("list_add_tail") and words.may_keep("foo_register")
    assert words.makes("kzalloc") and words.makes("kmem_cache_alloc") and words.frees("kvfree")
    assert words.prepares("INIT_LIST_HEAD") and words.only_looks("IS_ERR")
