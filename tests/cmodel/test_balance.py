"""The references of a function before and after a change, side by side."""

from reviewbot.cmodel.balance import Balance, Both
from tests.cmodel.flows import BALANCE, PAIRS, added, edited, texts

BODY = "box_get(b);\na();\nbox_put(b);\nreturn 0;"


def both(before: str, after: str) -> list[Both]:
    """The objects of a function with another body."""
    return [found for change in edited(before, after) for found in BALANCE.both(change)]


def test_old_and_new_of_one_object() -> None:
    (found,) = both(BODY, BODY.replace("a();", "c();"))
    assert found.old is not None
    assert found.new.ledger.names == found.old.ledger.names == {"b"}
    assert texts(found.new, found.fresh) == {"c()"}


def test_what_the_old_function_has_in_other_places_is_not_fresh() -> None:
    (found,) = both(BODY, BODY.replace("return 0;", "a();\nreturn 0;"))
    assert found.fresh == frozenset()


def test_object_that_is_new() -> None:
    found = both(
        "box_get(b);\nbox_put(b);\nreturn 0;", "box_get(f->box);\nbox_put(f->box);\nreturn 0;"
    )
    assert [one.old for one in found] == [None]


def test_new_function_has_no_old() -> None:
    (found,) = (found for change in added(BODY) for found in BALANCE.both(change))
    assert found.old is None


def test_nothing_where_no_pair_is_named() -> None:
    assert both("a();\nreturn 0;", "c();\nreturn 0;") == []


def test_nothing_where_the_old_function_cannot_be_read() -> None:
    assert both(f"if (n) {{\n#if FOO\n}}\n#endif\n{BODY}", BODY) == []


def test_walked_once_for_all_who_ask_with_the_same_table() -> None:
    (change,) = added(BODY)
    assert change.flow is not None
    first = BALANCE.walks(change.flow, change.new)
    assert Balance(PAIRS).walks(change.flow, change.new) is first
    assert Balance(PAIRS.of("box")).walks(change.flow, change.new) is not first
