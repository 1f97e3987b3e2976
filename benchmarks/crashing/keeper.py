"""A server of mail that keeps what it takes before it says so, as a server must, and takes its time over it.

Law: it runs in a process of its own, so that what it has outlives whoever sends. Must not know what is sent.
"""

# ruff: noqa: N802, ARG002 - names and arguments are those of aiosmtpd

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from reviewbot.sinks.transport.folder import SEEN, put

LOOPBACK = "127.0.0.1"


class Keeper:
    """Keeps every mail in a maildir before it answers; each step takes a random while."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Any sender will do."""
        await self._pass(session, "MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Any recipient will do."""
        await self._pass(session, "RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Keep the mail, then say so."""
        await self._pass(session, "DATA")
        put(self._folder, envelope.original_content or b"", SEEN)
        await self._pass(session, "taken")
        session.step = "answered"
        return "250 OK"

    async def _pass(self, session: Session, step: str) -> None:
        session.step = step
        await asyncio.sleep(self._random.uniform(0, 0.012))


class Noted(SMTP):
    """Notes at which step a peer left that did not say good-bye."""

    def connection_lost(self, error: Exception | None) -> None:
        """Note the step."""
        step = getattr(self.session, "step", "greeted")
        with (self.event_handler._folder.parent / "steps").open("a") as file:
            file.write(f"{step}\n")
        super().connection_lost(error)

    async def smtp_QUIT(self, arg: str) -> None:
        """A peer that says good-bye was not killed."""
        self.session.step = "QUIT"
        await super().smtp_QUIT(arg)


async def serve(folder: Path, seed: int) -> None:
    """Serve until killed; the port is the first line that is printed."""
    keeper = Keeper(folder, seed)
    loop = asyncio.get_running_loop()
    made = await loop.create_server(lambda: Noted(keeper, loop=loop, hostname="mx"), LOOPBACK, 0)
    print(made.sockets[0].getsockname()[1], flush=True)
    await made.serve_forever()


@contextmanager
def server(folder: Path, seed: int, environment: Mapping[str, str]) -> Iterator[int]:
    """The server in another process; its port."""
    words = (sys.executable, __file__, str(folder), str(seed))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)
    try:
        yield int(process.stdout.readline()) if process.stdout else 0
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
