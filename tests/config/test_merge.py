from hypothesis import given
from hypothesis import strategies as st

from reviewbot.config.merge import merged

KEYS = st.sampled_from(["a", "b", "rules", "pair"])
PLAIN = st.one_of(
    st.integers(), st.sampled_from(["", "x", "y"]), st.lists(st.integers(), max_size=3)
)
TABLES = st.recursive(
    st.dictionaries(KEYS, PLAIN, max_size=3),
    lambda inner: st.dictionaries(KEYS, st.one_of(PLAIN, inner), max_size=3),
    max_leaves=8,
)


@given(TABLES)
def test_nothing_changes_nothing(table: dict) -> None:
    assert merged(table, {}) == table
    assert merged({}, table) == table


@given(TABLES)
def test_a_table_over_itself_is_itself(table: dict) -> None:
    assert merged(table, table) == table


@given(TABLES, TABLES, TABLES)
def test_the_order_of_folding_does_not_matter(one: dict, two: dict, three: dict) -> None:
    """Files can be merged two at a time, wherever one begins, as long as kinds do not change."""
    left = merged(merged(one, two), three)
    assert left.keys() == merged(one, merged(two, three)).keys()


@given(TABLES, TABLES)
def test_the_last_word_is_kept(below: dict, above: dict) -> None:
    result = merged(below, above)
    for key, value in above.items():
        if not isinstance(value, dict):
            assert result[key] == value


def test_tables_merge_key_by_key() -> None:
    below = {"policy": {"rfc": "off", "max_own_lines": 30}}
    assert merged(below, {"policy": {"rfc": "author"}}) == {
        "policy": {"rfc": "author", "max_own_lines": 30}
    }


def test_inputs_are_left_alone() -> None:
    below = {"policy": {"rfc": "off"}, "suppress": [{"reason": "a"}]}
    merged(below, {"policy": {"rfc": "author"}, "suppress": [{"reason": "b"}]})
    assert below == {"policy": {"rfc": "off"}, "suppress": [{"reason": "a"}]}


def test_a_list_of_values_replaces() -> None:
    assert merged({"packs": ["a"]}, {"packs": ["b"]}) == {"packs": ["b"]}
    assert merged({"packs": ["a"]}, {"packs": []}) == {"packs": []}


def test_a_list_of_tables_is_appended() -> None:
    below = {"suppress": [{"reason": "a"}]}
    assert merged(below, {"suppress": [{"reason": "b"}]})["suppress"] == [
        {"reason": "a"},
        {"reason": "b"},
    ]


PAIR = {
    "object": "struct foo",
    "get": [{"name": "foo_get"}, {"name": "foo_find", "fails": "null"}],
    "put": ["foo_put"],
}


def pairs(*more: dict) -> list[dict]:
    return merged({"pair": [PAIR]}, {"pair": list(more)})["pair"]


def test_a_pair_of_a_known_object_extends_it() -> None:
    (pair,) = pairs({"object": "struct foo", "get": [{"name": "foo_lookup", "fails": "null"}]})
    assert [getter["name"] for getter in pair["get"]] == ["foo_get", "foo_find", "foo_lookup"]
    assert pair["put"] == ["foo_put"]


def test_a_getter_can_be_described_anew() -> None:
    (pair,) = pairs({"object": "struct foo", "get": [{"name": "foo_get", "fails": "false"}]})
    assert {"name": "foo_get", "fails": "false"} in pair["get"]
    assert [getter["name"] for getter in pair["get"]].count("foo_get") == 1


def test_putters_and_consumers_are_united() -> None:
    more = {
        "object": "struct foo",
        "get": [],
        "put": ["foo_put", "foo_free"],
        "consume": ["foo_add"],
    }
    (pair,) = pairs(more)
    assert pair["put"] == ["foo_put", "foo_free"]
    assert pair["consume"] == ["foo_add"]


def test_places_members_and_loops_are_united_by_name() -> None:
    first = {
        "object": "struct foo",
        "get": [],
        "put": [],
        "takes": [{"name": "foo_put", "place": "arg2"}],
        "loop": [{"name": "for_each_foo", "carries": "arg1"}],
        "embeds": [{"member": "dev", "object": "struct device"}],
        "ignores": ["null"],
    }
    more = {
        "object": "struct foo",
        "get": [],
        "put": [],
        "takes": [{"name": "foo_put", "place": "last"}],
        "embeds": [{"member": "ref", "object": "struct kref"}],
        "ignores": ["null", "err-ptr"],
    }
    (pair,) = pairs(first, more)
    assert pair["takes"] == [{"name": "foo_put", "place": "last"}]
    assert pair["loop"] == first["loop"]
    assert [member["member"] for member in pair["embeds"]] == ["dev", "ref"]
    assert pair["ignores"] == ["null", "err-ptr"]


def test_a_list_of_words_replaces() -> None:
    below = {"calls": {"keep": ["add"], "release": ["put"]}}
    assert merged(below, {"calls": {"keep": ["hoard"]}}) == {
        "calls": {"keep": ["hoard"], "release": ["put"]}
    }


def test_a_pair_of_another_object_is_added() -> None:
    bar = {"object": "struct bar", "get": [{"name": "bar_get"}], "put": ["bar_put"]}
    assert pairs(bar) == [PAIR, bar]


def test_a_pair_that_is_nonsense_is_left_for_the_check() -> None:
    """Merging never fails; the check of each file names what is wrong."""
    assert pairs({"object": "struct foo", "get": 3})
    assert merged({"pair": [PAIR]}, {"pair": "nonsense"}) == {"pair": "nonsense"}


def test_a_patchwork_server_stands_for_the_one_of_its_name() -> None:
    below = {
        "patchwork": [{"name": "kernel", "url": "https://a"}, {"name": "own", "url": "https://b"}]
    }
    above = {"patchwork": [{"name": "kernel", "url": "https://c"}]}
    assert merged(below, above)["patchwork"] == [
        {"name": "kernel", "url": "https://c"},
        {"name": "own", "url": "https://b"},
    ]
