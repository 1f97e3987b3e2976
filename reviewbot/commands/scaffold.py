"""A new rule's three files, ready to be changed.

Law: what is written works as it stands (the rule fires on its own page) and no file is ever overwritten.
Must not know any existing rule.
"""

import keyword
import re
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from reviewbot.config.places import PACKAGE
from reviewbot.errors import UsageError

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")

MODULE = '''"""A call of bar_unsafe() is added.  (Say in one line what is wrong.)

Why: what breaks, and where somebody said so.
Fix: what the author should do instead.
Quiet when: the line is only moved.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import SourceChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

CALLS = ("bar_unsafe",)


@rule(severity=Severity.NIT, channel=Channel.DRAFT, needs=Needs.DIFF, triggers=CALLS)
def check(source: SourceChange) -> Iterator[Hit]:
    """Each added call, as a place and facts; the words are in the template."""
    for call in source.added_calls(CALLS):
        if not source.is_moved(source.added[call.line]):
            yield source.at(call.line, symbol=call.name)
'''

TEMPLATE = "{{ symbol }}() is unsafe here; bar_safe() instead?\n"

PAGE = """# RULE

What the rule is for, in a sentence or two, for people who have just got its comment.

## Bad: a call is added

```c new=drivers/foo/bar.c
int foo_start(struct foo *foo)
{
	return bar_unsafe(foo);
}
```

```comment
bar_unsafe() is unsafe here; bar_safe() instead?
```

## Good: another call is added

```c new=drivers/foo/bar.c
int foo_start(struct foo *foo)
{
	return bar_safe(foo);
}
```
"""


class Folders(Struct, frozen=True):
    """Where the three files of a rule go."""

    rules: Path
    templates: Path
    pages: Path


def in_pack(pack: Path) -> Folders:
    """The folders of a rule pack."""
    return Folders(pack / "rules", pack / "templates" / "rules", pack / "pages")


def in_checkout(root: Path = PACKAGE.parent) -> Folders:
    """The folders of a checkout of reviewbot; raises UsageError if `root` is none."""
    if not (root / "pyproject.toml").is_file():
        hint = "Name a folder with --pack; it is made if it is not there."
        raise UsageError("reviewbot is installed here, not checked out", hint)
    return Folders(
        root / PACKAGE.name / "rules", root / "templates" / "rules", root / "tests" / "rules"
    )


def scaffold(rule_id: str, known: Collection[str], folders: Folders) -> tuple[Path, ...]:
    """Write module, template and page of a new rule and return their paths.

    Raises UsageError for an id that is taken or badly formed, and where a file is already there.
    """
    name = _module_name(rule_id, known)
    texts = {
        folders.rules / f"{name}.py": MODULE,
        folders.templates / f"{rule_id}.j2": TEMPLATE,
        folders.pages / f"{rule_id}.md": PAGE.replace("RULE", rule_id, 1),
    }
    for path in texts:
        if path.exists():
            raise UsageError(f"{path} is there already")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(texts)


def _module_name(rule_id: str, known: Collection[str]) -> str:
    name = rule_id.replace("-", "_")
    if not ID.match(rule_id) or keyword.iskeyword(name):
        hint = "An id is in lower case with dashes and names the defect: alloc-unchecked."
        raise UsageError(f"{rule_id!r} cannot be the id of a rule", hint)
    if rule_id in known:
        raise UsageError(f"there is a rule {rule_id} already")
    return name
