"""Which locks a function holds at a step of its flow."""

import pytest

from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.locks import locks, released
from tests.cmodel.sources import image


def held(body: str) -> tuple[set[str], set[str]]:
    """The locks surely and perhaps held at `here()`."""
    lines = "".join(f"\t{line}\n" for line in body.strip().split("\n"))
    seen = image(f"int foo(struct foo *f)\n{{\n{lines}}}\n")
    graph = flow(seen, seen.outline.functions[0])
    assert graph is not None
    found = locks(graph, seen)
    (at,) = [number for number, step in enumerate(graph.steps) if step.text == "here()"]
    surely, perhaps = found.surely[at], found.perhaps[at]
    return {lock.text for lock in surely}, {lock.text for lock in perhaps}


@pytest.mark.parametrize(
    "body",
    [
        "mutex_lock(&f->lock);\nhere();\nmutex_unlock(&f->lock);",
        "down_read(&f->lock);\nhere();\nup_read(&f->lock);",
        "spin_lock_irqsave(&f->lock, flags);\nhere();\nspin_unlock_irqrestore(&f->lock, flags);",
        "if (mutex_lock_interruptible(&f->lock))\n\treturn 1;\nhere();",
        "guard(mutex)(&f->lock);\nhere();",
        "scoped_guard(mutex, &f->lock) {\n\there();\n}",
        "mutex_lock(&f->lock);\nif (f->a) {\n\tmutex_unlock(&f->lock);\n\treturn 0;\n}\nhere();",
    ],
)
def test_held(body: str) -> None:
    assert held(body) == ({"f->lock"}, {"f->lock"})


@pytest.mark.parametrize(
    "body",
    [
        "mutex_lock(&f->lock);\nmutex_unlock(&f->lock);\nhere();",
        "{\n\tguard(mutex)(&f->lock);\n\tuse(f);\n}\nhere();",
        "scoped_guard(mutex, &f->lock) {\n\tuse(f);\n}\nhere();",
        "here();\nmutex_lock(&f->lock);",
        "clock(f);\nhere();",
    ],
)
def test_not_held(body: str) -> None:
    assert held(body) == (set(), set())


def test_held_on_one_of_two_ways() -> None:
    assert held("if (f->a)\n\tmutex_lock(&f->lock);\nhere();") == (set(), {"f->lock"})


def test_rcu_has_no_name() -> None:
    assert held("rcu_read_lock();\nhere();\nrcu_read_unlock();") == ({""}, {""})


def test_what_a_step_releases() -> None:
    assert released("mutex_unlock(&f->lock)") == {"f->lock"}
    assert released("use(f)") == frozenset()
