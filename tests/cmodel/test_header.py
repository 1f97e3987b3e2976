"""Names and parameters in function headers."""

import pytest

from reviewbot.cmodel.header import is_prototype, signature


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("int foo(void)", "foo"),
        ("static inline struct kvm *foo(int a)", "foo"),
        ("foo(int a)", "foo"),
        ("unsigned long long\nfoo(int a)", "foo"),
        ("int (*foo(int a))(int b)", "foo"),
        ("struct a *(*foo(void))(void)", "foo"),
        ("SYSCALL_DEFINE2(open, int, a, int, b)", "sys_open"),
        ("COMPAT_SYSCALL_DEFINE1(open, int, a)", "compat_sys_open"),
        ("BPF_CALL_1(bpf_foo, int, a)", "bpf_foo"),
        ("DEFINE_IDTENTRY(exc_foo)", "exc_foo"),
        ("static int FNAME(sync)(struct kvm *kvm)", "FNAME(sync)"),
        ("static void FOO(void)", "FOO"),
        ("__unknown(1) int foo(int a)", "foo"),
        ("static int foo(int a", "foo"),
    ],
)
def test_the_name(text: str, name: str) -> None:
    sign = signature(text)
    assert sign is not None
    assert sign.name == name


@pytest.mark.parametrize(
    "text",
    ["", "int x", "if (a)", "while (x)", "struct foo x =", "x = foo(a)", "#if A(b)", "return f(x)"],
)
def test_no_header(text: str) -> None:
    sign = signature(text)
    assert sign is None or not is_prototype(sign, text)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("int foo(void)", []),
        ("int foo()", []),
        ("int foo(struct kvm *kvm, ...)", [("struct kvm *", "kvm")]),
        ("int foo(struct kvm *, int)", [("struct kvm *", ""), ("int", "")]),
        (
            "int foo(int (*cb)(int a, int b), int c)",
            [("int (*)(int a, int b)", "cb"), ("int", "c")],
        ),
        ("SYSCALL_DEFINE2(open, int, a, u32, b)", [("int", "a"), ("u32", "b")]),
        ("int FNAME(x)(struct kvm *kvm)", [("struct kvm *", "kvm")]),
        ("int foo(struct kvm *kvm,", [("struct kvm *", "kvm")]),
        ("int foo(struct kvm *kvm, unsigned lo", [("struct kvm *", "kvm")]),
    ],
)
def test_parameters_as_far_as_visible(text: str, parameters: list[tuple[str, str]]) -> None:
    sign = signature(text)
    assert sign is not None
    assert [(one.type, one.name) for one in sign.parameters] == parameters


@pytest.mark.parametrize(
    ("text", "prototype"),
    [
        ("int foo(void)", True),
        ("extern struct kvm *foo(int a)", True),
        ("void foo(int (*cb)(int))", True),
        ("static int foo(int a)", True),
        ("foo(a)", False),
        ("static DEFINE_MUTEX(foo)", False),
        ("module_init(foo)", False),
        ("typedef int foo(int)", False),
        ("int foo(int a) + 1", False),
        ("return foo(a)", False),
    ],
)
def test_what_declares_a_function(text: str, prototype: bool) -> None:
    sign = signature(text)
    assert sign is not None
    assert is_prototype(sign, text) is prototype
