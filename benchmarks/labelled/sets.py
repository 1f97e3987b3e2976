"""The sets of the labelled benchmark: their patches, their labels, the git objects behind them.

The labels are read as they are (see the README beside them); the trees are cloned from bundles into a cache.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

Label = Mapping[str, Any]

NAMES = ("mutations", "reversed-fixes", "merged")


class LabelledSet(Struct, frozen=True):
    """One set: its folder, its labels, and the repository its patches stand on, if there is one."""

    name: str
    folder: Path
    labels: tuple[Label, ...]
    tree: Path | None

    def patch(self, label: Label) -> Path:
        """The file of a patch."""
        return self.folder / label["patch"]


def sets(
    bench: Path, names: Iterable[str], only: Sequence[str] = (), limit: int = 0
) -> Iterator[LabelledSet]:
    """The sets of that name that are there.

    `only` are conditions `field=value,value` on labels, all of which must hold; the clean twin of a patch
    comes with it. `limit` takes about as many patches, spread over the set.
    """
    for name in names:
        folder = bench / name
        if not (folder / "labels.jsonl").is_file():
            continue
        labels = chosen([*read_labels(folder / "labels.jsonl")], only)
        step = -(-len(labels) // limit) if limit else 1
        bundle = bench / f"{name}.bundle"
        tree = cloned(bundle) if bundle.is_file() else None
        yield LabelledSet(name, folder, tuple(labels[::step]), tree)


def read_labels(path: Path) -> Iterator[Label]:
    """The labels of a file in JSON Lines."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def chosen(labels: Sequence[Label], only: Sequence[str]) -> list[Label]:
    """The labels that meet every condition, and the twins of those that do."""
    conditions = [condition.partition("=") for condition in only]
    wanted = {
        label["id"]
        for label in labels
        if all(str(label.get(field)) in values.split(",") for field, _, values in conditions)
    }
    twins = {label["id"] for label in labels if twin(label) in wanted}
    return [label for label in labels if label["id"] in wanted | twins]


def twin(label: Label) -> str:
    """The id of the patch a clean one is the twin of, in the same context; empty if of none."""
    of = label.get("twin_of") or ""
    return of + ("w" if of and str(label["id"]).endswith("w") else "")


def cache() -> Path:
    """Where clones are kept: `$XDG_CACHE_HOME/reviewbot/bench`, by default below `~/.cache`."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return home / "reviewbot" / "bench"


def cloned(bundle: Path) -> Path:
    """A bare clone of the bundle, made once; another bundle of that name gets another clone."""
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()[:12]
    target = cache() / f"{bundle.stem}-{digest}.git"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(f".{os.getpid()}")
        command = ("git", "clone", "--quiet", "--mirror", str(bundle), str(unfinished))
        subprocess.run(command, check=True)
        unfinished.rename(target)
    return target
