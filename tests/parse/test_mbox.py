"""An mbox becomes mails."""

import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.mbox import REACH, is_mbox, manner, separator, split

RD = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
GIT = b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"
ONE = b"From: a@example.org\nSubject: one\nMessage-ID: <1@x>\n\nfirst\n"
TWO = b"From: b@example.org\nSubject: two\nMessage-ID: <2@x>\n\nsecond\n"


@pytest.mark.parametrize(
    "separator",
    [
        RD,
        b"From git@z Thu Jan  1 00:00:00 1970\n",
        GIT,
        b"From patchwork Mon Mar  2 12:00:00 2026\n",
        b"From a@example.org Mon Mar  2 12:00:00 2026\n",
        b"From a@example.org Mon Mar 2 12:00 2026\n",
        b"From a at example.org  Mon Mar 02 12:00:00 2026\n",
        b"From - Mon Mar 02 12:00:00 2026\n",
        b"From a@example.org Mon Mar  2 12:00:00 +0100 2026\n",
        b"From a@example.org Mon Mar  2 12:00:00 2026 +0100\n",
        b"From a@example.org Mon Mar  2 12:00:00 CET 2026\n",
        b"From a@example.org 2026-03-02 12:00\n",
    ],
)
def test_separators(separator: bytes) -> None:
    data = separator + ONE + b"\n" + separator + TWO
    assert list(split(data)) == [ONE, TWO]
    crlf = data.replace(b"\n", b"\r\n")
    assert list(split(crlf)) == [ONE.replace(b"\n", b"\r\n"), TWO.replace(b"\n", b"\r\n")]


def test_empty_lines_above() -> None:
    assert list(split(b"\n\n" + RD + ONE)) == [ONE]


def test_the_empty_line_at_the_end_belongs_to_the_mbox() -> None:
    assert list(split(RD + ONE + b"\n")) == [ONE]
    assert list(split(RD + ONE + b"\n\n")) == [ONE + b"\n"]


@pytest.mark.parametrize(
    "data", [b"", ONE, b"From here on, prose.\n\nMore.\n", b"From x\n", b"text\n"]
)
def test_no_mbox(data: bytes) -> None:
    assert not is_mbox(data)
    assert list(split(data)) == []


@pytest.mark.parametrize(
    "line",
    [
        b"From here on it is prose.",
        b"From 2026 on, at 12:00",
        b"From a@example.org Mon Mar  2 12:00:00 2026",
        b"From a@example.org Mon Mar  2 12:00:00 2026\nNote: this is no header",
        b"From a@example.org Mon Mar  2 12:00:00 2026\nFrom: a\nand then prose",
    ],
)
@pytest.mark.parametrize("separator", [RD, b"From a@example.org Mon Mar  2 12:00:00 2026\n"])
def test_an_unescaped_line_does_not_split(line: bytes, separator: bytes) -> None:
    mail = ONE + b"\n" + line + b"\n\nend\n"
    assert list(split(separator + mail + b"\n" + separator + TWO)) == [mail, TWO]


def test_a_line_without_an_empty_one_above_does_not_split() -> None:
    mail = ONE + RD + TWO
    assert list(split(RD + mail)) == [mail]


def test_a_format_patch_pasted_into_a_body_does_not_split() -> None:
    mail = ONE + b"\n" + GIT + b"From: c@example.org\nSubject: [PATCH] three\n\nx\n"
    assert list(split(RD + mail + b"\n" + RD + TWO)) == [mail, TWO]


def test_format_patch_output_splits() -> None:
    one = b"From: c@example.org\nSubject: [PATCH] three\n\nx\n-- \n2.39.5\n"
    assert list(split(GIT + one + b"\n" + GIT + one)) == [one, one]


def test_files_put_together() -> None:
    data = RD + ONE + b"\n" + b"From patchwork Mon Mar  2 12:00:00 2026\n" + TWO
    assert list(split(data)) == [ONE, TWO]


def test_unquoting_takes_one_sign_off() -> None:
    mail = b"From: a@example.org\n\n>From one\n>>From two\n> From three\n>Fromage\nx >From\n"
    assert list(split(RD + mail)) == [
        b"From: a@example.org\n\nFrom one\n>From two\n> From three\n>Fromage\nx >From\n"
    ]


def test_a_folded_separator_field_is_no_body() -> None:
    mail = b">From old@example.org Mon Mar  2 12:00:00 2026\nFrom: a@example.org\n\nx\n"
    assert len(list(split(RD + ONE + b"\n" + RD + mail))) == 2


def test_as_the_standard_library_writes_it(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for mail in (ONE, TWO):
        box.add(mail + b"\nFrom the body\n")
    box.flush()
    box.close()
    found = list(split((tmp_path / "box").read_bytes()))
    assert found == [ONE + b"\nFrom the body\n", TWO + b"\nFrom the body\n"]


def quoted(body: bytes) -> bytes:
    lines = body.split(b"\n")
    return b"\n".join(b">" + x if x.lstrip(b">").startswith(b"From ") else x for x in lines)


BODY = st.lists(
    st.sampled_from(
        [b"", b"x", b"From y", b">From z", b">>From ", GIT.strip(), RD.strip(), b"A: b"]
    )
).map(b"\n".join)


@given(st.lists(BODY, min_size=1, max_size=4))
def test_mboxrd_comes_back(bodies: list[bytes]) -> None:
    mails = [b"From: a\nSubject: s\nMessage-ID: <1@x>\n\n" + body + b"\n" for body in bodies]
    assert list(split(b"".join(RD + quoted(mail) + b"\n" for mail in mails))) == mails


@given(st.binary(max_size=300).map(lambda data: RD + b"From: a\n" + data))
def test_never_raises(data: bytes) -> None:
    assert list(split(data))


# For files that are read piece by piece


def test_a_manner_is_told_by_the_first_separator() -> None:
    assert manner(b"\n" + RD + ONE) == manner(RD + TWO)
    assert manner(RD + ONE) != manner(GIT + ONE)
    assert manner(ONE) is None


def test_the_next_separator_is_found_as_far_as_is_asked() -> None:
    data = RD + ONE + b"\n" + RD + TWO
    way = manner(data)
    assert way is not None
    second = data.rindex(RD)
    assert separator(data, len(RD), len(data), way) == second
    assert separator(data, second - 1, len(data), way) == second
    assert separator(data, len(RD), second + 5, way) == second
    assert separator(data, len(RD), second + 4, way) == -1
    assert separator(data, second + len(RD), len(data), way) == -1


def test_no_more_than_its_reach_tells_what_begins() -> None:
    data = RD + ONE + b"\n" + RD + b"X: " + b"x" * REACH + b"\nMessage-ID: <2@x>\n\nsecond\n"
    assert len(list(split(data))) == 1
    assert len(list(split(data.replace(b"x" * REACH, b"x" * (REACH - 200))))) == 2


@pytest.mark.parametrize(("fields", "mails"), [(398, 2), (399, 2), (400, 1), (401, 1)])
def test_no_more_than_four_hundred_fields_are_looked_at(fields: int, mails: int) -> None:
    below = b"X: y\n" * fields + b"Message-ID: <2@x>\n\nsecond\n"
    assert len(list(split(RD + ONE + b"\n" + RD + below))) == mails
