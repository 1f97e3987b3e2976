"""The object store of a repository, seen through a git folder of our own.

In that folder there are no remotes, no refs and no configuration but the format: what is missing from a partial
clone is simply missing, whatever the release of git (GIT_NO_LAZY_FETCH is heeded from 2.45 on), no branch is
taken for an id, and nothing that stands in the repository's configuration is run.

Law: the folder is temporary, the store is named by its path and never written to. Must not know objects.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

# Variables that would lead git to another repository than the one named (git rev-parse --local-env-vars), or
# put configuration under it.
_ELSEWHERE = frozenset(
    f"GIT_{name}"
    for name in (
        *("ALTERNATE_OBJECT_DIRECTORIES", "COMMON_DIR", "DIR", "GRAFT_FILE", "IMPLICIT_WORK_TREE"),
        *("INDEX_FILE", "NAMESPACE", "OBJECT_DIRECTORY", "PREFIX", "REPLACE_REF_BASE"),
        *("SHALLOW_FILE", "TRACE", "TRACE2", "WORK_TREE", "CONFIG", "CONFIG_COUNT"),
        *("CONFIG_PARAMETERS", "EXTERNAL_DIFF", "EXEC_PATH"),
    )
)
_CONFIG = (
    "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = {}\n"
)


def environment(path: Path) -> Mapping[str, str]:
    """The environment git runs in: this repository and no other, no network, no questions, no locks."""
    return {
        **{name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
        "LC_ALL": "C",
        # Neither a repository around the folder, nor a fetch: before git 2.45 only the protocols hinder it.
        "GIT_CEILING_DIRECTORIES": str(path.resolve().parent),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_PAGER": "cat",
    }


class Store:
    """The temporary git folder over an object store; `close` removes it.

    `objects` is the absolute path of the store, `algorithm` the one its ids are made with (`sha1`).
    """

    def __init__(self, objects: Path, algorithm: str, environment: Mapping[str, str]) -> None:
        self._folder = TemporaryDirectory(prefix="reviewbot-")
        self.path = Path(self._folder.name)
        (self.path / "HEAD").write_text("ref: refs/heads/none\n")
        (self.path / "config").write_text(_CONFIG.format(algorithm))
        (self.path / "refs").mkdir()
        # git wants a folder of this name even where another one is used.
        (self.path / "objects").mkdir()
        self.environment: Mapping[str, str] = {
            **environment,
            "GIT_DIR": str(self.path),
            "GIT_OBJECT_DIRECTORY": str(objects),
        }

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()
