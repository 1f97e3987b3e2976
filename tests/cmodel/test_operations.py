"""Operations that come without an owner, or lose it."""

import pytest

from reviewbot.cmodel.operations import Ownerless, is_swept, owned_later, ownerless
from reviewbot.model.diff import Side
from tests.builders import new_file
from tests.changes import changed, edit, source

FOPS = "static const struct file_operations foo_fops = {\n\t.read = foo_read,\n\t.release = foo_release,\n};\n"
FD = 'int foo_fd(struct foo *f)\n{\n\treturn anon_inode_getfd("foo", &foo_fops, f, 0);\n}\n'


def found(text: str) -> list[Ownerless]:
    return list(ownerless(source(new_file("drivers/foo/foo.c", text))))


def test_new_operations() -> None:
    (one,) = found("int x;\n" + FOPS + FD)
    assert (one.fops.name, one.line, one.side, one.user) == (
        "foo_fops",
        2,
        Side.NEW,
        "anon_inode_getfd",
    )
    assert one.closed


def test_operations_that_nobody_publishes() -> None:
    assert found(FOPS) == []


def test_an_owner() -> None:
    assert found(FOPS.replace("\t.read", "\t.owner = THIS_MODULE,\n\t.read") + FD) == []


@pytest.mark.parametrize("line", ["FOO_COMMON_FOPS,", "FOO_FOPS(foo),", "FOO_FOPS(foo)"])
def test_a_macro_may_set_the_owner(line: str) -> None:
    assert found(FOPS.replace("\t.read", f"\t{line}\n\t.read") + FD) == []


def test_kvm_compat_sets_none() -> None:
    assert len(found(FOPS.replace("};", "\tKVM_COMPAT(foo_compat),\n};") + FD)) == 1


def test_other_structures() -> None:
    assert found(FOPS.replace("file_operations", "foo_operations") + FD) == []


def test_operations_that_were_there_before() -> None:
    before, after = (
        "static struct file_operations foo_fops = {",
        "static const struct file_operations foo_fops = {",
    )
    diff = (
        "diff --git a/drivers/foo/foo.c b/drivers/foo/foo.c\nindex 1111111..2222222 100644\n"
        "--- a/drivers/foo/foo.c\n+++ b/drivers/foo/foo.c\n@@ -1,7 +1,7 @@\n"
        f"-{before}\n+{after}\n \t.read = foo_read,\n }};\n"
        ' int foo_fd(struct foo *f)\n {\n \treturn anon_inode_getfd("foo", &foo_fops, f, 0);\n }\n'
    )
    assert list(ownerless(source(diff))) == []


def test_moved_operations() -> None:
    change = changed(edit("drivers/foo/old.c", FOPS, ""), new_file("drivers/foo/foo.c", FOPS + FD))
    assert [one for s in change.sources for one in ownerless(s)] == []


@pytest.mark.parametrize("static", ["static const ", "static "])
def test_new_operations_are_closed_as_nothing_else_names_them(static: str) -> None:
    text = FOPS.replace("static const ", static) + FD
    (one,) = ownerless(source(edit("drivers/foo/foo.c", "", text)))
    assert one.closed


def test_a_hunk_does_not_show_whether_a_cdev_has_an_owner() -> None:
    init = "int foo_add(struct foo *f)\n{\n\tcdev_init(&f->cdev, &foo_fops);\n\treturn 0;\n}\n"
    (one,) = ownerless(source(edit("drivers/foo/foo.c", "", FOPS + init)))
    assert not one.closed


def test_a_cdev_may_have_an_owner_out_of_sight() -> None:
    text = FOPS + "void foo_add(struct foo *f)\n{\n\tcdev_init(&f->cdev, &foo_fops);\n}\n"
    (one,) = ownerless(source(edit("drivers/foo/foo.c", "", text)))
    assert not one.closed


def test_a_removed_owner() -> None:
    old = FOPS.replace("\t.read", "\t.owner = THIS_MODULE,\n\t.read") + FD
    diff = (
        "diff --git a/drivers/foo/foo.c b/drivers/foo/foo.c\nindex 1111111..2222222 100644\n"
        "--- a/drivers/foo/foo.c\n+++ b/drivers/foo/foo.c\n@@ -1,4 +1,3 @@\n"
        " static const struct file_operations foo_fops = {\n-\t.owner = THIS_MODULE,\n"
        " \t.read = foo_read,\n \t.release = foo_release,\n"
    )
    (one,) = ownerless(next(changed(diff, tree={"drivers/foo/foo.c": old}).sources))
    assert (one.line, one.side) == (2, Side.OLD)
    (seen,) = ownerless(source(diff))
    assert (seen.line, seen.side, seen.user, seen.closed) == (2, Side.OLD, "", True)


def lost(diff: str, *more: str) -> list[str]:
    return [one.fops.name for s in changed(diff, *more).sources for one in ownerless(s)]


def hunk(before: str, after: str, name: str = "foo_fops", path: str = "drivers/foo/foo.c") -> str:
    head = f"static const struct file_operations {name} = {{\n"
    return edit(path, head + before, head + after)


def test_an_owner_that_goes_from_what_a_hunk_shows() -> None:
    assert lost(hunk("\t.owner = THIS_MODULE,\n", "")) == ["foo_fops"]


@pytest.mark.parametrize("after", ["\t.owner  = THIS_MODULE,\n", "\t.owner = foo_owner,\n"])
def test_another_owner_comes_instead(after: str) -> None:
    assert lost(hunk("\t.owner = THIS_MODULE,\n", after)) == []


@pytest.mark.parametrize(
    ("name", "path"),
    [("foo_debug_fops", "drivers/foo/foo.c"), ("foo_fops", "drivers/foo/debugfs.c")],
)
def test_names_that_suggest_other_files(name: str, path: str) -> None:
    assert lost(hunk("\t.owner = THIS_MODULE,\n", "", name, path)) == []


def test_an_owner_that_was_none() -> None:
    assert lost(hunk("\t.owner = NULL,\n", "")) == []


def test_a_series_that_takes_owners_away_on_purpose() -> None:
    paths = [f"drivers/foo/{name}.c" for name in ("a", "b", "c")]
    diffs = [hunk("\t.owner = THIS_MODULE,\n", "", path=path) for path in paths]
    assert not is_swept(changed(*diffs[:2]))
    assert is_swept(changed(*diffs))
    core = edit("drivers/foo/core.c", "", "\tfops->owner = driver->owner;\n")
    assert is_swept(changed(diffs[0], core))


def test_owners_that_are_set_later() -> None:
    later = "void foo_setup(struct module *m)\n{\n\tfoo_fops.owner = m;\n\tif (bar_fops.owner == m)\n\t\treturn;\n}\n"
    change = changed(
        new_file("drivers/foo/foo.c", FOPS + FD), new_file("drivers/foo/more.c", later)
    )
    assert owned_later(change) == {"foo_fops"}
