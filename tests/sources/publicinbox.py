"""A real public-inbox 1.9 on a free loopback port: inboxes of the mails a test writes, `/all/`, search, git epochs.

    with served(tmp_path, {"kvm": mails, "linux-mm": others}) as lore:
        lore.url                      # http://127.0.0.1:PORT, in place of https://lore.kernel.org
        lore.deliver("kvm", mail)     # arrives through public-inbox-mda; in /all/ after lore.reindex()

The session's shared one is the fixture `lore` (tests/conftest.py): give it mails with ids of your own by `add`.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from msgspec import Struct

PROGRAM = shutil.which("public-inbox-httpd")
needs_public_inbox = pytest.mark.skipif(
    PROGRAM is None, reason="public-inbox-httpd (Debian package public-inbox) is not installed"
)

_SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"

# Every inbox named on the command line is made where it is new, and gets the mboxrd file of its name. One process,
# one shard and no fsync: 0.3 s in place of a second.
_IMPORT = r"""
use PublicInbox::Config; use PublicInbox::InboxWritable; use PublicInbox::MboxReader;
my $config = PublicInbox::Config->new;
while (my ($name, $file) = splice(@ARGV, 0, 2)) {
    open my $mails, "<", $file or die "$file: $!";
    my $inbox = $config->lookup_name($name) or die "$name: no such inbox";
    $inbox->{version} = 2; $inbox->{-no_fsync} = 1;
    my $writable = PublicInbox::InboxWritable->new($inbox, {nproc => 1});
    $writable->init_inbox(0) unless -e "$inbox->{inboxdir}/inbox.lock";
    my $importer = $writable->importer(0);
    PublicInbox::MboxReader->mboxrd($mails, sub { $importer->add($_[0]) });
    $importer->done;
}
"""

# The listening socket is ours, and handed over as systemd does it (sd_listen_fds(3)): no port to guess,
# and who connects before the daemon is up is queued, not refused.
_SERVE = r"""
use POSIX; my $fd = shift; POSIX::dup2($fd, 3) if $fd != 3; fcntl(STDIN, 0, 0);
$ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec @ARGV or die $!;
"""


class PublicInbox(Struct, frozen=True):
    """The server and its folder; `url` is its origin, without a slash at the end, `pids` its process once it runs."""

    folder: Path
    url: str
    pids: list[int]

    def inbox(self, name: str) -> str:
        """The base URL of an inbox; `all` is the one over all of them."""
        return f"{self.url}/{name}"

    def epoch(self, name: str) -> Path:
        """The git repository of the newest epoch, as a mirror would clone it."""
        return max((self.folder / name / "git").iterdir())

    def add(self, name: str, mails: Iterable[bytes]) -> None:
        """Import mails into an inbox, which is made if it is new, and into `/all/`."""
        self.import_all({name: mails})

    def import_all(self, inboxes: Mapping[str, Iterable[bytes]]) -> None:
        """Import mails into several inboxes, and then into `/all/`."""
        files = []
        for name, mails in inboxes.items():
            if not (self.folder / name).exists():
                self._configure(name)
            file = self.folder / f"{name}.mbox"
            file.write_bytes(mboxrd(mails))
            files += [name, str(file)]
        self.run("perl", "-e", _IMPORT, *files)
        self.reindex()

    def deliver(self, name: str, mail: bytes) -> None:
        """One mail arrives; the running server shows it in its inbox at once."""
        recipient = f"{name}@lists.example.org"
        self.run("public-inbox-mda", "--no-precheck", stdin=mail, ORIGINAL_RECIPIENT=recipient)

    def reindex(self) -> None:
        """Bring `/all/` up to date."""
        self.run("public-inbox-extindex", "--no-fsync", "-j0", "--all", str(self.folder / "all"))
        # The daemon holds the search index open as it was a minute ago, unless it reads its configuration anew
        # (public-inbox-daemon(8), SIGNALS).
        for pid in self.pids:
            os.kill(pid, signal.SIGHUP)

    def _configure(self, name: str) -> None:
        with (self.folder / "config").open("a") as config:
            config.write(
                f'[publicinbox "{name}"]\n\taddress = {name}@lists.example.org\n'
                f"\turl = {self.inbox(name)}\n\tinboxdir = {self.folder / name}\n"
                f"\tindexlevel = full\n\tnewsgroup = inbox.{name}\n"
            )

    def run(self, *command: str, stdin: bytes = b"", **variables: str) -> bytes:
        """What a command of public-inbox prints, run with the configuration of this server."""
        environment = {**_environment(self.folder), **variables}
        done = subprocess.run(command, env=environment, input=stdin, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


@contextmanager
def served(folder: Path, inboxes: Mapping[str, Iterable[bytes]]) -> Iterator[PublicInbox]:
    """A public-inbox in `folder` (new, may exist) that serves these inboxes until the block ends."""
    folder.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        made = PublicInbox(folder, url, [])
        _configure(made)
        made.import_all(inboxes)
        listener.setblocking(False)
        command = ("perl", "-e", _SERVE, str(listener.fileno()), str(PROGRAM), "-W0")
        errors = (folder / "httpd.err").open("wb")
        process = subprocess.Popen(
            command,
            env=_environment(folder),
            pass_fds=(listener.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
    try:
        with urlopen(f"{url}/all/description"):  # before it is up a signal would end it
            made.pids.append(process.pid)
        yield made
    finally:
        process.terminate()
        process.wait()
        errors.close()


def mboxrd(mails: Iterable[bytes]) -> bytes:
    """Mails as one mboxrd file, in the manner of public-inbox."""
    return b"".join(_SEPARATOR + _quoted(mail) + b"\n" for mail in mails)


def _quoted(mail: bytes) -> bytes:
    lines = mail.splitlines(keepends=True)
    return b"".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines
    )


def _configure(made: PublicInbox) -> None:
    (made.folder / "config").write_text(
        "[publicinbox]\n\twwwlisting = all\n\tgrokmanifest = all\n"
        "[publicinboxmda]\n\tspamcheck = none\n"
        f'[extindex "all"]\n\ttopdir = {made.folder}/all\n\turl = {made.inbox("all")}/\n'
    )


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PI_CONFIG": str(folder / "config"),
        "PERL_INLINE_DIRECTORY": "",
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "fixture" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "fixture@example.org" for who in ("AUTHOR", "COMMITTER")},
    }
