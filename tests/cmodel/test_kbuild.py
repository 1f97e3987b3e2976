"""What build files make of a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.kbuild import Kbuild, Part
from reviewbot.cmodel.kconfig import Built
from reviewbot.model.tree import DictTree, NoTree

KCONFIG = 'config FOO\n\ttristate "Foo"\n\nconfig BAR\n\tbool\n\nmenuconfig BAZ\n\tdef_tristate y\n'
MODULE, BUILT_IN, UNKNOWN = Built.MODULE, Built.BUILT_IN, Built.UNKNOWN


def part(path: str, makefile: str, **more: str) -> Part:
    files = {"drivers/foo/Makefile": makefile, "drivers/foo/Kconfig": KCONFIG}
    return Kbuild(DictTree(files | more)).part(path)


@pytest.mark.parametrize(
    ("makefile", "built", "modules"),
    [
        ("obj-y += a.o", BUILT_IN, set()),
        ("obj-m += a.o", MODULE, {"a"}),
        ("lib-y := a.o", BUILT_IN, set()),
        ("obj-$(CONFIG_FOO) += a.o", MODULE, {"a"}),
        ("obj-${CONFIG_BAR} += a.o", BUILT_IN, set()),
        ("obj-$(CONFIG_BAZ)\t+= b.o \\\n\t   a.o", MODULE, {"a"}),
        ("obj-$(CONFIG_GONE) += a.o", UNKNOWN, {"a"}),
        ("obj-$(subst m,y,$(CONFIG_FOO)) += a.o", BUILT_IN, set()),
        ("foo-core-y := a.o b.o\nobj-$(CONFIG_FOO) += foo-core.o", MODULE, {"foo_core"}),
        ("foo-objs := a.o\nobj-$(CONFIG_BAR) += foo.o", BUILT_IN, set()),
        ("foo-$(CONFIG_BAR) += a.o\nobj-m += foo.o", MODULE, {"foo"}),
        ("foo-y := a.o\nall-y := foo.o\nobj-m += all.o", MODULE, {"all"}),
        ("foo-y := a.o", UNKNOWN, {"foo"}),
        ("obj-y += a.o\nobj-$(CONFIG_FOO) += a.o", MODULE, {"a"}),
        ("obj-y += b.o\n# obj-y += a.o", UNKNOWN, set()),
        ("obj-y += $(some)/a.o", BUILT_IN, set()),
        ("common := a.o\nobj-y += $(common)", UNKNOWN, set()),
        ("obj-y += a.o\nextra := a.o", UNKNOWN, set()),
        ("obj-y += a.o\nCFLAGS_a.o := -O1\n$(obj)/a.o: b.h", BUILT_IN, set()),
        ("a-y := a.o\nobj-m += a.o", MODULE, {"a"}),
    ],
)
def test_what_a_makefile_says(makefile: str, built: Built, modules: set[str]) -> None:
    assert part("drivers/foo/a.c", makefile) == Part(built, frozenset(modules))


def test_a_makefile_above_may_name_it() -> None:
    assert part("drivers/foo/sub/a.c", "foo-y := sub/a.o\nobj-m += foo.o").modules == {"foo"}
    above = {"drivers/Kconfig": 'config FAR\n\ttristate "Far"\n'}
    assert part("drivers/foo/a.c", "obj-$(CONFIG_FAR) += a.o", **above).built is MODULE


def test_a_makefile_named_like_its_folder() -> None:
    files = {"virt/kvm/Makefile.kvm": "KVM ?= ../../virt/kvm\nkvm-y := $(KVM)/main.o"}
    assert Kbuild(DictTree(files)).part("virt/kvm/main.c") == Part(UNKNOWN, frozenset({"kvm"}))


def test_what_is_no_object_is_unknown() -> None:
    assert part("drivers/foo/a.h", "obj-y += a.o") == Part()
    assert part("a.c", "obj-y += a.o") == Part()
    assert part("drivers/foo/a.S", "obj-y += a.o").built is BUILT_IN
    assert Kbuild(NoTree()).part("drivers/foo/a.c") == Part()


def test_who_is_outside() -> None:
    one, two = (Part(MODULE, frozenset({name})) for name in ("one", "two"))
    both, image = Part(MODULE, frozenset({"one", "two"})), Part(BUILT_IN)
    assert two.is_outside(one)
    assert one.is_outside(image)
    assert Part().is_outside(image)
    assert Part().is_outside(Part())
    assert both.is_outside(both)
    assert not one.is_outside(one)
    assert not image.is_outside(one)


def test_a_whole_kernel_has_what_its_kconfig_goes_on_to() -> None:
    top = 'source "drivers/Kconfig"\nsource "arch/$(SRCARCH)/Kconfig"\n'
    assert not Kbuild(DictTree({})).is_whole
    assert not Kbuild(DictTree({"Kconfig": top})).is_whole
    assert Kbuild(DictTree({"Kconfig": top, "drivers/Kconfig": ""})).is_whole
    assert not Kbuild(NoTree()).is_whole


@given(
    st.lists(
        st.sampled_from(
            ["obj-y", "a.o", "\\", "+=", "\n", "$(CONFIG_FOO)", "foo-", ":=", "(", "#", "\t"]
        )
    )
)
def test_no_makefile_is_too_odd(words: list[str]) -> None:
    part("drivers/foo/a.c", " ".join(words))
