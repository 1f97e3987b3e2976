"""Small makers of mails, patches and series for tests; nothing here is a fixture."""

from datetime import UTC, datetime
from email.utils import format_datetime

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def mail(
    body: str,
    *,
    subject: str = "[PATCH] foo: add bar",
    message_id: str = "1@example.org",
    sender: str = "A. Author <author@example.org>",
    to: str = "kvm@vger.kernel.org",
    in_reply_to: str = "",
    date: datetime = NOON,
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """One mail as bytes: headers, an empty line, the body in UTF-8."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {format_datetime(date)}",
        f"Message-ID: <{message_id}>",
    ]
    if in_reply_to:
        lines += [f"In-Reply-To: <{in_reply_to}>", f"References: <{in_reply_to}>"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\n".join(lines) + "\n\n" + body).encode()


def patch_body(
    diff: str, message: str = "Add bar.\n\nSigned-off-by: A. Author <author@example.org>"
) -> str:
    """The body of a patch mail as git format-patch writes it."""
    return f"{message}\n---\n\n{diff}-- \n2.39.5\n"


def new_file(path: str, text: str) -> str:
    """A diff that adds a whole file."""
    lines = text.splitlines()
    added = "".join(f"+{line}\n" for line in lines)
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex 000000000000..1234567890ab\n"
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{added}"
    )
