"""`--stats`: where the time went and what each rule found.

Law: measuring changes nothing that is measured but its time. Must not know what a rule does.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from time import perf_counter
from typing import TypeVar

from msgspec.structs import replace

from reviewbot.model.finding import Channel, Hit
from reviewbot.model.skip import Abstention
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.rule import Rule

Item = TypeVar("Item")

CHANNELS = (Channel.MAIL, Channel.DRAFT, Channel.REPORT, Channel.SUPPRESSED, Channel.GATE)


class Watch:
    """Seconds spent, by the name of what they were spent on."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def measure(self, what: str) -> Iterator[None]:
        """Count the time of a `with` block."""
        begin = perf_counter()
        try:
            yield
        finally:
            self.seconds[what] += perf_counter() - begin

    def each(self, what: str, items: Iterable[Item]) -> Iterator[Item]:
        """The items, the time of making each one counted."""
        iterator = iter(items)
        while True:
            with self.measure(what):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def over(self, kit: Kit) -> Kit:
        """The kit with every rule's time counted under its id."""
        return replace(kit, rules=tuple(self._timed(rule) for rule in kit.rules))

    def _timed(self, rule: Rule) -> Rule:
        def check(*arguments: object) -> Iterator[Hit | Abstention]:
            return self.each(rule.id, rule.check(*arguments))

        return replace(rule, check=check)


def report(outcomes: Iterable[Outcome], kit: Kit, watch: Watch) -> None:
    """Write the tables to stderr: the stages, then the rules, slowest first."""
    counts = {rule.id: Counter[str]() for rule in kit.rules}
    for outcome in outcomes:
        for rule_id, what in _events(outcome):
            counts[rule_id][what] += 1
    columns = (*(channel.value for channel in CHANNELS), "skipped", "failed")
    stages = [(name, _ms(spent)) for name, spent in watch.seconds.items() if name not in counts]
    rows = [
        (rule_id, _ms(watch.seconds[rule_id]), *(str(found[column] or "") for column in columns))
        for rule_id, found in sorted(counts.items(), key=lambda entry: -watch.seconds[entry[0]])
    ]
    show = import_module("reviewbot.commands.tables").show
    show(("stage", "ms"), stages, sys.stderr)
    show(("rule", "ms", *columns), rows, sys.stderr)


def _events(outcome: Outcome) -> Iterator[tuple[str, str]]:
    for verdict in (*outcome.verdicts, *outcome.gates):
        yield verdict.finding.rule, verdict.channel.value
    yield from ((skip.rule, "skipped") for skip in outcome.skipped)
    yield from ((failure.rule, "failed") for failure in outcome.failures)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
