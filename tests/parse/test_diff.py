"""A diff becomes file changes: what is kept, line by line, and what each form of diff comes to."""

import pytest

from reviewbot.model.diff import FileChange, FileKind, Line, Sign
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.parse.diff import Diff, file_changes
from tests.parse.diffs import HUNK, changed, header, plain


def only(diff: str) -> FileChange:
    """The one file change of a diff without problems."""
    found = file_changes(diff)
    assert found.problems == ()
    (change,) = found.files
    return change


def texts(change: FileChange, sign: Sign) -> list[str]:
    return [line.text for hunk in change.hunks for line in hunk.lines if line.sign is sign]


# Lines and places


def test_every_line_knows_its_three_places() -> None:
    (hunk,) = only(changed()).hunks
    assert (hunk.old_start, hunk.new_start) == (12, 12)
    assert hunk.heading == "static int foo_open(struct foo *foo)"
    assert hunk.mail == 4
    assert hunk.lines == (
        Line(Sign.CONTEXT, "\tint ret;", 12, 12, 5),
        Line(Sign.CONTEXT, "", 13, 13, 6),
        Line(Sign.REMOVED, "\tret = foo_get(foo);", 14, 0, 7),
        Line(Sign.ADDED, "\tret = foo_tryget(foo);", 0, 14, 8),
        Line(Sign.ADDED, "\tfoo->users++;", 0, 15, 9),
        Line(Sign.CONTEXT, "\treturn ret;", 15, 16, 10),
    )


def test_places_in_the_mail_count_from_the_body() -> None:
    body = (
        "Commit message.\n---\n" + changed("x.c") + "between\n" + changed("y.c") + "-- \n2.39.5\n"
    )
    lines = body.split("\n")
    found = file_changes("\n".join(lines[2:]), first=2)
    assert [change.path for change in found.files] == ["x.c", "y.c"]
    for change in found.files:
        for hunk in change.hunks:
            assert lines[hunk.mail].startswith("@@ ")
            assert all(lines[line.mail] == line.sign.value + line.text for line in hunk.lines)


def test_several_hunks() -> None:
    second = "@@ -30 +31,0 @@ void g(void)\n-\tg();\n@@ -40,0 +41,2 @@\n+\ta();\n+\tb();\n"
    change = only(changed(hunks=HUNK + second))
    assert [(hunk.old_start, hunk.new_start) for hunk in change.hunks] == [
        (12, 12),
        (30, 31),
        (40, 41),
    ]
    assert [hunk.heading for hunk in change.hunks][1:] == ["void g(void)", ""]
    assert change.hunks[1].lines == (Line(Sign.REMOVED, "\tg();", 30, 0, 12),)
    assert [(line.new, line.mail) for line in change.hunks[2].lines] == [(41, 14), (42, 15)]
    assert (change.added, change.removed) == (4, 2)


def test_no_newline_markers_are_no_lines() -> None:
    hunks = (
        "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
    )
    (hunk,) = only(changed(hunks=hunks)).hunks
    assert [(line.text, line.mail) for line in hunk.lines] == [("a", 5), ("b", 6), ("c", 8)]


def test_no_newline_marker_in_a_new_file() -> None:
    hunks = "@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n"
    new = header("x", "new file mode 100644", "index 0000000..1234567", old="/dev/null") + hunks
    assert texts(only(new), Sign.ADDED) == ["a", "b"]
    between = new.replace("+b\n", "\\ Pas de fin de ligne\n+b\n")
    assert texts(only(between), Sign.ADDED) == ["a", "b"]


@pytest.mark.parametrize(
    "odd",
    ["\r", "x\ry", "\f", "\v", "\x1c", "\x1e", "\x85", "\u2028", "\u2029", "\0", "\ufeff", "&lt;"],
)
def test_odd_characters_are_content(odd: str) -> None:
    change = only(changed(hunks=f"@@ -1,2 +1,2 @@\n {odd}c\n-a{odd}\n+{odd}b{odd}\n"))
    assert [line.text for line in change.hunks[0].lines] == [f"{odd}c", f"a{odd}", f"{odd}b{odd}"]


def test_lines_that_look_like_names_are_content() -> None:
    hunks = "@@ -1,3 +1,3 @@\n a\n--- comment\n-- b/x\n+++ x\n+++ b/x\n"
    change = only(changed(hunks=hunks))
    assert texts(change, Sign.REMOVED) == ["-- comment", "- b/x"]
    assert texts(change, Sign.ADDED) == ["++ x", "++ b/x"]


def test_a_context_line_may_have_lost_its_blank() -> None:
    (hunk,) = only(changed(hunks=HUNK.replace("\n \n", "\n\n"))).hunks
    assert hunk.lines[1] == Line(Sign.CONTEXT, "", 13, 13, 6)


