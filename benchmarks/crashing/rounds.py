"""Rounds of letters that are sent by a process which is killed again and again, and what became of each.

Law: a letter is judged by what the server has and by what the outbox says, both read after the last run. Must
not know how many kills are wanted in all.
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from msgspec import Struct

from reviewbot.model.letter import Claim, Letter, Stage
from reviewbot.model.message import Address
from reviewbot.model.posting import Posting
from reviewbot.model.reply import Reply, derived
from reviewbot.sinks.outbox.outbox import Outbox

from .keeper import LOOPBACK, server

LETTERS = 50
MOST_ROUNDS = 100
# Seconds from the start of a run to its end, nearly: kills are spread evenly over them.
SPAN = 1.4
BODY = """On Mon, 2 Mar 2026, A. Author wrote:
> +\tbar();

bar() can fail.

{mark}
A program. Run by A. Maintainer. Off for this series: "reviewbot: off".
""".replace("{mark}", "-- ")
CONFIG = """
[identity]
email = "bot@example.org"
reply_to = "am@example.org"
[post]
mode = "author"
reread = false
[transport]
via = "smtp"
pause = 0
daily = 1000000
sent = "{sent}"
[smtp]
host = "{host}"
port = {port}
encryption = "none"
"""


class Figures(Struct, frozen=True):
    """What became of the letters, and where the kills struck."""

    kills: int = 0
    once: int = 0
    undecided_arrived: int = 0
    undecided_absent: int = 0
    found_again: int = 0
    sent_anew: int = 0
    twice: int = 0
    lost: int = 0
    left: int = 0

    def plus(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(*(getattr(self, f) + getattr(other, f) for f in self.__struct_fields__))

    @property
    def sound(self) -> bool:
        """Whether the law was kept."""
        return not (self.twice or self.lost or self.left)


# The letters


def letter(number: int) -> Letter:
    """One of many, each to another author."""
    parent = f"{number}@patches.example.org"
    author = Address("A. Author", f"author{number}@example.org")
    claims = (Claim("a-rule", f"fingerprint-{number}", "bar"),)
    subject = f"[PATCH] foo: add bar {number}"
    reply = Reply(
        message_id=derived(parent, BODY, "example.org"),
        in_reply_to=parent,
        references=(parent,),
        sender=Address("reviewbot", "bot@example.org"),
        reply_to=Address("A. Maintainer", "am@example.org"),
        to=(author,),
        cc=(),
        subject=f"Re: {subject}",
        body=BODY,
        rules=("a-rule",),
    )
    posting = Posting(
        message_id=parent,
        series=parent,
        lineage=f"change-id:{number}",
        subject=subject,
        author=author,
        to=(Address("", "kvm@vger.kernel.org"),),
        list_ids=("kvm.vger.kernel.org",),
        received=datetime.now(UTC) - timedelta(days=3),
    )
    return Letter(reply, posting, claims)


def approve(state: Path, count: int) -> None:
    """Put letters into an outbox, and approve them."""
    now = datetime.now(UTC)
    with Outbox(state) as outbox:
        for number in range(count):
            key = outbox.hold(letter(number), "somebody", now).id
            outbox.move(key, Stage.HELD, Stage.APPROVED, "somebody", now)


# The kills


def environment(folder: Path) -> dict[str, str]:
    """That of a run whose state lies in `folder`."""
    root = str(Path(__file__).resolve().parents[2])
    ours = {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PYTHONPATH": root}
    return {**os.environ, **ours, "XDG_DATA_HOME": str(folder)}


def run(folder: Path, after: float | None) -> bool:
    """One run of `post --send`, killed after so many seconds; whether it was."""
    words = ("-m", "reviewbot", "post", "--send", "--offline", "--config", str(folder / "c.toml"))
    process = subprocess.Popen(
        (sys.executable, *words),
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def counted(folder: Path, kills: int) -> Figures:
    """What became of each letter."""
    ids = Counter(
        message_from_bytes(path.read_bytes())["Message-ID"]
        for path in (folder / "mails").glob("cur/*")
    )
    figures = Figures(kills=kills)
    with Outbox(folder / "reviewbot") as outbox:
        for entry in outbox.letters():
            times = ids[f"<{entry.letter.message_id}>"]
            whys = [move.why for move in outbox.moves(entry.id)]
            found = any("found in" in why for why in whys)
            anew = any("before it was handed over" in why for why in whys)
            is_sent, is_open = entry.stage is Stage.SENT, entry.stage is Stage.UNDECIDED
            figures = figures.plus(
                Figures(
                    once=times == 1 and is_sent,
                    undecided_arrived=times == 1 and is_open,
                    undecided_absent=times == 0 and is_open,
                    found_again=found,
                    sent_anew=anew and is_sent,
                    twice=times > 1 or (times == 1 and not (is_sent or is_open)),
                    lost=times == 0 and is_sent,
                    left=not (is_sent or is_open),
                )
            )
    return figures


def round_of(folder: Path, letters: int, kills: int, seed: int, span: float = SPAN) -> Figures:
    """Send so many letters, with as many kills as it takes, but not more than `kills`."""
    chance = random.Random(seed)
    (folder / "mails").mkdir()
    with server(folder / "mails", seed, environment(folder)) as port:
        sent = folder / "mails" if seed % 2 else ""
        (folder / "c.toml").write_text(CONFIG.format(host=LOOPBACK, port=port, sent=sent))
        approve(folder / "reviewbot", letters)
        struck = 0
        while struck < kills:
            if not run(folder, chance.uniform(0.1, span)):
                break
            struck += 1
        run(folder, None)
        return counted(folder, struck)


def rounds(
    folder: Path, letters: int, kills: int, seed: int, span: float = SPAN
) -> Iterator[Figures]:
    """As many rounds as it takes to kill so often, each in a folder of its own."""
    left, number = kills, 0
    while left > 0 and number < MOST_ROUNDS:
        place = folder / str(number)
        place.mkdir()
        figures = round_of(place, letters, left, seed + number, span)
        yield figures
        left, number = left - figures.kills, number + 1
