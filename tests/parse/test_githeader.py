"""git's extended header, and the two bare names of GNU diff."""

import pytest

from reviewbot.model.diff import FileKind
from reviewbot.parse.githeader import HUNK, Header, binary_header, extent, git_header, plain_header

NO_ROOTS: frozenset[str] = frozenset()


def read(text: str) -> Header | None:
    lines = text.splitlines()
    return git_header(lines[: extent(lines)])


def test_a_changed_file() -> None:
    found = read(
        "diff --git a/x.c b/x.c\nindex 1234567..89abcde 100644\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n"
    )
    assert found == Header(
        FileKind.MODIFIED, "x.c", "x.c", "1234567", "89abcde", "100644", "100644", telling=False
    )


def test_a_new_file_and_a_deleted_one() -> None:
    new = read(
        "diff --git a/x.c b/x.c\nnew file mode 100755\nindex 0000000..89abcde\n--- /dev/null\n+++ b/x.c\n"
    )
    assert new is not None
    assert (new.kind, new.old_path, new.new_path, new.path) == (FileKind.ADDED, "", "x.c", "x.c")
    assert (new.old_mode, new.new_mode) == ("", "100755")
    gone = read(
        "diff --git a/x.c b/x.c\ndeleted file mode 100644\nindex 89abcde..0000000\n--- a/x.c\n+++ /dev/null\n"
    )
    assert gone is not None
    assert (gone.kind, gone.old_path, gone.new_path, gone.path) == (
        FileKind.DELETED,
        "x.c",
        "",
        "x.c",
    )
    assert (gone.old_mode, gone.new_mode) == ("100644", "")


def test_an_empty_new_file_has_no_names_but_those_of_git() -> None:
    found = read(
        "diff --git a/x.c b/x.c\nnew file mode 100644\nindex 0000000..e69de29\n-- \n2.39\n"
    )
    assert found is not None
    assert (found.kind, found.new_path, found.telling) == (FileKind.ADDED, "x.c", True)


@pytest.mark.parametrize(
    ("verb", "kind"), [("rename", FileKind.RENAMED), ("copy", FileKind.COPIED)]
)
def test_renames_and_copies_are_not_the_same(verb: str, kind: FileKind) -> None:
    text = f"diff --git a/x y.c b/z.c\nsimilarity index 100%\n{verb} from x y.c\n{verb} to z.c\n"
    found = read(text)
    assert found is not None
    assert (found.kind, found.old_path, found.new_path) == (kind, "x y.c", "z.c")
    assert found.telling


def test_a_changed_mode_alone_tells_something() -> None:
    found = read("diff --git a/x.sh b/x.sh\nold mode 100644\nnew mode 100755\n")
    assert found is not None
    assert (found.kind, found.old_mode, found.new_mode) == (FileKind.MODIFIED, "100644", "100755")
    assert found.telling


@pytest.mark.parametrize("mark", ["Binary files a/x.bin and b/x.bin differ", "GIT binary patch"])
def test_binary_files(mark: str) -> None:
    text = f"diff --git a/x.bin b/x.bin\nindex 1234567..89abcde 100644\n{mark}\nliteral 1\n"
    found = read(text)
    assert found is not None
    assert found.binary and found.telling
    assert extent(text.splitlines()) == 3


def test_quoted_names() -> None:
    found = read(
        r'diff --git "a/\303\251.c" "b/\303\251.c"'
        "\nindex 1..2 100644\n"
        r'--- "a/\303\251.c"'
        "\n"
        r'+++ "b/\303\251.c"'
    )
    assert found is not None
    assert found.path == "é.c"


def test_names_that_contradict_each_other_are_refused_as_git_does() -> None:
    assert read("diff --git a/x.c b/x.c\nindex 1..2\n--- a/y.c\n+++ b/x.c\n") is None


def test_names_below_the_git_line_help_where_it_is_not_readable() -> None:
    found = read("diff --git a/x.c b/y.c\nindex 1..2\n--- a/x.c\n+++ b/y.c\n")
    assert found is not None
    assert (found.kind, found.old_path, found.new_path) == (FileKind.RENAMED, "x.c", "y.c")
    assert read("diff --git a/x.c \nb/x.c\n--- a/x.c\n+++ b/x.c\n") is None


def test_the_header_ends_at_the_first_line_git_does_not_know() -> None:
    assert extent(["diff --git a/x b/x", "similarity index 100%", "", "rename from x"]) == 2
    assert extent(["diff --git a/x b/x", "--- a/x", "@@ -1 +1 @@"]) == 1
    assert extent(["diff --git a/x b/x"]) == 1


@pytest.mark.parametrize(
    ("hunk", "kind", "paths"),
    [
        ("@@ -1,2 +1,2 @@", FileKind.MODIFIED, ("x.c", "x.c")),
        ("@@ -0,0 +1,2 @@", FileKind.ADDED, ("", "x.c")),
        ("@@ -1,2 +0,0 @@", FileKind.DELETED, ("x.c", "")),
        ("@@ garbage", FileKind.MODIFIED, ("x.c", "x.c")),
    ],
)
def test_gnu_diff_tells_new_and_gone_files_by_their_hunk(
    hunk: str, kind: FileKind, paths: tuple[str, str]
) -> None:
    names = [
        "--- l.orig/x.c\t1970-01-01 01:00:00.0 +0100",
        "+++ l/x.c\t2020-01-01 01:00:00.0 +0100",
    ]
    found = plain_header([*names, hunk], NO_ROOTS)
    assert (found.kind, (found.old_path, found.new_path)) == (kind, paths)


def test_dev_null_in_a_plain_diff() -> None:
    found = plain_header(["--- /dev/null", "+++ b/x.c", "@@ -0,0 +1 @@"], NO_ROOTS)
    assert (found.kind, found.path) == (FileKind.ADDED, "x.c")
    found = plain_header(["--- a/x.c", "+++ /dev/null", "@@ -1 +0,0 @@"], NO_ROOTS)
    assert (found.kind, found.path) == (FileKind.DELETED, "x.c")


def test_binary_line_of_gnu_diff() -> None:
    found = binary_header("Binary files l.orig/x.bin and l/x.bin differ", NO_ROOTS)
    assert found is not None
    assert (found.path, found.binary) == ("x.bin", True)
    for prose in (
        "Binary files one and two differ",
        "Binary files are big",
        "Binary file x matches",
    ):
        assert binary_header(prose, NO_ROOTS) is None


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("@@ -1 +1 @@", ("1", None, "1", None, None)),
        ("@@ -1,2 +3,4 @@ int f(void)", ("1", "2", "3", "4", "int f(void)")),
        ("@@ -1,2 +3,4 @@ a\u2028b", ("1", "2", "3", "4", "a\u2028b")),
    ],
)
def test_hunk_header(line: str, parts: tuple[str | None, ...]) -> None:
    found = HUNK.match(line)
    assert found is not None
    assert found.groups() == parts


@pytest.mark.parametrize(
    "line", ["@@ -x +y @@", "@@@ -1 -1 +1 @@@", "@@ -1,1234567890 +1 @@", "@@"]
)
def test_no_hunk_header(line: str) -> None:
    assert HUNK.match(line) is None
