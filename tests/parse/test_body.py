"""The body of a patch mail in its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.message import Address
from reviewbot.model.series import Trailer
from reviewbot.parse.body import body
from tests.builders import new_file, patch_body

DIFF = new_file("a.c", "one\n")
SIGNED = "Signed-off-by: Ann Author <ann@example.org>"
ANN = Address("Ann", "ann@example.org")


def test_a_patch() -> None:
    text = f"Do it.\n\n{SIGNED}\n---\nv2: better\n\n a.c | 1 +\n\n{DIFF}-- \n2.39.5\n"
    found = body(text)
    assert found.commit_message == f"Do it.\n\n{SIGNED}"
    assert found.notes == "v2: better\n\n a.c | 1 +\n\n"
    assert found.trailers == (Trailer("Signed-off-by", "Ann Author <ann@example.org>", 2),)
    assert found.diff == DIFF
    assert text.split("\n")[found.diff_mail] == DIFF.split("\n")[0]
    assert (found.author, found.subject) == (None, "")


def test_without_notes() -> None:
    found = body(f"Do it.\n\n{DIFF}")
    assert (found.commit_message, found.notes, found.diff) == ("Do it.", "", DIFF)


def test_no_diff() -> None:
    found = body("Please look.\n\nThanks\n-- \nAnn\n")
    assert (found.diff, found.diff_mail, found.notes) == ("", -1, "")


def test_a_cover_letter_with_notes() -> None:
    found = body("Hello.\n\n---\nChanges in v2:\n- none\n\n-- \nAnn\n")
    assert found.commit_message == "Hello."
    assert found.notes == "Changes in v2:\n- none\n\n"


def test_empty() -> None:
    assert body("") == body("\n\n") == body("").__class__()


@pytest.mark.parametrize(
    ("head", "author", "subject"),
    [
        ("From: Ann <ann@example.org>\n\n", ANN, ""),
        ("\n\nFrom: Ann <ann@example.org>\n\n\n", ANN, ""),
        ("From: =?utf-8?q?J=C3=BC?= <j@x.org>\n\n", Address("Jü", "j@x.org"), ""),
        ("From: Ann\n <ann@example.org>\n\n", ANN, ""),
        ("Subject: [PATCH] a: b\n c\nFrom: Ann <ann@example.org>\n\n", ANN, "[PATCH] a: b c"),
        ("from: Ann <ann@example.org>\nDate: today\nSUBJECT: s\n\n", ANN, "s"),
        ("[PATCH] a: b\n\n", None, "[PATCH] a: b"),
        (f">From {'1' * 40} Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@example.org>\n\n", ANN, ""),
        ("From: Ann <ann@example.org>\n", ANN, ""),
        ("Subject: s\n", None, "s"),
    ],
)
def test_in_body_headers(head: str, author: Address | None, subject: str) -> None:
    found = body(f"{head}Do it.\n---\n{DIFF}")
    assert (found.author, found.subject, found.commit_message) == (author, subject, "Do it.")


@pytest.mark.parametrize(
    "text",
    [
        "Text.\n\nFrom: Ann <ann@example.org>\n",
        "From Ann <ann@example.org>\n",
        " From: Ann <ann@example.org>\n",
        "Subject to change.\n",
        "[PATCH]: no\n",
    ],
)
def test_what_is_no_in_body_header(text: str) -> None:
    found = body(f"{text}---\n{DIFF}")
    assert (found.author, found.subject) == (None, "")
    assert found.commit_message == text.rstrip("\n")


def test_a_header_counts_once() -> None:
    found = body("From: Ann <ann@example.org>\nFrom: Rob <rob@example.org>\n\nx\n")
    assert found.author == ANN
    assert found.commit_message == "From: Rob <rob@example.org>\n\nx"


def test_places_below_in_body_headers() -> None:
    found = body(f"From: Ann <ann@example.org>\n\nDo it.\n\n{SIGNED}\n---\n{DIFF}")
    assert found.trailers[0].mail == 4
    assert found.diff_mail == 6


def test_the_commit_message_is_cleaned_as_git_does() -> None:
    assert body("\n\none  \n\n\n\n  two\t\n\xa0\n\n---\n").commit_message == "one\n\n  two\n\xa0"


def test_a_line_of_dashes_with_text_is_git_s_end_too() -> None:
    found = body(f"Log:\n--- start ---\nok\n\n{DIFF}")
    assert found.commit_message == "Log:"
    assert found.notes == "--- start ---\nok\n\n"


def test_diff_words_in_the_log() -> None:
    log = "The output was\n+++ b/x\n@@ -1,2 +1,2 @@\nnew file mode 100644\n\\ No newline at end of file"
    found = body(f"{log}\n---\n{DIFF}")
    assert (found.commit_message, found.diff) == (log, DIFF)


def test_a_diff_above_the_dashes() -> None:
    found = body(f"Do it.\n{DIFF}\n---\n")
    assert found.commit_message == "Do it."
    assert found.notes == ""


def test_a_quoted_diff_is_none() -> None:
    quoted = "".join(f"> {line}\n" for line in DIFF.splitlines())
    assert body(f"On Monday, Ann wrote:\n{quoted}\nNo.\n").diff == ""


def test_a_list_footer_is_no_diff() -> None:
    footer = "_" * 47 + "\nsome mailing list\n"
    assert body(patch_body(DIFF) + footer).diff == DIFF
    assert body(f"x\n---\n{DIFF}{footer}").diff == DIFF


@pytest.mark.parametrize(
    "line", ["-- >8 --", "--- >8 ---", "-----8<-----", "----- 8< ----- >8 ----"]
)
def test_scissors_are_seen_and_do_not_cut(line: str) -> None:
    found = body(f"Hello Rob,\n{line}\nDo it.\n\n{DIFF}")
    assert found.scissors == 1
    assert found.commit_message.startswith("Hello Rob,")
    assert found.diff == DIFF


def test_what_looks_like_scissors() -> None:
    assert body("a\nif (x <8) {\n-- done\n").scissors == -1
    assert body("a\n>8\n").scissors == -1


def test_bases() -> None:
    text = (
        f"x\n---\nchange-id: 20260302-foo-0123456789ab\n\n{DIFF}\nbase-commit: {'a' * 40}\n"
        f"prerequisite-patch-id: {'b' * 40}\nprerequisite-message-id: <1@x.org>\n-- \n2.39.5\n"
    )
    found = body(text)
    assert found.base_commit == "a" * 40
    assert found.prerequisites == ("b" * 40, "1@x.org")
    assert found.change_id == "20260302-foo-0123456789ab"
    assert found.diff.startswith(DIFF)


def test_no_bases() -> None:
    found = body("The base-commit: none\nbase-commit: unknown\nprerequisite-patch-id: x\n")
    assert (found.base_commit, found.prerequisites, found.change_id) == ("", (), "")


LINES = st.lists(
    st.sampled_from(
        [
            "",
            "text",
            "From: a@b",
            "Subject: s",
            " folded",
            "---",
            "--- a/a.c",
            "+++ b/a.c",
            SIGNED,
            "-- ",
            "@@ -1 +1 @@",
            "-x",
            "+y",
            " z",
            "diff --git a/x b/x",
            "index 1..2",
            "-- >8 --",
            "> quoted",
        ]
    ),
    max_size=25,
)


@given(LINES)
def test_every_part_keeps_its_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = body(text)
    assert found.notes in text
    assert "\n".join(lines[found.diff_mail :]).startswith(found.diff)
    assert (found.diff_mail < 0) == (not found.diff)
    for trailer in found.trailers:
        assert lines[trailer.mail].startswith(trailer.key)
        assert found.diff_mail < 0 or trailer.mail < found.diff_mail


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    body(text)


LOG = st.lists(st.sampled_from(["one", "two: x", "", "a - b", "+ c"]), min_size=1).map("\n".join)


@given(LOG, st.sampled_from(["", "v2: done\n", " a.c | 1 +\n\n"]))
def test_what_format_patch_writes_is_read(log: str, notes: str) -> None:
    found = body(f"{log}\n\n{SIGNED}\n---\n{notes}{DIFF}-- \n2.39.5\n\n")
    assert found.commit_message.endswith(SIGNED)
    assert (found.notes, found.diff) == (notes, DIFF)
