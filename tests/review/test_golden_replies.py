"""Whole replies to the small mails of tests/mails, byte for byte.

An expected mail is `tests/mails/<name>-<n>.eml`; the version in `X-Reviewbot` is written there as VERSION.
"""

from collections.abc import Callable

import pytest

from reviewbot import __version__
from reviewbot.model.finding import Severity, Verdict
from reviewbot.model.series import Series
from reviewbot.review.compose import Identity, replies
from reviewbot.review.policy import Policy
from reviewbot.sinks.drafts import draft
from tests.review.talk import MAILS, WHEN, WORDS, read, verdict

IDENTITY = Identity(
    name="reviewbot for A. Maintainer",
    email="bot@example.org",
    reply_to="A. Maintainer <am@example.org>",
    operator="A. Maintainer",
    rules_url="https://example.org/rules/",
)
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


@pytest.mark.parametrize(
    ("name", "said"), [("single", single), ("series", crowded), ("related", pinned)]
)
def test_replies_are_as_expected(name: str, said: Callable[[Series], list[Verdict]]) -> None:
    one = read(name)
    made = replies(one, said(one), Policy(), IDENTITY, WORDS, {"fixes-tag-malformed"})
    wrote = [draft(reply, WHEN) for reply in made]
    paths = sorted(MAILS.glob(f"{name}-*.eml"))
    expected = [path.read_bytes() for path in paths]
    marked = f"X-Reviewbot: {__version__};".encode()
    assert [data.replace(marked, b"X-Reviewbot: VERSION;") for data in wrote] == expected
