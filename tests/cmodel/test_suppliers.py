"""Operations that another module supplies."""

import pytest

from reviewbot.cmodel.suppliers import supplied
from tests.builders import new_file
from tests.changes import changed

TEXT = """struct foo_ops {
	int (*start)(struct foo *f);
};

static const struct foo_ops *foo_cb;

int foo_register(const struct foo_ops *ops)
{
	foo_cb = ops;
	return 0;
}
EXPORT_SYMBOL_GPL(foo_register);

void foo_unregister(void)
{
	foo_cb = NULL;
}

int foo_start(struct foo *f)
{
	return foo_cb->start(f);
}
"""


def found(text: str) -> list[tuple[str, str, str]]:
    change = changed(new_file("drivers/foo/foo.c", text))
    one = next(change.sources)
    return [(s.function.name, s.kept, s.call.name) for s in supplied(one, change)]


def test_operations_at_file_scope() -> None:
    assert found(TEXT) == [("foo_register", "foo_cb", "foo_cb->start")]


def test_kept_by_a_macro() -> None:
    text = TEXT.replace("foo_cb = ops;", "rcu_assign_pointer(foo_cb, ops);")
    assert [one[1] for one in found(text)] == ["foo_cb"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("EXPORT_SYMBOL_GPL(foo_register);", ""),
        ("\tint (*start)", "\tstruct module *owner;\n\tint (*start)"),
        ("int (*start)(struct foo *f);", "int start;"),
        ("*ops)", "*ops, struct module *owner)"),
        ("foo_cb = NULL;", "foo_cb = NULL;\n\tsynchronize_rcu();"),
        ("foo_cb = NULL;", "mutex_lock(&foo_lock);\n\tfoo_cb = NULL;"),
        ("foo_cb = ops;", "f->cb = ops;"),
        ("foo_cb->start(f)", "0"),
        ("struct foo_ops {", "struct bar_ops {"),
        ("foo_register", "foo_describe"),
    ],
)
def test_reasons_for_silence(before: str, after: str) -> None:
    assert found(TEXT.replace(before, after)) == []
