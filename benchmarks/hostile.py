"""Hostile mails: each is meant to make a careless parser slow, and must cost less than a second.

    python benchmarks/hostile.py

Cases are those of quadratic or exponential behaviour known from mail and diff libraries: over-long lines,
`Binary files` lines full of ` and `, deep MIME nesting, thousands of headers, unclosed quotes and brackets.
"""

import sys
import time
from collections.abc import Iterator

from reviewbot.config import load
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.mbox import split
from reviewbot.parse.thread import series
from reviewbot.review.review import review

HEAD = "From: a@example.org\nMessage-ID: <1@example.org>\nSubject: {subject}\n{headers}\n"
DIFF = "diff --git a/virt/kvm/x.c b/virt/kvm/x.c\n--- a/virt/kvm/x.c\n+++ b/virt/kvm/x.c\n"
TRIGGER = "+\ttry_module_get(m);\n+EXPORT_SYMBOL_GPL(foo);\n+\tkvm_get_kvm(kvm);\n"


def mail(body: str, subject: str = "[PATCH] x", headers: str = "") -> bytes:
    """One mail with this body."""
    return (HEAD.format(subject=subject, headers=headers) + body).encode()


def hunk(*lines: str) -> str:
    """A patch body with one hunk of added lines."""
    return f"x\n---\n{DIFF}@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)


def cases() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each case; most are about a megabyte."""
    many = [f'"a{n}" <a{n}@b>' for n in range(5_000)]
    yield "binary-files line", mail(f"x\n---\n{DIFF}Binary files {'and ' * 100_000}differ\n")
    yield "one long added line", mail(hunk("x" * 1_000_000, "EXPORT_SYMBOL_GPL(foo);"))
    yield "one long context of brackets", mail(hunk("(" * 200_000 + "EXPORT_SYMBOL(foo);"))
    yield (
        "nested parentheses in C",
        mail(hunk("int f(void)", "{", "(" * 50_000, "kvm_get_kvm(kvm);", "}")),
    )
    yield "nested braces in C", mail(hunk("int f(void)", *["{"] * 20_000, "try_module_get(m);"))
    yield "unclosed comment", mail(hunk("/*", *["EXPORT_SYMBOL_GPL(foo);"] * 20_000))
    yield "unclosed string", mail(hunk(*['"EXPORT_SYMBOL_GPL(foo);'] * 20_000))
    yield "backslash lines", mail(hunk(*["EXPORT_SYMBOL_GPL(foo); \\"] * 20_000))
    yield "20,000 exports", mail(hunk(*[f"EXPORT_SYMBOL_GPL(foo_{n});" for n in range(20_000)]))
    yield "5,000 functions", mail(functions(5_000))
    yield "5,000 files", mail("x\n---\n" + (DIFF + "@@ -1 +1,4 @@\n x\n" + TRIGGER) * 5_000)
    yield (
        "absurd hunk counts",
        mail(f"x\n---\n{DIFF}@@ -1,99999999999 +1,99999999999 @@\n+x\n" * 2_000),
    )
    yield "50,000 trailers", mail("x\n\n" + "Fixes: 12 x\n" * 50_000 + "---\n" + DIFF)
    yield "1 MB subject", mail("x", subject="[PATCH " + "[" * 500_000 + " 1/2] " + "x" * 500_000)
    yield "encoded-word subject", mail("x", subject="=?utf-8?q?" + "=41" * 100_000 + "?= " * 1_000)
    yield "1 MB of References", mail("x", headers="References: " + "<a@b> " * 170_000 + "\n")
    yield "20,000 headers", mail("x", headers="X-A: b\n" * 20_000)
    yield "5,000 recipients", mail("x", headers=f"To: {', '.join(many)}\n")
    yield "unclosed quotes in To", mail("x", headers="To: " + '"a ' * 50_000 + "\n")
    yield "deep MIME nesting", nested(300)
    yield "2,000 MIME parts", parts(2_000)
    yield "100,000 From lines", b"From x\n" * 100_000 + mail("x")
    yield "1 MB of >From", mail(">>>>From \n" * 100_000)
    yield (
        "flowed lines",
        mail("x \n" * 200_000, headers="Content-Type: text/plain; format=flowed\n"),
    )
    yield (
        "quoted-printable soup",
        mail("=" * 1_000_000, headers="Content-Transfer-Encoding: quoted-printable\n"),
    )
    yield "base64 soup", mail("A" * 1_000_001, headers="Content-Transfer-Encoding: base64\n")
    yield "NUL and escape bytes", mail("\0\x1b[31m\u202e" * 100_000)
    yield "scissors and diffstat soup", mail(" a | 1 +\n-- >8 --\n" * 50_000)


def functions(number: int) -> str:
    """A patch that adds many functions, each with something to be found."""
    each = ("int f{}(void)", "{{", "\tkvm_get_kvm(k);", "\ttry_module_get(m);", "}}")
    return hunk(*(line.format(n) for n in range(number) for line in each))


def nested(depth: int) -> bytes:
    """Multipart in multipart."""
    top = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return (
        HEAD.format(subject="[PATCH] x", headers="").rstrip("\n") + "\n" + top + "\nx\n"
    ).encode()


def parts(number: int) -> bytes:
    """One multipart with many parts."""
    body = "--b\nContent-Type: text/x-patch\n\n" + DIFF + "\n"
    return mail(body * number + "--b--\n", headers="Content-Type: multipart/mixed; boundary=b\n")


def main() -> int:
    """Time each case through the whole belt; 1 if any takes a second or more."""
    kit = load().kit()
    worst = 0.0
    for name, data in cases():
        clock = time.perf_counter()
        mails = [message(RawMessage(piece)) for piece in split(data)]
        mails = mails or [message(RawMessage(data))]
        replies = sum(len(review(one, kit).replies) for one in series(mails))
        spent = time.perf_counter() - clock
        worst = max(worst, spent)
        print(f"{spent:7.3f} s  {len(data):>9,} bytes  {replies} replies  {name}")
    print(f"{worst:7.3f} s  worst (must stay below 1 s)")
    return int(worst >= 1)


if __name__ == "__main__":
    sys.exit(main())
