"""Real fixes, forward and reversed: is the fix quiet, and is its reverse told by the right rule?

    python benchmarks/fixes.py --source ../linux-6.12               everything, into the terminal
    python benchmarks/fixes.py --source … --page docs/fixes.md      and as the page
    python benchmarks/fixes.py --only of_node --words               some of them, with what is said

The fixes are not part of the checkout: `../shared/mail` has them. Each is reviewed alone, without a tree and, where
the file can be rebuilt from a tree of another age, with it. 1 if a rule failed or would mail about a fix.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fixed.cases import fixes
from fixed.judged import Judged, Names, judged
from fixed.page import figures, mails, named, page
from labelled.sets import cloned

from reviewbot.config import load
from reviewbot.model.tree import Tree
from reviewbot.sources.gitobjects import GitObjects
from reviewbot.sources.gittree import GitTree, Repository
from reviewbot.sources.sourcedir import source_dir
from reviewbot.sources.trees import Trees

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared"
RULE_NAMES = HERE / "rule_names.json"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "mail", nargs="?", type=Path, default=SHARED / "mail", help="the folder of mail"
    )
    parser.add_argument("--source", type=Path, metavar="DIR", help="an unpacked kernel")
    parser.add_argument("--tree", type=Path, action="append", default=[], metavar="GIT")
    parser.add_argument("--only", default="", metavar="TEXT", help="fixes with this in their name")
    parser.add_argument("--words", action="store_true", help="print what is said of each")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the page")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if not (options.mail / "fix-diffs").is_dir():
        print(f"Nothing to run: there are no fixes at {options.mail}.")
        return 0
    names: Names = json.loads(RULE_NAMES.read_text(encoding="utf-8"))
    found: list[Judged] = []
    lost: list[str] = []
    kit = load().kit()
    with tree(options) as stood_on:
        for one in fixes(options.mail):
            if isinstance(one, str):
                lost.append(one)
            elif options.only in one.id:
                found.append(judged(one, kit, stood_on, names))
                report(found[-1], options.words)
    print("", *figures(found), sep="\n")
    if options.page:
        options.page.write_text(page(found, lost, called(options)), encoding="utf-8")
        print(f"{options.page} written")
    failures = [failure for one in found for failure in one.failures]
    print(f"not read: {len(lost)}; rule failures: {len(failures)}", *failures[:20], sep="\n  ")
    return int(bool(failures) or any(mails((*one.forward, *one.forward_tree)) for one in found))


def called(options: argparse.Namespace) -> str:
    """The trees by the last part of their paths, as a page may say it."""
    names = [path.stem for path in (*options.tree, *([options.source] if options.source else []))]
    return ", ".join([*names, "the objects of the labelled benchmark"])


@contextmanager
def tree(options: argparse.Namespace) -> Iterator[Tree]:
    """All that there is to look files up in: repositories, the benchmark's objects, a source."""
    bundles = sorted((SHARED / "bench").glob("*.bundle"))
    with ExitStack() as open_:
        objects = [
            open_.enter_context(GitObjects(path)) for path in (*options.tree, *map(cloned, bundles))
        ]
        found: list[Tree] = [GitTree(one, Repository(one).commit("HEAD")) for one in objects]
        if options.source:
            found.append(source_dir(options.source))
        yield Trees(tuple(found))


def report(one: Judged, with_words: bool) -> None:
    """One fix on a line; with the words of all findings if asked for."""
    rebuilt = "rebuilt" if not one.rebuilt else one.rebuilt
    print(f"{one.fix.id} [{one.shape.kind.value}; {rebuilt}]")
    runs = (
        ("forward", one.forward, ""),
        ("forward, tree", one.forward_tree, ""),
        ("reverse", one.backward, one.cause),
        ("reverse, tree", one.backward_tree, one.cause_tree),
    )
    for title, found, why in runs:
        for x in found:
            print(f"    {title}: {'right ' if x.is_right else ''}{named(x)} {x.channel.value}")
            if with_words:
                print("       ", x.comment.replace("\n", " "))
        if why and not mails(x for x in found if x.is_right):
            print(f"    {title}: not told: {why}")


if __name__ == "__main__":
    sys.exit(main())
