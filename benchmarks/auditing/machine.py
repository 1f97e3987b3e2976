"""The machine that figures were measured on, in a sentence; nothing that names it."""

import os
import platform
import re
import subprocess
from pathlib import Path


def machine() -> str:
    """Processor, how many, and the releases of Python, SQLite and git."""
    found = re.search(r"model name\s*: (.+)", _text(Path("/proc/cpuinfo")))
    model = found[1].strip() if found else platform.machine()
    git = subprocess.run(("git", "--version"), capture_output=True, text=True, check=False).stdout
    return (
        f"{len(os.sched_getaffinity(0))} processors of {model}; Python {platform.python_version()},"
        f" git {git.split()[-1] if git else 'none'}"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
