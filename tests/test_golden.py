"""The founding cases (§3.1–3.4) and golden cases (§3.6) of the rule catalogue with every rule at once.

Those whose mails lie in ../shared are read from there; of the others there are invented reductions. Founding case
F4 is in tests/rules_py/test_teardown_golden.py.
"""

import re
import subprocess
from difflib import unified_diff
from pathlib import Path

import pytest

from reviewbot.config import load
from reviewbot.errors import InputError
from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import DictTree, NoTree, Tree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.kit import Kit
from reviewbot.review.review import review
from reviewbot.sources.files import read
from tests.builders import mail, new_file, patch_body
from tests.sources.repositories import needs_git

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
MAIL = SHARED / "mail"
F3 = MAIL / "founding" / "vfio-device-from-vma"
LEAK = "ref-leak-on-error-path"
OTHERS = re.compile(
    rb"^Subject: .*\[(?=[^\]]*PATCH)[^\]]*\b(?:kvmtool|qemu|kvm-unit-tests)\b",
    re.IGNORECASE | re.MULTILINE,
)

real = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load().kit()


def said(kit: Kit, *mails: RawMessage, tree: Tree = NoTree()) -> list[Verdict]:
    """What is said about the mails as one source, whichever the channel."""
    outcomes = [review(one, kit, tree) for one in series(map(message, mails))]
    assert not [failure for outcome in outcomes for failure in outcome.failures]
    return [verdict for outcome in outcomes for verdict in outcome.verdicts]


def in_file(kit: Kit, path: Path) -> list[Verdict]:
    return said(kit, *read(str(path)))


def places(verdicts: list[Verdict], channel: Channel = Channel.MAIL) -> set[tuple[str, str]]:
    return {(v.finding.rule, v.finding.function) for v in verdicts if v.channel is channel}


def rules(verdicts: list[Verdict]) -> set[str]:
    return {verdict.finding.rule for verdict in verdicts}


def one_file(text: str, path: str = "drivers/foo/foo.c") -> RawMessage:
    return RawMessage(mail(patch_body(new_file(path, text))))


# F0: what pinned the module is taken out

F0_OLD = """\
void foo_get(struct foo *foo, struct kvm *kvm)
{
	void (*put)(struct kvm *kvm);
	bool (*get)(struct kvm *kvm);

	put = symbol_get(kvm_put_kvm);
	if (!put)
		return;
	get = symbol_get(kvm_get_kvm_safe);
	if (!get) {
		symbol_put(kvm_put_kvm);
		return;
	}
	if (!get(kvm)) {
		symbol_put(kvm_put_kvm);
		goto out;
	}
	foo->put_kvm = put;
	foo->kvm = kvm;
out:
	symbol_put(kvm_get_kvm_safe);
}

void foo_put(struct foo *foo)
{
	if (!foo->kvm)
		return;
	foo->put_kvm(foo->kvm);
	foo->put_kvm = NULL;
	symbol_put(kvm_put_kvm);
	foo->kvm = NULL;
}
"""
F0_NEW = """\
void foo_get(struct foo *foo, struct foo_reference *ref)
{
	if (ref->kvm && ref->get_kvm(ref->kvm)) {
		foo->kvm = ref->kvm;
		foo->put_kvm = ref->put_kvm;
	}
}

void foo_put(struct foo *foo)
{
	if (!foo->kvm)
		return;
	foo->put_kvm(foo->kvm);
	foo->put_kvm = NULL;
	foo->kvm = NULL;
}
"""


def changed(path: str, old: str, new: str) -> RawMessage:
    rows = unified_diff(old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm="")
    diff = "".join(f"{row}\n" for row in rows)
    return RawMessage(mail(patch_body(f"diff --git a/{path} b/{path}\n{diff}")))


