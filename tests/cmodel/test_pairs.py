"""The pair table: places in a call, and which call gives what back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cmodel.pairs import Failure, Getter, Learnt, Member, Pair, PairTable, Taker, at, bare
from reviewbot.cmodel.words import CallWords
from reviewbot.config import load

BASE = Pair("struct base", (Getter("base_get", carries="arg1", returns="arg1"),), ("base_put",))
BOX = Pair(
    "struct box",
    (Getter("box_find", Failure.NULL),),
    ("box_put", "box_drop"),
    takes=(Taker("box_drop", "arg2"),),
    embeds=(Member("base", "struct base"),),
)
# Nothing of its own: what it embeds has the putter, which is listed for the words of a comment.
CRATE = Pair(
    "struct crate",
    (Getter("crate_find", Failure.ERR_PTR),),
    ("base_put",),
    embeds=(Member("inner.base", "struct base"),),
)
WALK = Pair(
    "struct node",
    (Getter("node_next", Failure.NULL),),
    ("node_put",),
    ("node_next", "node_install"),
    (Getter("for_each_node", carries="arg2"),),
    (Taker("node_next", "arg3"), Taker("node_install", "last")),
)
TABLE = PairTable((BASE, BOX, CRATE, WALK), learnt=(Learnt("box_find", "a.c", "base_get"),))


@pytest.mark.parametrize(
    ("place", "target", "arguments", "text"),
    [
        ("result", "p", ["a"], "p"),
        ("arg1", "p", ["a", "b"], "a"),
        ("arg2", "", ["a", "&b->c"], "&b->c"),
        ("arg3", "", ["a", "b"], ""),
        ("last", "", ["a", "b"], "b"),
        ("arg2->np", "", ["a", "&args"], "args.np"),
        ("arg1->ops->owner", "", ["foo"], "foo->ops->owner"),
        ("arg1->np", "", ["f(x)"], ""),
        ("&arg1->dev", "", ["foo"], "&foo->dev"),
        ("&result->dev", "x->foo", [], "&x->foo->dev"),
        ("*arg1", "", ["& fw"], "fw"),
        ("*arg1", "", ["fw"], ""),
        ("nonsense", "p", ["a"], ""),
    ],
)
def test_a_place_names_an_lvalue(place: str, target: str, arguments: list[str], text: str) -> None:
    assert at(place, target, arguments) == text


def test_a_getter_tells_what_it_holds() -> None:
    assert Getter("f", carries="arg2->np").held("ret", ["a", "&args"]) == "args.np"


@pytest.mark.parametrize("place", ["arg0", "arg", "arg1.dev", "arg10x", "", "RESULT"])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="no place in a call"):
        Getter("f", carries=place)
    with pytest.raises(ValueError, match="no place in a call"):
        Taker("f", place)


@pytest.mark.parametrize(
    ("pair", "text", "name", "arguments", "does"),
    [
        (BASE, "b", "base_put", ["b"], True),
        (BASE, "b", "base_put", [" b "], True),
        (BASE, "b", "base_put", ["c"], False),
        (BASE, "b", "box_put", ["b"], False),
        (BOX, "x", "box_put", ["x"], True),
        (BOX, "x", "box_drop", ["a", "x"], True),
        (BOX, "x", "box_drop", ["x", "a"], False),
        (BOX, "x", "base_put", ["&x->base"], True),
        (BOX, "&f->x", "base_put", ["&f->x.base"], True),
        (BOX, "x", "base_put", ["&x->other"], False),
        (BASE, "&x->base", "box_put", ["x"], True),
        (BASE, "&x->base", "box_put", ["y"], False),
        (CRATE, "c", "base_put", ["&c->inner.base"], True),
        (WALK, "n", "node_put", ["n"], True),
        (WALK, "n", "no_such_call", ["n"], False),
    ],
)
def test_who_gives_back_what(
    pair: Pair, text: str, name: str, arguments: list[str], does: bool
) -> None:
    assert TABLE.releases(pair, text, name, arguments) is does
    assert not does or name in TABLE.releasers(pair)


def test_consumers_have_their_place() -> None:
    assert WALK.given("node_next", ["a", "b", "from"]) == "from"
    assert WALK.given("node_install", ["fd", "n"]) == "n"
    assert WALK.given("node_put", ["n"]) == "n"


def test_a_putter_belongs_to_the_member_that_has_it() -> None:
    assert TABLE.by_putter["base_put"] == (BASE,)
    assert TABLE.by_putter["box_put"] == (BOX,)


def test_names_lead_to_their_pairs() -> None:
    assert TABLE.by_getter["box_find"] == (BOX, BOX.get[0])
    assert TABLE.by_loop["for_each_node"] == (WALK, WALK.loop[0])
    assert TABLE.getters == ("base_get", "box_find", "crate_find", "node_next")
    assert "box_drop" in TABLE.putters


def test_the_table_of_one_object_keeps_the_rest() -> None:
    part = TABLE.of("struct box")
    assert part.pairs == (BOX,)
    assert part.learnt == TABLE.learnt
    assert TABLE.of("struct nothing").pairs == ()


def test_any_call_may_unlock_but_one_that_only_takes_a_reference() -> None:
    words = CallWords(plain=("list_add*",))
    table = PairTable((Pair("box", (Getter("box_get"),), ("box_put",)),), words).of_locks
    assert [table.words.may_release(n) for n in ("foo", "box_put", "box_get", "list_add_tail")] == [
        True,
        True,
        False,
        False,
    ]


def test_what_was_learnt_is_told() -> None:
    found = TABLE.learnt_of("box_find")
    assert found is not None
    assert (found.path, found.through) == ("a.c", "base_get")
    assert TABLE.learnt_of("base_get") is None


@given(st.text(" abc->.&", max_size=12))
def test_law_bare_is_idempotent(text: str) -> None:
    assert bare(bare(text)) == bare(text)


# The shipped table


def test_every_object_is_there_once_with_a_putter() -> None:
    pairs = load().settings.pair
    assert len({pair.object for pair in pairs}) == len(pairs)
    assert all(pair.put for pair in pairs)


def test_what_is_embedded_is_in_the_table() -> None:
    pairs = load().settings.pair
    objects = {pair.object for pair in pairs}
    assert {member.object for pair in pairs for member in pair.embeds} <= objects


def test_every_place_belongs_to_a_call_of_its_pair() -> None:
    for pair in load().settings.pair:
        assert {taker.name for taker in pair.takes} <= {*pair.put, *pair.consume}, pair.object


def test_iterating_getters_put_what_they_start_from() -> None:
    pairs = load().settings.pairs
    pair, _ = pairs.by_getter["pci_get_device"]
    assert pair.given("pci_get_device", ["a", "b", "from"]) == "from"
    pair, _ = pairs.by_getter["of_get_next_child"]
    assert pair.given("of_get_next_child", ["parent", "prev"]) == "prev"
