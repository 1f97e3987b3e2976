"""What is left for b4 review, read back in the way its description says."""

import re
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.errors import OutputError, UsageError
from reviewbot.model.diff import Side
from reviewbot.model.finding import Anchor, Channel, Verdict
from reviewbot.sinks.b4_dropbox import Leaf, leave, mailbox, texts
from tests.review.talk import read, verdict

DIFF = (
    "diff --git a/foo.c b/foo.c\n"
    "index 1111111..2222222 100644\n"
    "--- a/foo.c\n"
    "+++ b/foo.c\n"
    "@@ -10,4 +10,5 @@ int foo(void)\n"
    " {\n"
    " \tint a;\n"
    "-\ta = 1;\n"
    "+\ta = 2;\n"
    "+\tb = 2;\n"
    " \treturn a;\n"
)
(PATCH,) = read("single").patches
BASE = verdict(PATCH, "return anon", "some-rule", "Why is this?")
ME = "reviewbot <bot@example.org>"


def on(text: str, line: int, comment: str = "Why?", side: Side = Side.NEW) -> Verdict:
    anchor = Anchor(PATCH.message_id, "foo.c", side, line, 0, text)
    return replace(BASE, finding=replace(BASE.finding, anchor=anchor), comment=comment)


def taken_apart(text: str) -> tuple[str, list[str], list[tuple[str, str]]]:
    """The note, the quoted lines, and each comment with the quoted line above it; lines as b4 ends them."""
    note, quoted, comments = [], [], []
    for line in text.splitlines():
        if line.startswith("> diff --git ") or (quoted and line.startswith(">")):
            quoted.append(line[2:])
        elif not quoted:
            note.append(line)
        elif line.strip():
            if not comments or comments[-1][0] != len(quoted):
                comments.append((len(quoted), ""))
            comments[-1] = (len(quoted), f"{comments[-1][1]} {line.strip()}".strip())
    return "\n".join(note), quoted, [(quoted[at - 1], said) for at, said in comments]


def leaf(*verdicts: Verdict, diff: str = DIFF) -> str:
    return texts([Leaf(2, diff, verdicts)], ())["0002.txt"]


def test_the_diff_is_whole_and_comments_stand_under_their_lines() -> None:
    said = (on("\tb = 2;", 13, "And b?"), on("\ta = 1;", 12, "It was one.", Side.OLD))
    note, quoted, comments = taken_apart(leaf(*said))
    assert quoted == DIFF.splitlines()
    assert comments == [("-\ta = 1;", "It was one."), ("+\tb = 2;", "And b?")]
    assert note.startswith("2 comments\n\n- some-rule\n")


def test_a_line_that_was_moved_by_other_commits_is_found_by_its_text() -> None:
    assert taken_apart(leaf(on("\tb = 2;", 130)))[2] == [("+\tb = 2;", "Why?")]


def test_of_equal_lines_the_nearest_is_meant() -> None:
    diff = DIFF.replace("+\tb = 2;\n", "+\ta = 2;\n")
    above = leaf(on("\ta = 2;", 12), diff=diff).partition("\nWhy?")[0]
    below = leaf(on("\ta = 2;", 13), diff=diff).partition("\nWhy?")[0]
    assert (above.count("> +\ta = 2;"), below.count("> +\ta = 2;")) == (1, 2)


def test_what_has_no_line_goes_into_the_note() -> None:
    anchor = Anchor(PATCH.message_id, "", Side.NEW, 0, 3, "Fixes: foo")
    tag = replace(BASE, finding=replace(BASE.finding, anchor=anchor), comment="Which commit?")
    assert leaf(tag, on("\tgone;", 3, "Gone?")) == (
        '2 comments\n\n- some-rule\n\nOn "Fixes: foo":\n\nWhich commit?\n\nOn "gone;":\n\nGone?\n'
    )


