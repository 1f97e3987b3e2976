"""Wrappers: what a function is for its callers, told from its body."""

import pytest
from msgspec.structs import replace

from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.pairs import Failure, Getter, Member, Pair, PairTable
from reviewbot.cmodel.words import CallWords
from reviewbot.cmodel.wrappers import Wrapper, wrapper
from tests.cmodel.sources import image

PAIRS = PairTable(
    (
        Pair("struct count", (Getter("count_get", carries="arg1"),), ("count_put",)),
        Pair("struct lot", (Getter("try_lot", Failure.FALSE, "arg1"),), ("lot_put",)),
        Pair("struct part", (Getter("part_find", Failure.NULL),), ("part_put",)),
        Pair("struct tool", (Getter("tool_open", Failure.ERR_PTR),), ("tool_close",)),
    ),
    CallWords(release=("put", "free"), keep=("add", "queue", "for", "each"), free=("kfree",)),
)


def read(text: str, pairs: PairTable = PAIRS) -> Wrapper | None:
    """What the only function of the text is."""
    seen = image(text)
    (function,) = seen.outline.functions
    graph = flow(seen, function)
    assert graph is not None
    return wrapper(graph, function, pairs)


def getter(head: str, *body: str) -> Getter | None:
    found = read(f"{head}\n{{\n" + "".join(f"\t{line}\n" for line in body) + "}\n")
    return found.getter if found else None


def putter(head: str, *body: str) -> str:
    found = read(f"{head}\n{{\n" + "".join(f"\t{line}\n" for line in body) + "}\n")
    return found.putter.place if found and found.putter else ""


FOO_GET = "struct foo *foo_get(struct foo *foo)"
FOO_TRY = "bool foo_tryget(struct foo *foo)"
FOO_PIN = "int foo_pin(struct bar *bar, struct foo *foo)"
PART_OF = "struct part *part_of(int id)"


def test_a_getter_of_what_a_parameter_embeds() -> None:
    found = read(
        "struct foo *foo_get(struct foo *foo)\n{\n\tcount_get(&foo->ref);\n\treturn foo;\n}\n"
    )
    assert found is not None
    assert found.getter == Getter("foo_get", Failure.NEVER, "arg1", "arg1")
    assert (found.object, found.through) == ("ref of struct foo", "count_get")
    assert found.base.object == "struct count"
    assert found.embeds is not None
    assert (found.embeds.member, found.embeds.object) == ("ref", "struct count")


def test_what_the_table_says_of_the_whole_is_kept() -> None:
    box = Pair("struct box", (), ("box_put",), embeds=(Member("ref", "struct count"),))
    text = "void box_get(struct box *box)\n{\n\tcount_get(&box->ref);\n}\n"
    found = read(text, replace(PAIRS, pairs=(*PAIRS.pairs, box)))
    assert found is not None and found.object == "struct box"
    other = read(text.replace("->ref", "->users"), replace(PAIRS, pairs=(*PAIRS.pairs, box)))
    assert other is not None and other.object == "users of struct box"


@pytest.mark.parametrize(
    ("head", "body", "made"),
    [
        (
            "void foo_get(struct foo *foo)",
            ["count_get(&foo->ref);"],
            Getter("foo_get", carries="arg1"),
        ),
        (
            FOO_GET,
            ["if (foo)", "\tcount_get(&foo->ref);", "return foo;"],
            Getter("foo_get", carries="arg1", returns="arg1"),
        ),
        (
            FOO_GET,
            ["if (!try_lot(&foo->lot))", "\treturn NULL;", "return foo;"],
            Getter("foo_get", Failure.NULL, "arg1", "arg1"),
        ),
        (FOO_TRY, ["return try_lot(&foo->lot);"], Getter("foo_tryget", Failure.FALSE, "arg1")),
        (
            FOO_TRY,
            ["if (!try_lot(&foo->lot))", "\treturn false;", "return true;"],
            Getter("foo_tryget", Failure.FALSE, "arg1"),
        ),
        (
            FOO_PIN,
            ["if (!try_lot(foo->lot))", "\treturn -ENODEV;", "return 0;"],
            Getter("foo_pin", Failure.NEGATIVE, "arg2->lot"),
        ),
        (
            "void lot_grab(struct lot *lot)",
            ["while (!try_lot(lot))", "\tcpu_relax();"],
            Getter("lot_grab", carries="arg1"),
        ),
    ],
)
def test_getters_on_a_parameter(head: str, body: list[str], made: Getter) -> None:
    assert getter(head, *body) == made


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        (["return part_find(id);"], Failure.NULL),
        (["struct part *part = part_find(id);", "return part;"], Failure.NULL),
        (
            [
                "struct part *part = part_find(id);",
                "if (!part)",
                "\treturn ERR_PTR(-ENODEV);",
                "return part;",
            ],
            Failure.ERR_PTR,
        ),
        (
            [
                "struct part *part;",
                "if (id < 0)",
                "\treturn ERR_PTR(-EINVAL);",
                "part = part_find(id);",
                "if (part && part->gone) {",
                "\tpart_put(part);",
                "\treturn NULL;",
                "}",
                "return part;",
            ],
            None,
        ),
        (
            [
                "struct part *part;",
                "if (id < 0)",
                "\treturn ERR_PTR(-EINVAL);",
                "part = part_find(id);",
                "return part;",
            ],
            Failure.NULL_OR_ERR_PTR,
        ),
    ],
)
def test_getters_by_their_result(body: list[str], fails: Failure | None) -> None:
    made = getter(PART_OF, *body)
    assert made == (None if fails is None else Getter("part_of", fails))


