"""Real keys for signing mails in tests, and a DNS that knows them."""

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache

import dkim
import pytest

from reviewbot.sources.dkim import Lookup, NoAnswer

OPENSSL = shutil.which("openssl")
HEADERS = (b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references")


@cache
def private_key(bits: int = 1024) -> bytes:
    """A new RSA key in PEM; short, since it lives as long as the test."""
    if OPENSSL is None:
        pytest.skip("openssl is not installed")
    return subprocess.run([OPENSSL, "genrsa", str(bits)], capture_output=True, check=True).stdout


@cache
def public_key(bits: int = 1024) -> bytes:
    """The record that belongs into DNS for it."""
    done = subprocess.run(
        [OPENSSL, "rsa", "-pubout"], input=private_key(bits), capture_output=True, check=True
    )
    lines = done.stdout.decode().splitlines()
    return b"v=DKIM1; k=rsa; p=" + "".join(x for x in lines if "--" not in x).encode()


def signed(
    mail: bytes,
    domain: str = "example.org",
    *,
    headers: tuple[bytes, ...] = HEADERS,
    bits: int = 1024,
    **more: object,
) -> bytes:
    """The mail with a signature of that domain on top, as its server would put it."""
    signer = dkim.DKIM(mail)
    present = {name.lower() for name, _ in signer.headers}
    line = signer.sign(
        b"sel",
        domain.encode(),
        private_key(bits),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in headers if name in present],
        **more,
    )
    return line.replace(b"\r\n", b"\n") + mail


def answering(records: Mapping[str, bytes] | None = None) -> Lookup:
    """A DNS that has these records, by default the key of example.org; None for every other name."""
    if records is None:
        records = {"sel._domainkey.example.org": public_key()}
    return records.get


def silent(name: str) -> bytes | None:
    """A DNS that does not answer."""
    raise NoAnswer(f"DNS did not answer for {name}")


def unasked(name: str) -> bytes | None:
    """A DNS that must not be asked."""
    raise AssertionError(name)
