"""What two installations have in common."""

import shutil
import subprocess
import sys
from pathlib import Path

from reviewbot import __version__
from reviewbot.run.likeness import likeness

ROOT = Path(__file__).resolve().parents[2]
ASK = "from reviewbot.run.likeness import likeness; print(likeness())"


def asked(folder: Path) -> str:
    command = [sys.executable, "-c", ASK]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_it_says_what_we_are() -> None:
    assert likeness().startswith(f"{__version__} (")
    assert likeness().endswith(f"on Python {sys.version_info[0]}.{sys.version_info[1]}")


def test_it_is_the_same_elsewhere_and_another_after_a_change(tmp_path: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__")
    copy = shutil.copytree(ROOT / "reviewbot", tmp_path / "reviewbot", ignore=skipped)
    assert asked(tmp_path) == likeness()
    with (copy / "rule.py").open("a") as file:
        file.write("# more\n")
    assert asked(tmp_path) != likeness()
