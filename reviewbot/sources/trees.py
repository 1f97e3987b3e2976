"""The source trees named on the command line, and what they are for one series.

Law: the first tree that can answer does; a path is asked first of the tree that stands at the commit the
series names. Must not know which commands there are.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from reviewbot.errors import UsageError
from reviewbot.model.series import Series
from reviewbot.model.tree import NO_COMMIT, Commit, Mentions, Sight, Tree
from reviewbot.sources.gitobjects import GitObjects
from reviewbot.sources.gittree import GitTree, Repository
from reviewbot.sources.sourcedir import source_dir


class Trees(Struct, frozen=True):
    """Several trees as one, tried in order."""

    trees: tuple[Tree, ...]

    @property
    def name(self) -> str:
        """The names of all."""
        return ", ".join(tree.name for tree in self.trees)

    def blob(self, blob_id: str) -> str | None:
        """The text of the blob in the first tree that has it."""
        return next(_known(tree.blob(blob_id) for tree in self.trees), None)

    def file(self, path: str) -> str | None:
        """The text at `path` in the first tree that has it."""
        return next(_known(tree.file(path) for tree in self.trees), None)

    def sights(self, blob_id: str, path: str) -> Iterator[Sight]:
        """The blob in each tree, then the path in each."""
        for tree in self.trees if blob_id else ():
            yield from tree.sights(blob_id, "")
        for tree in self.trees if path else ():
            yield from tree.sights("", path)

    def mentions(self, words: Collection[str]) -> Mentions | None:
        """Paths of all trees in which the words occur; None where one of them cannot tell."""
        found: dict[str, dict[str, None]] = {word: {} for word in words}
        for tree in self.trees:
            answer = tree.mentions(words)
            if answer is None:
                return None
            for word, paths in answer.items():
                found[word].update(dict.fromkeys(paths))
        return {word: tuple(paths) for word, paths in found.items()}

    def commit(self, abbreviation: str) -> Commit | None:
        """The commit in the first tree that has it; NO_COMMIT only where all are sure of that."""
        answers = [tree.commit(abbreviation) for tree in self.trees]
        unsure = None if None in answers or not answers else NO_COMMIT
        return next((one for one in answers if one is not None and one != NO_COMMIT), unsure)


def _known(texts: Iterator[str | None]) -> Iterator[str]:
    return (text for text in texts if text is not None)


@contextmanager
def opened(
    repositories: Sequence[Path],
    source: Path | None = None,
    base: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Callable[[Series], Tree]]:
    """The trees, open while the `with` block runs: a function that gives what they are for a series.

    `base` is the revision for series that name none. Repositories that turned out to be damaged are told
    of at the end. Raises InputError for a tree that cannot be used, UsageError for an unknown `base`.
    """
    with ExitStack() as open_:
        objects = [open_.enter_context(GitObjects(path)) for path in repositories]
        folders = (source_dir(source),) if source is not None else ()
        found = tuple(Repository(each) for each in objects)
        if base and not any(each.commit(base) for each in found):
            raise UsageError(f"--base {base}: no --tree has such a commit")

        def of(series: Series) -> Tree:
            trees = sorted(
                (each.tree(series, base) for each in found),
                key=lambda tree: not _stands_at(tree, series),
            )
            return Trees((*trees, *folders))

        yield of
        for each in objects:
            each.close()
            if each.fault:
                tell(f"{each.path}: not all of it could be read ({each.fault})")


def _stands_at(tree: GitTree, series: Series) -> bool:
    """Whether the tree is at the very commit the series names."""
    return bool(series.base_commit) and tree.base.startswith(series.base_commit)
