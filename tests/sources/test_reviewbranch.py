"""Review branches in the form that b4 gives them, made by hand; those of a real b4 are in tests/b4."""

import json
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.parse.mail import message
from reviewbot.sources.reviewbranch import Reviews, decoded, tracking
from tests.sources.repositories import commit, git, needs_git

pytestmark = needs_git

MARKER = "--- b4-review-tracking ---\n# This section is used internally by b4 review.\n"
NAME = "20260302-foo-0123456789ab"


def branch(path: Path, data: dict, name: str = NAME) -> str:
    """A last commit that keeps these data; its id."""
    git(path, "checkout", "-q", "-B", f"b4/review/{name}")
    message = f"foo: change bar\n\nWhy.\n\n{MARKER}{json.dumps(data, indent=2)}\n"
    git(path, "commit", "-q", "--allow-empty", "-F", "-", stdin=message)
    return git(path, "rev-parse", "HEAD")


@pytest.fixture
def linux(tmp_path: Path) -> Path:
    """One commit, one that was needed first, and two patches."""
    path = tmp_path / "linux"
    path.mkdir()
    git(path, "init", "-q", "-b", "master")
    for number in range(4):
        commit(path, {"foo.c": f"int foo{number};\n"})
    return path


def kept(path: Path, **more: object) -> dict:
    first = git(path, "rev-parse", "master~1")
    patches = [{"header-info": {"msgid": f"{n}@example.org"}, "reviews": {}} for n in (1, 2)]
    series = {"base-commit": git(path, "rev-parse", "master~3"), "first-patch-commit": first}
    return {"series": {**series, **more}, "followups": [], "patches": patches}


def test_patches_are_paired_with_their_mails_behind_what_they_need(linux: Path) -> None:
    tip = branch(linux, kept(linux))
    found = Reviews(linux / ".git" / "..").named()
    assert (found.name, found.tip) == (f"b4/review/{NAME}", tip)
    assert found.folder == linux / ".git" / "b4-review" / tip
    assert [(leaf.number, leaf.message_id) for leaf in found.patches] == [
        (1, "1@example.org"),
        (2, "2@example.org"),
    ]
    assert [leaf.commit for leaf in found.patches] == [
        git(linux, "rev-parse", name) for name in ("master~1", "master")
    ]


def test_a_diff_is_the_one_that_b4_reads_whatever_git_is_set_to(linux: Path) -> None:
    branch(linux, kept(linux))
    git(linux, "config", "diff.noprefix", "true")
    git(linux, "config", "diff.external", "false")
    git(linux, "config", "color.ui", "always")
    reviews = Reviews(linux)
    text = reviews.diff(reviews.named().patches[1])
    assert text.startswith("diff --git a/foo.c b/foo.c\n")
    assert text.endswith("\n-int foo2;\n+int foo3;\n")


def test_a_series_is_found_by_its_mails_among_branches(linux: Path) -> None:
    branch(linux, kept(linux))
    other = kept(linux)
    other["patches"] = other["patches"][:1]
    branch(linux, other, "other")
    reviews = Reviews(linux)
    assert reviews.holding(["2@example.org", "1@example.org"]).name == f"b4/review/{NAME}"
    with pytest.raises(InputError, match="no review branch has this series"):
        reviews.holding(["9@example.org"])


def test_what_reviewers_said_is_kept_and_who_is_skipped(linux: Path) -> None:
    data = kept(linux)
    data["patches"][0]["reviews"] = {
        "a@example.org": {"comments": [{"path": "b/foo.c", "line": 1, "text": "Why\nthis?"}]},
        "b@example.org": {"note": "Hm.", "patch-state": "skip"},
    }
    branch(linux, data)
    first, second = Reviews(linux).named(NAME).patches
    assert sorted(first.said.split()) == ["Hm.", "Why", "this?"]
    assert first.is_skipped
    assert (second.said, second.is_skipped) == ("", False)


def test_the_thread_is_read_where_b4_kept_it_else_the_commits(linux: Path) -> None:
    mbox = "From mboxrd@z Thu Jan  1 00:00:00 1970\nMessage-ID: <1@example.org>\n\nHello.\n"
    blob = git(linux, "hash-object", "-w", "--stdin", stdin=mbox)
    branch(linux, kept(linux, **{"thread-blob": blob}))
    reviews = Reviews(linux)
    (mail,) = reviews.mails(reviews.named())
    assert mail.data.startswith(b"Message-ID: <1@example.org>")
    branch(linux, kept(linux), "bare")
    first, second = reviews.mails(reviews.named())
    assert b"Message-ID: <1@example.org>\n" in first.data
    assert b"Subject: [PATCH] foo: change bar\n" in second.data


def test_commits_go_by_the_names_of_their_mails(linux: Path) -> None:
    data = kept(linux, **{"header-info": {"msgid": "0@example.org"}})
    data["patches"][0]["title"] = "[PATCH v3 1/2] foo: änder bar"
    branch(linux, data)
    reviews = Reviews(linux)
    mail = message(next(reviews.mails(reviews.named())))
    assert (mail.message_id, mail.subject) == ("1@example.org", "[PATCH v3 1/2] foo: änder bar")
    assert mail.in_reply_to == ("0@example.org",)


def test_an_id_that_is_none_never_reaches_git(linux: Path) -> None:
    branch(linux, kept(linux, **{"first-patch-commit": "--output=/tmp/x"}))
    with pytest.raises(InputError, match="does not say where the series begins"):
        Reviews(linux).named()
    with pytest.raises(InputError, match="not named by an id"):
        Reviews(linux).thread("--batch")


def test_a_branch_of_another_kind_is_a_sentence(linux: Path) -> None:
    with pytest.raises(InputError, match="master is no review branch of b4"):
        Reviews(linux).named()
    git(linux, "branch", "b4/review/plain")
    with pytest.raises(InputError, match="its last commit is not one that b4 review made"):
        Reviews(linux).named("plain")


def test_a_folder_without_a_repository_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a git repository"):
        Reviews(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"patches": 1}', '{"series": {"base-commit": []}}'])
def test_data_of_another_shape_are_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="x: is not what b4 review keeps"):
        decoded(text, "x")


def test_data_behind_the_marker_may_have_remarks() -> None:
    found = tracking(f'Why.\n\n{MARKER}# More.\n{{"patches": [{{}}], "new": 1}}\n', "x")
    assert [patch.header_info.msgid for patch in found.patches] == [""]
