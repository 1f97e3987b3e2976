from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest
from msgspec import Struct

from reviewbot.cmodel.pairs import Pair
from reviewbot.config.check import known_keys, shaped
from reviewbot.errors import ConfigError, ExitCode

FILE = Path("some.toml")


class Inner(Struct, frozen=True, forbid_unknown_fields=True):
    lines: int = 3
    words: tuple[str, ...] = ()


class Outer(Struct, frozen=True, forbid_unknown_fields=True):
    inner: Inner = Inner()
    mode: Literal["off", "on"] = "off"
    named: Mapping[str, Mapping[str, int]] = {}
    pair: tuple[Pair, ...] = ()


def complaint(table: dict, prefix: str = "") -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        shaped(table, Outer, FILE, prefix)
    return caught.value


def test_a_fitting_table_becomes_a_value() -> None:
    assert shaped({"inner": {"lines": 4}}, Outer, FILE) == Outer(Inner(4))


def test_an_unknown_key_is_named_with_its_file_and_its_neighbour() -> None:
    error = complaint({"inner": {"line": 4}})
    assert str(error) == "some.toml: inner.line: there is no such key"
    assert error.hint == "Did you mean lines?"
    assert error.exit_code is ExitCode.UNUSABLE


def test_an_unknown_key_like_no_other_lists_what_is_known() -> None:
    assert complaint({"zzz": 1}).hint == "Known here: inner, mode, named, pair."


def test_a_wrong_type_says_what_was_expected() -> None:
    assert str(complaint({"inner": {"lines": "four"}})) == (
        "some.toml: inner.lines: expected int, got str"
    )


def test_a_wrong_choice_names_the_value() -> None:
    getter = {"name": "foo_get", "fails": "maybe"}
    error = complaint({"pair": [{"object": "foo", "get": [getter], "put": []}]})
    assert str(error) == "some.toml: pair[0].get[0].fails: invalid enum value 'maybe'"
    assert error.hint == ("Known here: never, false, null, err-ptr, null-or-err-ptr, negative.")


def test_a_wrong_word_lists_the_right_ones() -> None:
    error = complaint({"mode": "maybe"})
    assert str(error) == "some.toml: mode: invalid enum value 'maybe'"
    assert error.hint == "Known here: off, on."


def test_a_key_of_a_free_table_is_named() -> None:
    assert str(complaint({"named": {"a": {}, "b": 1}})) == (
        "some.toml: named.b: expected object, got int"
    )


def test_a_missing_key_is_named() -> None:
    assert str(complaint({"pair": [{"object": "foo", "get": []}]})) == (
        "some.toml: pair[0]: object missing required field put"
    )


def test_the_prefix_leads_the_path() -> None:
    assert str(complaint({"inner": 1}, "rules.foo")).startswith("some.toml: rules.foo.inner: ")


def test_keys_are_known_at_any_depth() -> None:
    assert known_keys(Outer, "") == ["inner", "mode", "named", "pair"]
    assert known_keys(Outer, ".inner") == ["lines", "words"]
    assert known_keys(Outer, ".pair[3].get[0]") == ["name", "fails", "carries", "returns"]
    assert known_keys(Outer, ".nowhere[0].deep") == []
