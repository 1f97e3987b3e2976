"""A rule pack that kills whoever reads a patch with a word, and a configuration that names it."""

from pathlib import Path

DEADLY = '''"""A word that nobody survives.

Why: the tests of audits need one. Fix: none. Quiet when: the word is not there.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

from reviewbot.cmodel.change import PatchChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

LIVES = Path({lives!r})


@rule(
    severity=Severity.BUG,
    channel=Channel.REPORT,
    needs=Needs.DIFF,
    triggers=("deadly_word",),
)
def check(change: PatchChange) -> Iterator[Hit]:
    """Kill, as long as there is a life to take."""
    if "deadly_word" in change.patch.diff and _dies():
        os.kill(os.getpid(), signal.SIGKILL)
    yield from ()


def _dies() -> bool:
    try:
        left = int(LIVES.read_text())
    except FileNotFoundError:
        return True
    LIVES.write_text(str(left - 1))
    return left > 0
'''


def deadly(folder: Path, lives: int | None = None) -> Path:
    """A configuration with the deadly rule; `lives` bounds how many it takes, which is by default all."""
    rules = folder / "pack" / "rules"
    words = folder / "pack" / "templates" / "rules"
    for made in (rules, words):
        made.mkdir(parents=True)
    left = folder / "lives"
    if lives is not None:
        left.write_text(str(lives))
    (rules / "deadly.py").write_text(DEADLY.format(lives=str(left)))
    (words / "deadly.j2").write_text("A word that nobody survives.\n")
    config = folder / "config.toml"
    config.write_text(f'packs = ["{folder / "pack"}"]\n')
    return config
