"""Which project a mail is for, if not the kernel.

Many projects share the kernel's lists, people and names: 3.0 % of the mails on the KVM and s390 lists are for
QEMU, kvm-unit-tests, kvmtool and others. Told, in this order, from the bracketed words of the subject, from
the paths (the kernel's top-level directories are few and known), and from the list of a project of its own.

Law: a kernel patch is never given away: paths that only a kernel tree has outweigh everything said of them.
Must not know series.
"""

import re
from collections.abc import Iterable

from reviewbot.model.message import Message
from reviewbot.model.series import Subject

UNKNOWN = "another project"

# Words in brackets by which people say what a patch is for.
_TAGS = re.compile(
    r"(kvm-unit-tests?|kvmtool|lkvm|qemu(?:-\w+)?|libvirt(?:-\w+)*|iproute2?(?:-next)?|ltp|u-boot|uboot|nftables|nft"
    r"|libnftnl|libmnl|libnetfilter_\w+|libnfnetlink|iptables(?:-\w+)?|ebtables|arptables|conntrack-tools"
    r"|conntrack|nfacct|ethtool(?:-next)?|x?fstests|fstests|blktests|mdadm|edk2|ovmf|opensbi|seabios|kexec-tools"
    r"|kexec|util-linux|trace-cmd|man-pages|pahole|dwarves|libgpiod|dtc|kmod|pciutils|lspci|s390-tools|b4"
    r"|patchwork|libbpf-\w+|bluez|iwd|ell|wpa_supplicant|hostap|mmc-utils|i2c-tools|rt-tests|nvme-cli|ndctl"
    r"|multipath-tools|lvm2|cryptsetup|btrfs-progs|xfsprogs|e2fsprogs|f2fs-tools|erofs-utils|nfs-utils|cifs-utils"
    r"|perfbook|xen|vhost-device|virtio-spec|virtio-comment|cloud-hypervisor|crash(?:-utility)?|makedumpfile"
    r"|systemd|buildroot|openwrt|yocto|tf-a|coreboot|grub|glibc|gcc|binutils|musl|valgrind|ima-evm-utils"
    r"|keyutils|libcap|selinux-userspace|audit-userspace|audit-testsuite|linux-firmware|wireless-regdb|v4l-utils)\Z",
    re.IGNORECASE,
)
_SAME = {
    "lkvm": "kvmtool",
    "kvm-unit-test": "kvm-unit-tests",
    "iproute": "iproute2",
    "nft": "nftables",
    "uboot": "u-boot",
    "lspci": "pciutils",
    "fstests": "xfstests",
}

_FAMILIES = ("qemu", "libvirt", "iproute2", "ethtool", "libbpf")

_KERNEL = frozenset(
    (
        "arch",
        "block",
        "certs",
        "crypto",
        "Documentation",
        "drivers",
        "fs",
        "include",
        "init",
        "io_uring",
        "ipc",
        "kernel",
        "lib",
        "LICENSES",
        "mm",
        "net",
        "rust",
        "samples",
        "scripts",
        "security",
        "sound",
        "tools",
        "usr",
        "virt",
    )
)
_KERNEL_FILES = frozenset(
    (
        "MAINTAINERS",
        "Makefile",
        "Kconfig",
        "Kbuild",
        "CREDITS",
        "COPYING",
        "README",
        ".gitignore",
        ".mailmap",
        ".clang-format",
        ".get_maintainer.ignore",
        ".gitattributes",
        ".cocciconfig",
        ".rustfmt.toml",
        ".editorconfig",
        "localversion-rt",
    )
)
_KERNEL_INCLUDE = frozenset(
    (
        "acpi",
        "asm-generic",
        "clocksource",
        "config",
        "crypto",
        "cxl",
        "drm",
        "dt-bindings",
        "generated",
        "hyperv",
        "keys",
        "kunit",
        "kvm",
        "linux",
        "math-emu",
        "media",
        "memory",
        "misc",
        "net",
        "pcmcia",
        "ras",
        "rdma",
        "rv",
        "scsi",
        "soc",
        "sound",
        "target",
        "trace",
        "uapi",
        "ufs",
        "vdso",
        "video",
        "xen",
    )
)

# A path so far down in these is the kernel's, whatever the subject says (`[PATCH nft] netfilter: …`); the
# projects named have such directories too.
_DEEP = re.compile(
    r"(?:arch/\w+/\w+|drivers/\w+|fs/\w+|kernel|mm|net/\w+|security/\w+|sound/\w+|virt/kvm)/"
)
_AS_DEEP = frozenset(("u-boot", "xen", "grub", "coreboot", "barebox"))

