"""Laws of what is counted on the paths of a function, whatever the function.

A put before an exit makes no leak there; names, white space, comments and unrelated statements are nothing; a
search is bounded and always finds the same; only what a patch changes is told, and never the reverse of a fault.
"""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.leaks import introduced
from reviewbot.cmodel.owed import Owed
from reviewbot.cmodel.surplus import added_twice, added_uses
from reviewbot.cmodel.twice import twice
from reviewbot.cmodel.undone import undone
from reviewbot.cmodel.walk import Walk
from tests.changes import changed
from tests.cmodel.flows import BALANCE, diff, edited, walks
from tests.cmodel.graphs import flow_of, function, ways
from tests.cmodel.sources import image

MOST_SEEN = 4_100

TOKENS = (
    "if (", "else", "while (", "for (", "do {", "} while (x);", "switch (n) {", "case 1:", "default:",
    "goto out;", "out:", "return", "break;", "continue;", "{", "}", "(", ")", ";", "&&", "||", "!", "=",
    "box_get(b);", "box_put(b);", "x = find(n);", "lose(x);", "a(b)", "n", "x", "? :", "for_each_file(a, b) {",
    "#if FOO\n", "#endif\n", "IS_ERR_OR_NULL(x)", "({", "})", "-EIO", ",", "++", "struct foo *x", "é",
)  # fmt: skip

STATEMENTS = (
    "box_get(b);", "box_put(b);", "if (n)\n\treturn -EIO;", "n = a(b);", "if (n < 0)\n\tgoto out;",
    "while (a())\n\tc();", "for_each_file(f, f->x) {\n\td(f->x);\n}", "switch (n) {\ncase 1:\n\tbreak;\n}",
    "if (!f || a(f))\n\tb();\nelse\n\treturn 0;", "if (!try_box(b))\n\tgoto out;", "b->n = n;",
    "if (n)\n\tbox_put(b);", "f->box = b;", "foo_register(b);", "return 0;",
)  # fmt: skip
ENDS = ("return n;", "return 0;", "return -EIO;", "box_put(b);\nreturn n;")
BODIES = st.tuples(st.lists(st.sampled_from(STATEMENTS), max_size=6), st.sampled_from(ENDS)).map(
    lambda drawn: "\n".join((*drawn[0], "out:", drawn[1]))
)

HARMLESS = ("a();", "if (c())\n\treturn 0;", "while (a())\n\tc();", "f->n = 1;", "if (d())\n\te();")
SAFE = "box_get(b);\nn = a(f);\nif (n < 0)\n\tgoto out;\nc(f);\nout:\nbox_put(b);\nreturn n;"
OWN = "struct box *x = find(7);\nif (!x)\n\treturn -EIO;\nf->n = x->n;\nlose(x);\nreturn 0;"
FAULTS = (
    ("leak", SAFE, SAFE.replace("goto out;", "return n;")),
    ("leak", SAFE, SAFE.replace("box_put(b);\n", "")),
    ("leak", OWN, OWN.replace("lose(x);\n", "")),
    ("leak", OWN, OWN.replace("f->n = x->n;", "if (f->n)\n\t\treturn -EIO;\nf->n = x->n;")),
    ("put", SAFE, SAFE.replace("\tgoto out;", "{\n\tbox_put(b);\n\tgoto out;\n}")),
    ("put", OWN, OWN.replace("lose(x);", "lose(x);\nlose(x);")),
    ("use", OWN, OWN.replace("f->n = x->n;\nlose(x);", "lose(x);\nf->n = x->n;")),
    ("get", SAFE, SAFE.replace("box_get(b);\n", "")),
)

# What leaves every pointer and every condition of the statements alone.
UNRELATED = ("other(7);", "static_branch(m);", "int k = 3;")


def leaks(body: str) -> dict[str, set[int]]:
    """The lines of the exits that surely forget a reference, by the kind of the object."""
    found: dict[str, set[int]] = {}
    for walk in walks(body):
        lines = {walk.flow.steps[end.step].line for end in walk.ends if Owed(walk).is_leak(end)}
        found.setdefault(walk.ledger.pair.object, set()).update(lines)
    return found


def counts(found: tuple[Walk, ...]) -> list[list[tuple[int, int, bool]]]:
    """What is held at the ends, without lines and names."""
    return [sorted((end.count, end.held.value, end.doubt) for end in one.ends) for one in found]


