"""Which calls end a path."""

import pytest

from reviewbot.cmodel.noreturn import is_noreturn


@pytest.mark.parametrize(
    "name",
    [
        "BUG",
        "panic",
        "nmi_panic",
        "do_exit",
        "do_group_exit",
        "kthread_exit",
        "kthread_complete_and_exit",
        "module_put_and_kthread_exit",
        "machine_restart",
    ],
)
def test_does_not_come_back(name: str) -> None:
    assert is_noreturn(name)


@pytest.mark.parametrize(
    "name", ["BUG_ON", "foo_exit", "exit_mm", "panic_print", "pr_emerg", "WARN"]
)
def test_comes_back(name: str) -> None:
    assert not is_noreturn(name)
