"""The rules about exports and headers on real mail: founding case F3 of the rule catalogue, and what was found."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.config import load
from reviewbot.model.finding import Channel, Confidence, Finding
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.rules import extern_on_prototype, kvm_internals_outside_kvm
from reviewbot.sources.files import read
from tests.builders import mail, new_file, patch_body

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
MAIL = SHARED / "mail"
F3 = MAIL / "founding" / "vfio-device-from-vma" / "kvm-patchwork"
RULES = (
    "export",
    "extern-on-prototype",
    "kvm-internal-in-public-header",
    "kvm-internals-outside-kvm",
)
TYPE1, PCI = "drivers/vfio/vfio_iommu_type1.c", "drivers/vfio/pci/vfio_pci.c"

real = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load().kit(select=RULES)


def found(kit: Kit, *mails: RawMessage) -> list[Finding]:
    seen = [findings(one, kit, NoTree()) for one in series(map(message, mails))]
    assert not [failure for one in seen for failure in one.failures]
    return [finding for one in seen for finding in one.findings]


def in_file(kit: Kit, path: str) -> list[Finding]:
    return found(kit, *read(str(MAIL / path)))


@real
def test_the_first_posting_of_the_founding_case(kit: Kit) -> None:
    said = found(kit, *read(str(next(F3.glob("*436717.patch")))))
    exports = {f.symbol: str(f.facts["users"]) for f in said if f.rule == "export-new"}
    assert exports == {
        "vfio_device_unmap_mapping_range": f"used by {PCI} in patch 4",
        "vfio_device_vma_open": f"used by {PCI} in this patch",
        "vfio_device_get_from_vma": f"used by {TYPE1} in patch 10",
        "vfio_device_register_notifier": f"used by {TYPE1} in patch 10",
        "vfio_device_unregister_notifier": f"used by {TYPE1} in patch 10",
        "vfio_device_notifier_call": f"used by {PCI} in patch 7",
    }
    (extern,) = (f for f in said if f.rule != "export-new")
    assert extern.rule == "extern-on-prototype"
    assert len(extern.related) == 4


@real
def test_the_second_posting_takes_extern_out_itself(kit: Kit) -> None:
    said = found(kit, *read(str(next(F3.glob("*444113.patch")))))
    assert {f.rule for f in said} == {"export-new"}
    assert "vfio_vma_to_pfn" in {f.symbol for f in said}


@real
@pytest.mark.parametrize(
    ("path", "rule", "symbols"),
    [
        (
            "patches/VDG/intel-gvt-dev/002630.eml",
            "export-scope-relaxed",
            ["vfio_init_group_dev", "vfio_register_group_dev", "vfio_unregister_group_dev"],
        ),
        (
            "patches/EXP-other/linuxppc-dev/006390.eml",
            "export-invalid-target",
            ["secvar_sysfs_init", "secvar_sysfs_exit"],
        ),
        (
            "patches/EXP-kvm-vfio/linux-mips/001119.eml",
            "export-invalid-target",
            ["hv_init_clocksource"],
        ),
        ("patches/EXP-kvm-vfio/linux-s390/045744.eml", "export-not-gpl", ["gmap_unshadow"]),
        ("patches/SYM/linux-s390/023464.eml", "kvm-internals-outside-kvm", [""]),
    ],
)
def test_what_was_found_on_the_lists(kit: Kit, path: str, rule: str, symbols: list[str]) -> None:
    assert [f.symbol for f in in_file(kit, path) if f.rule == rule] == symbols


@real
def test_silence_where_nothing_is_exported(kit: Kit) -> None:
    mails = [
        raw
        for path in sorted((MAIL / "patches" / "none").rglob("*.eml"))
        for raw in read(str(path))
    ]
    said = found(kit, *mails)
    assert not [f for f in said if f.channel is Channel.MAIL and f.confidence is Confidence.HIGH]


def one_file(path: str, text: str) -> RawMessage:
    return RawMessage(mail(patch_body(new_file(path, text))))


def test_headers_to_speak_in_can_be_named(kit: Kit) -> None:
    lamp = one_file("include/linux/lamp.h", "extern int lamp_on(void);\n")
    assert not found(kit, lamp)
    paths = extern_on_prototype.Options(paths=("include/linux/l*.h",))
    own = replace(kit, options={**kit.options, "extern-on-prototype": paths})
    assert [f.rule for f in found(own, lamp)] == ["extern-on-prototype"]


def test_paths_to_guard_can_be_named(kit: Kit) -> None:
    lamp = one_file("drivers/lamp/lamp.c", "#include <linux/kvm_host.h>\n")
    assert not found(kit, lamp)
    for options, expected in (
        (kvm_internals_outside_kvm.Options(paths=("drivers/lamp/*",)), 1),
        (kvm_internals_outside_kvm.Options(paths=("drivers/*",), own=("drivers/lamp/*",)), 0),
        (kvm_internals_outside_kvm.Options(paths=("drivers/*",), grandfathered=("*/lamp.c",)), 0),
    ):
        own = replace(kit, options={**kit.options, "kvm-internals-outside-kvm": options})
        assert len(found(own, lamp)) == expected


def test_the_prefilter_changes_nothing(kit: Kit) -> None:
    texts = {
        "drivers/foo/a.c": "static int foo(void)\n{\n}\nEXPORT_SYMBOL(foo);\n",
        "drivers/foo/b.c": "int foo(void)\n{\n}\n",
        "drivers/vfio/c.c": "void f(struct kvm *kvm)\n{\n\tkvm->mm = NULL;\n}\n",
        "include/linux/vfio.h": "extern int foo(void);\n",
    }
    mails = [one_file(path, text) for path, text in texts.items()]
    for raw in mails:
        assert found(kit, raw) == found(replace(kit, prefilter=False), raw)
