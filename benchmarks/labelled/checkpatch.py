"""checkpatch.pl of a kernel on the same patches, its messages as findings."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .sets import cache

SCRIPT = Path("scripts") / "checkpatch.pl"
BESIDE = ("checkpatch.pl", "spelling.txt", "const_structs.checkpatch")
# Patches for one process: it starts slowly and is fast then.
BATCH = 200

_MESSAGE = re.compile(r"(?P<patch>[^:\n]+):(?P<line>\d+): (?P<kind>[A-Z]+:[A-Z_]+): ", re.MULTILINE)
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def checkpatch(kernel: Path | None) -> Path | str:
    """The script: of the kernel named, of one below /usr/src, or of Debian's linux-source; or why not."""
    if shutil.which("perl") is None:
        return "perl is not installed"
    if kernel is not None:
        found = kernel / SCRIPT
        return found if found.is_file() else f"{kernel} has no {SCRIPT}"
    folders = sorted(Path("/usr/src").glob(f"linux-*/{SCRIPT}"))
    if folders:
        return folders[-1]
    packed = sorted(Path("/usr/src").glob("linux-source-*.tar.xz"))
    return unpacked(packed[-1]) if packed else "no kernel source is named (--kernel) or installed"


def unpacked(archive: Path) -> Path | str:
    """The script out of an archive of Debian's linux-source, kept in the cache."""
    folder = cache() / archive.name.removesuffix(".tar.xz")
    found = folder / SCRIPT
    if not found.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        wanted = [f"*/scripts/{name}" for name in BESIDE]
        command = (
            "tar",
            "-xJf",
            str(archive),
            "-C",
            str(folder),
            "--strip-components=1",
            "--wildcards",
        )
        done = subprocess.run((*command, *wanted), capture_output=True, check=False)
        if done.returncode or not found.is_file():
            return f"{archive} could not be unpacked"
    return found


def findings(script: Path, patches: Mapping[str, Path], jobs: int = 1) -> Iterator[dict[str, Any]]:
    """What the script says about each patch, given by its id."""
    ids = {str(path): patch_id for patch_id, path in patches.items()}
    paths = [*ids]
    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
    with ThreadPoolExecutor(jobs) as pool:
        for said in pool.map(lambda batch: asked(script, batch), batches):
            for message in _MESSAGE.finditer(said):
                patch = message["patch"]
                if patch in ids:
                    file, line = place(Path(patch), int(message["line"]))
                    rule = f"checkpatch:{message['kind'].partition(':')[2]}"
                    yield {"id": ids[patch], "rule": rule, "file": file, "line": line}


def asked(script: Path, batch: Sequence[str]) -> str:
    """What one process of the script prints about some patches."""
    command = ("perl", str(script), "--no-tree", "--terse", "--show-types", "--no-summary")
    done = subprocess.run((*command, *batch), capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def place(patch: Path, line: int) -> tuple[str, int]:
    """The file and line after the patch of a line of the patch; empty and 0 outside of a diff."""
    file, new, old_left, new_left = "", 0, 0, 0
    rows = patch.read_text(encoding="utf-8", errors="replace").split("\n")
    for row in rows[:line]:
        if old_left > 0 or new_left > 0:
            old_left -= row[:1] != "+"
            new_left -= row[:1] != "-"
            new += row[:1] != "-"
        elif row.startswith("+++ "):
            file = row[4:].split("\t")[0].removeprefix("b/")
        elif hunk := _HUNK.match(row):
            old_left, new, new_left = int(hunk[1] or 1), int(hunk[2]) - 1, int(hunk[3] or 1)
        elif row.startswith(("diff --git ", "-- ", "From ")):
            file, new = "", 0
    return (file, new) if file and new else ("", 0)
