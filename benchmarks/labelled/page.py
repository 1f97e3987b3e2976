"""docs/benchmark.md: a run as a page. Patches are named by their ids; no code of them is shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from .tables import Table, grouped

HEAD = """<!-- Written by `python benchmarks/bench.py --page docs/benchmark.md`. -->
# The labelled benchmark

Real kernel functions with one fault put in, beside clean twins that look alike; real fixes reversed, and as they
were; patches that were merged as posted. The patches are not part of this repository: `../shared/bench` has them,
with the labels and the program that scores. Each patch is reviewed alone, and what counts is what would be mailed.

*Recall*: of the faults, those told at the right place by a rule that means them. *Precision*: of the findings, those
that are faults; every other finding is a false alarm, also on a patch that has a fault elsewhere. *Told apart*: pairs
of a faulty patch and its clean twin of which the first is told and the second is not.

What others reach on it, by its own README: counting lines that get and put 57.8 % recall at 22.7 % precision; a
semantic patch for KVM 52.5 % at 97.1 % of the KVM part, one for modules 41.2 % at 73.2 % of the module part. The
semantic patches measured here are those of `benchmarks/cocci/`, run as a rule pack, every match counted.
"""


class Listing(Struct, frozen=True):
    """The misses and the false alarms of one tool, each with its cause: (cause, id)."""

    tool: str
    missed: tuple[tuple[str, str], ...]
    alarms: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """For a terminal."""
        return "\n".join([*self._lines("  ", "", "{count:5}  {cause}")]) + "\n"

    def markdown(self) -> str:
        """For a page."""
        return "\n".join([*self._lines("", "\n", "- **{cause}** ({count})", "### ")]) + "\n"

    def _lines(self, indent: str, gap: str, form: str, title: str = "") -> Iterator[str]:
        for what, found in (("Missed", self.missed), ("False alarms", self.alarms)):
            yield f"{title}{what} {self.tool}: {len(found)}{gap}"
            for cause, ids in grouped(found).items():
                yield indent + form.format(cause=cause, count=len(ids))
                yield from folded(sorted(ids), f"{indent}  ")
            yield gap.rstrip("\n")


def folded(ids: Sequence[str], indent: str, width: int = 110) -> Iterator[str]:
    """Ids in lines."""
    line = indent.rstrip()
    for name in ids:
        if line.strip() and len(line) + len(name) + 1 > width:
            yield line
            line = indent.rstrip()
        line = f"{line} {name}" if line.strip() else f"{indent}{name}"
    if line.strip():
        yield line


def page(figures: Iterable[Table], listings: Sequence[Listing], notes: Mapping[str, str]) -> str:
    """The whole page; `notes` say what there is to know about a tool, or why it did not run."""
    parts = [HEAD, "## What ran\n"]
    parts += [f"- **{tool}**: {note}" for tool, note in notes.items()]
    parts += ["\n## Figures\n", *(table.markdown() for table in figures)]
    parts += ["## Misses and false alarms by cause\n"]
    parts += [
        "A cause is what a program can tell: the first thing that stood between the patch and the finding.\n"
    ]
    parts += [listing.markdown() for listing in listings]
    return "\n".join(parts).rstrip() + "\n"
