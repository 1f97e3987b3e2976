"""What `reviewbot check` is asked to do, as one value.

Law: a value only. Must not know the places that results go to.
"""

from pathlib import Path

from msgspec import Struct

from reviewbot.commands.wanted import Wanted
from reviewbot.config import Config
from reviewbot.model.finding import Channel
from reviewbot.review.kit import Kit

FOR_PEOPLE = (Channel.MAIL, Channel.DRAFT)


class Task(Struct, frozen=True):
    """What is checked, and how."""

    words: tuple[str, ...]
    wanted: Wanted
    config: Config
    kit: Kit
    trees: tuple[Path, ...]
    source_dir: Path | None
    base: str
    channels: tuple[Channel, ...] = FOR_PEOPLE
    repository: Path = Path()
    branch: str = ""
    send: bool = False
