"""Doing without root's rights for a moment, so that tests of what may not be read or written mean something."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

# Debian's `nobody`; any user without files of its own will do.
_NOBODY = 65_534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Until the block ends this process has the rights of nobody; who is not root goes on as he is."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that everybody may look into; pytest's own are closed to others."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)
