"""How Kbuild makes an object, from the lines a series shows."""

import pytest

from reviewbot.cmodel.image import Image, Stretch
from reviewbot.cmodel.kbuild import shown
from reviewbot.cmodel.kconfig import Built
from reviewbot.model.diff import Side

KCONFIG = 'config FOO\n\ttristate "Foo"\n\thelp\n\t  Foo.\nconfig BAR\n\tbool "Bar"\n'


def image(path: str, text: str) -> Image:
    return Image(path, Side.NEW, (Stretch(1, tuple(text.splitlines())),))


def seen(makefile: str, path: str = "drivers/foo/main.c", kconfig: str = KCONFIG) -> Built:
    return shown(
        path, (image("drivers/foo/Makefile", makefile), image("drivers/foo/Kconfig", kconfig))
    )


@pytest.mark.parametrize(
    ("makefile", "expected"),
    [
        ("obj-$(CONFIG_FOO) += main.o\n", Built.MODULE),
        ("obj-${CONFIG_FOO}\t:= other.o main.o\n", Built.MODULE),
        ("obj-$(CONFIG_BAR) += main.o\n", Built.BUILT_IN),
        ("obj-y += main.o\n", Built.BUILT_IN),
        ("obj-m += main.o\n", Built.MODULE),
        ("obj-$(CONFIG_FOO) += foo.o\nfoo-y := one.o \\\n\tmain.o\n", Built.MODULE),
        ("obj-$(CONFIG_FOO) += foo.o\nfoo-objs := main.o\n", Built.MODULE),
        ("obj-$(CONFIG_FOO) += foo.o\nfoo-$(CONFIG_BAR) += main.o\n", Built.MODULE),
        ("obj-$(CONFIG_OTHER) += main.o\n", Built.UNKNOWN),
        ("obj-$(CONFIG_FOO) += mainly.o\n", Built.UNKNOWN),
        ("main-y += main.o\n", Built.UNKNOWN),
        ("obj-y += one.o\n\tmain.o\n", Built.UNKNOWN),
        ("", Built.UNKNOWN),
    ],
)
def test_makefile_lines(makefile: str, expected: Built) -> None:
    assert seen(makefile) is expected


def test_the_makefile_of_another_folder_does_not_count() -> None:
    assert seen("obj-m += main.o\n", path="drivers/bar/main.c") is Built.UNKNOWN


def test_an_option_without_a_visible_type_is_unknown() -> None:
    assert seen("obj-$(CONFIG_FOO) += main.o\n", kconfig="config FOO\n") is Built.UNKNOWN


def test_no_images() -> None:
    assert shown("drivers/foo/main.c", ()) is Built.UNKNOWN


def test_composites_that_hold_each_other_end() -> None:
    makefile = "a-y += main.o b.o\nb-y += a.o\n"
    assert seen(makefile) is Built.UNKNOWN
