import shutil
from pathlib import Path

import pytest

from benchmarks.interop import applied, compared, diffs, pre_images, run
from reviewbot.sinks.mboxrd import mboxrd
from tests.builders import mail, patch_body
from tests.sources.posted import answer
from tests.sources.repositories import needs_git

B4 = shutil.which("b4")

pytestmark = needs_git

ONE = (
    "diff --git a/virt/foo.c b/virt/foo.c\n"
    "index 1111111..2222222 100644\n"
    "--- a/virt/foo.c\n"
    "+++ b/virt/foo.c\n"
    "@@ -10,6 +10,7 @@ int foo(void)\n"
    " {\n"
    " \tint a;\n"
    " \n"
    "+\tint b;\n"
    " \ta = 1;\n"
    " \treturn a;\n"
    " }\n"
)
TWO = (
    "diff --git a/virt/foo.c b/virt/foo.c\n"
    "index 2222222..3333333 100644\n"
    "--- a/virt/foo.c\n"
    "+++ b/virt/foo.c\n"
    "@@ -2,3 +2,2 @@\n"
    " #include <linux/foo.h>\n"
    "-#include <linux/bar.h>\n"
    " #include <linux/baz.h>\n"
    "@@ -11,6 +10,6 @@ int foo(void)\n"
    " \tint a;\n"
    " \n"
    " \tint b;\n"
    "-\ta = 1;\n"
    "+\ta = 2;\n"
    " \treturn a;\n"
    " }\n"
)


def series() -> list[bytes]:
    made = [mail("Two changes.\n", subject="[PATCH 0/2] foo: change", message_id="0@x.org")]
    for number, diff in enumerate((ONE, TWO), 1):
        body = patch_body(diff, "Say why.\n\nSigned-off-by: A. Author <author@example.org>")
        subject = f"[PATCH {number}/2] foo: part {number}"
        made.append(
            mail(body, subject=subject, message_id=f"{number}@x.org", in_reply_to="0@x.org")
        )
    reviewed = "Reviewed-by: R. Viewer <r@example.org>\n"
    return [*made, answer("1@x.org", "[PATCH 1/2] foo: part 1", "re@x.org", reviewed)]


@pytest.fixture
def thread(tmp_path: Path) -> Path:
    path = tmp_path / "thread.mbox"
    path.write_bytes(b"".join(map(mboxrd, series())))
    return path


def test_a_file_is_rebuilt_from_what_the_patches_show() -> None:
    (text,) = pre_images(iter([ONE])).values()
    lines = text.splitlines()
    assert (len(lines), lines[0], lines[9], lines[14]) == (15, "line 1", "{", "}")


def test_patches_apply_to_what_is_rebuilt(thread: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    ours = scratch / "ours.mbox"
    ours.write_bytes(b"".join(map(mboxrd, series()[1:3])))
    run(["git", "--version"], scratch)
    files = pre_images(diffs(ours, scratch))
    assert [log.splitlines()[1] for log in map(str.strip, applied(ours, files, scratch))] == [
        "foo: part 1",
        "foo: part 2",
    ]


def test_patches_that_contradict_each_other_are_not_rebuilt() -> None:
    with pytest.raises(ValueError, match="not what the patch before left"):
        pre_images(iter([ONE, ONE]))


@pytest.mark.skipif(B4 is None, reason="b4 is not installed (pip install b4)")
def test_what_we_fetch_applies_as_what_b4_fetches(thread: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert compared(thread, scratch, str(B4)) == "equal: 2 commits"
