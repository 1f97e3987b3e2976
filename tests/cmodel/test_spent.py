"""Uses of an object behind its put."""

import pytest

from reviewbot.cmodel.spent import uses_after_put
from tests.cmodel.flows import walk_of

FIND = "struct box *x = find(n);\nif (!x)\n\treturn -ENODEV;\n"


def used(behind: str) -> list[str]:
    """The first uses behind the put of a found object."""
    walk = walk_of(f"{FIND}lose(x);\n{behind}\nreturn 0;")
    return [walk.flow.steps[use.steps[-1]].text for use in uses_after_put(walk)]


@pytest.mark.parametrize(
    "text",
    [
        "n = x->n",
        "x->n = n",
        "a(x)",
        "n = a(f, x)",
        "a(x->n)",
        "mutex_unlock(&x->lock)",
        "spin_unlock(&x->lock)",
        "up_read(&x->sem)",
        "set_bit(1, x->bits)",
    ],
)
def test_use(text: str) -> None:
    assert used(f"{text};") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "n = f->x",
        "n = f->x->n",
        "n = x == b",
        "x = b",
        "kfree(x)",
        'pr_debug("%p", x)',
        'dev_err(f, "%p", &x->lock)',
        "n = sizeof(*x)",
        "n = sizeof(x->n)",
        "f = container_of(x, struct foo, box)",
        "f = to_foo(x)",
        "xx->n = n",
    ],
)
def test_no_use(text: str) -> None:
    assert used(f"{text};") == []


def test_who_prints_a_member_reads_it() -> None:
    assert used('dev_err(f, "%s", x->name);') == ['dev_err(f, " ", x->name)']
    assert used("f = to_foo(x->box);") == ["f = to_foo(x->box)"]


def test_the_first_use_only() -> None:
    assert used("a(x);\nc(x);") == ["a(x)"]


def test_a_condition_uses() -> None:
    assert used("if (x->n)\n\ta();") == ["x->n"]


@pytest.mark.parametrize(
    "body",
    [
        f"{FIND}n = x->n;\nlose(x);\nreturn n;",
        f"{FIND}lose(x);\nx = find(n);\nn = x->n;\nreturn 0;",
        f"{FIND}lose(x);\nx = b;\nn = x->n;\nreturn 0;",
        "box_get(b);\nbox_get(b);\nbox_put(b);\nn = b->n;\nreturn 0;",
        "box_get(b);\nif (n)\n\tbox_put(b);\nif (!n)\n\tb->n = n;\nreturn 0;",
    ],
)
def test_held_or_another_object(body: str) -> None:
    assert list(uses_after_put(walk_of(body))) == []


def test_steps_lead_from_the_put_to_the_use() -> None:
    walk = walk_of(f"{FIND}lose(x);\nc();\na(x);\nreturn 0;")
    (use,) = uses_after_put(walk)
    assert [walk.flow.steps[number].text for number in use.steps] == ["lose(x)", "c()", "a(x)"]