@pytest.mark.parametrize("tree", [NoTree(), DictTree({"drivers/foo/foo.c": F0_OLD})])
def test_a_pointer_to_a_module_that_nothing_pins_any_more(kit: Kit, tree: Tree) -> None:
    found = said(kit, changed("drivers/foo/foo.c", F0_OLD, F0_NEW), tree=tree)
    assert places(found) == {("module-pin-dropped", "foo_get")}
    assert rules(found) <= {"module-pin-dropped", "export-orphaned"}
    (pin,) = (v.finding for v in found if v.finding.rule == "module-pin-dropped")
    assert "symbol_get(kvm_put_kvm)" in pin.anchor.text
    assert [anchor.text.strip() for anchor in pin.related] == ["foo->put_kvm = ref->put_kvm;"]


# F1: a cover letter and a question


def test_a_cover_and_a_reply_get_no_comment(kit: Kit) -> None:
    cover = mail(
        "This hides struct foo.\n\nA. Author (2):\n  foo: a\n  foo: b\n",
        subject="[PATCH 0/2] foo: hide it",
    )
    question = mail(
        "Will you go on with this series?\n\n> +\tfoo->kvm = kvm;\n",
        subject="Re: [PATCH 0/2] foo: hide it",
        message_id="2@example.org",
        in_reply_to="1@example.org",
    )
    assert said(kit, RawMessage(cover), RawMessage(question)) == []


# F2: the owner is read before the release


F2 = """\
static inline void foo_intf_release(struct kref *kref)
{
	struct foo_intf *intf = container_of(kref, struct foo_intf, kref);
	struct module *owner = intf->owner;

	rmb();
	intf->ops->release(intf);
	module_put(owner);
}
"""


def test_an_owner_that_is_put_after_the_release(kit: Kit) -> None:
    swapped = F2.replace("\tmodule_put(owner);", "\tmodule_put(intf->owner);")
    header = "include/linux/foo.h"
    assert said(kit, one_file(F2, header)) == []
    assert places(said(kit, one_file(swapped, header))) == {
        ("module-put-owner-after-free", "foo_intf_release")
    }


# F3: who owns what is found


@real
@pytest.mark.parametrize("number", ["436717", "444113"])
def test_what_is_new_is_told_and_nothing_else(kit: Kit, number: str) -> None:
    (path,) = (F3 / "kvm-patchwork").glob(f"*_{number}.patch")
    found = in_file(kit, path)
    assert rules(found) - {"extern-on-prototype"} == {"export-new"}
    assert {v.channel for v in found if v.finding.rule == "export-new"} <= {
        Channel.REPORT,
        Channel.DRAFT,
    }
    (extern, *more) = [v for v in found if v.finding.rule == "extern-on-prototype"] or [None]
    assert (extern is not None, more) == (number == "436717", [])


@real
def test_replies_that_quote_the_diff_get_no_comment(kit: Kit) -> None:
    paths = sorted((F3 / "kvm-list").glob("reply-*.eml"))
    assert paths
    assert [verdict for path in paths for verdict in in_file(kit, path)] == []


# §3.6, with mails


@real
@pytest.mark.parametrize(
    ("path", "functions"),
    [
        ("011921", {"__verify_card_reservations", "__verify_queue_reservations"}),  # v12
        ("013646", {"__verify_queue_reservations"}),  # v14
        ("020965", {"__verify_queue_reservations"}),  # v18
        ("009375", set()),  # v9, which had it right
    ],
)
def test_the_module_references_of_the_ap_bus(kit: Kit, path: str, functions: set[str]) -> None:
    found = in_file(kit, MAIL / "patches" / "TMG" / "linux-s390" / f"{path}.eml")
    assert places(found) == {(LEAK, function) for function in functions}


@real
def test_the_descriptors_of_kvm_s_statistics(kit: Kit) -> None:
    folder = MAIL / "threads" / "kvm-vfio-series" / "kvm-ppc"
    found = in_file(kit, next(folder.glob("003731_*.mbox")))
    assert rules(found) == {"kvm-fd-without-get", "fops-owner-missing"}
    assert {v.finding.symbol for v in found} == {
        "kvm",
        "vcpu",
        "kvm_vm_stats_fops",
        "kvm_vcpu_stats_fops",
    }


