"""How fast a review is, as ratios taken in one run.

    python benchmarks/speed.py ../shared/mail/patches

Prints, each with its bound: a cold `reviewbot review` of one 10-patch mbox including start-up; patches per
CPU-second of the whole belt with all rules on a patch-only stream; that the prefilter changes no finding;
time for 2N mails ÷ time for N. Bounds are those of the design; ratios travel, absolute figures do not.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

from reviewbot.config import load
from reviewbot.model.finding import Finding
from reviewbot.model.message import RawMessage
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.kit import Kit
from reviewbot.review.review import review

FILE = "drivers/vfio/pci/lamp/lamp{n}.c"
PATCH = """From: A. Author <a@example.org>
Date: Mon, 02 Mar 2026 09:{n:02}:00 +0000
Subject: [PATCH {n}/10] vfio/lamp: Add part {n}
Message-ID: <{n}@example.org>
In-Reply-To: <1@example.org>

Add part {n}.

Signed-off-by: A. Author <a@example.org>
---
diff --git a/{file} b/{file}
new file mode 100644
index 000000000000..1234567890ab
--- /dev/null
+++ b/{file}
@@ -0,0 +1,{count} @@
{lines}--\x20
2.39.5

"""
CODE = """int lamp{n}_open_{m}(struct lamp *lamp, struct kvm *kvm)
{{
	if (!try_module_get(lamp->owner))
		return -ENODEV;
	kvm_get_kvm(kvm);
	lamp->kvm = kvm;
	kvm_put_kvm(lamp->kvm);
	return 0;
}}
EXPORT_SYMBOL_GPL(lamp{n}_open_{m});
"""


def ten_patches() -> bytes:
    """A series of ten patches, each adding a file of 100 lines."""
    mails = []
    for n in range(1, 11):
        code = "".join(CODE.format(n=n, m=m) for m in range(10)).splitlines()
        lines = "".join(f"+{line}\n" for line in code)
        mails.append(PATCH.format(n=n, file=FILE.format(n=n), count=len(code), lines=lines))
    return "".join(f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{mail}" for mail in mails).encode()


def cold(runs: int) -> list[float]:
    """Wall seconds of `reviewbot review` on the ten patches, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        mbox = Path(folder) / "ten.mbox"
        mbox.write_bytes(ten_patches())
        command = [sys.executable, "-m", "reviewbot", "review", str(mbox)]
        times = []
        for _ in range(runs):
            clock = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - clock)
    return sorted(times)


def pour(mails: list[bytes], kit: Kit) -> tuple[float, int, list[Finding]]:
    """CPU seconds, patches and findings of the whole belt."""
    clock = time.process_time()
    patches, found = 0, []
    for one in series(message(RawMessage(data, str(n))) for n, data in enumerate(mails)):
        patches += len(one.patches)
        found += [verdict.finding for verdict in review(one, kit).verdicts]
    return time.process_time() - clock, patches, found


def main() -> int:
    """Measure and print; 1 if a bound is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a folder of .eml patch mails")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    broken = []

    def bound(name: str, value: float, good: bool, unit: str, limit: str) -> None:
        print(f"{name:42} {value:9.2f} {unit:16} bound {limit}{'' if good else '   BROKEN'}")
        broken.extend([] if good else [name])

    times = cold(options.runs)
    median = times[len(times) // 2]
    bound("cold review of ten patches (median)", median, median <= 0.3, "s wall", "<= 0.3")
    print(f"{'':42} {times[0]:9.2f} s wall, best of {len(times)}")

    mails = [path.read_bytes() for path in sorted(options.folder.rglob("*.eml"))]
    kit = load().kit()
    pour(mails[:200], kit)
    on, patches, found = pour(mails, kit)
    rate = patches / on
    bound("patch stream, all rules", rate, rate >= 1000, "patches/CPU-s", ">= 1000")
    off, _, unfiltered = pour(mails, replace(kit, prefilter=False))
    same = found == unfiltered
    bound(
        "findings, filter on", len(found), same, "identical off" if same else "DIFFER", "identical"
    )
    print(f"{'filter on ÷ filter off':42} {on / off:9.2f}")
    half = pour(mails[: len(mails) // 2], kit)[0]
    twice = pour(mails[: len(mails) // 2] + [tag(m) for m in mails[: len(mails) // 2]], kit)[0]
    bound("time for 2N ÷ time for N", twice / half, twice / half <= 2.2, "", "<= 2.2")
    return int(bool(broken))


def tag(mail: bytes) -> bytes:
    """The same mail under other Message-IDs, so that it is not folded as a duplicate."""
    return mail.replace(b"@", b".again@")


if __name__ == "__main__":
    sys.exit(main())