def test_crlf_throughout() -> None:
    assert only(changed().replace("\n", "\r\n")) == only(changed())
    new = header("x", "new file mode 100644", old="/dev/null") + "@@ -0,0 +1 @@\n+a\n"
    change = only(new.replace("\n", "\r\n"))
    assert (change.kind, change.path, change.new_mode) == (FileKind.ADDED, "x", "100644")


# Kinds of change


def test_blob_ids_and_mode_of_the_index_line() -> None:
    change = only(changed())
    assert (change.old_blob, change.new_blob) == ("1234567", "89abcde")
    assert (change.old_mode, change.new_mode) == ("100644", "100644")
    assert change.kind is FileKind.MODIFIED
    assert change.old_path == change.new_path == "drivers/foo/foo.c"


def test_rename_with_an_edit() -> None:
    text = header("x.c", "similarity index 90%", "rename from x.c", "rename to y.c", new="b/y.c")
    change = only(text.replace("b/x.c\n", "b/y.c\n", 1) + HUNK)
    assert (change.kind, change.old_path, change.new_path) == (FileKind.RENAMED, "x.c", "y.c")
    assert (change.added, change.removed) == (2, 1)


def test_changes_without_hunks_stand_among_others() -> None:
    rename = "diff --git a/x.c b/y.c\nsimilarity index 100%\nrename from x.c\nrename to y.c\n"
    copy = "diff --git a/x.c b/z.c\nsimilarity index 100%\ncopy from x.c\ncopy to z.c\n"
    mode = "diff --git a/x.sh b/x.sh\nold mode 100644\nnew mode 100755\n"
    empty = "diff --git a/new b/new\nnew file mode 100644\nindex 0000000..e69de29\n"
    binary = (
        "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n"
    )
    git_binary = (
        "diff --git a/y.bin b/y.bin\nindex 1..2 100644\nGIT binary patch\n"
        "literal 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n"
    )
    found = file_changes(
        rename + copy + mode + empty + binary + git_binary + changed() + "-- \n2.39.5\n"
    )
    assert found.problems == ()
    assert [(change.kind.value, change.path) for change in found.files] == [
        ("renamed", "y.c"),
        ("copied", "z.c"),
        ("modified", "x.sh"),
        ("added", "new"),
        ("modified", "x.bin"),
        ("modified", "y.bin"),
        ("modified", "drivers/foo/foo.c"),
    ]
    assert [change.binary for change in found.files] == [False] * 4 + [True] * 2 + [False]
    assert all(change.hunks == () for change in found.files[:-1])


def test_a_change_without_hunks_is_not_spoilt_by_text_behind_it() -> None:
    mode = "diff --git a/x.sh b/x.sh\nold mode 100644\nnew mode 100755\n"
    for behind in ("-- \n2.39.5\n", " a line\n", "- item\n", "\n\nnew file mode 100644\n"):
        assert only(mode + behind).path == "x.sh"


def test_a_deleted_file() -> None:
    text = header("x.c", "deleted file mode 100644", "index 1234567..0000000", new="/dev/null")
    change = only(text + "@@ -1,2 +0,0 @@\n-a\n-b\n")
    assert (change.kind, change.old_path, change.new_path) == (FileKind.DELETED, "x.c", "")
    assert [line.old for line in change.hunks[0].lines] == [1, 2]


def test_a_submodule_and_a_symlink() -> None:
    module = header("sub", "index 1234567..89abcde 160000")
    change = only(module + "@@ -1 +1 @@\n-Subproject commit 1234567\n+Subproject commit 89abcde\n")
    assert (change.new_mode, change.added) == ("160000", 1)
    link = header("link", "new file mode 120000", "index 0000000..1234567", old="/dev/null")
    change = only(link + "@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n")
    assert (change.kind, change.new_mode, change.added) == (FileKind.ADDED, "120000", 1)


# Names


@pytest.mark.parametrize(
    ("diff", "path"),
    [
        (changed("with blank.c"), "with blank.c"),
        (changed().replace("a/", "").replace("b/", ""), "drivers/foo/foo.c"),
        (plain("a/x.c\t2020-01-01", "b/x.c\t2020-01-02"), "x.c"),
        (plain("linux-6.1.orig/mm/x.c", "linux-6.1/mm/x.c"), "mm/x.c"),
        (
            "Index: linux/mm/x.c\n" + "=" * 67 + "\n" + plain("linux.orig/mm/x.c", "linux/mm/x.c"),
            "mm/x.c",
        ),
        ("diff -urN linux.orig/x.c linux/x.c\n" + plain("linux.orig/x.c", "linux/x.c"), "x.c"),
        (plain("x.c.orig 2020-01-01 10:00:00.0 +0000", "x.c 2020-01-01 10:00:01.0 +0000"), "x.c"),
    ],
)
def test_names(diff: str, path: str) -> None:
    change = only(diff)
    assert (change.kind, change.old_path, change.new_path) == (FileKind.MODIFIED, path, path)
    assert change.added == 2


