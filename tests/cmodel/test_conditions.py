"""Conditions: taken apart, normalised, decided."""

import pytest

from reviewbot.cmodel.conditions import Atom, assigned, atom, decided, forgotten, split, unwrapped


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("p", "p", True),
        ("!p", "p", False),
        ("!!p", "p", True),
        ("p != NULL", "p", True),
        ("p == NULL", "p", False),
        ("(p) == 0", "p", False),
        ("n < 0", "n<0", True),
        ("n >= 0", "n<0", False),
        ("n > 0", "n>0", True),
        ("n <= 0", "n>0", False),
        ("n != -EBUSY", "n==-EBUSY", False),
        ("n == -EBUSY", "n==-EBUSY", True),
        ("n >= max", "n<max", False),
        ("ok == true", "ok", True),
        ("unlikely(!p)", "p", False),
        ("WARN_ON_ONCE(p)", "p", True),
        ('WARN(!p, "foo")', "p", False),
        ("!(n < 0)", "n<0", False),
        ("!f->p", "f->p", False),
        ("f->p", "f->p", True),
        ("IS_ERR(p)", "IS_ERR(p)", True),
        ("n >> 3", "n>>3", True),
    ],
)
def test_atom(text: str, key: str, value: bool) -> None:
    assert atom(text) == Atom(key, value)


def test_split_leaves_inner_operators() -> None:
    assert split("a && (b || c) && d", "&&") == ["a", "(b || c)", "d"]
    assert split("a && b || c", "||") == ["a && b", "c"]
    assert split("x ? a && b : c", "&&") == ["x ? a && b : c"]


def test_unwrapped_takes_only_what_holds_all() -> None:
    assert unwrapped("((a))") == "a"
    assert unwrapped("(a) + (b)") == "(a) + (b)"
    assert unwrapped("likely(a, b)") == "likely(a, b)"


@pytest.mark.parametrize(
    ("known", "key", "truth"),
    [
        ({"n": False}, "n<0", False),
        ({"n<0": True}, "n", True),
        ({"n<0": True}, "n>0", False),
        ({"n>0": True}, "n<0", False),
        ({"n<0": False}, "n", None),
        ({"p": False}, "IS_ERR(p)", False),
        ({"IS_ERR(p)": True}, "p", True),
        ({"IS_ERR(p)": False}, "p", None),
        ({"n==A": True}, "n==B", False),
        ({"n==A": True}, "n==m", None),
        ({"n==m": True}, "n==A", None),
        ({"n": False}, "n==-EIO", False),
        ({}, "1", True),
        ({}, "n", None),
    ],
)
def test_decided(known: dict[str, bool], key: str, truth: bool | None) -> None:
    assert decided(key, known) is truth


@pytest.mark.parametrize(
    ("value", "key", "truth"),
    [
        ("-EINVAL", "n<0", True),
        ("0", "n", False),
        ("NULL", "n", False),
        ("true", "n", True),
        ("3", "n<0", False),
        ("ERR_PTR(-ENOMEM)", "IS_ERR(n)", True),
        ("PTR_ERR(p)", "n<0", True),
        ("PTR_ERR_OR_ZERO(p)", "n", False),
        ("m", "n<0", True),
        ("a()", "n", None),
        ("IS_ERR(p)", "n", False),
        ("!IS_ERR(p)", "n", True),
        ("m == 0", "n", False),
        ("!k", "n", None),
        ("to_foo(m)", "n", True),
        ("container_of(m, struct foo, dev)", "n", True),
        ("to_foo(k)", "n", None),
    ],
)
def test_assigned(value: str, key: str, truth: bool | None) -> None:
    known = {"IS_ERR(p)": False, "m<0": True}
    assigned(known, "n", value)
    assert decided(key, known) is truth


def test_forgotten_goes_by_whole_words() -> None:
    known = {"n<0": True, "nn": True, "f->n": True, "a(n)": True}
    assert forgotten(known, iter(["n"])) == {"nn": True}
