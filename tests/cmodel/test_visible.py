"""Images read as plain text."""

import pytest

from reviewbot.cmodel.image import Image, Stretch
from reviewbot.cmodel.visible import is_module, lines
from reviewbot.model.diff import Side


def image(*stretches: Stretch) -> Image:
    return Image("drivers/foo/foo.c", Side.NEW, stretches)


def test_lines_are_numbered_over_gaps() -> None:
    seen = image(Stretch(3, ("a", "b")), Stretch(10, ("c",)))
    assert list(lines(seen)) == [(3, "a"), (4, "b"), (10, "c")]


@pytest.mark.parametrize(
    "line",
    [
        'MODULE_LICENSE("GPL");',
        "module_init(foo_init);",
        "module_exit(foo_exit)",
        "module_pci_driver(foo_driver);",
        "module_usb_driver (foo_driver);",
        "module_driver(foo, foo_register, foo_unregister);",
    ],
)
def test_a_module_shows_itself(line: str) -> None:
    assert is_module(image(Stretch(1, ("int x;", line))))


@pytest.mark.parametrize(
    "line",
    [
        "module_put(f->owner);",
        "/* MODULE_LICENSE(x) */",
        "builtin_platform_driver(foo);",
        "return module_init(x);",
    ],
)
def test_other_lines_do_not_show_a_module(line: str) -> None:
    assert not is_module(image(Stretch(1, (line,))))
