"""Makers of walks, ledgers and changes from invented functions."""

from collections.abc import Iterator
from difflib import unified_diff

from reviewbot.cmodel.balance import Balance
from reviewbot.cmodel.ledger import Ledger
from reviewbot.cmodel.pairs import Failure, Getter, Pair, PairTable, Taker
from reviewbot.cmodel.source import FunctionChange
from reviewbot.cmodel.takes import Take, takes
from reviewbot.cmodel.walk import State, Walk
from reviewbot.cmodel.words import CallWords
from tests.builders import new_file
from tests.changes import changed
from tests.cmodel.graphs import HEAD, flow_of, function
from tests.cmodel.sources import image

PATH = "drivers/foo/foo.c"

WORDS = CallWords(
    release=("put", "release", "free", "drop", "stop"),
    keep=("register", "add", "init", "create", "set", "start", "list"),
    hold=("hold", "ref", "grab", "pin", "inc"),
    free=("kfree",),
    prepare=("INIT_*",),
    make=("kzalloc*",),
    pure=("IS_ERR", "PTR_ERR", "same"),
    ignore=("IS_ERR", "PTR_ERR", "sizeof", "pr_*", "dev_err", "to_*", "container_of*"),
)

PAIRS = PairTable(
    (
        Pair("box", (Getter("box_get", carries="arg1"),), ("box_put",)),
        Pair("module", (Getter("try_box", fails=Failure.FALSE, carries="arg1"),), ("untry_box",)),
        Pair(
            "file",
            (Getter("find", fails=Failure.NULL),),
            ("lose",),
            ("swallow",),
            loop=(Getter("for_each_file", carries="arg2"),),
        ),
        Pair("context", (Getter("context_of", fails=Failure.ERR_PTR),), ("context_put",)),
        Pair(
            "notifier",
            (Getter("notify_of", fails=Failure.NEGATIVE, carries="arg1"),),
            ("notify_off",),
        ),
        Pair("symbol", (Getter("symbol_of", fails=Failure.NULL, carries="arg1"),), ("symbol_off",)),
        Pair(
            "node",
            (Getter("node_get", fails=Failure.NULL, carries="arg1", returns="arg1"),),
            ("node_put",),
        ),
        Pair(
            "part",
            (Getter("part_get", carries="arg2"),),
            ("part_put",),
            takes=(Taker("part_put", "arg2"),),
        ),
    ),
    WORDS,
)

BALANCE = Balance(PAIRS)


def taken(body: str, head: str = HEAD) -> list[Take]:
    """The calls by which the function takes references."""
    seen = image(function(body, head))
    return list(takes(flow_of(body, head), seen.outline.functions[0], PAIRS))


def walks(body: str, head: str = HEAD) -> tuple[Walk, ...]:
    """The paths of each object of the function."""
    seen = image(function(body, head))
    return BALANCE.walks(flow_of(body, head), seen.outline.functions[0])


def walk_of(body: str, head: str = HEAD) -> Walk:
    """The paths of the only object."""
    (found,) = walks(body, head)
    return found


def ledger_of(body: str, head: str = HEAD) -> Ledger:
    """What the function does to its only object."""
    return walk_of(body, head).ledger


def texts(walk: Walk, steps: Iterator[int] | frozenset[int]) -> set[str]:
    """The texts of some steps."""
    return {walk.flow.steps[number].text for number in steps}


def line(walk: Walk, state: State) -> int:
    """The line a state stands on; the body of a function begins on line 3."""
    return walk.flow.steps[state.step].line


def diff(before: str, after: str) -> str:
    """A patch that makes one text of another, with all of the file around it."""
    lines = unified_diff(
        before.splitlines(), after.splitlines(), f"a/{PATH}", f"b/{PATH}", "", "", 10_000, ""
    )
    text = "".join(f"{one}\n" for one in lines)
    return f"diff --git a/{PATH} b/{PATH}\nindex 111111111111..222222222222 100644\n{text}"


def edited(before: str, after: str, head: str = HEAD) -> list[FunctionChange]:
    """The functions touched by a patch that gives a function another body."""
    old, new = function(before, head), function(after, head)
    return [f for source in changed(diff(old, new)).sources for f in source.functions]


def added(body: str, head: str = HEAD) -> list[FunctionChange]:
    """A function that is new."""
    (source,) = changed(new_file(PATH, function(body, head))).sources
    return list(source.functions)
