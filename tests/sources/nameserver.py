"""A real name server on loopback, whose answers a function gives."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from reviewbot.sources import dkim

Reply = Callable[[dns.message.Message], None]


@contextmanager
def served(reply: Reply | None) -> Iterator[list[str]]:
    """A DNS server on loopback for the default resolver; yields the names it was asked for."""
    asked: list[str] = []

    def serve(here: socket.socket) -> None:
        with suppress(OSError):
            while True:
                data, there = here.recvfrom(4096)
                query = dns.message.from_wire(data)
                asked.append(str(query.question[0].name))
                answer = dns.message.make_response(query)
                if reply:
                    reply(answer)
                    here.sendto(answer.to_wire(), there)

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here,
        pytest.MonkeyPatch.context() as patch,
    ):
        here.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], here.getsockname()[1]
        patch.setattr(dns.resolver, "default_resolver", resolver)
        patch.setattr(dkim, "TIMEOUT", 0.5)
        server = Thread(target=serve, args=(here,), daemon=True)
        server.start()
        yield asked


def text(answer: dns.message.Message) -> None:
    """A text in two pieces, whatever was asked."""
    name = answer.question[0].name
    answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"v=DKIM1; " "p=x"'))


def failing(code: dns.rcode.Rcode) -> Reply:
    """An answer of that code."""
    return lambda answer: answer.set_rcode(code)


def knowing(records: Mapping[str, bytes]) -> Reply:
    """A text for each of these names, and for every other that there is no such name."""

    def reply(answer: dns.message.Message) -> None:
        name = answer.question[0].name
        record = records.get(str(name).rstrip("."))
        if record is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return
        pieces = " ".join(f'"{record[n : n + 200].decode()}"' for n in range(0, len(record), 200))
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", pieces))

    return reply
