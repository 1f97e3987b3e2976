"""Where a pointer comes from inside a function."""

import pytest

from reviewbot.cmodel.borrowed import bare, is_borrowed, root, stored_in, values
from reviewbot.cmodel.outline import Assignment, Function, Outline, Variable
from tests.cmodel.sources import known

FUNCTION = Function(
    "foo_get_fd",
    "static int foo_get_fd(struct kvm_vcpu *vcpu, struct file *file)",
    10,
    20,
    True,
    parameters=(Variable("struct kvm_vcpu *", "vcpu"), Variable("struct file *", "file")),
    locals=(Variable("struct kvm *", "kvm"),),
)


def outline(*pairs: tuple[str, str], line: int = 12) -> Outline:
    return known(assignments=tuple(Assignment(t, v, line, "foo_get_fd") for t, v in pairs))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("kvm", "kvm"),
        ("(void *)kvm", "kvm"),
        ("(void *) (kvm)", "kvm"),
        ("(struct kvm *)file->private_data", "file->private_data"),
        ("get(kvm)", "get(kvm)"),
        ("(a)->b + (c)", "(a)->b + (c)"),
        ("", ""),
    ],
)
def test_bare(expression: str, expected: str) -> None:
    assert bare(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("f->dev.kvm", "f"), ("&kvm->lock", "kvm"), ("*p", "p"), ("(*p)->x", "p"), ("", "")],
)
def test_root(expression: str, expected: str) -> None:
    assert root(expression) == expected


def test_a_parameter_is_borrowed_until_it_is_assigned() -> None:
    assert is_borrowed("vcpu", FUNCTION, outline())
    assert is_borrowed("vcpu->kvm", FUNCTION, outline())
    assert not is_borrowed("vcpu", FUNCTION, outline(("vcpu", "vcpu_create(1)")))


def test_a_local_is_as_borrowed_as_everything_assigned_to_it() -> None:
    assert is_borrowed("kvm", FUNCTION, outline(("kvm", "vcpu->kvm")))
    assert is_borrowed("kvm", FUNCTION, outline(("f", "file->private_data"), ("kvm", "f->kvm")))
    assert not is_borrowed("kvm", FUNCTION, outline(("kvm", "vcpu->kvm"), ("kvm", "create()")))


def test_nothing_assigned_and_calls_are_unknown() -> None:
    assert not is_borrowed("kvm", FUNCTION, outline())
    assert not is_borrowed("kvm_create_vm(type)", FUNCTION, outline())


def test_circular_assignments_end() -> None:
    assert not is_borrowed("a", FUNCTION, outline(("a", "b"), ("b", "a")))


def test_values_of_other_functions_do_not_count() -> None:
    assert values("kvm", FUNCTION, outline(("kvm", "vcpu->kvm"), line=30)) == ()


def test_what_is_stored_in_an_object() -> None:
    seen = outline(
        ("foo->kvm", "kvm"), ("foo->vcpu->id", "id"), ("foobar->kvm", "other"), ("foo", "x")
    )
    assert stored_in("foo", FUNCTION, seen) == ("kvm", "id")
    assert stored_in("bar", FUNCTION, seen) == ()
