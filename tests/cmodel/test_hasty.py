"""Hasty: what a look at the text of a function says no to."""

import re

import pytest

from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.hasty import bare, may_be_unguarded, may_put_freed, may_release_null
from reviewbot.cmodel.hasty_exports import exports_anew, exports_otherwise
from reviewbot.cmodel.hasty_guards import may_guard
from reviewbot.cmodel.hasty_locks import may_stay_locked, may_unlock_twice
from reviewbot.cmodel.hasty_stores import may_keep_vm
from reviewbot.cmodel.hasty_teardown import tears_down_twice
from tests.builders import new_file

LOCKS, UNLOCKS = frozenset(("lock", "trylock")), frozenset(("unlock",))


def test_code_is_laid_bare() -> None:
    text = '#define A "x"\n\ta -> b = "} \\" /*"; // c\n\tx(\'"\'); /* if (p)\n */ y();'
    assert bare(text) == "; a->b = \"\"; x(''); y();"


@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("if (p) x(); p->a = 1;", True),
        ("if (!p) x(); p->a = 1;", True),
        ("if (p && q) x(); p->a = 1;", True),
        ("if (p != NULL) { x(); } p->a = 1;", True),
        ("if (p) x(p->a);", False),
        ("if (p) { x(p->a); }", False),
        ("if (!p) return 0; p->a = 1;", False),
        ("if (!p) { x(); return 0; } p->a = 1;", False),
        ("if (!p) { if (q) return 0; } p->a = 1;", True),
        ("if (!p || q) x(); p->a = 1;", False),
        ("if (!p && q) x(); p->a = 1;", False),
        ("p->a = 1; if (p) x();", False),
        ("if (ret) x(); p->a = 1;", False),
        ("if (p->a) x(); p->a->b = 1;", True),
        ("if (/* p */ p) x(); p\n->a = 1;", True),
        ("/* if (p) */ x(); p->a = 1;", False),
        ("if (p", True),
    ],
)
def test_unguarded(code: str, may: bool) -> None:
    assert may_be_unguarded(code) is may


def test_a_mail_needs_a_pointer_of_an_added_line_for_that() -> None:
    def mail(*lines: str) -> Glimpse:
        return Glimpse("\n".join(("", "@@ -1,9 +1,9 @@", *lines)).encode())

    assert may_guard(mail("+\tif (p)", " \tp->x = 1;", " }"))
    assert not may_guard(mail("+\tif (q)", " \tp->x = 1;", " }"))
    assert not may_guard(mail(" \tif (p)", " \tp->x = 1;", " }"))
    assert not may_guard(mail("+\tif (p)", " \tp->x = 1;"))
    assert not may_guard(mail("+\tif (p)", "@@ -20,9 +20,9 @@", " \tp->x = 1;", " }"))
    assert may_guard(mail("+\tif (a &&", "+\t    p)", "+\t\tb();", " \tp->x = 1;", " }"))


@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("; p->x = NULL; kfree(p->x);", True),
        ("; a = NULL; p->x = NULL; x_put(p->x);", True),
        ("; p->x = NULL; odd(p->x);", False),
        ("; p->x = NULL; known(q, p->x);", True),
        ("; kfree(p->x); p->x = NULL;", False),
        ("; p->x = NULL; kfree(p->xy);", False),
        ("; p->x = NULL; kfree(q->p->x);", False),
        ("; struct a *x = NULL; kfree(x);", False),
        ("{ rcu_assign_pointer(p->x, NULL); kfree(p->x);", True),
        ("; if (x == NULL) kfree(x);", False),
    ],
)
def test_released_after_it_was_cleared(code: str, may: bool) -> None:
    assert may_release_null(code, ("known",)) is may


FREED = re.compile(r"\bkfree ?\(([^()]*)\)")


@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("kfree(p); x_put(p->x);", True),
        ("kfree(p); x_put(&p->x);", True),
        ("kfree(p); known( p->x );", True),
        ("kfree(p); use(p->x);", False),
        ("x_put(p->x); kfree(p);", False),
        ("while (a) { x_put(p->x); kfree(p); }", True),
        ("kfree(p); x_put(p);", False),
    ],
)
def test_put_after_it_was_freed(code: str, may: bool) -> None:
    assert may_put_freed(code, FREED, ("known",)) is may


