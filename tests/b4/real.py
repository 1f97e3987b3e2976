"""A real b4 with a review branch of an invented series, in a repository of a test's own."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from reviewbot.sinks.mboxrd import mboxrd
from tests.builders import mail, patch_body
from tests.sources.repositories import commit, git

DRIVER = Path(__file__).with_name("driver.py")
NAME = "20260302-widget-0123456789ab"
COVER, FIRST, SECOND = (f"{NAME}-v1-{number}@example.org" for number in range(3))
PATH = "drivers/foo/widget.c"
BEFORE = """\
#include <linux/module.h>

struct widget {
	struct module *owner;
	int users;
};

static int widget_pin(struct widget *widget)
{
	return 0;
}

static int widget_open(struct widget *widget)
{
	int ret;

	ret = widget_pin(widget);
	if (ret)
		return ret;
	widget->users++;
	return 0;
}
"""
MIDDLE = BEFORE.replace("int users;", "int users;\n	int limit;")
AFTER = MIDDLE.replace(
    "	ret = widget_pin(widget);",
    "	try_module_get(widget->owner);\n	ret = widget_pin(widget);",
)


@cache
def interpreter() -> str:
    """The Python that runs b4, or an empty string: the one of `b4` in $PATH, else our own."""
    program = shutil.which("b4") or shutil.which("b4", path=str(Path(sys.executable).parent))
    if program is None:
        return ""
    first = Path(program).read_bytes().partition(b"\n")[0].decode("ascii", "replace")
    return shlex.split(first.removeprefix("#!"))[-1] if first.startswith("#!/") else ""


def _imports(name: str) -> bool:
    done = subprocess.run((interpreter(), "-c", f"import {name}"), capture_output=True)
    return done.returncode == 0


needs_b4 = pytest.mark.skipif(
    not interpreter() or not _imports("b4.review.checks"),
    reason="b4 with `b4 review` is not installed (pip install b4)",
)
needs_screen = pytest.mark.skipif(
    not interpreter() or not _imports("textual"),
    reason="b4 has no screen here (pip install 'b4[tui]')",
)


class Real(Struct, frozen=True):
    """A repository with a review branch, checked out; `mbox` is the series it was made of."""

    path: Path
    mbox: Path
    mails: tuple[bytes, ...]

    def b4(self, verb: str, *words: str) -> str:
        """What the driver prints."""
        done = subprocess.run(
            (interpreter(), str(DRIVER), verb, *words),
            cwd=self.path,
            env=environment(self.path),
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def told(self, *words: str) -> Any:
        """As `b4`, read as JSON: the last line."""
        return json.loads(self.b4(*words).splitlines()[-1])

    def configured(self, **settings: str) -> None:
        """Set `b4.*` of the repository's configuration; `_` stands for `-`."""
        for key, value in settings.items():
            git(self.path, "config", f"b4.{key.replace('_', '-')}", value)


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent),
        "XDG_DATA_HOME": str(home.parent / "data"),
        "XDG_CONFIG_HOME": str(home.parent / "config"),
        "XDG_CACHE_HOME": str(home.parent / "cache"),
        "XDG_STATE_HOME": str(home.parent / "state"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "TERM": "xterm-256color",
        **{f"GIT_{who}_NAME": "M. Aintainer" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "maintainer@example.org" for who in ("AUTHOR", "COMMITTER")},
    }


def real(folder: Path, *, after: str = AFTER, offset: int = 0) -> Real:
    """The repository, its review branch made by b4; the file has `offset` lines more than the mails know of."""
    path = folder / "linux"
    path.mkdir()
    git(path, "init", "-q", "-b", "master")
    base = commit(path, {PATH: BEFORE, ".gitignore": "tracking.json\n"})
    commit(path, {PATH: MIDDLE})
    commit(path, {PATH: after})
    diffs = [git(path, "diff", f"master~{2 - n}", f"master~{1 - n}") + "\n" for n in range(2)]
    git(path, "reset", "-q", "--hard", base)
    if offset:
        base = commit(path, {PATH: "/* Moved down. */\n" * offset + BEFORE})
    git(path, "config", "user.name", "M. Aintainer")
    git(path, "config", "user.email", "maintainer@example.org")
    mails = tuple(_mails(diffs))
    mbox = folder / "series.mbox"
    mbox.write_bytes(b"".join(map(mboxrd, mails)))
    made = Real(path, mbox, mails)
    made.b4("branch", str(mbox), base, NAME)
    return made


def _mails(diffs: list[str]) -> list[bytes]:
    cover = f"Widgets have limits.\n\n---\nchange-id: {NAME}\n"
    made = [mail(cover, subject="[PATCH 0/2] foo: limit widgets", message_id=COVER)]
    for number, (diff, mid, what) in enumerate(
        zip(diffs, (FIRST, SECOND), ("add a limit", "pin the owner"), strict=True), 1
    ):
        body = patch_body(diff, "Say why.\n\nSigned-off-by: A. Author <author@example.org>")
        subject = f"[PATCH {number}/2] foo: {what}"
        made.append(mail(body, subject=subject, message_id=mid, in_reply_to=COVER))
    return made
