"""Names of files in diff headers: quotes, time stamps, prefixes."""

import pytest

from reviewbot.parse.filenames import (
    git_names,
    git_paths,
    name_of,
    plain_paths,
    root_of,
    unquoted,
)

NO_ROOTS: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a/x.c", "a/x.c"),
        (r'"a/\303\251.c"', "a/é.c"),
        (r'"a/tab\there \"quoted\" \\ back"', 'a/tab\there "quoted" \\ back'),
        (r'"a/é and \303\251"', "a/é and é"),
        (r'"a/\377.c"', "a/\ufffd.c"),
        (r'"a/\a\b\f\n\r\v"', "a/\a\b\f\n\r\v"),
        ('"never closed', '"never closed'),
        ('"', '"'),
        ("", ""),
    ],
)
def test_quotes_are_taken_off_and_octal_is_decoded(written: str, name: str) -> None:
    assert unquoted(written) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/x.c", "a/x.c"),
        ("a/with blank.c\t", "a/with blank.c"),
        ("a/x.c\t2020-01-01 10:00:00.000000000 +0100", "a/x.c"),
        ("x.c 2020-01-01 10:00:00.123 +0100", "x.c"),
        ("x.c   2020-01-01 10:00", "x.c"),
        ("x.c\tMon Jan  6 12:00:00 2003", "x.c"),
        ("x.c Mon Jan  6 12:00:00 CET 2003", "x.c"),
        ("notes 2020", "notes 2020"),
        ("release-2020-01-01", "release-2020-01-01"),
        ("x.c\r", "x.c"),
        (r'"a/\303\251.c"' + "\t2020-01-01", "a/é.c"),
        ("", ""),
    ],
)
def test_time_stamps_are_no_part_of_a_name(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a/x.c b/x.c", ("a/x.c", "b/x.c")),
        ("a/with blank.c b/with blank.c", ("a/with blank.c", "b/with blank.c")),
        ("a/x b/x b/x b/x", ("a/x b/x", "b/x b/x")),
        ("drivers/x.c drivers/x.c", ("drivers/x.c", "drivers/x.c")),
        ("old/x.c newer/x.c", ("old/x.c", "newer/x.c")),
        (r'"a/\303\251.c" "b/\303\251.c"', ("a/é.c", "b/é.c")),
        (r'a/x.c "b/\303\251.c"', ("a/x.c", "b/é.c")),
        ("a/x.c b/x.c\r", ("a/x.c", "b/x.c")),
    ],
)
def test_both_names_of_the_git_line(text: str, names: tuple[str, str]) -> None:
    assert git_names(text) == names


@pytest.mark.parametrize(
    "text", ["", " ", "a/x.c", "a/x.c ", "a/x.c b/y.c", '"a/x.c', '"a/x.c"b', "x" * 9000 + " b/x"]
)
def test_names_that_cannot_be_told_apart_are_none(text: str) -> None:
    assert git_names(text) is None


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ("a/x.c", "b/x.c", ("x.c", "x.c")),
        ("b/x.c", "a/x.c", ("x.c", "x.c")),
        ("i/x.c", "w/x.c", ("x.c", "x.c")),
        ("a/x.c", "a/x.c", ("x.c", "x.c")),
        ("drivers/x.c", "drivers/x.c", ("drivers/x.c", "drivers/x.c")),
        ("old/drivers/x.c", "new/drivers/x.c", ("drivers/x.c", "drivers/x.c")),
        ("/dev/null", "b/x.c", ("", "x.c")),
        ("a/x.c", "/dev/null", ("x.c", "")),
        ("/dev/null", "drivers/x.c", ("", "drivers/x.c")),
    ],
)
def test_prefixes_of_git(old: str, new: str, paths: tuple[str, str]) -> None:
    assert git_paths(old, new) == paths


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("a/drivers/x.c", "b/drivers/x.c", "drivers/x.c"),
        ("linux-6.1.orig/drivers/x.c", "linux-6.1/drivers/x.c", "drivers/x.c"),
        ("linux/drivers/x.c", "linux/drivers/x.c", "drivers/x.c"),
        ("tree.orig/drivers/x.c", "tree/drivers/x.c", "drivers/x.c"),
        ("drivers/x.c.orig", "drivers/x.c", "drivers/x.c"),
        ("drivers/x.c~", "drivers/x.c", "drivers/x.c"),
        ("drivers/x.c", "drivers/x.c", "drivers/x.c"),
        ("/usr/src/linux-6.1/drivers/x.c", "drivers/x.c", "drivers/x.c"),
        ("/home/me/linux/mm/x.c", "/usr/src/linux/mm/x.c", "mm/x.c"),
        ("/path/to/x.c", "/path/to/x.c", "path/to/x.c"),
        ("x.c", "y.c", "y.c"),
    ],
)
def test_two_places_of_one_file_are_one_path(old: str, new: str, path: str) -> None:
    assert plain_paths(old, new, NO_ROOTS) == (path, path)


def test_a_new_file_loses_a_root_seen_elsewhere() -> None:
    roots = frozenset({root_of("tree.orig/Makefile", "tree/Makefile")})
    assert roots == {"tree"}
    assert plain_paths("/dev/null", "tree/drivers/x.c", roots) == ("", "drivers/x.c")
    assert plain_paths("/dev/null", "tree/drivers/x.c", NO_ROOTS) == ("", "tree/drivers/x.c")


@pytest.mark.parametrize(("old", "new"), [("x.c", "x.c"), ("a/x.c", "b/y.c"), ("x", "y"), ("", "")])
def test_no_root_where_more_differs_than_the_first_directory(old: str, new: str) -> None:
    assert root_of(old, new) == ""
