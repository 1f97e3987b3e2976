"""Founding case F4 of the rule catalogue (§3.5) on the real series, and invented reductions of other cases."""

from pathlib import Path

import pytest

from reviewbot.config import load
from reviewbot.errors import InputError
from reviewbot.model.diff import Side
from reviewbot.model.finding import Channel, Confidence, Finding
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.sources.files import read
from tests.builders import mail, new_file, patch_body

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
MAIL = SHARED / "mail"
F4 = MAIL / "founding" / "vfio-ap-aqic"
RULES = (
    "guard-inconsistent",
    "kvm-ref-overwritten",
    "kvm-ref-stored-without-get",
    "null-before-put",
    "teardown-duplicated",
)

real = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load().kit(select=RULES)


def found(kit: Kit, *mails: RawMessage) -> list[Finding]:
    seen = [findings(one, kit, NoTree()) for one in series(map(message, mails))]
    assert not [failure for one in seen for failure in one.failures]
    return [finding for one in seen for finding in one.findings]


def mails_of(path: Path) -> list[RawMessage]:
    """The mails in a file; none in one that holds no mail."""
    try:
        return list(read(str(path)))
    except InputError:
        return []


def revision(kit: Kit, number: str) -> list[Finding]:
    """What is found in the patchwork mbox of one posting."""
    (path,) = (F4 / "kvm-patchwork").glob(f"*_{number}.patch")
    return found(kit, *read(str(path)))


@real
def test_the_fifth_revision_of_the_founding_case(kit: Kit) -> None:
    said = {finding.rule: finding for finding in revision(kit, "91147")}
    assert {(rule, f.function, f.anchor.text.strip()) for rule, f in said.items()} == {
        ("kvm-ref-stored-without-get", "vfio_ap_mdev_group_notifier", "matrix_mdev->kvm = data;"),
        ("kvm-ref-overwritten", "vfio_ap_mdev_group_notifier", "matrix_mdev->kvm = data;"),
        (
            "guard-inconsistent",
            "vfio_ap_mdev_unset_kvm",
            "matrix_mdev->kvm->arch.crypto.pqap_hook = NULL;",
        ),
        (
            "teardown-duplicated",
            "vfio_ap_mdev_unset_kvm",
            "vfio_ap_mdev_reset_queues(matrix_mdev->mdev);",
        ),
    }
    assert {f.anchor.message_id for f in said.values()} == {
        "1552493104-30510-5-git-send-email-pmorel@linux.ibm.com"
    }
    late = [anchor.text.strip() for anchor in said["kvm-ref-stored-without-get"].related]
    assert late == ["ret = vfio_ap_mdev_set_kvm(matrix_mdev);", "kvm_get_kvm(matrix_mdev->kvm);"]
    assert said["kvm-ref-stored-without-get"].facts["taker"] == "vfio_ap_mdev_open"
    (test,) = said["guard-inconsistent"].related
    assert test.text.strip() == "if (matrix_mdev->kvm)"
    assert said["teardown-duplicated"].facts["caller"] == "vfio_ap_mdev_release"
    assert {rule for rule, f in said.items() if f.channel is Channel.MAIL} == {
        "guard-inconsistent",
        "teardown-duplicated",
    }


@real
def test_the_ninth_revision_is_quiet(kit: Kit) -> None:
    assert revision(kit, "120623") == []
    paths = sorted((F4 / "linux-s390-v8-v9").glob("*PATCH_v9*.eml"))
    assert paths
    assert found(kit, *(raw for path in paths for raw in read(str(path)))) == []


@real
@pytest.mark.parametrize("folder", ["patches/none", "debian", "founding/vfio-device-from-vma"])
def test_silence(kit: Kit, folder: str) -> None:
    paths = sorted(p for p in (MAIL / folder).rglob("*") if p.suffix in (".eml", ".patch"))
    assert paths
    said = found(kit, *(raw for path in paths for raw in mails_of(path)))
    assert [f for f in said if f.channel is Channel.MAIL and f.confidence is Confidence.HIGH] == []


@real
def test_a_real_pair_of_lines_the_wrong_way_round(kit: Kit) -> None:
    (said,) = found(kit, *read(str(MAIL / "patches/KG/linux-s390/018158.eml")))
    assert (said.rule, said.function, said.symbol) == (
        "null-before-put",
        "vfio_ap_mdev_remove_guest",
        "matrix_mdev->guest",
    )


def one_file(text: str, path: str = "drivers/foo/foo.c") -> RawMessage:
    return RawMessage(mail(patch_body(new_file(path, text))))


def test_the_right_way_to_let_go_of_a_vm(kit: Kit) -> None:
    """As vfio_ap does in Linux 6.12: a saved local, cleared under the lock, put behind it."""
    text = """\
static int foo_set(struct foo *f, struct kvm *kvm)
{
	mutex_lock(&foo_lock);
	if (f->kvm) {
		mutex_unlock(&foo_lock);
		return -EBUSY;
	}
	kvm_get_kvm(kvm);
	f->kvm = kvm;
	foo_masks_set(kvm, f);
	mutex_unlock(&foo_lock);
	return 0;
}

static void foo_unset(struct foo *f)
{
	struct kvm *kvm = f->kvm;

	if (!kvm)
		return;
	mutex_lock(&foo_lock);
	foo_masks_clear(kvm);
	kvm->arch.foo_hook = NULL;
	foo_reset_queues(f);
	f->kvm = NULL;
	mutex_unlock(&foo_lock);
	kvm_put_kvm(kvm);
}

static void foo_close(struct foo *f)
{
	foo_unset(f);
}
"""
    assert found(kit, one_file(text)) == []


def test_an_owner_that_is_read_before_the_release(kit: Kit) -> None:
    """Founding case F2 (§3.3), reduced: nothing to say to it, nor when the two lines are swapped."""
    text = """\
static inline void foo_intf_release(struct kref *kref)
{
	struct foo_intf *intf = container_of(kref, struct foo_intf, kref);
	struct module *owner = intf->owner;

	intf->ops->release(intf);
	module_put(owner);
}
"""
    swapped = text.replace("module_put(owner)", "module_put(intf->owner)")
    assert found(kit, one_file(text, "include/linux/foo.h")) == []
    assert found(kit, one_file(swapped, "include/linux/foo.h")) == []


def test_an_anchor_is_an_added_line_or_a_removed_one(kit: Kit) -> None:
    text = "static void foo(struct foo *f)\n{\n\tf->kvm = NULL;\n\tkvm_put_kvm(f->kvm);\n}\n"
    (said,) = found(kit, one_file(text))
    assert (said.anchor.side, said.anchor.line, said.channel) == (Side.NEW, 4, Channel.MAIL)
