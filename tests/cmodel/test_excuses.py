"""What an author says that explains why a get or a put goes."""

import pytest
from msgspec.structs import replace

from reviewbot.cmodel.excuses import is_excused
from tests.changes import changed, edit


def excused(message: str) -> bool:
    (change,) = changed(edit("foo.c", "a();", "b();")).patches
    return is_excused(replace(change.patch, commit_message=message))


@pytest.mark.parametrize(
    "message",
    [
        "Drop the redundant reference.",
        "foo is put twice here.",
        "This fixes a use-after-free.",
        "The refcount is unbalanced.",
        "The caller holds it already.",
        "This get is not\nneeded.",
        "The device leaks.",
    ],
)
def test_superfluous(message: str) -> None:
    assert excused(message)


@pytest.mark.parametrize("message", ["Tidy up foo().", "No functional change intended.", ""])
def test_no_reason_given(message: str) -> None:
    assert not excused(message)
