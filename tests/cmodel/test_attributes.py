"""Attributes blanked, and nothing that might be something else."""

import pytest

from reviewbot.cmodel.attributes import without_attributes


@pytest.mark.parametrize(
    "attribute",
    [
        "__must_check",
        "__init",
        "__user",
        "__maybe_unused",
        "__always_inline",
        "____cacheline_aligned_in_smp",
        "__printf(2, 3)",
        "__aligned(sizeof(u64))",
        "__free(kfree)",
        "__attribute__((packed, aligned(4)))",
        "__attribute__ ((unused))",
        "__counted_by(count)",
        "noinline",
        "asmlinkage",
        "notrace",
    ],
)
def test_an_attribute_is_blanked(attribute: str) -> None:
    text = f"static {attribute} int x"
    assert without_attributes(text) == text.replace(attribute, " " * len(attribute))


@pytest.mark.parametrize(
    "text",
    [
        "static __u32 x",
        "static __le64 x",
        "x = __init(y);",
        "x = __get_user(y);",
        "my__init x",
        "if (opts.noinstr && f->noinline)",
        "__initcall(foo);",
        "__free_page(page);",
        "__printf_x(a)",
        "noinlined x",
        "__free(",
        "__weak_ref x",
    ],
)
def test_types_names_and_calls_stay(text: str) -> None:
    assert without_attributes(text) == text


def test_an_item_still_begins_at_column_0() -> None:
    code = without_attributes("__bpf_kfunc void foo(void)\n{\n}\n__init int bar(void)\n")
    assert code == "auto        void foo(void)\n{\n}\nauto   int bar(void)\n"


def test_an_attribute_behind_a_header_begins_none() -> None:
    code = without_attributes("int foo(int a)\n__must_hold(&lock)\n{\n")
    assert code == "int foo(int a)\n                  \n{\n"


def test_time_is_linear_in_the_input() -> None:
    text = "__free(" * 100_000
    assert without_attributes(text) == text
