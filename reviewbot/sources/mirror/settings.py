"""The table `[mirrors]`: where local mirrors lie.

Law: light, because every run reads it; neither git nor a database is imported here. Must not know what is in
a mirror.
"""

import os
from pathlib import Path

from msgspec import Struct


class Mirrors(Struct, frozen=True, forbid_unknown_fields=True):
    """`folder` holds what `reviewbot mirror` makes (empty: the default); `external` are clones of others."""

    folder: str = ""
    external: tuple[str, ...] = ()

    @property
    def place(self) -> Path:
        """The folder: by default `$XDG_DATA_HOME/reviewbot/mirrors`, below `~/.local/share`."""
        if self.folder:
            return Path(self.folder).expanduser()
        home = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
        return home / "reviewbot" / "mirrors"

    @property
    def is_used(self) -> bool:
        """Whether there may be a mirror to ask; costs one look at a folder."""
        return bool(self.external) or self.place.is_dir()
