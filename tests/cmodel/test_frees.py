"""Calls after which an object is gone."""

import pytest

from reviewbot.cmodel.frees import Statement, dropped, freed, handed_back, statement

PUTTERS = ("foo_put", "put_device", "kref_put")


def call(text: str) -> Statement:
    found = statement(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kfree(f)", "f"),
        ("kfree(f->name)", "f->name"),
        ("(void)kvfree(f.data)", "f.data"),
        ("kmem_cache_free(foo_cache, f)", "f"),
        ("devm_kfree(&pdev->dev, f)", "f"),
        ("kfree_rcu(f, rcu)", ""),
        ("kfree(to_foo(f))", ""),
        ("kfree(f[1])", ""),
        ("kmem_cache_free(foo_cache)", ""),
        ("kfree()", ""),
    ],
)
def test_what_is_freed(text: str, expected: str) -> None:
    assert freed(call(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo_put(f)", "f"),
        ("put_device(&f->dev)", "f"),
        ("put_device(&f->a.dev)", "f"),
        ("kref_put(&f->b->kref, foo_release)", "f->b"),
        ("put_device(&dev)", ""),
        ("foo_get(f)", ""),
        ("foo_put()", ""),
        ("put_device(foo_dev(f))", ""),
    ],
)
def test_what_may_be_gone_after_a_put(text: str, expected: str) -> None:
    assert dropped(call(text), PUTTERS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f->ops->release(f)", "f"),
        ("f->destructor(f)", "f"),
        ("f->base->foo_free(f->base)", "f->base"),
        ("f->ops->release(g)", ""),
        ("f->ops->start(f)", ""),
        ("release(f)", ""),
        ("f->ops->release()", ""),
    ],
)
def test_what_is_handed_to_its_own_callback(text: str, expected: str) -> None:
    assert handed_back(call(text)) == expected


@pytest.mark.parametrize("text", ["ret = kfree(f)", "f", "if (x) kfree(f)", "kfree(f), kfree(g->x"])
def test_what_is_no_call(text: str) -> None:
    assert statement(text) is None


def test_arguments() -> None:
    assert call("foo(a, b(c, d), e)") == Statement("foo", ("a", "b(c, d)", "e"))
