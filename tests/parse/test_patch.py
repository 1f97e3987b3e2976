"""One mail becomes one patch, or does not."""

import pytest

from reviewbot.model.message import Address, Message, RawMessage
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.series import Patch
from reviewbot.parse.mail import message
from reviewbot.parse.patch import may_hold_diff, patch, was_mailed
from reviewbot.parse.subject import subject
from tests import builders
from tests.parse.postings import AUTHOR, body, diff, mail

BARE = f"Try this:\n\n{diff()}"


def read(one: Message) -> Patch | None:
    return patch(one, subject(one.subject))


def test_the_parts_of_a_patch() -> None:
    found = read(mail("1", "[PATCH v2 3/7] foo: add bar", body("bar")))
    assert found is not None
    assert found.message_id == "1@x"
    assert (found.subject.revision, found.subject.position, found.author) == (2, 3, AUTHOR)
    assert found.commit_message == "Add it.\n\nSigned-off-by: A. Author <author@example.org>"
    assert [trailer.key for trailer in found.trailers] == ["Signed-off-by"]
    assert [file.path for file in found.files] == ["fs/foo.c"]
    assert found.problems == ()


def test_lines_of_the_diff_know_their_place_in_the_mail() -> None:
    text = body("bar")
    found = read(mail("1", "[PATCH] foo", text))
    assert found is not None
    lines = text.split("\n")
    assert lines[found.diff_mail].startswith("diff --git ")
    for line in found.files[0].hunks[0].lines:
        assert lines[line.mail] == line.sign.value + line.text


def test_the_author_is_the_in_body_from() -> None:
    found = read(mail("1", "[PATCH] foo", "From: B. Writer <b@example.org>\n\n" + body()))
    assert found is not None and found.author == Address("B. Writer", "b@example.org")


def test_from_the_bytes_of_a_mail() -> None:
    raw = builders.mail(builders.patch_body(builders.new_file("fs/new.c", "int a;\n")))
    found = read(message(RawMessage(raw)))
    assert found is not None and found.files[0].new_path == "fs/new.c"


@pytest.mark.parametrize(
    "line",
    [
        "Re: [PATCH] foo: add bar",
        "RE: [PATCH 1/2] foo: add bar",
        "Aw: [PATCH] foo: add bar",
        "[tip: x86/urgent] foo: add bar",
        'Applied "foo: add bar" to the foo tree',
        'Patch "foo: add bar" has been added to the 5.10-stable tree',
        'FAILED: Patch "foo: add bar" failed to apply to 5.10-stable tree',
        "linux-next: manual merge of the foo tree with the bar tree",
        "[merged mm-stable] foo-add-bar.patch removed from -mm tree",
        "+ foo-add-bar.patch added to mm-unstable branch",
    ],
)
def test_replies_and_notices_are_no_patches(line: str) -> None:
    assert read(mail("1", line)) is None


@pytest.mark.parametrize(
    "line", ["[PATCH] foo", "[RFC PATCH] foo", "[PATCHv2] foo", "[net,v2,1/2] foo", "[RFC 1/2] foo"]
)
def test_a_subject_that_claims_a_patch_is_believed(line: str) -> None:
    assert read(mail("1", line, BARE)) is not None


@pytest.mark.parametrize(
    "line", ["foo: add bar", "[RFC] foo: add bar", "[Bug 12345] foo eats data"]
)
def test_without_such_a_subject_the_text_must_be_a_patchs(line: str) -> None:
    assert read(mail("1", line, BARE)) is None
    assert (
        read(mail("1", line, f"Signed-off-by: A. Author <author@example.org>\n\n{diff()}"))
        is not None
    )
    assert read(mail("1", line, f"---\n fs/foo.c | 2 +-\n\n{diff()}")) is not None


def test_a_file_that_was_never_mailed_is_a_patch() -> None:
    one = mail("1", "Fix it", BARE, problems=(Problem(ProblemKind.NO_MESSAGE_ID),))
    assert not was_mailed(one)
    assert read(one) is not None


@pytest.mark.parametrize("text", ["", "Hello\n", "> " + diff().replace("\n", "\n> ")])
def test_no_diff_at_the_margin_is_no_patch(text: str) -> None:
    assert read(mail("1", "[PATCH] foo", text)) is None


def test_a_damaged_diff_is_still_a_patch() -> None:
    found = read(mail("1", "[PATCH] foo", body().replace("@@ -1,2 +1,2 @@", "@@ -1,9 +1,9 @@")))
    assert found is not None
    assert [problem.kind for problem in found.problems] == [ProblemKind.DIFF_DAMAGED]


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        (diff(), True),
        ("x\n" + diff(), True),
        ("--- a/x\n+++ b/x\n", True),
        ("Index: x\n", False),
        ("x\nIndex: x\n", True),
        ("a +++ b\n", False),
        ("", False),
    ],
)
def test_where_a_diff_is_looked_for(text: str, worth: bool) -> None:
    assert may_hold_diff(text) is worth
