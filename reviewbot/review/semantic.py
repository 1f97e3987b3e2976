"""Semantic patches of rule packs as rules: `.cocci` files that Coccinelle runs over the files of a patch.

Law: the rule is like any other, with the same evidence asked for and the words kept out of it; only what a
patch brings in is told. Who runs it is handed in. Must not know processes.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from reviewbot.cmodel.excerpt import touched_functions, whole_file
from reviewbot.cmodel.fresh import Fresh, fresh
from reviewbot.cmodel.source import SourceChange
from reviewbot.model.diff import Side
from reviewbot.model.finding import Confidence, Hit
from reviewbot.model.match import Match, Matcher
from reviewbot.model.skip import Abstention, SkipReason
from reviewbot.review.prefilter import Prefilter, prefilter
from reviewbot.review.script import Script, script
from reviewbot.rule import Needs, Rule

_IS_C = re.compile(r".*\.[ch]", re.DOTALL)


def not_run(_script: Path, _text: str) -> Abstention:
    """The matcher of those who have none."""
    return Abstention(SkipReason.NO_SPATCH)


def from_script(path: Path, matcher: Matcher = not_run) -> Rule:
    """The rule in a `.cocci` file; raises ConfigError that names the file and what is wrong with it."""
    found = script(path)
    return Rule(
        id=found.id,
        doc=found.doc,
        check=SemanticPatch(found, matcher, prefilter(found.triggers)),
        subject=SourceChange,
        severity=found.severity,
        channel=found.channel,
        confidence=found.confidence,
        needs=Needs.FUNCTION,
        wants=Needs(0),
        # What triggers it need not stand in the diff: the check looks for it in the files.
        triggers=(),
        companion=False,
        on_cover=False,
        reference=found.reference,
        glance=None,
        options=None,
        takes_pairs=False,
        script=str(path),
    )


class SemanticPatch(Struct, frozen=True):
    """The check of such a rule; `wanted` are its triggers."""

    script: Script
    matcher: Matcher
    wanted: Prefilter

    def __call__(self, source: SourceChange) -> Iterator[Hit | Abstention]:
        """The matches a patch brings into one file, or why it cannot be told whether there are any."""
        if not _IS_C.fullmatch(source.path) or not (source.added or source.removed):
            return
        needs_file = self.script.needs_file
        seen = whole_file(source) if needs_file else touched_functions(source)
        if seen is None:
            if self.wanted.passes(source.text):
                yield Abstention(SkipReason.PARTIAL_FILE if needs_file else SkipReason.PARTIAL)
            return
        new = self._matches(seen.new)
        old = self._matches(seen.old) if new else ()
        if isinstance(new, Abstention):
            yield new
        elif isinstance(old, Abstention):
            yield old
        else:
            yield from (self._hit(source, found) for found in fresh(source, old, new))

    def _matches(self, text: str) -> tuple[Match, ...] | Abstention:
        if not text.strip() or not self.wanted.passes(text):
            return ()
        return self.matcher(self.script.path, text)

    def _hit(self, source: SourceChange, found: Fresh) -> Hit:
        """A match on a line that the patch did not touch is less certain than one on a line that it did."""
        text = source.new.code(found.match.line).strip()
        return source.at(
            found.line,
            found.side,
            symbol=self._symbol(text),
            confidence=None if found.exact and found.side is Side.NEW else Confidence.MEDIUM,
            summary=self.script.summary,
            message=found.match.message,
            match=text,
        )

    def _symbol(self, text: str) -> str:
        """What the script's expression finds in the line: its first group, if it has one."""
        found = re.search(self.script.symbol, text) if self.script.symbol else None
        return (found[min(found.re.groups, 1)] or "") if found else ""
