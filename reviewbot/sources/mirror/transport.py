"""Git as it clones and fetches the epochs of a mirror.

Law: git asks nobody anything, goes to the one address it is given, runs nothing that stands in the repository
or comes from the server, and a clone has its name only when it is whole. Must not know what is in an epoch.

What git says when a server has no such repository, or has a page for people in its place, was tried with git
2.39; where words are not known, it is a failure with git's own words.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct

from reviewbot import __version__
from reviewbot.errors import InputError, ServiceError
from reviewbot.sources.gitstore import environment

Say = Callable[[str], None]

PART = ".part"

# Neither hooks, nor what a server may bring in: addresses of other servers (redirections, which also switch
# off alternates over HTTP; bundles; pack URIs), submodules. No passwords: what is mirrored is public.
_SETTINGS = (
    *(
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "core.askPass=true",
        "credential.helper=",
    ),
    *("http.followRedirects=false", "transfer.bundleURI=false", "fetch.uriProtocols="),
    *("fetch.recurseSubmodules=false", "transfer.fsckObjects=false", "fetch.fsckObjects=false"),
    # A connection that gives nothing for two minutes is given up.
    *("http.lowSpeedLimit=1", "http.lowSpeedTime=120"),
    # Tidying up is done before git ends, not behind our back, and leaves large packs alone.
    *("gc.autoDetach=false", "maintenance.autoDetach=false", "gc.bigPackThreshold=256m"),
)
_PROTOCOLS = "https:http:git:file"
_ABSENT = re.compile(
    r"^fatal: (?:repository '.*' (?:not found|does not exist)|'.*' does not appear to be a git repository"
    r"|remote error: .*(?:not exported|not found|no such repository).*"
    r"|unable to access '.*': The requested URL returned error: (?:404|410))$",
    re.MULTILINE | re.IGNORECASE,
)
_EMPTY = re.compile(r"^warning: You appear to have cloned an empty repository", re.MULTILINE)
_PAGE = re.compile(r"^fatal: .* not valid: is this a git repository\?$", re.MULTILINE)
_FETCHED = re.compile(r"^ [ +*=!t-] .* -> ", re.MULTILINE)
_REASON = re.compile(r"^(?:fatal|error): (.+)$", re.MULTILINE)
_MOVED = "The requested URL returned error: 30"
_PROGRESS = re.compile(r"(?:Receiving objects|Resolving deltas): +\d+%[^\r\n]*")
_PAGE_HINT = "It may be the page of a bot wall: git's own agent is `git/…`; see network.user_agent."
# What a git that was killed leaves behind: locks of refs, and halves of packs and objects.
_LEFT = (
    "*.lock",
    "refs/**/*.lock",
    "objects/**/*.lock",
    "objects/pack/tmp_*",
    "objects/*/tmp_obj_*",
    "gc.pid",
)
# The end of what git says is kept, which is where it says what went wrong.
_KEPT = 8000
_LINE = 100


class Found(Enum):
    """What was at an address: a repository, none, or one without any commit (or a short page for people)."""

    WHOLE = "whole"
    ABSENT = "absent"
    EMPTY = "empty"


class Transport(Struct, frozen=True):
    """How git is run: the agent it gives itself out for, the lock its children hold, where progress is said."""

    agent: str
    lock: int
    say: Say

    def clone(self, source: str, target: Path) -> Found:
        """Clone what is at the address, if it is there. Raises ServiceError where that cannot be found out."""
        part = target.with_name(target.name + PART)
        shutil.rmtree(part, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Without a template there are no hooks.
        options = ("clone", "--mirror", "--template=", "--progress", "--", source, str(part))
        code, words = self._run(options, target.parent)
        if code == 0 and not _EMPTY.search(words):
            part.replace(target)
            return Found.WHOLE
        shutil.rmtree(part, ignore_errors=True)
        if code == 0:
            return Found.EMPTY
        if _ABSENT.search(words):
            return Found.ABSENT
        raise _failure(source, code, words)

    def fetch(self, repository: Path, source: str) -> None:
        """Bring a clone up to date; history that was rewritten replaces ours. Raises ServiceError."""
        tidy(repository)
        # The address and what is fetched are said here, whatever the clone's configuration says.
        options = ("fetch", "--verbose", "--progress", "--no-tags", "--", source, "+refs/*:refs/*")
        code, words = self._run((f"--git-dir={repository}", *options), repository)
        if code:
            raise _failure(source, code, words)
        if not _FETCHED.search(words):
            raise ServiceError(
                f"{source}: the server answers, but not with a repository", _PAGE_HINT
            )

    def _run(self, options: tuple[str, ...], folder: Path) -> tuple[int, str]:
        """The exit code of git, and the end of what it said."""
        settings = (word for each in _SETTINGS for word in ("-c", each))
        try:
            process = subprocess.Popen(
                ("git", *settings, *options),
                cwd=folder,
                env=self._environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(self.lock,),
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(f"git cannot be started ({error.strerror})") from None
        with process:
            try:
                words = self._heard(process)
                # It may have closed its stderr and still be at work.
                process.wait()
            finally:
                process.terminate()
        return process.returncode, words

    def _heard(self, process: subprocess.Popen[bytes]) -> str:
        """What git says until it ends; its counts are passed on, the words of the server never are."""
        words = ""
        while process.stderr and (read := os.read(process.stderr.fileno(), 4096)):
            words = (words + read.decode("utf-8", "replace"))[-_KEPT:]
            for counted in _PROGRESS.findall(words, max(0, len(words) - len(read) - _LINE))[-1:]:
                self.say(counted)
        return words.replace("\r", "\n")

    def _environment(self, folder: Path) -> Mapping[str, str]:
        return {
            **environment(folder),
            "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
            "GIT_HTTP_USER_AGENT": self.agent,
            "GCM_INTERACTIVE": "never",
        }


def agent(contact: str = "", named: str = "") -> str:
    """The User-Agent of git: its own, and who uses it, `git/2.39.5 (reviewbot/0.1.0+CONTACT)`.

    `named` is what stands in the brackets where the configuration has something to say on that.
    Raises InputError where there is no git.
    """
    try:
        done = subprocess.run(("git", "--version"), capture_output=True, text=True, check=False)
    except OSError as error:
        raise InputError(f"git cannot be started ({error.strerror})") from None
    number = re.search(r"\d+(?:\.\d+)+", done.stdout)
    who = named or f"reviewbot/{__version__}{'+' * bool(contact)}{contact}"
    return f"git/{number[0] if number else '2'} ({who})"


def tidy(repository: Path) -> None:
    """Remove what a git that was killed left in a clone. Only for who holds the lock of the mirror."""
    for pattern in _LEFT:
        for left in repository.glob(pattern):
            left.unlink(missing_ok=True)


def _failure(source: str, code: int, words: str) -> ServiceError:
    """Why git failed, in a sentence."""
    if _PAGE.search(words):
        return ServiceError(f"{source}: the server answers, but not with a repository", _PAGE_HINT)
    found = _REASON.search(words)
    reason = (
        found[1] if found else f"git was ended by signal {-code}" if code < 0 else "no reason given"
    )
    hint = "It redirects elsewhere; name the address it leads to." if _MOVED in reason else ""
    return ServiceError(f"{source}: git cannot fetch it ({reason})", hint)
