"""Paths: at which exits a reference is still held. Lines count from the header; the body begins at 3."""

import pytest

from reviewbot.cmodel.answers import Answer
from tests.cmodel.flows import held, outcomes

LEAKS = {
    "never fails": ("box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;", [5]),
    "false in a condition": (
        "if (!try_box(b))\n\treturn -ENODEV;\nif (a())\n\treturn -EIO;\nuntry_box(b);\nreturn 0;",
        [6],
    ),
    "false in a variable": (
        "n = try_box(b);\nif (!n)\n\treturn -ENODEV;\nif (a())\n\treturn -EIO;\nuntry_box(b);\nreturn 0;",
        [7],
    ),
    "null": (
        "struct box *x = find(n);\nif (!x)\n\treturn -ENODEV;\nif (a())\n\treturn -EIO;\nlose(x);\nreturn 0;",
        [7],
    ),
    "null in a condition": (
        "struct box *x;\nif (!(x = find(n)))\n\treturn -ENODEV;\nif (a())\n\treturn -EIO;\nlose(x);\nreturn 0;",
        [7],
    ),
    "error pointer": (
        "struct box *x = context_of(n);\nif (IS_ERR(x))\n\treturn PTR_ERR(x);\nif (a())\n\treturn -EIO;\ncontext_put(x);\nreturn 0;",
        [7],
    ),
    "negative": (
        "if (notify_of(b, n) < 0)\n\treturn -EIO;\nif (a())\n\treturn -EIO;\nnotify_off(b);\nreturn 0;",
        [6],
    ),
    "member": ("box_get(&f->box);\nif (a())\n\treturn -EIO;\nbox_put(&f->box);\nreturn 0;", [5]),
    "symbol": (
        "void (*x)(void) = NULL;\nstruct box *y;\ny = symbol_of(bar);\nif (!y)\n\treturn -EIO;\nif (a())\n\treturn -EIO;\nsymbol_off(bar);\nreturn 0;",
        [9],
    ),
    "wrong label": (
        "box_get(b);\nif (a())\n\tgoto out;\nn = c();\nbox_put(b);\nout:\nreturn -EIO;",
        [9],
    ),
    "stored in an object that is freed": (
        "struct foo *g = kzalloc(4, GFP_KERNEL);\nbox_get(b);\ng->box = b;\nif (a()) {\n\tkfree(g);\n\treturn -EIO;\n}\nkfree(g);\nbox_put(b);\nreturn 0;",
        [8],
    ),
    "case of a switch": (
        "box_get(b);\nswitch (n) {\ncase 1:\n\treturn -EIO;\ndefault:\n\tbreak;\n}\nbox_put(b);\nreturn 0;",
        [6],
    ),
    "out of a loop": (
        "int i;\nbox_get(b);\nfor (i = 0; i < n; i++) {\n\tif (a(i))\n\t\treturn -EIO;\n}\nbox_put(b);\nreturn 0;",
        [7],
    ),
}

QUIET = {
    "own failure": "struct box *x = find(n);\nif (!x)\n\treturn -ENODEV;\nlose(x);\nreturn 0;",
    "same condition": "if (n)\n\tbox_get(b);\na();\nif (n)\n\tbox_put(b);\nreturn 0;",
    "flag": "bool got = false;\nif (n) {\n\tbox_get(b);\n\tgot = true;\n}\nif (got)\n\tbox_put(b);\nreturn 0;",
    "result known": "int r;\nbox_get(b);\nr = 0;\nif (r)\n\treturn r;\nbox_put(b);\nreturn 0;",
    "one way or the other": "box_get(b);\nif (a())\n\tc();\nelse\n\tbox_put(b);\nreturn 0;",
    "returned": "struct box *x = find(n);\nreturn x;",
    "stored": "struct box *x = find(n);\nf->box = x;\nreturn 0;",
    "another name": "struct box *y, *x = find(n);\ny = x;\nlose(y);\nreturn 0;",
    "address taken": "struct box *x = find(n);\na(&x);\nreturn 0;",
    "consumed": "struct box *x = find(n);\nswallow(x);\nreturn 0;",
    "registered": "struct box *x = find(n);\nbar_register(f, x);\nreturn 0;",
    "wrapped": "struct box *x = find(n);\nbar_release(x);\nreturn 0;",
    "owner released": "struct foo *g = a();\nbox_get(g->box);\nfoo_free(g);\nreturn 0;",
    "overwritten": "struct box *x = find(n);\nx = NULL;\nreturn 0;",
    "put of another name": "box_get(b);\nbox_put(f->box);\nreturn 0;",
    "loop that puts": "int i;\nfor (i = 0; i < n; i++)\n\tbox_get(b);\nwhile (i--)\n\tbox_put(b);\nreturn 0;",
    "macro loop that puts": "box_get(b);\nfor_each_foo(f) {\n\tbox_put(b);\n}\nreturn 0;",
    "putter as a pointer": "box_get(b);\nfoo_later(box_put, b);\nreturn 0;",
    "published holder": "struct foo *g = kzalloc(4, GFP_KERNEL);\nbox_get(b);\ng->box = b;\nlist_add(&g->list, f);\nreturn 0;",
    "listed": "struct box *x = find(n);\nlist_add(&x->list, f);\nreturn 0;",
    "address of a part stored": "struct box *x = find(n);\nf->list = &x->list;\nreturn 0;",
    "never back": 'box_get(b);\nif (a())\n\tpanic("x");\nbox_put(b);\nreturn 0;',
}


@pytest.mark.parametrize("name", LEAKS)
def test_held(name: str) -> None:
    body, lines = LEAKS[name]
    assert held(body) == lines


@pytest.mark.parametrize("name", QUIET)
def test_not_held(name: str) -> None:
    assert [leak for found in outcomes(QUIET[name]) for leak in found.leaks] == []


def test_cleanup_variable_is_nobodys_duty() -> None:
    assert outcomes("struct box *x __free(lose) = find(n);\nreturn 0;") == []


def test_released_answers_are_told() -> None:
    (found,) = outcomes("box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;")
    assert found.released == {Answer.SUCCESS}
    assert found.puts
    assert not found.ends
    assert not found.unknown
    assert [leak.answer for leak in found.leaks] == [Answer.ERROR]


def test_unknown_step_ends_the_path_and_is_told() -> None:
    (found,) = outcomes("box_get(b);\nn = ({ a(); });\nreturn -EIO;")
    assert found.unknown
    assert found.leaks == ()


def test_path_goes_from_the_getter_to_the_exit() -> None:
    (found,) = outcomes("box_get(b);\nif (a())\n\treturn -EIO;\nbox_put(b);\nreturn 0;")
    (leak,) = found.leaks
    assert leak.path[0] == found.resource.step
    assert found.resource.call == "box_get(b)"


def test_beyond_the_bound_the_answer_is_unknown() -> None:
    many = "".join(f"if (x{number})\n\tn{number} = 0;\n" for number in range(40))
    (found,) = outcomes(f"box_get(b);\n{many}return -EIO;")
    assert found.unknown
    assert found.leaks == ()
