"""Whether somebody takes a reference on a pointer that a function publishes."""

import pytest

from reviewbot.cmodel.references import is_taken
from tests.changes import seen

GETTERS = ("vm_get",)
BODY = "static int foo(struct vm *vm, struct foo *f)\n{{\n\t{0};\n\treturn publish(vm);\n}}\n"


def taken(statement: str, around: str = "") -> bool:
    function, outline = seen(BODY.format(statement) + around, "foo")
    return is_taken("vm", function, outline, GETTERS)


@pytest.mark.parametrize(
    "statement",
    [
        "vm_get(vm)",
        "vm_get(f->vm)",
        "foo_hold(vm)",
        "foo_get_vm((void *)vm)",
        "grab(vm)",
        "foo_ref(f, vm)",
    ],
)
def test_the_function_takes_it(statement: str) -> None:
    assert taken(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "poke(vm)",
        "fd = get_unused_fd_flags(0)",
        "f->id = vm_get_id(vm)",
        "foo_hold(f)",
        "vm_put(vm)",
    ],
)
def test_nobody_takes_it(statement: str) -> None:
    assert not taken(statement)


def test_something_it_calls_takes_it() -> None:
    helper = "static void attach(struct foo *f, struct vm *vm)\n{\n\tvm_get(vm);\n}\n"
    assert taken("attach(f, vm)", helper)
    assert not taken("poke(f)", helper)


def test_a_caller_takes_it() -> None:
    caller = (
        "static int bar(struct vm *vm, struct foo *f)\n{\n\tvm_get(vm);\n\treturn foo(vm, f);\n}\n"
    )
    assert taken("poke(vm)", caller)


def test_another_function_of_the_file_does_not_count() -> None:
    other = "static void qux(struct vm *vm)\n{\n\tvm_get(vm);\n}\n"
    assert not taken("poke(vm)", other)


def test_the_pointer_under_another_name() -> None:
    text = "static int foo(struct vcpu *v)\n{\n\tstruct vm *vm = v->vm;\n\n\thold(v->vm);\n\treturn publish(vm);\n}\n"
    function, outline = seen(text, "foo")
    assert is_taken("vm", function, outline, GETTERS)
