"""The grammar of example pages; that the pages of all rules are read by it is shown by tests/test_rules.py."""

from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.page import Case, Expected, cases
from reviewbot.parse.thread import series

PAGE = """\
# some-rule

Why.

## Bad: two patches

```cover foo: a series
Both are needed.
```

```message foo: add it
foo: add it

It was missing.
```

```c new=foo.c
int foo;
```

```c tree=bar.c
int bar;
```

### bar: use it

```diff
--- a/bar.c
+++ b/bar.c
@@ -1 +1 @@
-int bar;
+int bar = 1;
```

```commit 1a2b3c4d5e6f
bar: begin
```

```comment draft
One
is enough.
```

## Good: nothing

Prose between the blocks is passed over.

```c new=foo.c
int foo;
```
"""


def read() -> tuple[Case, Case]:
    bad, good = cases("some-rule", PAGE)
    return bad, good


def test_a_section_is_a_case_with_all_its_blocks() -> None:
    bad, good = read()
    assert (str(bad), bad.bad, good.bad) == ("some-rule: Bad: two patches", True, False)
    assert bad.tree == {"bar.c": "int bar;\n"}
    assert bad.commits == {"1a2b3c4d5e6f": "bar: begin"}
    assert bad.expected == (Expected("One is enough.", "draft"),)
    assert good.expected == ()


def test_its_mails_make_one_whole_series() -> None:
    bad, good = read()
    (one,) = series(message(RawMessage(mail)) for mail in bad.mails)
    assert one.complete
    assert one.cover is not None
    assert one.cover.body.strip() == "Both are needed."
    assert [patch.subject.raw for patch in one.patches] == [
        "[PATCH 1/2] foo: add it",
        "[PATCH 2/2] foo: change bar",
    ]
    assert one.patches[0].commit_message.splitlines()[-1] == "It was missing."
    assert [file.path for patch in one.patches for file in patch.files] == ["foo.c", "bar.c"]
    (alone,) = series(message(RawMessage(mail)) for mail in good.mails)
    assert alone.patches[0].subject.raw == "[PATCH] foo: change bar"


def test_the_same_page_gives_the_same_mails() -> None:
    assert [case.mails for case in read()] == [case.mails for case in read()]


def test_a_page_without_sections_has_no_cases() -> None:
    assert list(cases("x", "# x\n\nNothing.\n")) == []
    assert list(cases("x", "")) == []
