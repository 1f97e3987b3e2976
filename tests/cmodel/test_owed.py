"""On which paths a function surely leaves with a reference that it should have given back."""

import pytest

from reviewbot.cmodel.owed import Owed, Proof
from tests.cmodel.flows import line, walk_of, walks

FIND = "struct box *x = find(n);\nif (!x)\n\treturn -ENODEV;\n"


def proofs(body: str) -> dict[int, Proof]:
    """The leaks by the line of their exit."""
    walk = walk_of(body)
    owed = Owed(walk)
    leaks = [end for end in walk.ends if owed.is_leak(end)]
    found = {line(walk, end): owed.proof(end) for end in leaks}
    return {at: proof for at, proof in found.items() if proof is not None}


@pytest.mark.parametrize(
    ("body", "leaks"),
    [
        ("box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;", [5]),
        ("box_get(b);\nif (a())\n\tgoto out;\nc();\nbox_put(b);\nout:\nreturn -EIO;", [9]),
        ("box_get(b);\nswitch (n) {\ncase 1:\n\treturn -EIO;\n}\nbox_put(b);\nreturn 0;", [6]),
        (
            "box_get(b);\nwhile (n--) {\n\tif (a())\n\t\treturn -EIO;\n}\nbox_put(b);\nreturn 0;",
            [6],
        ),
        ("for_each_file(f, b) {\n\tif (a(b))\n\t\treturn -EIO;\n}\nreturn 0;", [5]),
        (FIND + "if (a())\n\treturn 0;\nlose(x);\nreturn 0;", [7]),
    ],
)
def test_another_path_gives_it_back(body: str, leaks: list[int]) -> None:
    assert proofs(body) == dict.fromkeys(leaks, Proof.SIBLING)


@pytest.mark.parametrize(
    "body",
    [
        "box_get(b);\nbox_put(b);\nreturn 0;",
        FIND + "return x;",
        FIND + "if (a())\n\treturn x;\nlose(x);\nreturn 0;",
        FIND + "f->x = x;\nif (a())\n\treturn 0;\nlose(x);\nreturn 0;",
        "box_get(b);\nif (a())\n\tbox_put(b);\nreturn -EIO;",
        "box_get(b);\nif (a())\n\treturn n;\nbox_put(b);\nreturn 0;",
        "box_get(b);\nif (a())\n\treturn 0;\nbox_put(b);\nreturn 0;",
        "box_get(b);\nif (a()) {\n\tfoo_release(b);\n\treturn -EIO;\n}\nbox_put(b);\nreturn 0;",
        "box_get(b);\nn = foo_register(b);\nif (!n)\n\treturn 0;\nbox_put(b);\nreturn n;",
        "box_get(b);\nif (a())\n\treturn -EINPROGRESS;\nbox_put(b);\nreturn 0;",
    ],
)
def test_no_leak(body: str) -> None:
    assert proofs(body) == {}


def test_fails_before_anybody_can_have_it() -> None:
    body = "box_get(b);\nif (a())\n\treturn -EIO;\nf->box = b;\nreturn 0;"
    assert proofs(body) == {5: Proof.KEPT}


def test_fails_with_the_object_in_a_structure_of_others() -> None:
    body = "f->x = find(n);\nif (!f->x)\n\treturn -ENODEV;\nif (a())\n\treturn -EIO;\nf->y = f->x;\nreturn 0;"
    assert proofs(body) == {}


def test_a_pointer_found_equal_to_it_may_be_what_is_put() -> None:
    body = (
        f"{FIND}if (x != b) {{\n\tlose(x);\n\treturn -EIO;\n}}\n"
        "if (a())\n\tgoto out;\nreturn 0;\nout:\nlose(b);\nreturn -EIO;"
    )
    leaks = [end for walk in walks(body) for end in walk.ends if Owed(walk).is_leak(end)]
    assert leaks == []


def test_fails_in_the_call_that_might_have_kept_it() -> None:
    body = "box_get(b);\nn = foo_register(b);\nif (n < 0)\n\treturn -EIO;\nreturn 0;"
    assert proofs(body) == {6: Proof.FAILED}
    assert proofs(body.replace("foo_register", "foo_release")) == {}


def test_fails_after_somebody_may_have_kept_it() -> None:
    body = "box_get(b);\nfoo_register(b);\nif (a())\n\treturn -EIO;\nreturn 0;"
    assert proofs(body) == {}


def test_nothing_ever_gives_it_back() -> None:
    found = proofs(FIND + "a(x);\nreturn 0;")
    assert found == {7: Proof.ALONE}


@pytest.mark.parametrize(
    "body",
    [
        "box_get(b);\na(b);\nreturn 0;",
        "f->x = find(n);\nreturn 0;",
        FIND + "foo_add(x);\nreturn 0;",
        FIND + "struct foo *g = a(x);\n*out = c(g);\nreturn 0;",
    ],
)
def test_what_others_may_have_is_not_forgotten(body: str) -> None:
    assert proofs(body) == {}


def test_steps_from_which_a_put_can_be_reached_end_at_the_next_getter() -> None:
    walk = walk_of("box_get(b);\na();\nbox_put(b);\nc();\nbox_get(b);\nbox_put(b);\nreturn 0;")
    texts = {walk.flow.steps[n].text for n in Owed(walk).puttable}
    assert "a()" in texts
    assert "c()" not in texts
