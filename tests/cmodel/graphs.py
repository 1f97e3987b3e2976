"""Makers of flows from invented functions, and ways through them."""

from reviewbot.cmodel.conditions import atom
from reviewbot.cmodel.flow import Flow, Kind, Step, Why
from reviewbot.cmodel.flow_build import reading
from tests.cmodel.sources import image

HEAD = "int foo(struct box *b, struct foo *f, int n)"


def function(body: str, head: str = HEAD) -> str:
    """A whole function with these statements, from line 3 on; a directive stands at the margin."""
    lines = body.strip().split("\n")
    return (
        f"{head}\n{{\n" + "".join(f"{'' if x[:1] == '#' else chr(9)}{x}\n" for x in lines) + "}\n"
    )


def read(body: str, head: str = HEAD) -> Flow | Why:
    """The flow of a function with these statements, or why there is none."""
    seen = image(function(body, head))
    return reading(seen, seen.outline.functions[0])


def flow_of(body: str, head: str = HEAD) -> Flow:
    """The same where it must be readable."""
    found = read(body, head)
    assert isinstance(found, Flow), found
    return found


def ways(graph: Flow) -> set[tuple[str, ...]]:
    """The texts of all steps on each way from the beginning to an end, every step taken at most once."""
    found: set[tuple[str, ...]] = set()
    open_: list[tuple[tuple[int, ...], frozenset[int]]] = [
        ((graph.entry,), frozenset((graph.entry,)))
    ]
    while open_:
        path, seen = open_.pop()
        step = graph.steps[path[-1]]
        if step.kind in (Kind.EXIT, Kind.STOP):
            found.add(tuple(told(graph.steps[n]) for n in path if graph.steps[n].text))
        open_ += [((*path, n), seen | {n}) for n in step.next if n not in seen]
    return found


def runs(graph: Flow, **truth: bool) -> list[str]:
    """What is done on the way on which each condition, by its key, holds as told; False unless told."""
    number, done = graph.entry, []
    for _ in range(200):
        step = graph.steps[number]
        if step.text and step.kind is not Kind.BRANCH:
            done.append(told(step))
        if not step.next:
            return done
        condition = atom(step.text)
        held = truth.get(condition.key, False) is condition.value
        number = step.next[0 if step.kind is not Kind.BRANCH or held else 1]
    raise AssertionError("no end")


def told(step: Step) -> str:
    """The text of a step, an exit as a `return`."""
    return f"return {step.text}".rstrip() if step.kind is Kind.EXIT else step.text
