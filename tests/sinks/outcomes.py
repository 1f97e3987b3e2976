"""Outcomes made by hand, for tests of what is shown."""

from reviewbot.model.diff import Side
from reviewbot.model.finding import Anchor, Channel, Finding, Severity, Verdict
from reviewbot.model.message import Address, Message
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.reply import Reply
from reviewbot.model.series import Patch, Series, Subject
from reviewbot.review.outcome import Outcome, RuleFailure, Skip, SkipReason
from tests.values import AUTHOR, file_change, finding, patch, series

BODY = "Add bar.\n\nFixes: 12\n---\n@@ -1,3 +1,3 @@\n one();\n-two();\n+bar();\n three();\n"
COMMENT = "bar() can fail, and its result is not looked at here."


def posted(position: int = 1, *problems: Problem) -> Patch:
    """A patch of two that changes one line of virt/foo.c."""
    files = (file_change("virt/foo.c", " one();", "-two();", "+bar();", " three();", mail=4),)
    message = Message(f"{position}@example.org", f"[PATCH {position}/2] foo: add bar", AUTHOR, BODY)
    made = patch(*files)
    subject = Subject(message.subject, "foo: add bar", ("PATCH",), position=position, total=2)
    return Patch(
        message, subject, AUTHOR, "Add bar.", "", made.trailers, "", 4, files, tuple(problems)
    )


def at(line: str, *, position: int = 1) -> Anchor:
    """The place of a line of `BODY`."""
    index = BODY.split("\n").index(line)
    side = Side.OLD if line.startswith("-") else Side.NEW
    return Anchor(f"{position}@example.org", "virt/foo.c", side, 2, index, line[1:])


def said(
    channel: Channel = Channel.MAIL,
    reason: str = "",
    *,
    rule: str = "a-rule",
    where: Anchor | None = None,
    comment: str = COMMENT,
    **more: object,
) -> Verdict:
    """A verdict on the added line of the first patch."""
    found: Finding = finding(rule, anchor=where or at("+bar();"), **more)
    return Verdict(found, channel, reason, comment)


def whole() -> Series:
    """Two patches, all there."""
    return series(posted(1), posted(2), total=2)


def reply(**fields: object) -> Reply:
    """A reply; `fields` stand in place of its own."""
    known: dict[str, object] = {
        "message_id": "0123456789abcdef@example.org",
        "in_reply_to": "1@example.org",
        "references": ("0@example.org", "1@example.org"),
        "sender": Address("reviewbot for A. Maintainer", "bot@example.org"),
        "reply_to": Address("A. Maintainer", "am@example.org"),
        "to": (AUTHOR,),
        "cc": (),
        "subject": "Re: [PATCH 1/2] foo: add bar",
        "body": "A. Author wrote:\n[...]\n> +\tbar();\n\nWhy, Jörg?\n\n-- \nA program.\n",
        "rules": ("a-rule", "b-rule"),
    }
    return Reply(**(known | fields))  # type: ignore[arg-type]


def rich() -> Outcome:
    """An outcome with something of everything."""
    damaged = Problem(ProblemKind.DIFF_DAMAGED, "virt/foo.c: hunk cut short")
    late = Problem(ProblemKind.MISSING_PATCHES, "3 of 3")
    one = series(posted(1), posted(2, damaged), total=3, missing=(3,), problems=(late,))
    return Outcome(
        series=one,
        verdicts=(
            said(related=(at("-two();"), at("+bar();", position=2)), function="foo", symbol="s"),
            said(Channel.DRAFT, "confidence is low", rule="b-rule", severity=Severity.API),
            said(Channel.REPORT, "as configured", rule="c-rule", severity=Severity.INFO),
            said(Channel.SUPPRESSED, "known", rule="d-rule", severity=Severity.NIT),
            said(
                rule="tag-rule",
                where=Anchor("1@example.org", "", Side.NEW, 0, 2, "Fixes: 12"),
                severity=Severity.NIT,
            ),
        ),
        gates=(
            said(
                Channel.GATE,
                rule="series-gate",
                comment="series incomplete (2 of 3)",
                where=Anchor("1@example.org", "", Side.NEW, 0, -1, ""),
            ),
        ),
        replies=(reply(),),
        skipped=(
            Skip("e-rule", "1@example.org", "", SkipReason.INCOMPLETE),
            Skip("f-rule", "1@example.org", "virt/foo.c", SkipReason.NO_TREE),
            Skip("f-rule", "2@example.org", "virt/foo.c", SkipReason.NO_TREE),
        ),
        failures=(RuleFailure("g-rule", "2@example.org", "virt/foo.c", "TypeError: no", "trace"),),
    )
