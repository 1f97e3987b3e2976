"""Laws of the diff parser: what is printed is read back, what is read applies, nothing raises."""

from difflib import unified_diff

from hypothesis import example, given
from hypothesis import strategies as st

from reviewbot.model.diff import FileChange, Hunk, Sign
from reviewbot.model.problem import ProblemKind
from reviewbot.parse.diff import Diff, file_changes
from reviewbot.parse.preclean import sections
from tests.parse.diffs import header

ODD = "\r\f\v\x1c\x85\u2028\u00a0\0é"
CODE = (
    "",
    "{",
    "}",
    "\tint a;",
    "-- x",
    "++ y",
    "- x",
    "+ y",
    "@@ -1 +1 @@",
    "diff --git a/x b/x",
    "-- ",
)
LINE = st.sampled_from(CODE) | st.text(st.sampled_from("ab -+\\@\t" + ODD), max_size=6)
FILE = st.lists(LINE, max_size=12)
CHANGE = st.tuples(FILE, FILE, st.integers(0, 4)).filter(lambda drawn: drawn[0] != drawn[1])

MARKS = (
    "diff --git a/x b/x",
    "diff --cc x",
    "index 1234567..89abcde 100644",
    "new file mode 100644",
    "rename from x",
    "rename to y",
    "GIT binary patch",
    "Binary files a/x and b/x differ",
    "--- a/x",
    "+++ b/x",
    "--- /dev/null",
    "+++ /dev/null",
    "--- ",
    "+++ ",
    "*** a/x",
    "***************",
    "@@ -1 +1 @@",
    "@@ -1,3 +1,2 @@ int f(void)",
    "@@@ -1 -1 +1 @@@",
    "-a",
    "+b",
    " c",
    "\\ No newline at end of file",
    "-- ",
    "",
)
DIFFISH = st.lists(st.sampled_from(MARKS) | LINE, max_size=25).map("\n".join)


def hunks_of(old: list[str], new: list[str], context: int) -> str:
    lines = list(unified_diff(old, new, lineterm="", n=context))[2:]
    return "".join(f"{line}\n" for line in lines)


def git_diff(path: str, drawn: tuple[list[str], list[str], int]) -> str:
    return header(path, "index 1234567..89abcde 100644") + hunks_of(*drawn)


def printed(hunk: Hunk) -> list[str]:
    return [line.sign.value + line.text for line in hunk.lines]


def applied(change: FileChange, old: list[str]) -> list[str]:
    """The new file, made of the old one and the hunks."""
    new: list[str] = []
    done = 0
    for hunk in change.hunks:
        first = next((line.old for line in hunk.lines if line.old), hunk.old_start + 1)
        new += old[done : first - 1]
        new += [line.text for line in hunk.lines if line.sign is not Sign.REMOVED]
        done = first - 1 + sum(line.sign is not Sign.ADDED for line in hunk.lines)
    return new + old[done:]


def the_change(diff: str) -> FileChange:
    found = file_changes(diff)
    assert all(problem.kind is ProblemKind.WHITESPACE_DAMAGED for problem in found.problems)
    (change,) = found.files
    return change


@given(CHANGE)
@example((["-- x", "a"], ["++ y", "a"], 0))
def test_printing_the_hunks_gives_the_diff_back(drawn: tuple[list[str], list[str], int]) -> None:
    diff = git_diff("x.c", drawn)
    lines = diff.split("\n")
    for hunk in the_change(diff).hunks:
        assert lines[hunk.mail].startswith(f"@@ -{hunk.old_start}")
        assert printed(hunk) == lines[hunk.mail + 1 : hunk.mail + 1 + len(hunk.lines)]
        assert [lines[line.mail] for line in hunk.lines] == printed(hunk)


@given(CHANGE)
def test_applying_the_hunks_gives_the_new_file(drawn: tuple[list[str], list[str], int]) -> None:
    old, new, _ = drawn
    assert applied(the_change(git_diff("x.c", drawn)), old) == new


@given(CHANGE)
def test_line_numbers_point_at_the_lines(drawn: tuple[list[str], list[str], int]) -> None:
    old, new, _ = drawn
    for hunk in the_change(git_diff("x.c", drawn)).hunks:
        for line in hunk.lines:
            assert (line.old == 0) == (line.sign is Sign.ADDED)
            assert (line.new == 0) == (line.sign is Sign.REMOVED)
            assert line.old == 0 or old[line.old - 1] == line.text
            assert line.new == 0 or new[line.new - 1] == line.text