def test_quilt_adds_a_file_below_its_root() -> None:
    new = plain("/dev/null", "tree/new.c", "@@ -0,0 +1 @@\n+a\n")
    found = file_changes(plain("tree.orig/x.c", "tree/x.c") + new)
    assert [(change.kind.value, change.path) for change in found.files] == [
        ("modified", "x.c"),
        ("added", "new.c"),
    ]


def test_gnu_binary_line() -> None:
    found = file_changes(plain("a/x.c", "b/x.c") + "Binary files a/x.bin and b/x.bin differ\n")
    assert [(change.path, change.binary) for change in found.files] == [
        ("x.c", False),
        ("x.bin", True),
    ]


# Text that is no diff


@pytest.mark.parametrize(
    "text",
    [
        "-- \n2.39.5\n",
        "--\n2.39.5\n\n",
        "\n-- \n2.39.5\n\n_______________________________________________\nfoo mailing list\n",
        "-\nTo unsubscribe from this list: send the line\n",
        "-=-=-=-=-=-=-\nGroups.io Links\n",
        "\nbase-commit: 1234567812345678123456781234567812345678\n",
        "\n\n\n",
        "Thanks,\nA. Author\n",
        "\n+++ some text\nnew file mode 100644\n\\ No newline at end of file\n",
        "\n--- old\n+++ new\nno hunk\n",
        "\nBinary files are what they are\n",
        "\nBinary files one and two differ\n",
        "\nOnly in linux: x.c\n",
    ],
)
def test_text_behind_the_last_hunk_is_passed_over(text: str) -> None:
    assert only(changed() + text) == only(changed())
    found = file_changes(changed("x.c") + text + changed("y.c"))
    assert [change.path for change in found.files] == ["x.c", "y.c"]
    assert found.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just words.\n",
        "+++ x\n@@ strange @@\nnew file mode 100644\n\\ No newline at end of file\n",
        "Binary files one and two differ\n",
    ],
)
def test_text_without_a_diff_is_nothing(text: str) -> None:
    assert file_changes(text) == Diff()
    assert file_changes(text + changed()) == Diff(files=(only_at(changed(), text.count("\n")),))


def only_at(diff: str, first: int) -> FileChange:
    (change,) = file_changes(diff, first).files
    return change


# Diffs that are not reviewed


@pytest.mark.parametrize("verb", ["--cc", "--combined"])
def test_combined_diffs_are_not_reviewed(verb: str) -> None:
    combined = (
        f"diff {verb} mm/x.c\nindex 1234567,2345678..3456789\n--- a/mm/x.c\n+++ b/mm/x.c\n"
        "@@@ -1,2 -1,2 +1,2 @@@\n  a\n- b\n -c\n++d\n"
    )
    found = file_changes(combined + changed())
    assert [change.path for change in found.files] == ["drivers/foo/foo.c"]
    assert found.problems == (Problem(ProblemKind.NOT_REVIEWED, "combined diff of mm/x.c"),)


def test_context_diffs_are_not_reviewed() -> None:
    context = (
        "*** linux.orig/mm/x.c\t2020-01-01\n--- linux/mm/x.c\t2020-01-02\n***************\n"
        "*** 1,2 ****\n  a\n! b\n--- 1,2 ----\n  a\n! c\n"
    )
    expected = (Problem(ProblemKind.NOT_REVIEWED, "context diff of linux/mm/x.c"),)
    assert file_changes(context) == Diff(problems=expected)
    found = file_changes("diff -c linux.orig/mm/x.c linux/mm/x.c\n" + context + changed())
    assert [change.path for change in found.files] == ["drivers/foo/foo.c"]
    assert found.problems == expected


def test_over_long_lines_cost_their_file() -> None:
    long = changed("x.c", "@@ -1 +1 @@\n-a\n+" + "x" * 100_000 + "\n")
    found = file_changes(long + changed("y.c"))
    assert [change.path for change in found.files] == ["y.c"]
    assert found.problems == (
        Problem(ProblemKind.LINE_TOO_LONG, "the diff of x.c has an over-long line"),
    )


def test_a_context_line_may_be_a_bare_carriage_return() -> None:
    hunks = "@@ -1,3 +1,3 @@\n a\r\n\r\n-b\r\n+c\r\n"
    (hunk,) = only(changed(hunks=hunks)).hunks
    assert [line.text for line in hunk.lines] == ["a\r", "\r", "b\r", "c\r"]
