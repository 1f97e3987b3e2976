"""Functions that by their names undo each other."""

import pytest

from reviewbot.cmodel.twins import undoes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("foo_unregister_user", "foo_register_user"),
        ("unregister_foo", "register_foo"),
        ("foo_release", "foo_open"),
        ("foo_put", "foo_get_by_id"),
        ("foo_unbind", "foo_bind"),
        ("foo_exit", "foo_init"),
    ],
)
def test_a_twin(one: str, other: str) -> None:
    assert undoes(one, other)
    assert not undoes(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("foo_put", "bar_get"), ("foo_put", "foo_put"), ("foo_bar_put", "foo_get"), ("", "foo_get")],
)
def test_no_twin(one: str, other: str) -> None:
    assert not undoes(one, other)