@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("{ lock(&a); x(); unlock(&a); }", False),
        ("{ ret = lock(&a); if (x) y(); unlock(&a); return 0; }", False),
        ("{ lock(&a); if (x) return 0; unlock(&a); }", True),
        ("{ lock(&a); /* return */ unlock(&a); }", False),
        ("{ lock(&a); }", True),
        ("{ lock(&a); unlock(&b); }", True),
        ("{ lock(&a); lock(&b); unlock(&b); unlock(&a); }", False),
        ("{ lock(&a); lock(&b); unlock(&a); unlock(&b); }", False),
        ("{ lock(&a); if (x) { unlock(&a); return 0; } unlock(&a); }", False),
        ("{ lock(&b); lock(&a); if (x) { unlock(&a); return 0; } unlock(&a); unlock(&b); }", True),
        ("{ lock(&a); if (x) unlock(&a); }", True),
        ("{ if (x) lock(&a); unlock(&a); }", True),
        ("{ if (x) { lock(&a); } unlock(&a); }", True),
        ("{ lock(&a); if (x) goto out; unlock(&a); return 1; out: unlock(&a); return 0; }", False),
        ("{ lock(&a); if (x) goto out; unlock(&a); out: return 0; }", True),
        ("{ lock(&a); for (;;) { if (x) break; } unlock(&a); }", False),
        ("{ for (;;) { lock(&a); if (x) break; unlock(&a); } }", True),
        ("{ lock(&a); for_each(x) { continue; } unlock(&a); }", False),
        ("{ lock(&a); switch (x) { case 1: break; } unlock(&a); }", False),
        ("{ lock(&a); switch (x) { case 1: continue; } unlock(&a); }", True),
        ("{ if (lock(&a)) return 1; x(); unlock(&a); }", False),
        ("{ if (!trylock(&a)) goto out; unlock(&a); out: return 0; }", False),
        ("{ if (trylock(&a)) return 1; unlock(&a); }", True),
        ("{ x(); }", False),
    ],
)
def test_locks_that_may_stay(code: str, may: bool) -> None:
    assert may_stay_locked(code, LOCKS, UNLOCKS) is may


@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("{ unlock(&a); }", False),
        ("{ unlock(&a); unlock(&a); }", True),
        ("{ unlock(&a); lock(&a); unlock(&a); }", False),
        ("{ unlock(&a); if (x) lock(&a); unlock(&a); }", True),
        ("{ unlock(&a); lock(&b); unlock(&a); }", True),
        ("{ if (x) { unlock(&a); return 0; } unlock(&a); }", False),
        ("{ if (x) { unlock(&a); if (y) return 0; } unlock(&a); }", True),
        ("{ if (x) { unlock(&a); goto out; } out: unlock(&a); }", True),
        ("{ for_each(x) { unlock(&a); } lock(&a); unlock(&a); }", True),
    ],
)
def test_locks_that_may_be_given_back_twice(code: str, may: bool) -> None:
    assert may_unlock_twice(code, LOCKS, UNLOCKS) is may


def exported(*lines: str, path: str = "a.c") -> Glimpse:
    header = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,9 +1,9 @@\n"
    return Glimpse(("\n" + header + "\n".join(lines)).encode())


def test_an_export_that_is_taken_away_there_is_not_new() -> None:
    old, new = "-EXPORT_SYMBOL(foo);", "+EXPORT_SYMBOL_GPL(foo);"
    assert exports_anew(exported(new)) and not exports_anew(exported(old, new))
    assert exports_otherwise(exported(old, new))
    assert not exports_otherwise(exported(old, "+EXPORT_SYMBOL(foo);"))
    assert exports_anew(exported(old, new, path="Documentation/a.c"))
    assert exports_anew(exported("-\t/* EXPORT_SYMBOL(foo); */", new))
    assert not exports_anew(exported(" EXPORT_SYMBOL(foo);"))


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("+\tfoo->kvm = kvm;", True),
        ("+\tfoo->vm = bar->kvm;", True),
        ("+\tfoo->vm = vm;", True),
        ("+\tfoo->x = y;", False),
        (" \tfoo->kvm = kvm;", False),
        ("+\tfoo->kvm = get(kvm);", False),
        ("+\tfoo.kvm = kvm,", False),
    ],
)
def test_stores_of_a_vm(line: str, may: bool) -> None:
    assert may_keep_vm(Glimpse(f"\n int f(struct kvm *vm)\n {{\n{line}\n }}".encode())) is may


HELPER = "static void help(struct a *a)\n{\n%s\tfoo_free(a);\n}\n"
CALLER = "static void call(struct a *a)\n{\n\thelp(a);\n\tfoo_free(a);\n}\n"


@pytest.mark.parametrize(
    ("code", "may"),
    [
        (HELPER % "" + CALLER, True),
        (HELPER % "\tif (a)\n\t\tdev_info(a);\n" + CALLER, True),
        (HELPER % "\tif (a)\n\t\treturn;\n" + CALLER, False),
        (HELPER % "\tsetup(a);\n" + CALLER, False),
        (HELPER % "" + CALLER.replace("help", "other"), False),
        (HELPER % "" + CALLER.replace("foo_free", "bar_free"), False),
    ],
)
def test_teardown_in_a_function_and_what_it_calls(code: str, may: bool) -> None:
    assert tears_down_twice(Glimpse(b"\n" + new_file("a.c", code).encode())) is may
