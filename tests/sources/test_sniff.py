"""What a file is, told by its first bytes."""

import pytest

from reviewbot.sources.sniff import Kind, kind
from tests.builders import mail, new_file

MAIL = mail("x\n")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", Kind.EMPTY),
        (b" \n\r\n\t", Kind.EMPTY),
        (MAIL, Kind.MAIL),
        (b"\n\n" + MAIL, Kind.MAIL),
        (b"\xef\xbb\xbf" + MAIL, Kind.MAIL),
        (MAIL.replace(b"\n", b"\r\n"), Kind.MAIL),
        (b"X-Any: 1\nSubject : s\n", Kind.MAIL),
        (b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + MAIL, Kind.MBOX),
        (b"From here on.\n", Kind.OTHER),
        (new_file("a.c", "x\n").encode(), Kind.DIFF),
        (b"# HG changeset patch\n" + new_file("a.c", "x\n").encode(), Kind.DIFF),
        (b"--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n", Kind.DIFF),
        (b"\n<!DOCTYPE HTML><html>", Kind.PAGE),
        (b"<html><body>From: a</body></html>", Kind.PAGE),
        (b"Format: https://example.org\nAuthor: Ann\n", Kind.OTHER),
        (b"int main(void)\n", Kind.OTHER),
        (b"From: \0\0\0", Kind.OTHER),
        (b"\x89PNG\r\n\x1a\n", Kind.OTHER),
        (b'{\n  "Subject": 1\n}', Kind.OTHER),
        (b"PK\x03\x04" + MAIL, Kind.ARCHIVE),
        (b"\x28\xb5\x2f\xfd" + MAIL, Kind.ARCHIVE),
        (b"a.patch".ljust(257, b"\0") + b"ustar  \0" + MAIL, Kind.ARCHIVE),
        (MAIL.replace(b"x\n", b"a \0 in the body\n"), Kind.MAIL),
    ],
)
def test_kinds(data: bytes, found: Kind) -> None:
    assert kind(data) is found
