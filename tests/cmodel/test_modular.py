"""What a file can become."""

import pytest

from reviewbot.cmodel.kconfig import Built
from reviewbot.cmodel.modular import modularity
from tests.builders import new_file
from tests.changes import changed, edit

KCONFIG = "config FOO\n\ttristate\n\nconfig BAR\n\tbool\n"
MAKEFILE = "obj-$(CONFIG_FOO) += foo.o\nobj-$(CONFIG_BAR) += bar.o\n"


def of(path: str, text: str = "int x;\n", tree: dict[str, str] | None = None) -> Built:
    change = changed(new_file(path, text), tree=tree)
    return modularity(next(change.sources), change)


@pytest.mark.parametrize(("name", "expected"), [("foo", Built.MODULE), ("bar", Built.BUILT_IN)])
def test_the_build_files_of_the_tree(name: str, expected: Built) -> None:
    tree = {"drivers/foo/Makefile": MAKEFILE, "drivers/Kconfig": KCONFIG}
    assert of(f"drivers/foo/{name}.c", "#include <linux/module.h>\n", tree) is expected


def test_the_build_files_of_the_series() -> None:
    change = changed(
        new_file("drivers/foo/foo.c", "int x;\n"),
        new_file("drivers/foo/Makefile", MAKEFILE),
        new_file("drivers/foo/Kconfig", KCONFIG),
    )
    assert modularity(next(change.sources), change) is Built.MODULE


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("drivers/gpu/drm/foo/foo.c", Built.MODULE),
        ("sound/foo/foo.c", Built.MODULE),
        ("mm/foo.c", Built.BUILT_IN),
        ("arch/foo/kernel/foo.c", Built.BUILT_IN),
        ("drivers/foo/foo.c", Built.UNKNOWN),
        ("lib/foo.c", Built.UNKNOWN),
    ],
)
def test_folders(path: str, expected: Built) -> None:
    assert of(path) is expected


@pytest.mark.parametrize(
    "line",
    [
        "#include <linux/module.h>",
        "#include <linux/moduleparam.h>",
        'MODULE_IMPORT_NS("FOO");',
        "module_param(foo, int, 0444);",
        'MODULE_LICENSE("GPL");',
    ],
)
def test_what_a_driver_says_itself(line: str) -> None:
    assert of("drivers/foo/foo.c", f"{line}\nint x;\n") is Built.MODULE


def test_outside_drivers_an_include_says_nothing() -> None:
    assert of("lib/foo.c", "#include <linux/module.h>\n") is Built.UNKNOWN
    assert of("mm/foo.c", "#include <linux/module.h>\n") is Built.BUILT_IN


def test_a_driver_that_stops_being_a_module() -> None:
    change = changed(edit("drivers/foo/foo.c", "#include <linux/module.h>\n", "int x;\n"))
    assert modularity(next(change.sources), change) is Built.BUILT_IN