def told(before: str, after: str) -> list[str]:
    """The kinds of faults that a patch brings in."""
    finders = {"leak": introduced, "put": added_twice, "use": added_uses, "get": undone}
    return [
        name
        for change in edited(before, after)
        for name, finder in finders.items()
        for _ in finder(change, BALANCE)
    ]


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
@settings(max_examples=200, deadline=None)
def test_nothing_raises_and_every_edge_leads_somewhere(tokens: list[str]) -> None:
    seen = image(function(" ".join(tokens)))
    for one in seen.outline.functions:
        graph = flow(seen, one)
        if graph is None:
            continue
        assert all(0 <= number < len(graph.steps) for s in graph.steps for number in s.next)
        for walk in BALANCE.walks(graph, one):
            assert len(walk.seen) <= MOST_SEEN
            for end in walk.ends:
                Owed(walk).proof(end)
            list(twice(walk))


@given(BODIES)
@settings(max_examples=60, deadline=None)
def test_white_space_and_comments_are_nothing(body: str) -> None:
    spaced = body.replace("\n", "\n\n").replace("out:", "out: /* box_put(b); */")
    assert ways(flow_of(body)) == ways(flow_of(spaced))
    assert counts(walks(body)) == counts(walks(spaced))


@given(BODIES)
@settings(max_examples=60, deadline=None)
def test_names_of_variables_are_nothing(body: str) -> None:
    renamed = re.sub(r"\bb\b(?!\()", "carton", body)
    head = "int foo(struct box *carton, struct foo *f, int n)"
    assert counts(walks(body)) == counts(walks(renamed, head))


@given(BODIES, st.sampled_from(UNRELATED))
@settings(max_examples=60, deadline=None)
def test_unrelated_statements_are_nothing(body: str, between: str) -> None:
    longer = f"{between}\n" + body.replace("out:\n", f"out:\n{between}\n")
    assert counts(walks(body)) == counts(walks(longer))


@given(BODIES)
@settings(max_examples=40, deadline=None)
def test_a_search_is_bounded_and_finds_the_same_again(body: str) -> None:
    first, second = walks(body), walks(body)
    assert [list(one.seen) for one in first] == [list(one.seen) for one in second]
    assert all(len(one.seen) <= MOST_SEEN for one in first)
    assert leaks(body) == leaks(body)


@given(BODIES)
@settings(max_examples=80, deadline=None)
def test_a_put_before_the_last_exit_makes_no_leak_there(body: str) -> None:
    above, _, last = body.rpartition("\n")
    line = len(function(body).splitlines()) - 1
    if line not in leaks(body).get("box", set()):
        put = f"{above}\nbox_put(b);\n{last}"
        assert line + 1 not in leaks(put).get("box", set())


@given(BODIES)
@settings(max_examples=60, deadline=None)
def test_a_patch_that_changes_no_code_brings_nothing_in(body: str) -> None:
    assert told(body, body.replace("out:", "out: /* here */")) == []
    assert told(body, body.replace("out:\n", "out:\n\n")) == []


@given(BODIES)
@settings(max_examples=40, deadline=None)
def test_a_patch_to_another_function_brings_nothing_in(body: str) -> None:
    before = function(body) + "\n" + function("return 0;", "int bar(int n)")
    after = function(body) + "\n" + function("return 1;", "int bar(int n)")
    changes = (f for source in changed(diff(before, after)).sources for f in source.functions)
    assert [one for change in changes for one in introduced(change, BALANCE)] == []


@given(st.sampled_from(FAULTS), st.lists(st.sampled_from(HARMLESS), max_size=4))
@settings(max_examples=100, deadline=None)
def test_the_reverse_of_a_fault_is_none(fault: tuple[str, str, str], above: list[str]) -> None:
    kind, *bodies = fault
    before, after = ("\n".join((*above, body)) for body in bodies)
    assert told(before, after) == [kind]
    assert told(after, before) == []


def test_what_a_walk_ends_at_is_an_exit() -> None:
    for body in ("box_get(b);\nreturn 0;", 'box_get(b);\nif (n)\n\tpanic("x");\nreturn 0;'):
        for walk in walks(body):
            assert all(walk.flow.steps[end.step].kind is Kind.EXIT for end in walk.ends)
