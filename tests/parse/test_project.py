"""Which project a mail is for."""

import pytest

from reviewbot.parse.project import UNKNOWN, in_kernel, project
from reviewbot.parse.subject import subject
from tests.parse.postings import mail


def of(line: str, *paths: str, list_ids: tuple[str, ...] = ()) -> str:
    return project(subject(line), mail("1", line, list_ids=list_ids), paths)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("[kvm-unit-tests PATCH v3 1/3] x86: foo", "kvm-unit-tests"),
        ("[kvm-unit-test PATCH] x86: foo", "kvm-unit-tests"),
        ("[PATCH kvmtool 2/3] foo", "kvmtool"),
        ("[PATCH][KVMTOOL] foo", "kvmtool"),
        ("[PATCH QEMU] hw: foo", "qemu"),
        ("[Qemu-devel] [PATCH] hw: foo", "qemu"),
        ("[libvirt PATCH] foo", "libvirt"),
        ("[PATCH iproute2-next] ip: foo", "iproute2"),
        ("[PATCH nft 5/4] src: foo", "nftables"),
        ("[iptables PATCH 6/9] extensions: foo", "iptables"),
        ("[PATCH u-boot] arm: foo", "u-boot"),
        ("[LTP] [PATCH] foo", "ltp"),
    ],
)
def test_by_the_words_in_brackets(line: str, name: str) -> None:
    assert of(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "[PATCH] KVM: foo",
        "[PATCH kvm] foo",
        "[PATCH net-next v2 1/3] net: foo",
        "[PATCH nf-next] netfilter: foo",
        "[PATCH bpf-next] libbpf: foo",
        "[PATCH -next] foo",
        "[GIT PULL] KVM fixes",
        "[RFC PATCH 5.10] foo",
        "[PATCH mlx5-next] foo",
        "[PATCH] qemu_fw_cfg: foo",
        "foo",
    ],
)
def test_kernel_subjects(line: str) -> None:
    assert of(line) == ""


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        (("x86/vmx.c", "lib/x86/vm.h"), "kvm-unit-tests"),
        (("s390x/sie.c",), "kvm-unit-tests"),
        (("lib/arm/asm/gic.h",), "kvm-unit-tests"),
        (("scripts/arch-run.bash",), "kvm-unit-tests"),
        (("builtin-run.c", "arm/kvm.c"), "kvmtool"),
        (("hw/vfio/pci.c", "include/hw/vfio/vfio-common.h"), "qemu"),
        (("target/i386/kvm/kvm.c",), "qemu"),
        (("linux-headers/linux/kvm.h",), "qemu"),
        (("src/qemu/qemu_domain.c",), "libvirt"),
        (("ip/iplink.c",), "iproute2"),
        (("board/foo/bar.c",), "u-boot"),
        (("testcases/kernel/kvm/kvm_a.c",), "ltp"),
        (("src/evaluate.c",), "nftables"),
        (("WHENCE",), UNKNOWN),
    ],
)
def test_by_paths_no_kernel_has(paths: tuple[str, ...], name: str) -> None:
    assert of("[PATCH] foo", *paths) == name


@pytest.mark.parametrize(
    "path",
    [
        "virt/kvm/kvm_main.c",
        "arch/x86/kvm/vmx/vmx.c",
        "arch/arm64/Makefile",
        "drivers/vfio/vfio_main.c",
        "include/linux/kvm_host.h",
        "include/kvm/arm_vgic.h",
        "include/uapi/linux/kvm.h",
        "include/trace/events/kvm.h",
        "tools/testing/selftests/kvm/lib/kvm_util.c",
        "Documentation/virt/kvm/api.rst",
        "lib/list_debug.c",
        "lib/raid6/algos.c",
        "net/core/dev.c",
        "scripts/mod/modpost.c",
        "rust/kernel/lib.rs",
        "io_uring/net.c",
        "MAINTAINERS",
        "Makefile",
    ],
)
def test_kernel_paths(path: str) -> None:
    assert in_kernel(path)
    assert of("[PATCH] foo", path) == ""


def test_a_kernel_patch_is_not_given_away_for_a_word() -> None:
    assert of("[PATCH nft v2] netfilter: foo", "net/netfilter/nf_tables_api.c") == ""
    assert of("[PATCH qemu] foo", "drivers/firmware/qemu_fw_cfg.c") == ""


def test_a_project_laid_out_like_the_kernel_is_believed() -> None:
    assert of("[PATCH u-boot] foo", "drivers/net/foo.c") == "u-boot"


def test_the_majority_of_paths_decides() -> None:
    kernel = ("arch/arm64/kvm/a.c", "arch/arm64/kvm/b.c")
    assert of("[PATCH 0/3] foo", *kernel, "arm/kvm.c") == ""
    assert of("[PATCH 0/3] foo", "hw/a.c", "hw/b.c", "hw/c.c", "include/linux/kvm.h") == "qemu"


def test_by_the_list_only_without_paths() -> None:
    lists = ("qemu-devel.nongnu.org",)
    assert of("[PATCH] foo", list_ids=lists) == "qemu"
    assert of("[PATCH] foo", "virt/kvm/kvm_main.c", list_ids=lists) == ""