# Paths only one project has, most telling first.
_LAYOUTS = (
    (
        "kvm-unit-tests",
        re.compile(
            r"(?:x86|s390x|arm|arm64|powerpc|riscv)/(?:[\w.-]+\.[cSh]|Makefile\.\w+|cstart\w*\.S|unittests\.cfg"
            r"|efi/.*|snippets/.*|vmx\w*\.c|svm\w*\.c)\Z"
            r"|lib/(?:x86|s390x|arm|arm64|powerpc|ppc64|riscv|libfdt|efi|linux)/|lib/(?:alloc|argv|auxinfo|report|"
            r"libcflat|chr-testdev|migrate|stack|vmalloc|virtio-mmio|virtio|pci-edu|pci-testdev)\w*\.[ch]\Z"
            r"|run_tests\.sh|errata\.txt|scripts/(?:arch-run|runtime|common|mkstandalone)\.bash"
        ),
    ),
    (
        "kvmtool",
        re.compile(
            r"builtin-\w+\.c\Z|kvm(?:-cpu|-ipc)?\.c\Z|(?:arm|x86|powerpc|mips|riscv|arm64)/(?:aarch(?:32|64)|include/"
            r"(?:kvm|asm)|kvm|kvm-cpu|fdt|ioport|irq|gic)\b|include/kvm/(?!arm_|iodev)|(?:disk|virtio|vfio|guest)/"
            r"[\w-]+\.[chS]\Z|(?:ioport|mmio|pci|devices|term|framebuffer|symbol|irq)\.c\Z"
        ),
    ),
    (
        "qemu",
        re.compile(
            r"(?:accel|audio|backends|chardev|disas|dump|ebpf|gdbstub|hw|linux-headers|linux-user|bsd-user|migration"
            r"|monitor|nbd|pc-bios|qapi|qga|qobject|qom|replay|roms|semihosting|softmmu|storage-daemon|stubs|system"
            r"|target|tcg|trace|ui|util)/|include/(?:hw|qemu|exec|sysemu|system|migration|block|ui|qapi|qom|chardev|"
            r"io|standard-headers|monitor|disas|semihosting|accel|tcg|user)/|docs/(?:system|devel|specs|interop)/"
            r"|tests/(?:qtest|unit|tcg|avocado|functional|qemu-iotests)/|qemu-[\w.-]+\Z|vl\.c\Z|meson\.build\Z"
        ),
    ),
    (
        "libvirt",
        re.compile(
            r"src/(?:qemu|conf|util|libxl|lxc|rpc|remote|cpu|security|network)/|docs/schemas/|po/"
        ),
    ),
    ("iproute2", re.compile(r"(?:ip|tc|bridge|devlink|rdma|dcb|vdpa|misc|man/man8)/[\w.-]+\Z")),
    ("u-boot", re.compile(r"(?:board|cmd|common|configs|boot|dts|env|api|post|disk)/")),
    ("ltp", re.compile(r"testcases/(?:kernel|cve|lib|network)/|runtest/")),
    (
        "nftables",
        re.compile(
            r"src/(?:evaluate|parser_bison|netlink\w*|rule|json)\.[cyl]\Z|tests/(?:shell|py)/"
        ),
    ),
)

_LISTS = (
    ("qemu", "qemu-devel"),
    ("libvirt", "libvir-list"),
    ("libvirt", "devel.lists.libvirt.org"),
    ("u-boot", "u-boot.lists.denx.de"),
    ("ltp", "ltp.lists.linux.it"),
    ("kvm-unit-tests", "kvm-unit-tests"),
)


def project(subject: Subject, message: Message, paths: Iterable[str]) -> str:
    """The name of the project the patch is for, empty for the kernel.

    `paths` are those of all files of the series; without any, the subject and the list must do.
    """
    outside, inside = _split(paths)
    if name := _of_tag(subject):
        surely_kernel = not outside and any(_DEEP.match(path) for path in inside)
        return "" if surely_kernel and name not in _AS_DEEP else name
    if inside and len(inside) >= len(outside):
        return ""
    return (_of_layout(outside) or UNKNOWN) if outside else _of_list(message)


def in_kernel(path: str) -> bool:
    """Whether `path` can stand in a kernel tree."""
    top, slash, rest = path.partition("/")
    if not slash:
        return top in _KERNEL_FILES
    if top == "include":
        return rest.partition("/")[0] in _KERNEL_INCLUDE and not _is(path, "kvmtool")
    if top in ("lib", "scripts"):
        return not _is(path, "kvm-unit-tests")
    return top in _KERNEL


def _split(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """`paths` outside and inside a kernel tree."""
    outside: list[str] = []
    inside: list[str] = []
    for path in paths:
        (inside if in_kernel(path) else outside).append(path)
    return outside, inside


def _of_tag(subject: Subject) -> str:
    for word in subject.prefix:
        if found := _TAGS.match(word):
            name = found[1].lower()
            return _SAME.get(name) or next(
                (each for each in _FAMILIES if name.startswith(each)), name
            )
    return ""


def _is(path: str, name: str) -> bool:
    return any(layout.match(path) for project_name, layout in _LAYOUTS if project_name == name)


def _of_layout(paths: list[str]) -> str:
    """The project most of `paths` look like, empty for none."""
    votes = {name: sum(bool(layout.match(path)) for path in paths) for name, layout in _LAYOUTS}
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else ""


def _of_list(message: Message) -> str:
    for name, list_id in _LISTS:
        if any(each.startswith(list_id) for each in message.list_ids):
            return name
    return ""
