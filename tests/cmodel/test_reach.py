"""Whether everything that can call a function is seen."""

import pytest

from reviewbot.cmodel.change import FunctionChange, SourceChange
from reviewbot.cmodel.reach import is_free_of
from tests.builders import new_file
from tests.changes import changed, edit, source

PATH = "drivers/foo/foo.c"
WHOLE = "int foo(struct foo *f)\n{\n\treturn poke(f);\n}\n"
CALLER = "int bar(struct foo *f)\n{\n\tfoo_get(f);\n\treturn foo(f);\n}\n"
WORDS = ("foo_get",)


def function(of: SourceChange, name: str = "foo") -> FunctionChange:
    return next(change for change in of.functions if change.new.name == name)


def test_nobody_calls_a_new_function() -> None:
    assert is_free_of(WORDS, function(source(edit(PATH, "", WHOLE, shared="int shared;\n"))))


def test_a_caller_that_is_cut_may_do_it() -> None:
    cut = "int bar(struct foo *f)\n{\n\treturn foo(f);\n"
    assert not is_free_of(WORDS, function(source(edit(PATH, "", f"{WHOLE}\n{cut}"))))


def test_an_older_function_has_unseen_callers() -> None:
    inside = edit(PATH, "", "\tpoke(f);\n", shared="\tlock(f);\n")
    older = inside.replace("@@ -10,2 +10,3 @@\n", "@@ -10,3 +10,4 @@\n int foo(struct foo *f) {\n")
    assert not is_free_of(WORDS, function(source(older)))


@pytest.mark.parametrize(
    ("caller", "expected"),
    [(CALLER, False), (CALLER.replace("foo_get", "foo_poke"), True)],
    ids=["it takes", "it does not"],
)
def test_another_file_of_the_series_calls_it(caller: str, expected: bool) -> None:
    series = changed(new_file(PATH, WHOLE), new_file("drivers/foo/bar.c", caller))
    assert is_free_of(WORDS, function(next(series.sources))) is expected
