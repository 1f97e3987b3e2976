"""What a rule is, how it is declared, and how rules are found.

A rule is a module with one function `check`, marked by `@rule(…)`. The type of its first parameter is the
subscription; further parameters may be a `PairTable` and the module's own frozen `Options`. The id is the
module's name with dashes and names the defect.

Law: a rule is a constant value; it keeps no state and touches nothing outside its subject. A module that
breaks the contract is refused with a sentence that names it. Must not know any single rule.
"""

import inspect
from collections.abc import Callable, Iterator
from enum import Flag, auto
from types import ModuleType
from typing import Any

from msgspec import Struct

from reviewbot.cmodel.change import FunctionChange, PatchChange, SeriesChange, SourceChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.signs import Signs
from reviewbot.errors import ConfigError
from reviewbot.model.finding import Channel, Confidence, Hit, Severity
from reviewbot.model.skip import Abstention

SUBJECTS = (SeriesChange, PatchChange, SourceChange, FunctionChange)

Check = Callable[..., Iterator[Hit | Abstention]]
Glance = Callable[[SourceChange | FunctionChange], bool]
Triggers = tuple[str, ...] | Callable[[PairTable], tuple[str, ...]]
Telling = tuple[Signs, ...] | Callable[[PairTable, Any], tuple[Signs, ...]]


class Needs(Flag):
    """The evidence a rule must have before it may speak (rule catalogue §1.0)."""

    DIFF = auto()
    FUNCTION = auto()
    SERIES = auto()
    TREE = auto()


class Rule(Struct, frozen=True):
    """A named defect and the function that finds it.

    `triggers`: literal strings, at least one of which must occur in the mails for the rule to be able
    to fire; none switches the filter off. `wants` is evidence that lets it say more. A `companion`
    speaks only where another finding is mailed as well; `on_cover` puts its words into the answer to
    the cover letter. `glance` says without a tree, of a file and then of a function, whether the rule
    can fire there, by a look at its path and text; it is sound, like the triggers. `signs`, made of the pair
    table and the rule's options, tell of a mail whether it can: one of them must be seen in some mail of the
    series for a finding of it, where there is no tree; where there are none, the triggers stand in.
    `script` is the semantic patch of a rule that Coccinelle runs, empty for all others.
    """

    id: str
    doc: str
    check: Check
    subject: type
    severity: Severity
    channel: Channel
    confidence: Confidence
    needs: Needs
    wants: Needs
    triggers: Triggers
    companion: bool
    on_cover: bool
    reference: str
    glance: Glance | None
    options: type | None
    takes_pairs: bool
    script: str = ""
    signs: Telling | None = None

    @property
    def summary(self) -> str:
        """The first line of the rule's documentation."""
        return self.doc.partition("\n")[0]

    def triggers_for(self, pairs: PairTable) -> tuple[str, ...]:
        """The literal triggers, with those that come from the pair table."""
        return self.triggers(pairs) if callable(self.triggers) else self.triggers

    def signs_for(self, pairs: PairTable, options: object) -> tuple[Signs, ...] | None:
        """The signs, with what comes from the pair table and the options; None where there are none."""
        return self.signs(pairs, options) if callable(self.signs) else self.signs

    def run(self, subject: object, pairs: PairTable, options: object) -> Iterator[Hit | Abstention]:
        """The hits on one subject, and what the rule says it could not look at."""
        arguments: list[object] = [subject]
        if self.takes_pairs:
            arguments.append(pairs)
        if self.options is not None:
            arguments.append(options)
        return self.check(*arguments)


def rule(
    *,
    severity: Severity,
    channel: Channel,
    needs: Needs,
    triggers: Triggers,
    confidence: Confidence = Confidence.HIGH,
    wants: Needs = Needs(0),
    companion: bool = False,
    on_cover: bool = False,
    reference: str = "",
    glance: Glance | None = None,
    signs: Telling | None = None,
) -> Callable[[Check], Check]:
    """Mark a module's `check` as a rule; the arguments are those of `Rule`."""
    declared = {
        "severity": severity,
        "channel": channel,
        "confidence": confidence,
        "needs": needs,
        "wants": wants,
        "triggers": triggers,
        "companion": companion,
        "on_cover": on_cover,
        "reference": reference,
        "glance": glance,
        "signs": signs,
    }

    def mark(check: Check) -> Check:
        check.__dict__["rule"] = declared
        return check

    return mark


def from_module(module: ModuleType) -> Rule:
    """The rule a module declares; raises ConfigError naming the module and what is wrong with it."""
    check = getattr(module, "check", None)
    declared: dict[str, Any] | None = getattr(check, "rule", None)
    if check is None or declared is None:
        raise _refused(module, "it has no function `check` marked with @rule")
    if not (module.__doc__ or "").strip():
        raise _refused(module, "it has no docstring to explain the rule")
    first, *rest = inspect.signature(check, eval_str=True).parameters.values()
    if first.annotation not in SUBJECTS:
        names = ", ".join(subject.__name__ for subject in SUBJECTS)
        raise _refused(module, f"the first parameter of `check` must be one of {names}")
    wanted = [parameter.annotation for parameter in rest]
    options = getattr(module, "Options", None)
    if wanted not in ([], [PairTable], [options], [PairTable, options]):
        raise _refused(module, "`check` may take a PairTable, then the module's Options, no more")
    return Rule(
        id=module.__name__.rpartition(".")[2].replace("_", "-"),
        doc=inspect.cleandoc(module.__doc__ or ""),
        check=check,
        subject=first.annotation,
        options=options if options in wanted else None,
        takes_pairs=PairTable in wanted,
        **declared,
    )


def _refused(module: ModuleType, why: str) -> ConfigError:
    return ConfigError(f"rule module {module.__name__} cannot be used: {why}")
