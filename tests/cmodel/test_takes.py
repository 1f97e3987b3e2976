"""Where a function takes references: how each kind of getter succeeds and fails."""

import pytest

from reviewbot.cmodel.takes import Take, absent, bare, is_null, is_one_call, present, root_of
from tests.cmodel.flows import taken


def one(body: str) -> Take:
    """The only take."""
    (found,) = taken(body)
    return found


@pytest.mark.parametrize(
    ("body", "text", "target", "outcomes"),
    [
        ("box_get(b);", "b", "", [True]),
        ("box_get(&f->box);", "&f->box", "", [True]),
        ("x = find(n);", "x", "", [True, False]),
        ("struct box *x = find(n);", "x", "", [True, False]),
        ("f->x = (struct box *)find(n);", "f->x", "", [True, False]),
        ("x = context_of(n);", "x", "", [True, False]),
        ("n = try_box(b);", "b", "", [True, False]),
        ("n = notify_of(b, f);", "b", "", [True, False]),
        ("x = symbol_of(bar);", "bar", "x", [True, False]),
        ("x = node_get(b);", "b", "x", [True, False]),
        ("part_get(n, b);", "b", "", [True]),
    ],
)
def test_statement(body: str, text: str, target: str, outcomes: list[bool]) -> None:
    found = one(f"{body}\nreturn 0;")
    assert (found.text, found.target) == (text, target)
    assert [outcome.taken for outcome in found.outcomes] == outcomes


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("try_box(b)", (True, False)),
        ("!try_box(b)", (False, True)),
        ("notify_of(b, n)", (False, True)),
        ("notify_of(b, n) < 0", (False, True)),
        ("!notify_of(b, n)", (True, False)),
    ],
)
def test_condition(condition: str, held: tuple[bool, bool]) -> None:
    found = one(f"if ({condition})\n\ta();\nreturn 0;")
    by_step = {outcome.next: outcome.taken for outcome in found.outcomes}
    assert len(by_step) == 2
    assert tuple(sorted(by_step.values())) == (False, True)
    first = found.outcomes[0]
    assert first.taken
    assert ("b", True) in first.known
    assert held[0] is not held[1]


@pytest.mark.parametrize(
    "body",
    [
        "a(find(n));",
        "find(n);",
        "x = a(n) + find(n);",
        "x = find(n)->box;",
        "box_get(a(b));",
        "box_get(f->box[n]);",
        "if (box_get(b))\n\ta();",
        "if (try_box(b) && find(n))\n\ta();",
        "struct box *x __free(lose) = find(n);",
        "try_box(b);",
        "x = find(n), y = try_box(b);",
    ],
)
def test_what_is_no_plain_getter_is_not_taken(body: str) -> None:
    assert [take for take in taken(f"{body}\nreturn 0;") if take.getter.name != "try_box"] == []


def test_loop_holds_in_its_body_and_not_behind() -> None:
    found = one("for_each_file(f, b) {\n\ta(b);\n}\nreturn 0;")
    assert found.is_loop
    assert found.text == "b"
    assert [outcome.taken for outcome in found.outcomes] == [True, False]


def test_loop_over_no_plain_lvalue_is_not_taken() -> None:
    assert taken("for_each_file(f, a(b)) {\n\tc();\n}\nreturn 0;") == []


def test_failure_of_an_error_pointer_is_known() -> None:
    bad = one("x = context_of(n);\nreturn 0;").outcomes[1]
    assert dict(bad.known) == {"x": True, "IS_ERR(x)": True}


def test_failure_of_a_negative_result_is_known() -> None:
    good, bad = one("n = notify_of(b, f);\nreturn 0;").outcomes
    assert {("n", False), ("n<0", False), ("b", True)} <= set(good.known)
    assert dict(bad.known) == {"n": True, "n<0": True}


def test_result_that_is_the_argument_names_both() -> None:
    assert one("x = node_get(b);\nreturn 0;").names == {"x", "b"}


def test_names_of_an_lvalue() -> None:
    assert bare("& f->box") == "f->box"
    assert root_of("&f->box.dev") == "f"
    assert root_of("&") == ""


def test_one_call() -> None:
    assert is_one_call("a, (b), c(d)")
    assert not is_one_call("a) + (b")
    assert not is_one_call("a(")


def test_known_of_a_pointer() -> None:
    assert not is_null("x", dict(present("x")))
    assert is_null("x", dict(absent("x")))
    assert is_null("x", {"IS_ERR(x)": True})
    assert not is_null("x", {})
    assert dict(absent("d"))["fd_empty(d)"] is True
