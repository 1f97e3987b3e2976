"""What a function is for and who calls it."""

import pytest

from reviewbot.cmodel.roles import (
    callers,
    calls_in,
    hands_over,
    has_cut_caller,
    is_callback,
    is_reached_in_sight,
    is_setup,
)
from tests.changes import edit, seen, source


@pytest.mark.parametrize(
    "header",
    [
        "static int __init foo_begin(void)",
        "static void __exit foo_end(void)",
        "static int foo_init(void)",
        "int init_foo(struct foo *f)",
        "static void foo_exit_all(void)",
        "void cleanup_module(void)",
    ],
)
def test_setup(header: str) -> None:
    name = header.partition("(")[0].split()[-1]
    assert is_setup(seen(f"{header}\n{{\n\tbar();\n}}\n", name)[0])


@pytest.mark.parametrize(
    "header",
    ["int foo_open(struct foo_init_data *data)", "int foo_initialize(void)", "int exits(void)"],
)
def test_no_setup(header: str) -> None:
    name = header.partition("(")[0].split()[-1]
    assert not is_setup(seen(f"{header}\n{{\n\tbar();\n}}\n", name)[0])


@pytest.mark.parametrize("name", ["foo_open", "foo_probe", "foo_ioctl", "foo_bind", "foo_connect"])
def test_a_callback_by_its_name(name: str) -> None:
    assert is_callback(*seen(f"static int {name}(void)\n{{\n\treturn 0;\n}}\n", name))


def test_a_callback_by_its_place() -> None:
    text = "static int foo_poke(void)\n{\n\treturn 0;\n}\n"
    ops = "static const struct foo_ops foo_ops = {\n\t.poke = foo_poke,\n};\n"
    assert not is_callback(*seen(text, "foo_poke"))
    assert is_callback(*seen(text + ops, "foo_poke"))
    assert is_callback(*seen(text + ops.replace("= foo_poke", "= &foo_poke"), "foo_poke"))


@pytest.mark.parametrize(
    "call",
    [
        'kthread_run(foo_thread, f, "foo")',
        'kthread_create_on_node(foo_thread, f, 0, "foo")',
        "queue_work(wq, &f->work)",
        "mod_delayed_queue_work(wq, &f->work, 1)",
        "schedule_delayed_work(&f->work, 1)",
        "mod_timer(&f->timer, jiffies)",
        "call_rcu(&f->rcu, foo_free)",
        "module_put_and_kthread_exit(0)",
        "module_put_and_exit(0)",
    ],
)
def test_handing_over(call: str) -> None:
    assert hands_over(*seen(f"void foo(struct foo *f)\n{{\n\t{call};\n}}\n", "foo"))


@pytest.mark.parametrize("call", ["kthread_stop(f->task)", "module_put(THIS_MODULE)", "schedule()"])
def test_no_handing_over(call: str) -> None:
    assert not hands_over(*seen(f"void foo(struct foo *f)\n{{\n\t{call};\n}}\n", "foo"))


TWO = """static int foo(struct foo *f)
{
	return poke(f);
}

static int bar(struct foo *f)
{
	prod(f);
	return foo(f);
}
"""


def test_calls_and_callers() -> None:
    function, outline = seen(TWO, "foo")
    assert [call.name for call in calls_in(function, outline)] == ["poke"]
    assert callers(function, outline) == {"bar"}
    assert callers(*seen(TWO, "bar")) == frozenset()


def test_a_static_function_with_whole_callers_is_reached_in_sight() -> None:
    assert is_reached_in_sight(*seen(TWO, "foo"))
    assert not is_reached_in_sight(*seen(TWO, "bar"))


def test_a_global_function_is_not() -> None:
    assert not is_reached_in_sight(*seen(TWO.replace("static int foo(", "int foo("), "foo"))


def test_an_ioctl_and_a_field_are_reached_from_user_space() -> None:
    text = "int foo_vm_ioctl_get(void)\n{\n\treturn 0;\n}\n"
    assert is_reached_in_sight(*seen(text, "foo_vm_ioctl_get"))
    ops = TWO + "static const struct foo_ops foo_ops = {\n\t.bar = bar,\n};\n"
    assert is_reached_in_sight(*seen(ops, "bar"))


def test_a_caller_that_is_cut_may_hide_something() -> None:
    added = "static int foo(struct foo *f)\n{\n\treturn poke(f);\n}\n\nstatic int bar(struct foo *f)\n{\n\treturn foo(f);"
    outline = source(edit("drivers/foo/foo.c", "", added)).new.outline
    function = outline.function("foo")
    assert function is not None
    assert function.whole
    assert not is_reached_in_sight(function, outline)
    assert has_cut_caller(function, outline)
    assert not has_cut_caller(*seen(TWO, "foo"))
    assert not has_cut_caller(*seen(TWO, "bar"))
