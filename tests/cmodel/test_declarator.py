"""Types and names of parameters, fields and locals."""

import pytest

from reviewbot.cmodel.declarator import spelled, variable, variables


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("int x", "int", "x"),
        ("struct kvm *kvm", "struct kvm *", "kvm"),
        ("struct  kvm\n\t* kvm", "struct kvm *", "kvm"),
        ("const char *name", "const char *", "name"),
        ("const char *const *groups", "const char * const *", "groups"),
        ("void **p", "void **", "p"),
        ("void * *p", "void **", "p"),
        ("unsigned long flags", "unsigned long", "flags"),
        ("unsigned int x", "unsigned int", "x"),
        ("u8 buffer[16]", "u8 [16]", "buffer"),
        ("char *argv[]", "char * []", "argv"),
        ("u8 a[2][N + 1]", "u8 [2][N + 1]", "a"),
        ("u8 bits:3", "u8", "bits"),
        ("static const struct foo x", "const struct foo", "x"),
        ("register int i", "int", "i"),
        ("int (*fn)(int a, struct kvm *kvm)", "int (*)(int a, struct kvm *kvm)", "fn"),
        ("struct kvm *(*fn)(void)", "struct kvm * (*)(void)", "fn"),
        ("void (*fns[4])(void)", "void (*)(void)", "fns"),
        ("int", "int", ""),
        ("struct kvm", "struct kvm", ""),
        ("struct kvm *", "struct kvm *", ""),
        ("unsigned long", "unsigned long", ""),
        ("const void *", "const void *", ""),
        ("u32", "u32", ""),
    ],
)
def test_a_declaration(text: str, kind: str, name: str) -> None:
    found = variable(text)
    assert found is not None
    assert (found.type, found.name) == (kind, name)


@pytest.mark.parametrize("text", ["", "(", "a(b)", "FOO(x) y", "a.b", "->", "x + y", "..."])
def test_what_is_not_understood_is_nothing(text: str) -> None:
    found = variable(text)
    assert found is None or not found.name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("int a;", [("int", "a")]),
        ("int a = f(x, y), *b;", [("int", "a"), ("int *", "b")]),
        ("struct kvm *kvm = f(x), **other, third;", None),
        ("static struct foo x = { 1, 2 };", [("struct foo", "x")]),
        ("u8 a[2], b;", [("u8 [2]", "a"), ("u8", "b")]),
        ("int (*fn)(int) = g, x;", [("int (*)(int)", "fn"), ("int", "x")]),
        ("return;", []),
        (";", []),
    ],
)
def test_all_variables_of_a_declaration(text: str, found: list[tuple[str, str]] | None) -> None:
    expected = found
    if expected is None:
        expected = [
            ("struct kvm *", "kvm"),
            ("struct kvm **", "other"),
            ("struct kvm", "third"),
        ]
    assert [(one.type, one.name) for one in variables(text)] == expected


def test_a_type_is_spelled_in_one_way() -> None:
    assert spelled("extern  struct\tkvm*  * ") == "struct kvm **"
    assert spelled("") == ""
