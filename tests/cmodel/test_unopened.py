"""References taken for an open file that was then not made."""

import pytest

from reviewbot.cmodel.leaks import introduced
from reviewbot.cmodel.owed import Proof
from tests.builders import new_file
from tests.changes import changed
from tests.cmodel.flows import BALANCE

OPEN = """\
int foo(struct box *b)
{
	int fd;

	box_get(b);
	fd = anon_inode_getfd("x", &x_fops, b, 0);
	if (fd < 0)
		return fd;
	return fd;
}
"""
RELEASE = """\
static int x_release(struct inode *inode, struct file *file)
{
	struct box *b = file->private_data;

	box_put(b);
	return 0;
}
static const struct file_operations x_fops = {
	.release = x_release,
};
"""


def proofs(text: str) -> list[Proof]:
    """What shows the leaks of a new file."""
    (source,) = changed(new_file("drivers/foo/foo.c", text)).sources
    return [one.proof for f in source.functions for one in introduced(f, BALANCE)]


def test_the_file_was_not_made() -> None:
    assert proofs(RELEASE + OPEN) == [Proof.FILE]


@pytest.mark.parametrize(
    "text",
    [
        RELEASE + OPEN.replace("return fd;", "return -EIO;", 1).replace("fd < 0", "fd > 9"),
        RELEASE.replace("box_put(b)", "look(b)") + OPEN,
        RELEASE.replace(".release", ".flush") + OPEN,
        RELEASE
        + OPEN.replace("\t\treturn fd;", "\t\tgoto out;").replace(
            "\treturn fd;\n}", "\treturn fd;\nout:\n\tbox_put(b);\n\treturn fd;\n}"
        ),
        RELEASE.replace("x_fops", "y_fops") + OPEN,
    ],
)
def test_nothing_is_owed(text: str) -> None:
    assert Proof.FILE not in proofs(text)
