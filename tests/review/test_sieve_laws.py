"""Sieve: laws over functions made at random; what any rule finds in them is marked."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.config import load
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.skim import skim
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.sieve import sieve
from tests.builders import mail, new_file, patch_body

KIT = replace(load().kit(), prefilter=False)
SHIPPED = sieve(KIT.rules, KIT.pairs, KIT.options)

LOCKS = (
    "mutex_lock(&p->a);",
    "mutex_unlock(&p->a);",
    "spin_lock(&p->b);",
    "spin_unlock(&p->b);",
    "if (mutex_lock_interruptible(&p->a)) return -1;",
    "if (!mutex_trylock(&p->a)) goto out;",
)
REFERENCES = (
    "kvm_get_kvm(p->kvm);",
    "kvm_put_kvm(p->kvm);",
    "d = of_find_node_by_name(NULL, n);",
    "of_node_put(d);",
    "p->kvm = NULL;",
    "p->kvm = q;",
    "d = NULL;",
    "kfree(p);",
    "put_device(p->dev);",
    "use(d);",
)
GUARDS = (
    "if (p->q) x(p);",
    "if (!q) x(p);",
    "q->y = 1;",
    "p->q->z = q->y;",
    "q = x(p);",
    "if (q && p) q->y = 2;",
)
LEAVING = ("return 0;", "goto out;", "break;", "continue;", "ret = x(p);", "x(p);", "")


def blocks(simple: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Statements, some of which hold others."""
    plain = st.sampled_from([*simple, *LEAVING, *simple])

    def held(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        heads = st.sampled_from(
            ["if (ret)", "if (!p)", "while (x(p))", "list_for_each_entry(d, l, m)"]
        )
        body = st.lists(inside, min_size=1, max_size=3).map("\n".join)
        return st.one_of(
            st.tuples(heads, body).map(lambda made: f"{made[0]} {{\n{made[1]}\n}}"),
            st.tuples(heads, plain).map(lambda made: f"{made[0]}\n{made[1] or ';'}"),
            st.tuples(body, body).map(
                lambda made: f"if (ret) {{\n{made[0]}\n}} else {{\n{made[1]}\n}}"
            ),
        )

    return st.lists(st.recursive(plain, held, max_leaves=6), max_size=7).map("\n".join)


HEAD = "static int foo(struct foo *p, struct kvm *q)\n{\n\tstruct device_node *d;\n\tint ret;\n\n"


def function(body: str, tail: str) -> str:
    lines = "".join(f"\t{line}\n" for line in body.split("\n") if line)
    return f"{HEAD}{lines}\treturn ret;\nout:\n\t{tail}\n\treturn ret;\n}}\n"


def judge(code: str) -> None:
    """What the rules find in a new file of this code is marked."""
    data = mail(patch_body(new_file("drivers/foo/foo.c", code)))
    (one,) = series([message(RawMessage(data))])
    fired = {found.rule for found in findings(one, KIT, NoTree()).findings}
    assert fired <= set(SHIPPED.rules(SHIPPED.marks(skim(data).text)))


@given(blocks(LOCKS), st.sampled_from([*LOCKS[:4], "x(p);"]))
@settings(max_examples=150)
def test_law_of_locks(body: str, tail: str) -> None:
    judge(function(body, tail))


@given(blocks(REFERENCES), st.sampled_from([*REFERENCES, "x(p);"]))
@settings(max_examples=150)
def test_law_of_references(body: str, tail: str) -> None:
    judge(function(body, tail))


@given(blocks(GUARDS), st.sampled_from(GUARDS))
@settings(max_examples=150)
def test_law_of_guards(body: str, tail: str) -> None:
    judge(function(body, tail))


@given(blocks(REFERENCES), blocks((*REFERENCES, "bar_free(p);", "foo(p, q);")))
@settings(max_examples=80)
def test_law_of_two_functions(one: str, other: str) -> None:
    judge(
        function(one, "bar_free(p);")
        + "\n"
        + function(other, "foo(p, q);").replace("int foo", "int bar")
    )
