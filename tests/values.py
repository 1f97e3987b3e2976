"""Small makers of values for tests of what comes after parsing."""

from collections.abc import Callable
from types import ModuleType

from reviewbot.model.diff import FileChange, FileKind, Hunk, Line, Side, Sign
from reviewbot.model.finding import Anchor, Channel, Confidence, Finding, Severity
from reviewbot.model.message import Address, Message
from reviewbot.model.series import Patch, Series, SeriesKind, Subject
from reviewbot.rule import Needs, Rule, from_module, rule

AUTHOR = Address("A. Author", "author@example.org")
SIGNS = {sign.value: sign for sign in Sign}


def file_change(path: str, *lines: str, start: int = 1, mail: int = 10) -> FileChange:
    """A file change of one hunk; each line carries its sign as first character."""
    old = new = start
    made = []
    for offset, line in enumerate(lines, mail + 1):
        sign = SIGNS[line[0]]
        on_old, on_new = sign is not Sign.ADDED, sign is not Sign.REMOVED
        made.append(Line(sign, line[1:], old if on_old else 0, new if on_new else 0, offset))
        old, new = old + on_old, new + on_new
    return FileChange(FileKind.MODIFIED, path, path, (Hunk(start, start, "", tuple(made), mail),))


def patch(
    *files: FileChange,
    position: int = 1,
    notes: str = "",
    body: str = "",
    cc: str = "kvm@vger.kernel.org",
) -> Patch:
    """A patch of a series of any length; the body is made of the files' lines unless given."""
    text = body or "\n".join(line.text for f in files for h in f.hunks for line in h.lines)
    message = Message(f"{position}@example.org", "", AUTHOR, text, cc=(Address("", cc),))
    subject = Subject("", "foo: bar", ("PATCH",), position=position)
    return Patch(message, subject, AUTHOR, "Change bar.", notes, (), "", 10, files)


def series(*patches: Patch, **more: object) -> Series:
    """A series of these patches; `more` are fields of Series."""
    return Series(SeriesKind.PATCHES, "foo: bar", AUTHOR, patches=patches, **more)  # type: ignore[arg-type]


def finding(
    rule_id: str = "a-rule",
    *,
    line: int = 1,
    message_id: str = "1@example.org",
    text: str = "bar();",
    **more: object,
) -> Finding:
    """A mail-channel bug in virt/foo.c; `more` are fields of Finding."""
    anchor = Anchor(message_id, "virt/foo.c", Side.NEW, line, 10 + line, text)
    fields: dict[str, object] = {
        "severity": Severity.BUG,
        "confidence": Confidence.HIGH,
        "channel": Channel.MAIL,
        "anchor": anchor,
    }
    return Finding(rule=rule_id, **(fields | more))  # type: ignore[arg-type]


def module(
    name: str, check: Callable[..., object] | None, doc: str = "A defect.", **names: object
) -> ModuleType:
    """A module that holds a `check` as if it stood in a file of its own."""
    made = ModuleType(f"somewhere.{name}", doc)
    made.__dict__.update(names)
    if check is not None:
        made.__dict__["check"] = check
    return made


def make_rule(rule_id: str, check: Callable[..., object], **declared: object) -> Rule:
    """A rule around `check`; by default a bug to be mailed that needs only the diff."""
    fields: dict[str, object] = {
        "severity": Severity.BUG,
        "channel": Channel.MAIL,
        "needs": Needs.DIFF,
        "triggers": (),
    }
    marked = rule(**(fields | declared))(check)  # type: ignore[arg-type]
    return from_module(module(rule_id.replace("-", "_"), marked))
