"""Series assembly on real threads, against tables written by hand.

What is expected was read off the mails' Subject, Message-ID, In-Reply-To and Date with a listing that shares
no code with the parser; for Patchwork's and b4's samples also off the file names and what those tools' own
tests say. A series is written `revision [c] positions/total [lacks positions] [x other things]`: `c` for a
cover letter, no total for a patch without counter, `<vN` for superseded by revision N.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from reviewbot.errors import InputError
from reviewbot.model.message import Message
from reviewbot.model.problem import ProblemKind
from reviewbot.model.series import Patch, Series, SeriesKind
from reviewbot.parse.gaps import runs
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.sources.files import read

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
MAIL = SHARED / "mail"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")

PATCHWORK = {
    "base-cover-letter": ["v1 c 1-2/2"],
    "base-deep-threaded": ["v1 c 1-2/2"],
    "base-different-versions": ["v3 c 1-4/4"],
    "base-extra-patches": ["v1 c 1-3/2"],
    "base-incomplete": ["v1 c 1/2 lacks 2"],
    "base-no-cover-letter": ["v1 1-2/2"],
    "base-no-references-no-cover": ["v1 c 1-2/2"],
    "base-no-references": ["v2 1-2/2"],
    "base-out-of-order": ["v1 c 1-2/2"],
    "base-single-patch": ["v1 1"],
    "bugs-mixed-versions": ["v1 1/2 lacks 2", "v2 2/2 lacks 1"],
    "bugs-multiple-content-types": ["v1 1"],
    "bugs-multiple-references": ["v2 c 1-4/4"],
    "bugs-nocover-noversion": ["v1 1-2/2 <v1", "v1 1-2/2"],
    "bugs-nocover": ["v1 1-2/2 <v2", "v2 1-2/2"],
    "bugs-spamming": ["v2 1/4 lacks 2-4 <v2", "v2 1/4 lacks 2-4 <v2", "v2 1/4 lacks 2-4"],
    "bugs-unnumbered": ["v1 c 1/2 lacks 2", "v1 1"],
    "dependency-base-patch": ["v1 c 1-2/2"],
    "dependency-multi-2": ["v1 c 1-2/2"],
    "dependency-multi": ["v1 c 1-2/2"],
    "dependency-one-cover": ["v1 c 1-2/2"],
    "dependency-one-first-patch": ["v1 c 1-2/2"],
    "mercurial-cover-letter": ["v1 c 1-2/2"],
    "mercurial-no-cover-letter": ["v1 1-2/2"],
    "revision-basic": ["v1 c 1-2/2 <v2", "v2 c 1-2/2"],
    "revision-no-cover-letter": ["v1 c 1-2/2 <v2", "v2 1-2/2"],
    "revision-out-of-order": ["v1 c 1-2/2 <v2", "v2 c 1-2/2"],
    "revision-threaded-to-cover": ["v1 c 1-2/2 <v2", "v2 c 1-2/2"],
    "revision-threaded-to-patch": ["v1 c 1-2/2 <v2", "v2 c 1-2/2"],
    "revision-threaded-to-single-patch": ["v1 1 <v2", "v2 1"],
    "revision-unlabeled-noreferences": ["v2 1-2/2 <v2", "v2 1-2/2"],
    "revision-unlabeled": ["v1 c 1-2/2 <v1", "v1 c 1-2/2"],
}

# The samples whose trailers are for b4's `am` alone hold one patch and its follow-ups.
B4 = {
    "naked-cover-bugreport.mbox": (["v1 1"], 1, 0),
    "naked-cover-single.mbox": (["v1 c 1"], 0, 0),
    "save-7bit-clean.txt": (["talk"], 1, 0),
    "save-8bit-clean.txt": (["talk"], 1, 0),
    "shazam-git1-just-series.mbox": (["v1 c 1-4/4"], 0, 0),
    "shazam-git1-with-link.mbox": (["v1 c 1-4/4"], 0, 0),
    "trailers-followup-already-present.mbox": (["v1 1"], 2, 1),
    "trailers-followup-bare-address.mbox": (["v1 1"], 3, 3),
    "trailers-followup-custody.mbox": (["v1 1"], 2, 2),
    "trailers-followup-htmljunk.mbox": (["v1 1"], 1, 1),
    "trailers-followup-name-parens.mbox": (["v1 1"], 5, 5),
    "trailers-followup-non-git-patch-with-comments.mbox": (["v1 1"], 1, 1),
    "trailers-followup-non-git-patch.mbox": (["v1 1"], 1, 1),
    "trailers-followup-nore.mbox": (["v1 1"], 1, 1),
    "trailers-followup-partial-reroll.mbox": (["v2 c 1-2/2 <v3", "v3 c 1-2/2"], 2, 2),
    "trailers-followup-partial-reroll-ref-defaults.txt": (["v3 1-2/2"], 0, 0),
    "trailers-followup-single.mbox": (["v1 1"], 3, 3),
    "trailers-followup-stripped-lines.mbox": (["v1 1"], 1, 1),
    "trailers-followup-with-cover.mbox": (["v2 c 1-2/2"], 2, 2),
    "trailers-followup-with-cover-ref-addlink.txt": (["v2 1-2/2"], 0, 0),
    "trailers-followup-with-cover-ref-defaults.txt": (["v2 1-2/2"], 0, 0),
    "trailers-followup-with-diffstat.mbox": (["v1 1"], 1, 1),
    "trailers-thread-with-cover-followup.mbox": (["v1 c 1-4/4"], 2, 2),
    "trailers-thread-with-followups.mbox": (["v1 c 1-4/4"], 1, 1),
}

# Directory: files, series, cover letters, patches, follow-ups.
THREADS = {
    "incomplete-series/kernel-janitors": (2, 2, 0, 2, 8),
    "incomplete-series/kvm-ppc": (1, 1, 1, 5, 7),
    "incomplete-series/kvmarm": (1, 1, 1, 3, 11),
    "incomplete-series/linux-crypto": (3, 3, 0, 14, 3),
    "incomplete-series/linux-mips": (3, 3, 2, 39, 9),
    "incomplete-series/linux-pci": (4, 4, 4, 9, 8),
    "incomplete-series/linux-s390": (4, 4, 3, 9, 19),
    "incomplete-series/linuxppc-dev": (3, 3, 3, 12, 19),
    "incomplete-series/netfilter-devel": (1, 1, 0, 1, 1),
    "no-cover-series/intel-gvt-dev": (1, 1, 1, 14, 9),
    "no-cover-series/kernel-janitors": (2, 2, 0, 4, 10),
    "no-cover-series/linux-mips": (1, 1, 0, 2, 5),
    "no-cover-series/linux-pci": (2, 2, 0, 4, 10),
    "no-cover-series/linuxppc-dev": (2, 3, 0, 5, 12),
    "no-cover-series/netfilter-devel": (3, 3, 0, 7, 8),
    "no-cover-series/virtualization": (1, 1, 0, 18, 0),
    "single-refs/intel-gvt-dev": (2, 3, 0, 3, 3),
    "single-refs/kernel-janitors": (3, 3, 0, 3, 3),
    "single-refs/kvm-ppc": (1, 1, 0, 1, 3),
    "single-refs/linux-mips": (2, 2, 0, 2, 16),
    "single-refs/linux-s390": (5, 5, 0, 5, 38),
    "single-refs/netfilter-devel": (11, 11, 0, 11, 16),
    "single-refs/virtualization": (6, 6, 0, 6, 60),
    "kvm-vfio-refs/intel-gvt-dev": (8, 9, 8, 134, 206),
    "kvm-vfio-refs/iommu": (3, 3, 3, 60, 30),
    "kvm-vfio-refs/kernel-janitors": (2, 2, 2, 6, 8),
    "kvm-vfio-refs/kvmarm": (2, 2, 2, 94, 108),
    "kvm-vfio-refs/linux-crypto": (6, 6, 6, 47, 23),
    "kvm-vfio-refs/linux-pci": (9, 9, 9, 103, 220),
    "kvm-vfio-refs/linux-s390": (14, 14, 14, 153, 203),
    "kvm-vfio-refs/linuxppc-dev": (4, 4, 4, 89, 25),
    "kvm-vfio-refs/netfilter-devel": (27, 27, 27, 224, 105),
    "kvm-vfio-series/intel-gvt-dev": (1, 1, 1, 22, 14),
    "kvm-vfio-series/kvm-ppc": (3, 3, 3, 44, 50),
    "kvm-vfio-series/kvmarm": (26, 26, 26, 208, 378),
    "kvm-vfio-series/linux-crypto": (3, 3, 3, 36, 100),
    "kvm-vfio-series/linux-mips": (2, 2, 2, 26, 66),
    "kvm-vfio-series/linux-pci": (1, 1, 1, 10, 36),
    "kvm-vfio-series/linux-s390": (15, 16, 15, 104, 156),
    "kvm-vfio-series/linuxppc-dev": (2, 2, 2, 8, 5),
    "kvm-vfio-series/virtualization": (3, 4, 3, 26, 59),
}

# Files by list and number: every one that is not simply complete, and some that are.
FILES = {
    "incomplete-series/kernel-janitors/024734": ["v1 8/10 lacks 1-7, 9-10"],
    "incomplete-series/kernel-janitors/024915": ["v2 1/10 lacks 2-10"],
    "incomplete-series/kvm-ppc/001795": ["v1 c 3-5, 8, 31/35 lacks 1-2, 6-7, 9-30, 32-35"],
    "incomplete-series/kvmarm/004818": ["v3 c 4-6/16 lacks 1-3, 7-16"],
    "incomplete-series/linux-crypto/023460": ["v1 3/4 lacks 1-2, 4"],
    "incomplete-series/linux-crypto/029644": [
        "v1 1-3, 5, 12, 28/29 lacks 4, 6-11, 13-27, 29 x stable"
    ],
    "incomplete-series/linux-crypto/049573": [
        "v1 1, 5-8, 14-15/23 lacks 2-4, 9-13, 16-23 x stable"
    ],
    "incomplete-series/linux-mips/001515": ["v1 3/3 lacks 1-2"],
    "incomplete-series/linux-mips/013232": ["v1 c 1-19/23 lacks 20-23"],
    "incomplete-series/linux-mips/013252": ["v1 c 1-19/23 lacks 20-23"],
    "incomplete-series/linux-pci/014222": ["v4 c 10-11/14 lacks 1-9, 12-14"],
    "incomplete-series/linux-pci/028654": ["v5 c 3-4, 6-8/8 lacks 1-2, 5"],
    "incomplete-series/linux-pci/095754": ["v1 c 1/8 lacks 2-8"],
    "incomplete-series/linux-pci/100438": ["v6 c 1/3 lacks 2-3"],
    "incomplete-series/linux-s390/006556": ["v2 c 1-2/3 lacks 3"],
    "incomplete-series/linux-s390/022551": ["v3 c 1/3 lacks 2-3"],
    "incomplete-series/linux-s390/025032": ["v4 c 1-3/3 x kvm-unit-tests"],
    "incomplete-series/linux-s390/038628": ["v1 1, 3-4/11 lacks 2, 5-11 x stable"],
    "incomplete-series/linuxppc-dev/024533": ["v1 c 3-5, 7-8, 10-11/11 lacks 1-2, 6, 9"],
    "incomplete-series/linuxppc-dev/044796": ["v2 c 7/29 lacks 1-6, 8-29"],
    "incomplete-series/linuxppc-dev/083438": ["v2 c 1-3, 8/14 lacks 4-7, 9-14"],
    "incomplete-series/netfilter-devel/018749": ["v1 4/4 lacks 1-3"],
    "no-cover-series/intel-gvt-dev/004635": ["v1 c 1-14/14"],
    "no-cover-series/kernel-janitors/013874": ["v2 1-2/2"],
    "no-cover-series/kernel-janitors/026084": ["v1 1-2/2"],
    "no-cover-series/linux-mips/008251": ["v2 1-2/2"],
    "no-cover-series/linux-pci/044210": ["v1 1-2/2 x stable"],
    "no-cover-series/linux-pci/058687": ["v1 1-2/2"],
    "no-cover-series/linuxppc-dev/012775": ["v1 1-2/2", "v1 1"],
    "no-cover-series/linuxppc-dev/083794": ["v1 1-2/2"],
    "no-cover-series/netfilter-devel/005626": ["v2 1-3/3"],
    "no-cover-series/netfilter-devel/007923": ["v1 1-2/2 x libnetfilter_queue"],
    "no-cover-series/netfilter-devel/030724": ["v2 1-2/2 x iptables"],
    "no-cover-series/virtualization/001783": ["v9 1-18/18"],
    "single-refs/intel-gvt-dev/001007": ["v1 1 <v2", "v2 1"],
    "single-refs/kernel-janitors/016698": ["v2 1"],
    "single-refs/linux-mips/049861": ["v2 1"],
    "single-refs/netfilter-devel/024998": ["v3 1"],
    "single-refs/netfilter-devel/036005": ["v2 1"],
    "single-refs/virtualization/002823": ["v6 1"],
    "kvm-vfio-refs/intel-gvt-dev/008644": ["v13 c 1-22/22"],
    "kvm-vfio-refs/intel-gvt-dev/008871": ["v4 c 1-29/29", "v4 1"],
    "kvm-vfio-refs/iommu/008423": ["v3 c 1-34/34"],
    "kvm-vfio-refs/kvmarm/020896": ["v2 c 1-50/50"],
    "kvm-vfio-refs/linux-crypto/012826": ["v4 c 1-13/13"],
    "kvm-vfio-refs/linux-crypto/015767": ["v38 c 1-13/13"],
    "kvm-vfio-refs/linux-pci/104172": ["v6 c 1-11/11"],
    "kvm-vfio-refs/linux-s390/020964": ["v18 c 1-18/18"],
    "kvm-vfio-refs/linux-s390/039309": ["v1 c 1-2/2"],
    "kvm-vfio-refs/linuxppc-dev/071826": ["v1 c 1-26/26"],
    "kvm-vfio-refs/netfilter-devel/004304": ["v1 c 1-31/31 x pull"],
    "kvm-vfio-refs/netfilter-devel/016101": ["v2 c 1-5/5 x pull"],
    "kvm-vfio-refs/netfilter-devel/021832": ["v1 c 1-12/12"],
    "kvm-vfio-series/kvm-ppc/005087": ["v5 c 1-30/30"],
    "kvm-vfio-series/kvmarm/000571": ["v1 c 1-59/59"],
    "kvm-vfio-series/kvmarm/012749": ["v7 c 1-6/6"],
    "kvm-vfio-series/linux-s390/024693": ["v4 c 1-4/4", "v1 1"],
    "kvm-vfio-series/linux-s390/059012": ["v20 c 1-3/3"],
    "kvm-vfio-series/virtualization/012340": ["v1 c 1-14/14", "v1 1/1 x qemu"],
}

ODDITIES = {
    "number-above-total/kernel-janitors/008541": ["v1 5/4 lacks 1-4"],
    "number-above-total/linux-crypto/042005": ["v14 23/22 lacks 1-22"],
    "number-above-total/linux-mips/019499": ["v1 21/20 lacks 1-20"],
    "number-above-total/linux-pci/010009": ["v1 17/15 lacks 1-15"],
    "number-above-total/linux-s390/048597": ["v1 16/15 lacks 1-15"],
    "number-above-total/netfilter-devel/006707": ["v1 7/6 lacks 1-6 x nftables"],
    "number-above-total/netfilter-devel/025289": ["v1 5/4 lacks 1-4 x nftables"],
    "number-dotted/linux-crypto/045180": ["v1 1/2 lacks 2 x stable"],
    "number-dotted/linux-mips/025082": ["v1 34.5/36 lacks 1-33, 35-36"],
    "number-dotted/linux-mips/025109": ["talk"],
    "number-dotted/linuxppc-dev/021549": ["v8 22.5/30 lacks 1-21, 23-30"],
    "number-dotted/linuxppc-dev/033337": ["v1 1 x stable"],
    "number-dotted/netfilter-devel/038740": ["v1 1 x stable"],
    "resend/linux-mips/043481": ["v1 4/5 lacks 1-3, 5"],
    "resend/linux-pci/043207": ["v5 1"],
    "resend/linux-pci/104365": ["v13 8/25 lacks 1-7, 9-25"],
    "resend/linux-s390/010043": ["v1 5/7 lacks 1-4, 6-7"],
    "resend/linuxppc-dev/077424": ["v3 10/10 lacks 1-9"],
    "no-bracket-subject/kernel-janitors/002540": ["talk"],
    "no-bracket-subject/linux-crypto/021661": ["v1 1"],
    "no-bracket-subject/linux-modules/000060": ["talk"],
    "no-bracket-subject/linux-pci/024524": ["talk"],
    "no-bracket-subject/linuxppc-dev/080700": ["talk"],
    "no-bracket-subject/virtualization/013948": ["talk"],
    "git-pull-with-diff/linux-s390/000010": ["pull v1 4/12 lacks 1-3, 5-12 x pull"],
    "git-pull-with-diff/linux-s390/009589": ["pull v1 4/11 lacks 1-3, 5-11 x kvm-unit-tests, pull"],
    "git-pull-with-diff/linux-s390/015648": ["pull v1 2/2 lacks 1 x pull"],
    "stable-backport/linux-s390/000172": ["v1 10/99 lacks 1-9, 11-99 x stable"],
    "stable-backport/virtualization/023820": ["v1 1/30 lacks 2-30 x stable"],
    "combined-diff/netfilter-devel/014181": ["v1 c /8 lacks 1-8 x pull"],
    "combined-diff/netfilter-devel/036672": ["talk"],
    "multipart-mixed-attachment/iommu/011898": ["pull v1 c x pull"],
    "multipart-mixed-attachment/linux-modules/000191": ["talk"],
    "multipart-mixed-attachment/virtualization/011139": ["v2 1"],
    "rfc/linux-crypto/049268": ["v3 11/43 lacks 1-10, 12-43"],
    "diff-without-hunks/kvmarm/015461": ["v3 8/11 lacks 1-7, 9-11"],
}

SAID = {
    ProblemKind.NOT_KERNEL: "",
    ProblemKind.PULL_REQUEST: "pull",
    ProblemKind.STABLE_BACKPORT: "stable",
}


def mails(path: Path) -> list[Message]:
    return [message(raw) for raw in read(str(path))]


@cache
def found(path: Path) -> tuple[Series, ...]:
    return series(mails(path))


def written(one: Series, *, whom_for: bool = True) -> str:
    """The series as the tables write it."""
    if one.kind is SeriesKind.DISCUSSION:
        return "talk"
    pull = "pull" if one.kind is SeriesKind.PULL_REQUEST else ""
    at = f"{_positions(one.patches)}{'/' if one.total else ''}{one.total or ''}"
    lacks = f"lacks {runs(one.missing)}" if one.missing else ""
    others = [SAID[each.kind] or each.detail for each in one.problems if each.kind in SAID]
    for_whom = f"x {', '.join(others)}" if others and whom_for else ""
    newer = f"<v{one.superseded_by}" if one.superseded_by else ""
    words = (pull, f"v{one.revision}", "c" if one.cover else "", at, lacks, for_whom, newer)
    return " ".join(word for word in words if word)


def _positions(patches: Iterable[Patch]) -> str:
    subjects = [patch.subject for patch in patches]
    if any(subject.insert for subject in subjects):
        return ", ".join(f"{subject.position}.{subject.insert}" for subject in subjects)
    return runs([subject.position or 1 for subject in subjects])


def the_file(folder: Path, start: str) -> Path:
    (path,) = (
        folder.parent.glob(f"{folder.name}/{start}*")
        if "/" not in start
        else folder.glob(f"{start}*")
    )
    return path


def everything(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("name", PATCHWORK)
def test_patchworks_samples(name: str) -> None:
    path = the_file(MAIL / "tools" / "getpatchwork+patchwork", f"{name}.mbox")
    assert [written(one, whom_for=False) for one in found(path)] == PATCHWORK[name]


def test_every_sample_of_patchwork_is_in_the_table() -> None:
    folder = MAIL / "tools" / "getpatchwork+patchwork"
    assert {path.name.partition(".")[0] for path in folder.glob("*.mbox*")} == set(PATCHWORK)


def test_patchworks_dependencies_are_prerequisites() -> None:
    folder = MAIL / "tools" / "getpatchwork+patchwork"
    needy = {
        path.name.partition(".")[0]
        for path in folder.glob("dependency-*")
        for one in found(path)
        if any(problem.kind is ProblemKind.PREREQUISITES for problem in one.problems)
    }
    named = {name for name in PATCHWORK if name.startswith("dependency-")}
    assert needy == named - {"dependency-base-patch"}


@pytest.mark.parametrize("name", B4)
def test_b4s_samples(name: str) -> None:
    expected, follow_ups, trailers = B4[name]
    got = found(MAIL / "tools" / "mricon+b4" / "src" / "tests" / "samples" / name)
    assert [written(one, whom_for=False) for one in got] == expected
    said = [each for one in got for each in one.follow_ups]
    assert (len(said), sum(len(each.trailers) for each in said)) == (follow_ups, trailers)


def test_b4s_other_samples_are_single_patches() -> None:
    folder = MAIL / "tools" / "mricon+b4" / "src" / "tests" / "samples"
    for path in folder.glob("trailers-*.txt"):
        if path.name not in B4:
            assert [written(one) for one in found(path)] == ["v1 1"], path.name


@pytest.mark.parametrize("folder", THREADS)
def test_threads_by_directory(folder: str) -> None:
    files = list(everything(MAIL / "threads" / folder))
    got = [one for path in files for one in found(path)]
    covers = sum(one.cover is not None for one in got)
    patches = sum(len(one.patches) for one in got)
    follow_ups = sum(len(one.follow_ups) for one in got)
    assert (len(files), len(got), covers, patches, follow_ups) == THREADS[folder]


def test_every_directory_of_threads_is_in_the_table() -> None:
    folder = MAIL / "threads"
    assert {path.relative_to(folder).as_posix() for path in folder.glob("*/*")} == set(THREADS)


@pytest.mark.parametrize("name", FILES)
def test_threads_by_file(name: str) -> None:
    assert [written(one) for one in found(the_file(MAIL / "threads", name))] == FILES[name]


def test_other_threads_are_complete_and_not_superseded() -> None:
    listed = {the_file(MAIL / "threads", name) for name in FILES}
    for path in everything(MAIL / "threads"):
        if path not in listed:
            (one,) = found(path)
            assert one.kind is SeriesKind.PATCHES and not one.missing and not one.superseded_by, (
                path
            )
            assert [patch.subject.position or 1 for patch in one.patches] == list(
                range(1, (one.total or 1) + 1)
            ), path


@pytest.mark.parametrize("name", ODDITIES)
def test_oddities(name: str) -> None:
    assert [written(one) for one in found(the_file(MAIL / "oddities", name))] == ODDITIES[name]


def test_replies_with_diffs_are_never_patches() -> None:
    for path in everything(MAIL / "oddities" / "diff-in-reply"):
        assert [written(one) for one in found(path)] == ["talk"], path


def test_debians_realtime_patches_are_one_series() -> None:
    folder = next(MAIL.glob("debian/linux_*")) / "patches-rt"
    (one,) = found(folder)
    assert (written(one), one.complete) == ("v1 1-72/72", True)


def test_the_founding_cases() -> None:
    founding = MAIL / "founding"
    aqic = [written(one) for one in found(founding / "vfio-ap-aqic" / "kvm-patchwork")]
    assert aqic == [
        "v3 1-9/9",
        "v4 1-7/7 <v9",
        "v5 1-7/7 <v9",
        "v6 1-7/7 <v9",
        "v7 1-4/4 <v9",
        "v8 1-4/4 <v9",
        "v9 1-4/4",
    ]
    listed = found(founding / "vfio-ap-aqic" / "linux-s390-v8-v9")
    assert [(written(one), len(one.follow_ups)) for one in listed] == [
        ("v8 c 1-4/4 <v9", 4),
        ("v9 c 1-4/4", 17),
    ]
    rfc, final = found(founding / "vfio-device-from-vma" / "kvm-patchwork")
    assert (written(rfc), written(final)) == ("v1 1-10/10 <v1", "v1 1-14/14")
    assert rfc.tagged("RFC") and not final.tagged("RFC")
    assert [written(one) for one in found(founding / "vfio-device-from-vma" / "kvm-list")] == [
        "v1 2-10/10 lacks 1",
        "v1 5/14 lacks 1-4, 6-14",
    ]


def test_all_patch_mails_are_patches_and_kernel_ones_stay() -> None:
    """Of 2,393 mails 29 are for other projects, by their subjects; all the others are the kernel's."""
    count: Counter[str] = Counter()
    for name in ("patches", "fixes"):
        for path in everything(MAIL / name):
            (one,) = found(path)
            assert one.patches, path
            count[one.project or "kernel"] += 1
    others = sum(count.values()) - count["kernel"]
    assert count["kvm-unit-tests"] == 20 and others == 29


def test_whatever_is_mail_is_assembled() -> None:
    """Every file of the shared folder, alone: no mail is lost, nothing raises."""
    for path in everything(MAIL / "tools"):
        try:
            here = mails(path)
        except InputError:
            continue
        placed = Counter(
            each
            for one in series(here)
            for each in (
                *([one.cover.message_id] if one.cover else []),
                *(patch.message_id for patch in one.patches),
                *(said.message.message_id for said in one.follow_ups),
                *one.duplicates,
            )
        )
        assert set(placed) == {each.message_id for each in here}, path
