"""Makers of images, outlines and file changes from invented C."""

from reviewbot.cmodel.image import Image, Stretch
from reviewbot.cmodel.outline import Call, Content, Outline
from reviewbot.cmodel.sheet import Sheet, sheet
from reviewbot.model.diff import FileChange, FileKind, Hunk, Line, Side, Sign

SIGNS = {sign.value: sign for sign in Sign}


def image(text: str, first: int = 1, heading: str = "", path: str = "drivers/foo/foo.c") -> Image:
    """The new side of a file of which one stretch is seen."""
    return Image(path, Side.NEW, (stretch(text, first, heading),))


def stretch(text: str, first: int = 1, heading: str = "") -> Stretch:
    """The lines of the text, the first of which has the number `first`."""
    return Stretch(first, tuple(text.removesuffix("\n").split("\n")), heading)


def outline(
    text: str, first: int = 1, heading: str = "", path: str = "drivers/foo/foo.c"
) -> Outline:
    """The outline of one stretch; `first` above 1 makes it a fragment."""
    return image(text, first, heading, path).outline


def known(**content: object) -> Outline:
    """An outline of what is given; the names are those of `Content`."""
    return Outline(Content(**content))  # type: ignore[arg-type]


def page(text: str, first: int = 1, heading: str = "") -> Sheet:
    """The sheet of one stretch."""
    return sheet(stretch(text, first, heading))


def call(text: str, name: str, first: int = 1, heading: str = "") -> Call:
    """The only call of that name."""
    (found,) = outline(text, first, heading).calls_of((name,))
    return found


def body(text: str) -> str:
    """Statements as the body of a function, from line 3 on."""
    return (
        "int foo(struct kvm *kvm)\n{\n" + "".join(f"\t{one}\n" for one in text.split("\n")) + "}\n"
    )


def hunk(text: str, old: int, new: int, heading: str = "") -> Hunk:
    """A hunk from lines with their signs; `old` and `new` are the first line numbers."""
    lines: list[Line] = []
    old_number, new_number = old, new
    for written in text.removeprefix("\n").removesuffix("\n").split("\n"):
        sign = SIGNS[written[:1] or " "]
        in_old, in_new = sign is not Sign.ADDED, sign is not Sign.REMOVED
        lines.append(
            Line(sign, written[1:], old_number * in_old, new_number * in_new, len(lines) + 1)
        )
        old_number += in_old
        new_number += in_new
    return Hunk(old, new, heading, tuple(lines), 0)


def changed(*hunks: Hunk, blob: str = "", path: str = "drivers/foo/foo.c") -> FileChange:
    """A modified file."""
    return FileChange(FileKind.MODIFIED, path, path, hunks, old_blob=blob)
