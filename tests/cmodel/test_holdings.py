"""Module references of a file as a whole."""

from reviewbot.cmodel.holdings import Unmatched, key, unmatched
from tests.builders import new_file
from tests.changes import changed, edit, image

USE = "void foo_use(struct foo *f)\n{\n\t__module_get(f->owner);\n\tfoo_start(f);\n}\n"
PUT = "void foo_put(struct foo *g)\n{\n\tmodule_put(g->owner);\n}\n"
GET = "\t__module_get(f->owner);\n"


def lost(after: str, *more: str) -> list[Unmatched]:
    """What a change that removes the get from USE leaves, in a file that goes on with `after`."""
    diff = (
        edit("drivers/foo/foo.c", GET, "", start=3)
        .replace("@@ -3,1 +3,0 @@\n", "@@ -2,3 +2,2 @@\n {\n")
        .rstrip("\n")
        + "\n \tfoo_start(f);\n"
    )
    change = changed(diff, *more, tree={"drivers/foo/foo.c": USE + after})
    return [one for source in change.sources for one in unmatched(source, change)]


def test_a_get_goes_and_its_put_stays() -> None:
    (one,) = lost(PUT)
    assert one.taken is not None
    assert (one.taken.line, one.put.function, one.others) == (3, "foo_put", False)


def test_another_still_takes_it() -> None:
    (one,) = lost("void foo_hold(struct foo *f)\n{\n\t__module_get(f->owner);\n}\n" + PUT)
    assert one.others


def test_the_put_of_the_partner_is_named() -> None:
    other = PUT.replace("foo_put", "bar_done")
    (one,) = lost(other + PUT.replace("foo_put", "foo_use_end"))
    assert one.put.function == "foo_use_end"


def test_nothing_is_put() -> None:
    assert lost("") == []


def test_another_owner() -> None:
    assert lost(PUT.replace("struct foo", "struct bar")) == []
    assert lost(PUT.replace("g->owner", "g->ops->owner")) == []


def test_a_get_that_comes_instead() -> None:
    moved = new_file("drivers/foo/bar.c", USE)
    taken = edit(
        "drivers/foo/bar.c", "int x;\n", "int y(void)\n{\n\treturn try_module_get(m);\n}\n"
    )
    assert lost(PUT, moved) == []
    assert lost(PUT, taken) == []


def test_a_new_file() -> None:
    text = "void foo_done(void)\n{\n\tmodule_put(THIS_MODULE);\n}\n"
    change = changed(new_file("drivers/foo/foo.c", text))
    (one,) = unmatched(next(change.sources), change)
    assert (one.taken, one.put.line) == (None, 3)
    both = changed(new_file("drivers/foo/foo.c", text + USE))
    assert list(unmatched(next(both.sources), both)) == []


def test_owners_by_type() -> None:
    outline = image(USE + PUT).outline
    calls = list(outline.calls_of(("__module_get", "module_put")))
    assert [key(call, outline) for call in calls] == ["struct foo *->owner"] * 2


def test_a_call_that_takes_it_instead() -> None:
    for name, silent in (("foo_module_get", True), ("foo_count", False)):
        diff = (
            "diff --git a/drivers/foo/foo.c b/drivers/foo/foo.c\nindex 1111111..2222222 100644\n"
            "--- a/drivers/foo/foo.c\n+++ b/drivers/foo/foo.c\n@@ -2,3 +2,3 @@\n {\n"
            f"-{GET}+\t{name}(f);\n \tfoo_start(f);\n"
        )
        change = changed(diff, tree={"drivers/foo/foo.c": USE + PUT})
        one = next(change.sources)
        assert (not list(unmatched(one, change))) is silent
