"""Programs a test asks for by name, and stand-ins that fail in ways the real ones seldom do."""

import shutil
from pathlib import Path

import pytest

needs_spatch = pytest.mark.skipif(
    shutil.which("spatch") is None, reason="spatch (Debian package coccinelle) is not installed"
)


def program(folder: Path, body: str) -> str:
    """The path of a shell script."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)