def test_a_draft_is_named_with_its_reason_and_its_page() -> None:
    unsure = replace(on("\tb = 2;", 13), channel=Channel.DRAFT, reason="confidence is medium")
    note = texts([Leaf(1, DIFF, (unsure,))], (), "https://example.org/r/")["0001.txt"]
    assert note.startswith(
        "1 draft\n\n- some-rule (draft: confidence is medium): https://example.org/r/some-rule\n"
    )


def test_patches_nothing_is_said_about_have_no_file() -> None:
    assert texts([Leaf(1, DIFF, ())], ()) == {}
    assert list(texts([Leaf(1, DIFF, ())], (BASE,))) == ["series.txt"]


MARKS = [
    "> quoted",
    ">= 0",
    "# hash",
    "| bar",
    "[ ... ]",
    "> diff --git a/x b/x",
    "a\x0cb",
    "a\u2028> b",
]


@pytest.mark.parametrize("comment", MARKS)
def test_our_words_are_never_taken_for_marks(comment: str) -> None:
    text = leaf(on("\tb = 2;", 13, comment))
    _, quoted, ((line, _),) = taken_apart(text)
    assert (quoted, line) == (DIFF.splitlines(), "+\tb = 2;")
    own = [each for each in text.splitlines()[3:] if each and not each.startswith("> ")]
    assert not any(re.match(r"[>#|]|\[ \.\.\. \]$", each) for each in own)


@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_is_said_or_stands_in_the_diff_b4_sees_the_same_lines(
    comment: str, code: str
) -> None:
    code = code.replace("\n", " ")
    diff = DIFF.replace("\tint a;", f"\tint a; {code}")
    _, quoted, comments = taken_apart(leaf(on("\tb = 2;", 13, f"Why? {comment}"), diff=diff))
    assert len(quoted) == len(DIFF.splitlines())
    assert [line for line, _ in comments] == ["+\tb = 2;"]


# Who it is from


@pytest.mark.parametrize(
    ("name", "address", "read"),
    [
        ("reviewbot for A. Maintainer", "bot@example.org", None),
        ("Maintainer, A.", "bot@example.org", None),
        ('A "Nick" Maintainer', "bot@example.org", None),
        ("Ährenfeld", "bot@example.org", None),
        ("", "", ("reviewbot", "reviewbot@reviewbot.invalid")),
        ("a\nb", "no address", ("a b", "reviewbot@reviewbot.invalid")),
    ],
)
def test_b4_reads_name_and_address(name: str, address: str, read: tuple[str, str] | None) -> None:
    assert parseaddr(mailbox(name, address)) == (read or (name, address))


# Where it is left


def test_the_folder_appears_whole_and_replaces_our_own(tmp_path: Path) -> None:
    folder = tmp_path / ".git" / "b4-review" / "abc"
    leave(folder, ME, {"0001.txt": "One.\n", "0002.txt": "Two.\n"})
    leave(folder, ME, {"0001.txt": "Again.\n"})
    found = {path.name: path.read_text() for path in folder.iterdir()}
    assert found == {"identity.txt": f"{ME}\n", "0001.txt": "Again.\n"}
    assert [path.name for path in folder.parent.iterdir()] == ["abc"]


def test_with_nothing_to_say_our_own_goes(tmp_path: Path) -> None:
    folder = tmp_path / "b4-review" / "abc"
    leave(folder, ME, {"0001.txt": "One.\n"})
    leave(folder, ME, {})
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("owner", ["Other <other@example.org>\n", ""])
def test_what_somebody_else_has_left_stays(tmp_path: Path, owner: str) -> None:
    (tmp_path / "identity.txt").write_text(owner)
    with pytest.raises(UsageError, match="are waiting there"):
        leave(tmp_path, ME, {"0001.txt": "One.\n"})
    assert [path.name for path in tmp_path.iterdir()] == ["identity.txt"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        leave(tmp_path / "file" / "abc", ME, {"0001.txt": "One.\n"})


def test_lone_surrogates_can_be_written(tmp_path: Path) -> None:
    leave(tmp_path / "abc", ME, {"0001.txt": "One \ud800.\n"})
    assert (tmp_path / "abc" / "0001.txt").read_bytes() == b"One ?.\n"
