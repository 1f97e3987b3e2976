"""Makers of flows from invented functions."""

from reviewbot.cmodel.acquisitions import resources
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.pairs import Failure, Getter, Pair, PairTable
from reviewbot.cmodel.paths import Outcome, outcome
from tests.cmodel.sources import image

PAIRS = PairTable(
    (
        Pair("box", (Getter("box_get", carries="arg1"),), ("box_put",)),
        Pair("module", (Getter("try_box", fails=Failure.FALSE, carries="arg1"),), ("untry_box",)),
        Pair("file", (Getter("find", fails=Failure.NULL),), ("lose",), ("swallow",)),
        Pair("context", (Getter("context_of", fails=Failure.ERR_PTR),), ("context_put",)),
        Pair(
            "notifier",
            (Getter("notify_of", fails=Failure.NEGATIVE, carries="arg1"),),
            ("notify_off",),
        ),
        Pair("symbol", (Getter("symbol_of", fails=Failure.NULL, carries="arg1"),), ("symbol_off",)),
    )
)

HEAD = "int foo(struct box *b, struct foo *f, int n)"


def function(body: str, head: str = HEAD) -> str:
    """A whole function with these statements, from line 3 on."""
    return f"{head}\n{{\n" + "".join(f"\t{line}\n" for line in body.strip().split("\n")) + "}\n"


def read(body: str, head: str = HEAD) -> Flow | None:
    """The flow of a function with these statements."""
    seen = image(function(body, head))
    return flow(seen, seen.outline.functions[0])


def flow_of(body: str, head: str = HEAD) -> Flow:
    """The same where it must be readable."""
    found = read(body, head)
    assert found is not None
    return found


def outcomes(body: str, head: str = HEAD) -> list[Outcome]:
    """Where the paths of every reference of the function lead."""
    seen = image(function(body, head))
    first = seen.outline.functions[0]
    graph = flow_of(body, head)
    return [outcome(graph, resource) for resource in resources(graph, first, PAIRS)]


def held(body: str, head: str = HEAD) -> list[int]:
    """The lines of the exits at which the only reference is still held, in order."""
    graph = flow_of(body, head)
    (found,) = outcomes(body, head)
    return sorted({graph.steps[leak.path[-1]].line for leak in found.leaks})


def ways(graph: Flow) -> set[tuple[str, ...]]:
    """The texts of all steps on each way from the beginning to an end, every step taken at most once."""
    found: set[tuple[str, ...]] = set()
    open_ = [((graph.entry,), frozenset((graph.entry,)))]
    while open_:
        path, seen = open_.pop()
        step = graph.steps[path[-1]]
        if step.kind in (Kind.EXIT, Kind.STOP):
            found.add(
                tuple(_told(graph.steps[number]) for number in path if graph.steps[number].text)
            )
        open_ += [((*path, n), seen | {n}) for n in step.next if n not in seen]
    return found


def _told(step: Step) -> str:
    return f"return {step.text}" if step.kind is Kind.EXIT else step.text