@real
def test_the_last_posting_of_the_ism_driver(kit: Kit) -> None:
    folder = MAIL / "threads" / "kvm-vfio-series" / "linux-s390"
    assert rules(in_file(kit, next(folder.glob("055465_*.mbox")))) <= {"export-new"}


@real
@needs_git
def test_files_of_debugfs_need_no_owner(kit: Kit, tmp_path: Path) -> None:
    bundle = MAIL / "archives" / "kvmarm.bundle"
    git = ("git", "-C", str(tmp_path / "kvmarm.git"))
    subprocess.run(("git", "clone", "-q", "--mirror", bundle, git[2]), check=True)
    subject = r"^\[PATCH 23/23\] KVM: arm64: Add debugfs files for the rVIC"
    asked = (*git, "log", "--format=%H", "-1", f"--grep={subject}", "--all")
    commit = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    data = subprocess.run((*git, "show", f"{commit}:m"), check=True, capture_output=True).stdout
    assert b"debugfs_create_file" in data
    assert said(kit, RawMessage(data)) == []


@real
def test_patches_for_other_projects_get_no_comment(kit: Kit) -> None:
    paths = [
        path
        for path in sorted((MAIL / "patches").rglob("*.eml"))
        if OTHERS.search(path.read_bytes()[:16384])
    ]
    assert len(paths) >= 20
    assert [v.finding.rule for path in paths for v in silent_if_no_mail(kit, path)] == []


def silent_if_no_mail(kit: Kit, path: Path) -> list[Verdict]:
    try:
        return in_file(kit, path)
    except InputError:
        return []


# §3.6, reduced


def test_a_device_that_is_allocated_and_forgotten(kit: Kit) -> None:
    """As in vfio/ism: a further allocation fails, and the device is not put.

    The put names a member of what was allocated, so it is told to the one who runs the tool only.
    """
    text = """\
static int foo_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct foo_device *foo;
	int ret;

	foo = vfio_alloc_device(foo_device, core.vdev, &pdev->dev, &foo_ops);
	if (IS_ERR(foo))
		return PTR_ERR(foo);

	foo->name = foo_name(pdev);
	if (!foo->name)
		return -ENOMEM;

	ret = foo_setup(pdev);
	if (ret)
		goto err;
	return 0;
err:
	vfio_put_device(&foo->core.vdev);
	return ret;
}
"""
    found = said(kit, one_file(text, "drivers/vfio/pci/foo/main.c"))
    assert {(v.finding.rule, v.finding.function) for v in found} == {(LEAK, "foo_probe")}


def test_a_pointer_that_is_cleared_since_another_owns_the_reference(kit: Kit) -> None:
    """As in the tracing links of BPF: the member is set to NULL on purpose, the old value is put elsewhere."""
    text = """\
static void foo_update(struct foo_link *link, struct foo_target *target)
{
	struct module *old = link->mod;

	link->mod = target->mod;
	target->mod = NULL; /* The link owns it now. */
	module_put(old);
}
"""
    assert said(kit, one_file(text, "kernel/foo.c")) == []


def test_a_result_of_try_module_get_that_is_ignored(kit: Kit) -> None:
    text = """\
static int foo_state_add(struct foo *foo)
{
	foo->count++;
	try_module_get(THIS_MODULE);
	return 0;
}
"""
    found = said(kit, one_file(text))
    assert ("module-get-unchecked", "foo_state_add") in places(found)


def test_a_reference_for_a_file_descriptor(kit: Kit) -> None:
    """As kvm_ioctl_create_device() has it: taken for the file, put where there is none."""
    text = """\
static int foo_create(struct kvm *kvm, struct foo *foo)
{
	int fd;

	kvm_get_kvm(kvm);
	fd = anon_inode_getfd("foo", &foo_fops, foo, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		kvm_put_kvm_no_destroy(kvm);
		foo_destroy(foo);
		return fd;
	}
	return 0;
}

static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *foo = file->private_data;

	kvm_put_kvm(foo->kvm);
	return 0;
}

static struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.release = foo_release,
};
"""
    assert places(said(kit, one_file(text, "virt/kvm/foo.c"))) == set()
