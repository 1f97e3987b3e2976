"""What speaks against sending a letter now, asked for outside of `post`.

Law: the same answer as `post` would give. Must not know what is polite.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from reviewbot.commands.civility import civility
from reviewbot.commands.reach import Reach
from reviewbot.commands.wanted import Wanted
from reviewbot.config import load
from reviewbot.sinks.outbox.outbox import Outbox
from reviewbot.sinks.sending import Objections


@contextmanager
def objecting(config: Path | None, outbox: Outbox, offline: bool) -> Iterator[Objections]:
    """The objections to a letter, in a `with` block; `offline` asks local mirrors alone."""
    with ExitStack() as stack:
        configuration = load(config)
        reach = Reach(configuration.settings, Wanted(offline=offline), (), stack)
        yield civility(configuration, outbox, reach)
