"""What is wrong with a series as a whole, and whom it is for."""

import pytest

from reviewbot.model.problem import ProblemKind
from reviewbot.parse.backport import says_upstream, tree_words
from reviewbot.parse.gaps import runs
from reviewbot.parse.prerequisites import needs
from tests.parse.postings import body, detail, kinds, mail, only, posting


@pytest.mark.parametrize(
    "sentence",
    [
        "This series depends on the bar rework:\n  https://lore.kernel.org/all/1@x/\n",
        "The patchset is based on A. Author's bar series [1].",
        'Depends-on: series-123 ("bar")',
        'Based on "[PATCH v6 00/16] bar: rework"\n',
        "Applies on top of [PATCH 0/3] bar: fixes",
        "Rebased on top of Jane's series [2].",
        "* Rebased the patch series on top of 'bar: rework'",
        "These patches are based on top of my previously posted series",
        "Depends on: https://lore.kernel.org/all/1@x/",
    ],
)
def test_a_cover_letter_that_needs_other_patches(sentence: str) -> None:
    mails = posting()
    mails[0] = mail("PATCH-0", "[PATCH 0/2] foo", f"Hello,\n\n{sentence}\n\nThanks\n")
    one = only(mails)
    assert ProblemKind.PREREQUISITES in kinds(one)
    assert detail(one, ProblemKind.PREREQUISITES) in " ".join(sentence.split())


@pytest.mark.parametrize(
    "sentence",
    [
        "This series is based on v7.0-rc3.",
        "Based on top of linux-next, next-20260302.",
        "The series is based on the latest kvm/next.",
        "Applies on top of mainline.",
        'This series is based on commit 0123456789ab ("foo")',
        "Rebased on top of current HEAD (commit 0123456789ab)",
        'Based on "git://git.kernel.org/pub/scm/virt/kvm/kvm.git queue"',
        "This patch depends on patch 2/7.",
        "This patch depends on the previous patch",
        "The result depends on the hardware.",
        "This series is a prerequisite for what follows.",
        "Is foo on top of bar?",
        "",
    ],
)
def test_a_base_that_is_in_a_tree_is_no_prerequisite(sentence: str) -> None:
    assert needs(sentence) == ""


def test_a_long_hint_is_cut() -> None:
    assert len(needs("This series depends on " + "very " * 100)) <= 72


def test_the_notes_and_trailers_of_a_patch_count() -> None:
    noted = body().replace("---\n\ndiff", "---\nThis patch depends on Jane's [1].\n\ndiff")
    assert ProblemKind.PREREQUISITES in kinds(only([mail("1", "[PATCH] foo", noted)]))
    tagged = body(message="Add it.\n\nDepends-on: <1@x>")
    assert ProblemKind.PREREQUISITES in kinds(only([mail("1", "[PATCH] foo", tagged)]))


def test_prose_of_a_commit_message_is_no_prerequisite() -> None:
    text = body(message="This patch depends on nobody.")
    assert kinds(only([mail("1", "[PATCH] foo", text)])) == []


@pytest.mark.parametrize(
    "prefix",
    [
        "PATCH 5.10",
        "PATCH AUTOSEL 6.6",
        "PATCH 4.19.y",
        "PATCH for-stable-5.4",
        "PATCH stable-5.10",
        "PATCH 5.10-stable",
        "PATCH stable",
        "PATCH 5.10/5.15",
        "PATCH v6.12",
        "PATCH MANUALSEL 5.18",
    ],
)
def test_backports_by_their_subject(prefix: str) -> None:
    one = only([mail("1", f"[{prefix}] foo: bar")])
    assert ProblemKind.STABLE_BACKPORT in kinds(one)


@pytest.mark.parametrize(
    "prefix", ["PATCH", "PATCH v5.5", "PATCH net-next", "PATCH -next", "PATCH v2", "RFC"]
)
def test_subjects_that_are_no_backports(prefix: str) -> None:
    assert not tree_words(prefix.split())


@pytest.mark.parametrize(
    "first",
    [
        "commit 0123456789abcdef0123456789abcdef01234567 upstream.",
        "[ Upstream commit 0123456789abcdef0123456789abcdef01234567 ]",
    ],
)
def test_backports_by_their_first_line(first: str) -> None:
    one = only([mail("1", "[PATCH] foo: bar", body(message=f"{first}\n\nAdd it."))])
    assert detail(one, ProblemKind.STABLE_BACKPORT) == "the commit message names an upstream commit"


def test_a_commit_named_in_passing_is_no_backport() -> None:
    assert not says_upstream("Since commit 0123456789ab upstream is broken.")
    assert not says_upstream("This fixes commit 0123456789ab upstream.")


def test_stable_in_copy_is_no_backport() -> None:
    text = body(message="Fix it.\n\nCc: stable@vger.kernel.org")
    assert kinds(only([mail("1", "[PATCH] foo: bar", text)])) == []


def test_another_project_is_named() -> None:
    one = only(posting("kvm-unit-tests PATCH"))
    assert one.project == "kvm-unit-tests"
    assert detail(one, ProblemKind.NOT_KERNEL) == "kvm-unit-tests"


def test_every_problem_at_once() -> None:
    mails = [mail(f"p{n}", f"[kvmtool PATCH 5.10 {n}/3] foo: {n}", answers="p0") for n in (1, 4)]
    assert kinds(only(mails)) == [
        ProblemKind.MISSING_PATCHES,
        ProblemKind.NUMBER_ABOVE_TOTAL,
        ProblemKind.NOT_KERNEL,
        ProblemKind.STABLE_BACKPORT,
    ]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((), ""), ((4,), "4"), ((1, 2), "1-2"), ((1, 3, 4, 5, 9), "1, 3-5, 9")],
)
def test_numbers_for_people(numbers: tuple[int, ...], text: str) -> None:
    assert runs(numbers) == text
