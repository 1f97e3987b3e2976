"""What git's own configuration says, for settings that people have made for other programs already.

Law: git itself reads its files, as it would in the current folder; nothing is written. Must not know what a
setting means. Source: git-config(1).
"""

import subprocess
from collections.abc import Mapping

from reviewbot.errors import ConfigError

_PATIENCE = 10  # seconds for git to read its files

Values = Mapping[str, Mapping[str, tuple[str | None, ...]]]


def git_settings(*sections: str) -> Values:
    """All values by section with its subsection (`liblore.https://host`) and key, the last one said last.

    `sections` are names without subsection; git gives them and the keys in lower case. A key without a value
    has None. Raises ConfigError where git cannot be asked, or cannot read its files.
    """
    pattern = rf"^({'|'.join(sections)})\."
    try:
        done = subprocess.run(
            ("git", "config", "-z", "--get-regexp", pattern),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise ConfigError("git cannot be asked for its settings") from None
    if done.returncode not in (0, 1):
        raise ConfigError("git: its configuration cannot be read")
    found: dict[str, dict[str, tuple[str | None, ...]]] = {}
    for entry in done.stdout.decode("utf-8", "surrogateescape").split("\0"):
        path, has_value, value = entry.partition("\n")
        section, _, key = path.rpartition(".")
        if section:
            keys = found.setdefault(section, {})
            keys[key] = (*keys.get(key, ()), value if has_value else None)
    return found
