"""Small makers of changed C for tests of what looks at it."""

from reviewbot.cmodel.change import SeriesChange, SourceChange, series_change
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Function, Outline
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from tests.builders import mail, new_file, patch_body


def changed(*diffs: str, tree: dict[str, str] | None = None) -> SeriesChange:
    """A series of one patch for each diff."""
    mails = (
        mail(
            patch_body(diff),
            subject=f"[PATCH {position}/{len(diffs)}] foo: change bar",
            message_id=f"{position}@example.org",
            in_reply_to="1@example.org" if position > 1 else "",
        )
        for position, diff in enumerate(diffs, 1)
    )
    (one,) = series(message(RawMessage(data)) for data in mails)
    return series_change(one, DictTree(tree) if tree else NoTree())


def source(diff: str) -> SourceChange:
    """The first file of a diff."""
    return next(changed(diff).sources)


def edit(path: str, before: str, after: str, shared: str = "", start: int = 10) -> str:
    """A diff of one hunk that puts `after` in the place of `before`, with lines around both."""
    context = [f" {line}" for line in shared.splitlines()]
    removed = [f"-{line}" for line in before.splitlines()]
    added = [f"+{line}" for line in after.splitlines()]
    old, new = len(context) * 2 + len(removed), len(context) * 2 + len(added)
    lines = [*context, *removed, *added, *context]
    return (
        f"diff --git a/{path} b/{path}\nindex 111111111111..222222222222 100644\n--- a/{path}\n"
        f"+++ b/{path}\n@@ -{start},{old} +{start},{new} @@\n"
        + "".join(f"{line}\n" for line in lines)
    )


def image(text: str, path: str = "drivers/foo/foo.c") -> Image:
    """The new side of a whole new file."""
    return source(new_file(path, text)).new


def seen(text: str, function: str) -> tuple[Function, Outline]:
    """A function of a whole new file, with the outline it stands in."""
    outline = image(text).outline
    found = outline.function(function)
    assert found is not None
    return found, outline
