"""The rules about VMs and modules on real mail: golden cases of the rule catalogue (§3.6), and silence."""

from pathlib import Path

import pytest

from reviewbot.config import load
from reviewbot.model.finding import Channel, Finding
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.sources.files import read

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
MAIL = SHARED / "mail"
STATS = "threads/kvm-vfio-series/kvm-ppc/003731_KVM_statistics_data_fd-based_binary_interface.mbox"
RULES = (
    "kvm-fd-without-get",
    "kvm-get-without-put",
    "module-get-this-module",
    "module-get-unchecked",
    "module-pin-dropped",
    "fops-owner-missing",
    "owner-set-by-core",
    "fixes-tag-malformed",
)

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared is not beside this checkout"
)


def found(*paths: Path) -> list[Finding]:
    kit = load().kit(select=RULES)
    mails = (message(raw) for path in paths for raw in read(str(path)))
    outcomes = [findings(one, kit, NoTree()) for one in series(mails)]
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    return [finding for outcome in outcomes for finding in outcome.findings]


def test_the_stats_descriptors_of_kvm() -> None:
    said = {(f.rule, f.symbol) for f in found(MAIL / STATS)}
    assert said == {
        ("kvm-fd-without-get", "kvm"),
        ("kvm-fd-without-get", "vcpu"),
        ("fops-owner-missing", "kvm_vm_stats_fops"),
        ("fops-owner-missing", "kvm_vcpu_stats_fops"),
    }


@pytest.mark.parametrize("folder", ["patches/none", "debian", "founding/vfio-device-from-vma"])
def test_silence(folder: str) -> None:
    paths = sorted(p for p in (MAIL / folder).rglob("*") if p.suffix in (".eml", ".mbox", ".patch"))
    assert paths
    loud = [f for p in paths for f in found_if_mail(p) if f.channel is Channel.MAIL]
    assert loud == []


def found_if_mail(path: Path) -> list[Finding]:
    """The findings of one file; none for a bare diff, of which there is one."""
    first = path.open("rb").read(6)
    return [] if first in (b"diff -", b"--- a/") else found(path)


def test_unchecked_gets_of_a_real_driver() -> None:
    folder = MAIL / "patches/TMG/linux-crypto"
    said = {(f.rule, f.function) for f in found(folder / "013419.eml", folder / "013425.eml")}
    assert said == {
        ("module-get-unchecked", "cptpf_sriov_enable"),
        ("module-get-unchecked", "otx2_cpt_crypto_init"),
    }
