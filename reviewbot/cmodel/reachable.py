"""Reachable: which steps of a flow lie behind or before others, conditions aside.

Law: it knows the graph and nothing of what the steps do.
"""

from collections.abc import Collection, Iterable

from reviewbot.cmodel.flow import Flow


def reached(flow: Flow, numbers: Iterable[int]) -> frozenset[int]:
    """The steps that can be reached from these; these only where a way leads back."""
    found: set[int] = set()
    queue = [following for number in numbers for following in flow.steps[number].next]
    while queue:
        number = queue.pop()
        if number not in found:
            found.add(number)
            queue.extend(flow.steps[number].next)
    return frozenset(found)


def reaching(flow: Flow, numbers: Iterable[int], stops: Collection[int]) -> frozenset[int]:
    """The steps from which one of these can be reached, these included, on ways that pass no stop."""
    before: dict[int, list[int]] = {}
    for number, step in enumerate(flow.steps):
        for following in step.next:
            before.setdefault(following, []).append(number)
    found = set(numbers)
    queue = list(found)
    while queue:
        fresh = [n for n in before.get(queue.pop(), ()) if n not in found and n not in stops]
        found.update(fresh)
        queue.extend(fresh)
    return frozenset(found)