@given(CHANGE)
def test_added_and_removed_are_the_signs(drawn: tuple[list[str], list[str], int]) -> None:
    diff = git_diff("x.c", drawn)
    change = the_change(diff)
    signs = [line[:1] for line in diff.split("\n")[4:] if not line.startswith("@@")]
    assert (change.added, change.removed) == (signs.count("+"), signs.count("-"))


@given(st.lists(CHANGE, min_size=1, max_size=4))
def test_files_do_not_change_each_other(drawn: list[tuple[list[str], list[str], int]]) -> None:
    alone = [git_diff(f"{n}.c", change) for n, change in enumerate(drawn)]
    first, files = 0, []
    for diff in alone:
        files += file_changes(diff, first).files
        first += diff.count("\n")
    assert file_changes("".join(alone)).files == tuple(files)


@given(st.lists(CHANGE, min_size=1, max_size=4))
def test_plain_files_are_told_apart_by_their_counts(
    drawn: list[tuple[list[str], list[str], int]],
) -> None:
    diff = "".join(
        f"--- a/{n}.c\n+++ b/{n}.c\n{hunks_of(*change)}" for n, change in enumerate(drawn)
    )
    found = file_changes(diff).files
    assert [change.path for change in found] == [f"{n}.c" for n in range(len(drawn))]
    assert [applied(c, old) for c, (old, _, _) in zip(found, drawn, strict=True)] == [
        new for _, new, _ in drawn
    ]


@given(CHANGE, st.data())
def test_a_lost_line_costs_its_file_and_no_other(
    drawn: tuple[list[str], list[str], int], data: st.DataObject
) -> None:
    lines = git_diff("x.c", drawn).split("\n")[:-1]
    hunk_lines = [at for at in range(4, len(lines)) if not lines[at].startswith("@@")]
    lost = data.draw(st.sampled_from(hunk_lines))
    broken = "".join(f"{line}\n" for at, line in enumerate(lines) if at != lost)
    good = git_diff("y.c", (["a"], ["b"], 3))
    found = file_changes(good + broken + good)
    assert [change.path for change in found.files] == ["y.c", "y.c"]
    assert "x.c" in found.problems[0].detail


@given(CHANGE)
def test_crlf_is_taken_off_as_a_whole(drawn: tuple[list[str], list[str], int]) -> None:
    diff = git_diff("x.c", drawn)
    assert file_changes(diff.replace("\n", "\r\n")).files == file_changes(diff).files


@given(DIFFISH | st.text(), st.integers(0, 10**6))
def test_nothing_raises_and_the_place_only_shifts(diff: str, first: int) -> None:
    found, shifted = file_changes(diff), file_changes(diff, first)
    assert isinstance(found, Diff)
    assert found.problems == shifted.problems
    places = [[line.mail for hunk in change.hunks for line in hunk.lines] for change in found.files]
    moved = [
        [line.mail for hunk in change.hunks for line in hunk.lines] for change in shifted.files
    ]
    assert moved == [[place + first for place in line] for line in places]


@given(DIFFISH)
def test_what_is_read_stands_in_the_text(diff: str) -> None:
    lines = diff.split("\n")
    for change in file_changes(diff).files:
        assert change.path
        for hunk in change.hunks:
            for line in hunk.lines:
                written = lines[line.mail].removesuffix("\r")
                assert (
                    written.removeprefix(line.sign.value) == line.text.removesuffix("\r")
                    or not written
                )


@given(DIFFISH)
def test_every_line_is_in_one_section(diff: str) -> None:
    found = list(sections(diff))
    lines = [line.rstrip("\r") for section in found for line in section.lines]
    assert lines == [line.rstrip("\r") for line in diff.split("\n")]
    assert [section.first for section in found] == sorted({section.first for section in found})


@given(DIFFISH)
def test_hunks_are_never_passed_over_in_silence(diff: str) -> None:
    """Readable hunk headers make files or problems: text with one is never just clean."""
    if "\n@@ -1 +1 @@\n-a\n+b\n" in f"\n{diff}\n" and "GIT binary patch" not in diff:
        found = file_changes(diff)
        assert found.files or found.problems
