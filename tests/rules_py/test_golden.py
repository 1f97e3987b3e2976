"""The rules about VMs and modules on real mail: golden cases of the rule catalogue (§3.6), and silence."""

from pathlib import Path

import pytest

from reviewbot.config import load
from reviewbot.errors import InputError
from reviewbot.model.finding import Channel, Finding
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
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

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load().kit(select=RULES)


def found(kit: Kit, *paths: Path) -> list[Finding]:
    """The findings in files read as one source; files without a mail are passed over."""
    mails = (message(raw) for path in paths for raw in mails_of(path))
    outcomes = [findings(one, kit, NoTree()) for one in series(mails)]
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    return [finding for outcome in outcomes for finding in outcome.findings]


def mails_of(path: Path) -> list[RawMessage]:
    try:
        return list(read(str(path)))
    except InputError:
        return []


def test_the_stats_descriptors_of_kvm(kit: Kit) -> None:
    said = {(f.rule, f.symbol) for f in found(kit, MAIL / STATS)}
    assert said == {
        ("kvm-fd-without-get", "kvm"),
        ("kvm-fd-without-get", "vcpu"),
        ("fops-owner-missing", "kvm_vm_stats_fops"),
        ("fops-owner-missing", "kvm_vcpu_stats_fops"),
    }


@pytest.mark.parametrize("folder", ["patches/none", "debian", "founding/vfio-device-from-vma"])
def test_silence(kit: Kit, folder: str) -> None:
    paths = sorted(p for p in (MAIL / folder).rglob("*") if p.suffix in (".eml", ".mbox", ".patch"))
    assert paths
    assert [f for f in found(kit, *paths) if f.channel is Channel.MAIL] == []


def test_unchecked_gets_of_a_real_driver(kit: Kit) -> None:
    folder = MAIL / "patches/TMG/linux-crypto"
    said = {(f.rule, f.function) for f in found(kit, folder / "013419.eml", folder / "013425.eml")}
    assert said == {
        ("module-get-unchecked", "cptpf_sriov_enable"),
        ("module-get-unchecked", "otx2_cpt_crypto_init"),
    }
