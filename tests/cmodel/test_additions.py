"""What a series adds that may do the work of a call it removes."""

from reviewbot.cmodel.additions import adds, adds_call_on, adds_cleanup
from tests.changes import changed, edit

FUNCTION = "int foo(struct foo *f)\n{\n"


def test_a_word_in_any_patch_of_the_series() -> None:
    one, other = edit("a.c", "x();", "y();"), edit("b.c", "x();", "box_get(b);")
    source = next(changed(one, other).sources)
    assert adds(source, ("box_get",))
    assert not adds(source, ("x", "box", "box_getter"))


def test_an_added_call_on_a_variable() -> None:
    source = next(
        changed(edit("a.c", f"{FUNCTION}\ta(f);\n}}", f"{FUNCTION}\tb(f->x);\n}}")).sources
    )
    (function,) = source.new.outline.functions
    assert adds_call_on(source, function, ("f",))
    assert not adds_call_on(source, function, ("x2", "g"))


def test_an_added_cleanup() -> None:
    assert adds_cleanup(next(changed(edit("a.c", "x();", "box_release(b);")).sources))
    assert adds_cleanup(
        next(changed(edit("a.c", "x();", "struct box *b __free(box) = 0;")).sources)
    )
    assert not adds_cleanup(next(changed(edit("a.c", "x();", "y();")).sources))
