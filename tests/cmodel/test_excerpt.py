"""The texts another program gets to read."""

from reviewbot.cmodel.excerpt import Excerpt, touched_functions, whole_file
from tests.builders import new_file
from tests.changes import changed, edit, source

PATH = "drivers/foo/foo.c"
TEXT = "int a;\n\nint foo(void)\n{\n\treturn 1;\n}\n"
DIFF = f"""diff --git a/{PATH} b/{PATH}
--- a/{PATH}
+++ b/{PATH}
@@ -3,4 +3,4 @@
 int foo(void)
 {{
-	return 1;
+	return 2;
 }}
"""


def test_a_whole_file() -> None:
    seen = whole_file(next(changed(DIFF, tree={PATH: TEXT}).sources))
    assert seen == Excerpt(TEXT, TEXT.replace("1", "2"))


def test_a_file_that_is_cut() -> None:
    assert whole_file(source(DIFF)) is None


def test_a_new_file_has_no_old_text() -> None:
    assert whole_file(source(new_file(PATH, TEXT))) == Excerpt("", TEXT)


def test_a_function_that_the_diff_shows_whole() -> None:
    wanted = "\n\nint foo(void)\n{\n\treturn 1;\n}\n"
    assert touched_functions(source(DIFF)) == Excerpt(wanted, wanted.replace("1", "2"))


def test_only_what_is_touched_is_shown_of_a_whole_file() -> None:
    text = TEXT + "\nint bar(void)\n{\n\treturn 3;\n}\n"
    seen = touched_functions(next(changed(DIFF, tree={PATH: text}).sources))
    assert seen is not None
    assert "foo" in seen.new and "bar" not in seen.new and "int a" not in seen.new


def test_a_function_that_is_new() -> None:
    lines = "static int bar(void)\n{\n\treturn 3;\n}"
    seen = touched_functions(source(edit(PATH, "", lines, "\n")))
    assert seen is not None
    assert seen.old == ""
    assert seen.new.split() == lines.split()
    assert seen.new.split("\n").index("static int bar(void)") == 10


def test_a_function_that_is_cut_is_left_out() -> None:
    cut = edit(PATH, "\treturn 1;", "\treturn 2;", "\tfoo();\n\tbar();")
    assert touched_functions(source(cut)) is None
