"""One fix through the belt: forward and reversed, with a tree and without, and why nothing was said."""

from collections.abc import Iterator, Mapping, Sequence

from labelled.causes import Miss, cause
from msgspec import Struct

from reviewbot.cmodel.change import series_change
from reviewbot.model.diff import FileChange, Line, Sign
from reviewbot.model.finding import Channel
from reviewbot.model.series import Series
from reviewbot.model.tree import NoTree, Tree
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.review import review

from .cases import Fix, mailed
from .rebuild import Overlay, Rebuilt, rebuilt, turned
from .shape import Kind, Shape, shape

Names = Mapping[str, list[str]]
NO_TREE = "no tree given"


class Said(Struct, frozen=True):
    """One finding: its rule and channel, where it stands, its words, and whether it means what is expected."""

    rule: str
    channel: Channel
    function: str
    symbol: str
    comment: str
    is_right: bool


class Judged(Struct, frozen=True):
    """What came of a fix, without a tree and with it.

    `rebuilt` is empty where all files of the fix were rebuilt from the tree, else says why one was not.
    """

    fix: Fix
    shape: Shape
    rebuilt: str
    forward: tuple[Said, ...]
    forward_tree: tuple[Said, ...]
    backward: tuple[Said, ...]
    backward_tree: tuple[Said, ...]
    cause: str
    cause_tree: str
    failures: tuple[str, ...]


def judged(fix: Fix, kit: Kit, tree: Tree, names: Names) -> Judged:
    """Review the fix and its reverse, each alone."""
    files = fix.patch.files
    told = shape(files, kit.pairs)
    made = {file.path: rebuilt(file, tree) for file in files}
    known = {path: one for path, one in made.items() if isinstance(one, Rebuilt)}
    moved = [known[f.path].file if f.path in known else f for f in files]
    before = Overlay({path: one.before for path, one in known.items()}, tree)
    after = Overlay({path: one.after for path, one in known.items()}, tree)
    none = NoTree()
    plan: list[tuple[Sequence[FileChange], bool, Tree]] = [
        (files, False, none),
        (moved, False, before),
        ([turned(file) for file in files], True, none),
        ([turned(file) for file in moved], True, after),
    ]
    series = [mailed(fix, changed, is_reversed) for changed, is_reversed, _ in plan]
    trees = [each for _, _, each in plan]
    outcomes = [review(one, kit, each) for one, each in zip(series, trees, strict=True)]
    said = [tuple(_said(outcome, told, names)) for outcome in outcomes]
    return Judged(
        fix,
        told,
        next((one for one in made.values() if isinstance(one, str)), ""),
        *said,
        cause=_cause(outcomes[2], none, told, kit, names),
        cause_tree=_cause(outcomes[3], after, told, kit, names) if known else NO_TREE,
        failures=tuple(f"{x.rule}: {x.error}" for one in outcomes for x in one.failures),
    )


def _said(outcome: Outcome, told: Shape, names: Names) -> Iterator[Said]:
    for verdict in outcome.verdicts:
        if verdict.channel is Channel.SUPPRESSED:
            continue
        found = verdict.finding
        yield Said(
            found.rule,
            verdict.channel,
            found.function,
            found.symbol,
            verdict.comment,
            bool({*names.get(found.rule, ())} & {*told.brings}),
        )


def _cause(outcome: Outcome, tree: Tree, told: Shape, kit: Kit, names: Names) -> str:
    """Why nothing was said of the reversed diff, as far as a program can tell."""
    if told.kind is Kind.OTHER_CALLS:
        return f"object not in the pair table ({', '.join(told.unknown[:2])})"
    expected = [*_expected(outcome.series, tree, told)]
    label = {"class": "G", "expect": expected, "release": told.puts, "acquire": None}
    return cause(Miss(label, (outcome,), (tree,), kit.pairs, names))


def _expected(series: Series, tree: Tree, told: Shape) -> Iterator[dict[str, object]]:
    """The functions in which the fix touches a call of the pair table, or any where it touches none."""
    words = {*told.gets, *told.puts}
    change = series_change(series, tree)
    found = []
    for source in change.sources:
        for sign, image in ((Sign.REMOVED, source.old), (Sign.ADDED, source.new)):
            for line in source.lines(sign):
                number = line.old if sign is Sign.REMOVED else line.new
                function = image.outline.function_at(number)
                name = function.name if function is not None else ""
                rank = not _mentions(line, words)
                found.append((rank, source.path, name))
    found = [*dict.fromkeys(sorted(found, key=lambda one: one[0]))]
    best = [one for one in found if not one[0]] or found
    for _, path, name in best:
        yield {"file": path, "function": name, "rules": list(told.brings)}


def _mentions(line: Line, words: set[str]) -> bool:
    return any(word in line.text for word in words)
