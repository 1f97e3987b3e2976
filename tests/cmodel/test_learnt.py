"""Learnt: the table of a series with the wrappers it shows."""

from reviewbot.cmodel.change import series_change
from reviewbot.cmodel.learnt import learnt
from reviewbot.cmodel.pairs import Failure, Getter, Pair, PairTable
from reviewbot.cmodel.words import CallWords
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from tests.builders import mail, new_file, patch_body

PAIRS = PairTable(
    (
        Pair("struct count", (Getter("count_get", carries="arg1"),), ("count_put",)),
        Pair("struct lot", (Getter("try_lot", Failure.FALSE, "arg1"),), ("lot_put",)),
    ),
    CallWords(release=("put",), keep=("add",)),
)
GET = "struct foo *foo_get(struct foo *foo)\n{\n\tcount_get(&foo->ref);\n\treturn foo;\n}\n"
PUT = "void foo_put(struct foo *foo)\n{\n\tcount_put(&foo->ref);\n}\n"
PIN = "int foo_pin(struct foo *foo)\n{\n\tif (!try_lot(foo->lot))\n\t\treturn -ENODEV;\n\treturn 0;\n}\n"
UNPIN = "void foo_unpin(struct foo *foo)\n{\n\tlot_put(foo->lot);\n}\n"
USER = "int use(struct foo *foo)\n{\n\tfoo_get(foo);\n\tfoo_put(foo);\n\tfoo_pin(foo);\n\tfoo_unpin(foo);\n}\n"
PATH = "drivers/foo/foo.c"


def table(*diffs: str, tree: dict[str, str] | None = None) -> PairTable:
    """What is learnt from a series with a patch for each diff."""
    total = len(diffs)
    mails = [
        mail(
            patch_body(diff),
            subject=f"[PATCH {number}/{total}] foo: change bar",
            message_id=f"{number}@example.org",
            in_reply_to="1@example.org" if number > 1 else "",
        )
        for number, diff in enumerate(diffs, 1)
    ]
    (one,) = series(message(RawMessage(data)) for data in mails)
    return learnt(series_change(one, DictTree(tree) if tree else NoTree()), PAIRS)


def names(found: PairTable) -> set[str]:
    return {one.name for one in found.learnt}


def changed(text: str, before: str, after: str, path: str = PATH) -> str:
    """A diff that replaces one line of a text."""
    lines = text.splitlines()
    place = lines.index(before)
    above, below = lines[max(place - 3, 0) : place], lines[place + 1 : place + 4]
    first = place - len(above) + 1
    size = len(above) + len(below) + 1
    shown = [*(f" {x}" for x in above), f"-{before}", f"+{after}", *(f" {x}" for x in below)]
    return (
        f"diff --git a/{path} b/{path}\nindex 123456789012..210987654321 100644\n--- a/{path}\n"
        f"+++ b/{path}\n@@ -{first},{size} +{first},{size} @@\n" + "\n".join(shown) + "\n"
    )


def test_nothing_is_learnt_where_nothing_is_named() -> None:
    assert table(new_file(PATH, "int foo(void)\n{\n\treturn bar();\n}\n")) is PAIRS


def test_wrappers_of_a_new_file_are_learnt() -> None:
    found = table(new_file(PATH, GET + PUT + USER))
    assert names(found) == {"foo_get", "foo_put"}
    pair, getter = found.by_getter["foo_get"]
    assert (pair.object, getter.carries, getter.returns) == ("ref of struct foo", "arg1", "arg1")
    assert pair.put[0] == "foo_put"
    record = found.learnt_of("foo_get")
    assert record is not None
    assert (record.path, record.through) == (PATH, "count_get")


def test_both_ways_to_put_it_are_known() -> None:
    found = table(new_file(PATH, GET + PUT + USER))
    pair, _ = found.by_getter["foo_get"]
    assert found.releases(pair, "foo", "foo_put", ["foo"])
    assert found.releases(pair, "foo", "count_put", ["&foo->ref"])
    assert found.by_putter["count_put"] == PAIRS.by_putter["count_put"]


def test_without_a_caller_nothing_is_learnt() -> None:
    assert table(new_file(PATH, GET + PUT)) is PAIRS


def test_what_is_behind_a_pointer_needs_both() -> None:
    assert "foo_pin" not in names(table(new_file(PATH, PIN + USER)))
    assert names(table(new_file(PATH, PIN + UNPIN + USER))) == {"foo_pin", "foo_unpin"}


def test_a_wrapper_of_a_wrapper_is_learnt() -> None:
    outer = "struct foo *bar_get(struct bar *bar)\n{\n\treturn foo_get(bar->foo);\n}\n"
    find = "struct foo *foo_find(int id)\n{\n\tstruct foo *foo = xa_load(&foos, id);\n\tif (foo)\n\t\tfoo_get(foo);\n\treturn foo;\n}\n"
    user = "int use(int id)\n{\n\tstruct foo *foo = foo_find(id);\n\tbar_get(foo_get(foo));\n}\n"
    found = table(new_file(PATH, GET + outer + find + user))
    assert "foo_find" in names(found)
    assert found.by_getter["foo_find"][1] == Getter("foo_find", Failure.NULL)
    record = found.learnt_of("foo_find")
    assert record is not None and record.through == "foo_get"


def test_the_file_in_the_tree_is_read() -> None:
    user = "int use(struct foo *foo)\n{\n\tfoo_get(foo);\n\n\tbar();\n\n\tfoo_put(foo);\n}\n"
    text = GET + PUT + user
    diff = changed(text, "\tbar();", "\tbaz();")
    assert names(table(diff, tree={PATH: text})) == {"foo_get", "foo_put"}
    assert names(table(diff)) == set()


def test_a_wrapper_that_the_series_changes_is_not_learnt() -> None:
    text = GET + PUT + USER
    diff = changed(text, "\tcount_get(&foo->ref);", "\tfoo->users++;")
    assert "foo_get" not in names(table(diff, tree={PATH: text}))


def test_two_bodies_that_differ_are_not_learnt() -> None:
    other = "struct foo *foo_get(struct foo *foo)\n{\n\treturn foo;\n}\n"
    found = table(new_file(PATH, GET + USER), new_file("drivers/foo/other.c", other + USER))
    assert "foo_get" not in names(found)


def test_a_static_function_is_for_its_own_file() -> None:
    diffs = new_file(PATH, f"static {GET}{USER}"), new_file("drivers/foo/other.c", USER)
    assert "foo_get" not in names(table(*diffs))
    assert "foo_get" in names(table(diffs[0]))
    header = new_file("drivers/foo/foo.h", f"static inline {GET}"), diffs[1]
    assert "foo_get" in names(table(*header))


def test_the_table_is_never_contradicted() -> None:
    text = "void count_get(struct count *count)\n{\n\tlot_put(&count->lot);\n}\n"
    user = "int use(struct count *count)\n{\n\tcount_get(count);\n}\n"
    assert table(new_file(PATH, text + user)) is PAIRS
