"""A real MTA, Debian's exim, on a free loopback port: it takes mail by SMTP and delivers it into a maildir.

    with exim() as mta:
        mta.port                         # in place of port 25
        mta.wait("kvm@lists.example.org", 1)   # the mails that address has got, when there are so many

Nothing of the machine's own mail is touched: configuration, spool and maildir lie in a folder that is gone
afterwards. The listening socket is ours, and each connection is handed to an exim of its own, as inetd does
it (exim(8), -bs). A setuid exim that is given a configuration by `-C` drops its rights; started as root it
runs as nobody, since it delivers nothing as root.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from msgspec import Struct

EXIM = shutil.which("exim4", path=os.environ["PATH"] + ":/usr/sbin")
needs_exim = pytest.mark.skipif(
    EXIM is None, reason="exim4 (Debian package exim4-daemon-light) is not installed"
)
NOBODY = "nobody"
PATIENCE = 20.0

_CONFIGURATION = """
exim_user = {user}
exim_group = {group}
primary_hostname = mx.example.org
spool_directory = {folder}/spool
log_file_path = {folder}/log-%slog
domainlist local_domains = *
acl_smtp_rcpt = accept
acl_smtp_data = accept
deliver_drop_privilege = true
host_lookup =
rfc1413_hosts =
tls_advertise_hosts =
keep_environment =
message_size_limit = 8M
never_users =
begin routers
everybody:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {folder}/mail
  create_directory
  return_path_add
  envelope_to_add
  message_suffix =
  delivery_date_add
"""


class Exim(Struct, frozen=True):
    """The running server and its folder."""

    folder: Path
    port: int

    def mails(self, address: str) -> list[bytes]:
        """The mails this address has got, as they lie in the maildir."""
        every = [path.read_bytes() for path in sorted((self.folder / "mail" / "new").glob("*"))]
        return [mail for mail in every if f"\nEnvelope-to: {address}\n".encode() in mail]

    def wait(self, address: str, count: int) -> list[bytes]:
        """The mails of this address, as soon as there are so many."""
        end = time.monotonic() + PATIENCE
        while len(self.mails(address)) < count:
            assert time.monotonic() < end, self.log()
            time.sleep(0.01)
        return self.mails(address)

    def log(self) -> str:
        """What exim has to say."""
        return "\n".join(path.read_text() for path in self.folder.glob("log-*"))


@contextmanager
def exim() -> Iterator[Exim]:
    """The server, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="exim-") as name, _listening() as listener:
        folder, user = Path(name), NOBODY if os.geteuid() == 0 else None
        numbers = {"user": os.geteuid(), "group": os.getegid()}
        if user:
            shutil.chown(folder, user)
            numbers = {"user": folder.stat().st_uid, "group": folder.stat().st_gid}
            os.chown(folder, *numbers.values())
        path = folder / "exim.conf"
        path.write_text(_CONFIGURATION.format(folder=folder, **numbers))
        started: list[subprocess.Popen] = []
        thread = Thread(target=_served, args=(listener, folder, user, started))
        thread.start()
        try:
            yield Exim(folder, listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
            for process in started:
                process.wait(PATIENCE)


def _listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def _served(
    listener: socket.socket, folder: Path, user: str | None, started: list[subprocess.Popen]
) -> None:
    """Hand every connection to an exim of its own, which delivers before it answers `QUIT`."""
    command = (str(EXIM), "-C", str(folder / "exim.conf"), "-bs", "-odf")
    with suppress(OSError), (folder / "log-stderr").open("wb") as errors:
        while True:
            peer, _ = listener.accept()
            with peer:
                started.append(
                    subprocess.Popen(
                        command,
                        stdin=peer,
                        stdout=peer,
                        stderr=errors,
                        cwd="/",
                        user=user,
                        extra_groups=() if user else None,
                    )
                )
