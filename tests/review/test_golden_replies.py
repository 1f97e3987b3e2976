"""Whole replies to the small mails of tests/mails, byte for byte.

An expected mail is `tests/mails/<name>-<n>.eml`; the version in `X-Reviewbot` is written there as VERSION.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot import __version__
from reviewbot.model.finding import Channel, Severity, Verdict
from reviewbot.model.message import RawMessage
from reviewbot.model.series import Series
from reviewbot.parse.mail import message
from reviewbot.review.compose import Identity, replies
from reviewbot.review.policy import Policy
from reviewbot.review.rulebook import rulebook
from reviewbot.review.wording import mail_faults
from reviewbot.sinks.drafts import draft
from tests.review.talk import MAILS, WHEN, WORDS, read, verdict

IDENTITY = Identity(
    name="reviewbot for A. Maintainer",
    email="bot@example.org",
    reply_to="A. Maintainer <am@example.org>",
    operator="A. Maintainer",
    rules_url="https://example.org/rules/",
)
SUMMARIES = {rule.id: rule.summary for rule in rulebook()}
NO_HASH = "There is no subject in this Fixes: tag."
NO_GET = (
    "The object behind this fd keeps kvm, but widget_gauge_fd() takes no reference on the VM; userspace can "
    "close the VM fd and go on using this one. kvm_get_kvm() before anon_inode_getfd(), kvm_put_kvm() in "
    "->release()?"
)
NO_OWNER = (
    "gauge_fops has no .owner, so an open fd does not keep the module loaded; .owner = THIS_MODULE?"
)
NO_PUT = (
    "kvm_get_kvm() is called here, but I cannot find the matching kvm_put_kvm() in this series or in ledger.c; "
    "which path drops it?"
)


def single(one: Series) -> list[Verdict]:
    """A patch without cover letter: the trailer is quoted, two findings in two hunks."""
    (patch,) = one.patches
    return [
        verdict(patch, "Fixes:", "fixes-tag-malformed", NO_HASH, severity=Severity.NIT),
        verdict(patch, "static const struct file", "fops-owner-missing", NO_OWNER),
        verdict(patch, "return anon", "kvm-fd-without-get", NO_GET, related=("gauge->kvm",)),
    ]


def crowded(one: Series) -> list[Verdict]:
    """More than two mails can hold: the cover letter gets the tag and the summary."""
    first, second, third = one.patches
    return [
        verdict(first, "Fixes:", "fixes-tag-malformed", NO_HASH, severity=Severity.NIT),
        verdict(first, "EXPORT", "export-not-gpl", "EXPORT_SYMBOL_GPL?", severity=Severity.NIT),
        verdict(second, "kvm_get_kvm", "kvm-get-without-put", NO_PUT, function="kvm_ledger_open"),
        verdict(
            second,
            "__module_get",
            "module-get-this-module",
            "Who guarantees that the module is loaded when kvm_ledger_open() runs?",
            function="kvm_ledger_open",
        ),
        verdict(
            third,
            "try_module_get",
            "module-get-unchecked",
            "try_module_get() can fail, and its result is not looked at here.",
            function="widget_open",
        ),
    ]


def pinned(one: Series) -> list[Verdict]:
    """Removed lines and the line added for them are quoted together, with one comment."""
    (patch,) = one.patches
    text = (
        "This drops the symbol_get() that also pinned the module of gadget_put(). What keeps that module "
        "loaded until ->put() is called?"
    )
    where = verdict(
        patch, "widget->put = ref", "module-pin-dropped", text, related=("put = symbol_get",)
    )
    return [where]


def quoted(one: Series) -> list[Verdict]:
    """As many as two mails can quote: one under each patch, nothing at the cover letter."""
    first, second, _ = one.patches
    return [
        verdict(first, "EXPORT", "export-not-gpl", "EXPORT_SYMBOL_GPL?", severity=Severity.NIT),
        verdict(second, "kvm_get_kvm", "kvm-get-without-put", NO_PUT, function="kvm_ledger_open"),
    ]


def noted(one: Series) -> list[Verdict]:
    """What belongs to the cover letter is said there in full, with the patch it is about."""
    first, *_ = one.patches
    return [verdict(first, "Fixes:", "fixes-tag-malformed", NO_HASH, severity=Severity.NIT)]


def silent(one: Series) -> list[Verdict]:
    """Nothing is mailed of the channels that are for people who run reviewbot."""
    _, second, _ = one.patches
    quiet = (Channel.DRAFT, Channel.REPORT, Channel.SUPPRESSED)
    return [verdict(second, "kvm_get_kvm", "a-rule", NO_PUT, channel=c) for c in quiet]


SCARCE = Policy(max_mails_per_series=1, max_findings_per_mail=1, max_own_lines=8)
CASES = (
    ("single", "single", single, Policy()),
    ("series", "series", crowded, Policy()),
    ("related", "related", pinned, Policy()),
    ("quoted", "series", quoted, Policy()),
    ("noted", "series", noted, Policy()),
    ("overflow", "series", crowded, SCARCE),
    ("silent", "series", silent, Policy()),
)


@pytest.mark.parametrize(
    ("name", "mbox", "said", "policy"), CASES, ids=lambda value: str(value)[:20]
)
def test_replies_are_as_expected(
    name: str, mbox: str, said: Callable[[Series], list[Verdict]], policy: Policy
) -> None:
    one = read(mbox)
    made = replies(one, said(one), policy, IDENTITY, WORDS, {"fixes-tag-malformed"}, SUMMARIES)
    wrote = [draft(reply, WHEN) for reply in made]
    paths = sorted(MAILS.glob(f"{name}-*.eml"))
    expected = [path.read_bytes() for path in paths]
    marked = f"X-Reviewbot: {__version__};".encode()
    assert [data.replace(marked, b"X-Reviewbot: VERSION;") for data in wrote] == expected


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_an_expected_reply_is_what_may_be_mailed(path: Path) -> None:
    """The letters themselves are held to the rules of the checker of templates."""
    mail = message(RawMessage(path.read_bytes()))
    (rules,) = re.findall(r"rules=([\w,-]+)", path.read_text().replace("\n", " "))
    assert (
        list(
            mail_faults(
                mail.body.rstrip("\n") + "\n", rules.split(","), IDENTITY.rules_url.rstrip("/")
            )
        )
        == []
    )


def test_every_expected_reply_is_of_a_case() -> None:
    names = {name for name, *_ in CASES}
    assert {path.stem.rpartition("-")[0] for path in MAILS.glob("*.eml")} == names - {"silent"}
