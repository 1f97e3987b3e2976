"""docs/fixes.md: what became of each fix, as a page. Subjects and names only; no code of them is shown."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reviewbot.model.finding import Channel

from .judged import Judged, Said

HEAD = """<!-- Written by `python benchmarks/fixes.py --page docs/fixes.md`. -->
# Real fixes, forward and reversed

Real fixes of leaked, doubled and missing references, as they were posted to the lists. Each is reviewed alone, as it
is and reversed. As it is it must be quiet: nothing that would be mailed. Reversed it brings the fault in that it was
for, and should be told by a rule that means this fault. The mails are not part of this repository: `../shared/mail` has
them.

Without a tree only the diff is seen, three lines around each change. With a tree the whole file is: it is rebuilt from
a source tree of another age, if all hunks of the fix fit there (a tree that has the fix shows the file after it); "–"
where they do not. What the fix does is told by a program from the calls of the pair table on its lines; "does" of the
hand-picked ones has what their list says of the reverse. Why a reverse is not told is what the program can tell, and,
where the whole file is seen, what a reading found (`benchmarks/fixed/reasons.tsv`).

The reverse has a commit message that says nothing, since rules believe an author who calls a get or put superfluous.
"""


def page(found: Sequence[Judged], lost: Sequence[str], source: str) -> str:
    """The whole page; `lost` are fixes that could not be read, `source` what was used as the tree."""
    parts = [HEAD, f"Tree: {source}.\n", "## Figures\n", *figures(found), ""]
    if lost:
        parts += [f"Not read as a patch: {', '.join(lost)}.\n"]
    parts += ["## Forward: what is said of fixes\n", *_forward(found), ""]
    parts += ["## Reversed: not told, by cause\n", *_causes(found), ""]
    parts += ["## Fix by fix\n", *_rows(found)]
    return "\n".join(parts).rstrip() + "\n"


def figures(found: Sequence[Judged]) -> Iterator[str]:
    """The totals as lines of a table."""
    seen = [one for one in found if not one.rebuilt]
    yield "| | fixes | told, by mail | told, drafts too | forward quiet |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for title, part, is_tree in (
        ("without a tree", found, False),
        ("of these, whole files rebuilt", seen, False),
        ("the same with the tree", seen, True),
    ):
        back = [one.backward_tree if is_tree else one.backward for one in part]
        fore = [one.forward_tree if is_tree else one.forward for one in part]
        mail = sum(bool(_right(said, mail_only=True)) for said in back)
        all_ = sum(bool(_right(said)) for said in back)
        quiet = sum(not mails(said) for said in fore)
        yield f"| {title} | {len(part)} | {mail} | {all_} | {quiet} of {len(part)} |"


def _right(said: Iterable[Said], mail_only: bool = False) -> list[Said]:
    return [x for x in said if x.is_right and (x.channel is Channel.MAIL or not mail_only)]


def mails(said: Iterable[Said]) -> list[Said]:
    """Those that would be mailed."""
    return [x for x in said if x.channel is Channel.MAIL]


def _forward(found: Sequence[Judged]) -> Iterator[str]:
    rows = [
        f"- {_plain(one.fix.subject)}{' (with the tree)' if is_tree else ''}: {named(x)}"
        for one in found
        for is_tree, said in ((False, one.forward), (True, one.forward_tree))
        for x in mails(said)
    ]
    yield from rows or ["Nothing that would be mailed."]
    drafts = Counter(
        f"{x.rule} ({x.channel.value})"
        for one in found
        for x in (*one.forward, *one.forward_tree)
        if x.channel is not Channel.MAIL
    )
    rest = ", ".join(f"{rule} {count}" for rule, count in sorted(drafts.items()))
    yield f"\nFor the one who runs it, both runs together: {rest or 'nothing'}."


def _causes(found: Sequence[Judged]) -> Iterator[str]:
    for title, rows in (
        (
            "Without a tree",
            Counter(reason(x, False) for x in found if not _right(x.backward, True)),
        ),
        (
            "With a tree",
            Counter(
                reason(x, True)
                for x in found
                if not x.rebuilt and not _right(x.backward_tree, True)
            ),
        ),
    ):
        yield f"{title}: {rows.total()}\n"
        yield from (f"- {why} ({count})" for why, count in rows.most_common())
        yield ""


def reason(one: Judged, is_tree: bool) -> str:
    """Why the reversed fix was not told, without names, so that it can be counted."""
    if is_tree and one.fix.cause:
        return one.fix.cause
    return re.sub(r" \(.*\)$", "", one.cause_tree if is_tree else one.cause)


def named(said: Said) -> str:
    """A finding in a few words."""
    where = f" in {said.function}()" if said.function else ""
    return f"`{said.rule}`{where}" + (
        "" if said.channel is Channel.MAIL else f" ({said.channel.value})"
    )


def _rows(found: Sequence[Judged]) -> Iterator[str]:
    yield "| fix | does | expected of the reverse | without a tree | with a tree | why not |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in found:
        title = _plain(one.fix.subject)
        what = one.shape.kind.value + (f"; {_plain(one.fix.note)}" if one.fix.note else "")
        cells = (
            f"{one.fix.source}: {title}",
            what,
            ", ".join(one.shape.brings[:2]),
            told(one.backward),
            "–" if one.rebuilt else told(one.backward_tree),
            why(one),
        )
        yield f"| {' | '.join(cells)} |"


def told(said: Sequence[Said]) -> str:
    """What was said of a reversed fix: of the right kind, else of another."""
    right = _right(said)
    if right:
        best = min(right, key=lambda x: x.channel.rank)
        return f"{best.rule}" + ("" if best.channel is Channel.MAIL else f" ({best.channel.value})")
    other = sorted({f"{x.rule} ({x.channel.value})" for x in said})
    return "no" + (f"; but {', '.join(other)}" if other else "")


def why(one: Judged) -> str:
    """The reason for what is not told by mail; empty where it is."""
    best = one.backward if one.rebuilt else one.backward_tree
    if _right(best, mail_only=True):
        return ""
    if one.rebuilt:
        return f"{_plain(one.cause)} ({one.rebuilt})"
    if one.fix.cause:
        return _plain(f"{one.fix.cause}: {one.fix.what}")
    return _plain(one.cause_tree)


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*").replace("<", "&lt;")
