"""Statements without statements in them."""

import pytest

from reviewbot.cmodel.flow import Kind
from tests.cmodel.graphs import flow_of, runs, ways


@pytest.mark.parametrize(
    ("statement", "holds", "fails"),
    [
        ("x = c ? a() : b();", "x = a()", "x = b()"),
        ("f->x = (c ? a() : b());", "f->x = a()", "f->x = b()"),
        ("int *x = c ? a() : NULL;", "int *x = a()", "int *x = NULL"),
        ("x += c ? 1 : 2;", "x += 1", "x += 2"),
        ("c ? a() : b();", "a()", "b()"),
        ("return c ? a() : b();", "return a()", "return b()"),
        ("return (c) ? -EIO : 0;", "return -EIO", "return 0"),
    ],
)
def test_choice_is_a_branch(statement: str, holds: str, fails: str) -> None:
    graph = flow_of(f"{statement}\nreturn 9;")
    assert runs(graph, c=True)[0] == holds
    assert runs(graph)[0] == fails


def test_choice_keeps_what_the_other_way_does_without() -> None:
    graph = flow_of("x = c ? a() : b();\nreturn 0;")
    branch = graph.steps[graph.entry]
    assert (branch.body, branch.other) == ("x = a()", "x = b()")


def test_choices_nest_and_operators_decide_in_order() -> None:
    graph = flow_of("x = c && d ? a() : e ? b() : 0;\nreturn x;")
    assert runs(graph, c=True, d=True)[0] == "x = a()"
    assert runs(graph, c=True, e=True)[0] == "x = b()"
    assert runs(graph, d=True)[0] == "x = 0"


def test_choice_without_a_middle() -> None:
    assert runs(flow_of("return n ?: a();"), n=True) == ["return n"]
    assert runs(flow_of("return n ?: a();")) == ["return a()"]
    assert runs(flow_of("x = a() ?: b();\nreturn x;")) == ["x = a() ?: b()", "return x"]


def test_choice_in_an_argument_stays_with_the_call() -> None:
    assert ways(flow_of("a(c ? b : d);\nreturn 0;")) == {("a(c ? b : d)", "return 0")}


@pytest.mark.parametrize(
    "statement",
    ['panic("foo");', "BUG();", "do_exit(n);", "unreachable();", "__builtin_unreachable();"],
)
def test_what_does_not_come_back_ends_the_path(statement: str) -> None:
    graph = flow_of(f"if (x)\n\t{statement}\nreturn 0;")
    assert len(runs(graph, x=True)) == 1
    assert runs(graph) == ["return 0"]
    assert sum(step.kind is Kind.STOP for step in graph.steps) == 1


def test_bug_on_goes_on_only_where_it_does_not_hold() -> None:
    graph = flow_of("BUG_ON(!b || n < 0);\nreturn 0;")
    assert ways(graph) == {
        ("!b", "BUG()"),
        ("!b", "n < 0", "BUG()"),
        ("!b", "n < 0", "return 0"),
    }


def test_warn_on_as_a_statement_decides_nothing() -> None:
    assert ways(flow_of("WARN_ON(a(b));\nreturn 0;")) == {("WARN_ON(a(b))", "return 0")}


def test_return_ptr_is_an_exit() -> None:
    assert ways(flow_of("if (x)\n\treturn_ptr(b);\nreturn NULL;")) == {
        ("x", "return no_free_ptr(b)"),
        ("x", "return NULL"),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "struct box *g __free(kfree) = a(b);",
        "guard(mutex)(&f->lock);",
        "CLASS(fd, g)(n);",
        "g = no_free_ptr(b);",
        "retain_and_null_ptr(b);",
        'asm volatile("nop" : "=r" (n) : "r" (b) : "memory");',
        '__asm__ __volatile__ ("1: nop\\n" ALTERNATIVE("", "", FOO(b)) : : : "cc");',
        "n = min_t(unsigned int, n, 3);",
        "n = offsetof(struct box, lid.hinge[n]);",
        "p = va_arg(args, struct box *);",
        'printk(KERN_ERR PFX "foo %d", n);',
        'print_hex_dump("foo"__stringify(__LINE__)": ", n);',
        "static DEFINE_RATELIMIT_STATE(limit, 5, 10);",
        "add_mode(b, supported, 10000baseT_Full);",
        "p = list_entry(b->next, const struct foo, list);",
        "int (*call)(struct box *, unsigned int) = a;",
    ],
)
def test_nothing_of_the_kernel_is_unknown(statement: str) -> None:
    graph = flow_of(f"{statement}\nreturn 0;")
    assert not graph.has_unknown
    assert len(ways(graph)) == 1
    assert len(next(iter(ways(graph)))) == 2


def test_statement_expression_is_done_before_its_value_is_used() -> None:
    body = "n = ({ int m = a(); if (m < 0) goto out; m; });\nb(n);\nout:\nreturn n;"
    assert runs(flow_of(body)) == ["int m = a()", "n = m", "b(n)", "return n"]
    assert runs(flow_of(body), **{"m<0": True}) == ["int m = a()", "goto out", "return n"]
    assert runs(flow_of("return ({ a(); n; });")) == ["a()", "return n"]


def test_statement_expression_in_an_argument_is_unknown() -> None:
    assert flow_of("a(({ b(); c; }));\nreturn 0;").has_unknown