def test_a_lookup_that_walks_a_list() -> None:
    made = getter(
        "struct foo *foo_lookup(int id)",
        "struct foo *it, *found = NULL;",
        "mutex_lock(&foo_lock);",
        "list_for_each_entry(it, &foo_list, node) {",
        "\tif (it->id == id && try_lot(&it->lot)) {",
        "\t\tfound = it;",
        "\t\tbreak;",
        "\t}",
        "}",
        "mutex_unlock(&foo_lock);",
        "return found;",
    )
    assert made == Getter("foo_lookup", Failure.NULL)


def test_another_object_that_is_given_back_is_no_matter() -> None:
    made = getter(
        "struct tool *tool_of(int id)",
        "struct part *part = part_find(id);",
        "struct tool *tool;",
        "if (!part)",
        "\treturn ERR_PTR(-ENODEV);",
        "tool = tool_open(part->number);",
        "part_put(part);",
        "return tool;",
    )
    assert made == Getter("tool_of", Failure.ERR_PTR)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        # The reference is for the list, or the work, not for the caller.
        (FOO_GET, ["count_get(&foo->ref);", "list_add(&foo->node, &foos);", "return foo;"]),
        (
            "void foo_get_queue(struct foo *foo)",
            ["count_get(&foo->ref);", "queue_work(wq, &foo->work);"],
        ),
        # Nobody has to put what a function of that name did.
        ("void foo_start(struct foo *foo)", ["count_get(&foo->ref);"]),
        # Not on every path, and the caller cannot tell.
        ("void foo_get(struct foo *foo)", ["if (foo->busy)", "\tcount_get(&foo->ref);"]),
        (FOO_PIN, ["if (!try_lot(&foo->lot))", "\treturn 0;", "return 0;"]),
        (FOO_PIN, ["if (!try_lot(&foo->lot))", "\treturn -EBUSY;", "return bar_set(bar);"]),
        # An error that keeps the reference.
        (FOO_PIN, ["count_get(&foo->ref);", "if (bar->bad)", "\treturn -EIO;", "return 0;"]),
        # What is returned is another object.
        ("struct bar *foo_get(struct foo *foo)", ["count_get(&foo->ref);", "return foo->bar;"]),
        # Two objects at once.
        ("void foo_get(struct foo *foo)", ["count_get(&foo->ref);", "count_get(&foo->bar->ref);"]),
        # Stored where others find it.
        (PART_OF, ["struct part *part = part_find(id);", "the_part = part;", "return part;"]),
        # Balanced.
        ("void foo_get(struct foo *foo)", ["count_get(&foo->ref);", "count_put(&foo->ref);"]),
    ],
)
def test_what_is_no_getter(head: str, body: list[str]) -> None:
    assert getter(head, *body) is None


@pytest.mark.parametrize(
    ("head", "body", "place"),
    [
        ("void foo_put(struct foo *foo)", ["count_put(&foo->ref);"], "arg1"),
        ("void foo_put(struct foo *foo)", ["if (foo)", "\tcount_put(&foo->ref);"], "arg1"),
        ("void foo_put(struct bar *bar, struct foo *foo)", ["count_put(&foo->ref);"], "arg2"),
        ("void foo_unpin(struct foo *foo)", ["lot_put(foo->lot);"], "arg1->lot"),
        (
            "int foo_put(struct foo *foo)",
            ["if (count_put(&foo->ref))", "\tkfree(foo);", "return 0;"],
            "arg1",
        ),
        ("void part_release(struct part *part)", ["part_put(part);"], "arg1"),
        # Not on every path; not of the caller; not by name.
        ("void foo_put(struct foo *foo)", ["if (foo->last)", "\tcount_put(&foo->ref);"], ""),
        ("void foo_put(int id)", ["count_put(&foos[id].ref);"], ""),
        ("void foo_unregister(struct foo *foo)", ["count_put(&foo->ref);"], ""),
        ("void foo_put(struct foo *foo)", ["count_put(&foo->ref);", "count_put(&foo->ref);"], ""),
    ],
)
def test_putters(head: str, body: list[str], place: str) -> None:
    assert putter(head, *body) == place


def test_a_function_in_an_if_is_none() -> None:
    text = (
        "#ifdef CONFIG_FOO\nvoid foo_get(struct foo *foo)\n{\n\tcount_get(&foo->ref);\n}\n#endif\n"
    )
    assert read(text) is None
