"""Letters made by hand, for tests of what becomes of them."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from reviewbot.model.letter import Claim, Letter, Stage
from reviewbot.model.message import Address
from reviewbot.model.posting import Posting
from reviewbot.model.reply import derived
from reviewbot.sinks.outbox.outbox import FILE, Outbox
from tests.sinks.outcomes import reply
from tests.values import AUTHOR

WHEN = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KVM = Address("", "kvm@vger.kernel.org")
LINEAGE = "author:author@example.org title:foo: add bar"
BODY = (
    "On Mon, 2 Mar 2026, A. Author wrote:\n[...]\n> +\tbar();\n\nbar() can fail.\n"
    '\n-- \nA program. Off for this series: "reviewbot: off".\n'
)


def letter(*says: str, parent: str = "1@example.org", body: str = BODY, **fields: object) -> Letter:
    """A letter that says `says` (rules, whose fingerprints are made of their names) of the mail `parent`.

    Further fields are the posting's.
    """
    claims = tuple(Claim(rule, f"{rule}-fingerprint", "bar") for rule in says or ("a-rule",))
    words = body.replace("can fail", f"can fail ({', '.join(says)})") if says else body
    made = reply(
        message_id=derived(parent, words, "example.org"),
        in_reply_to=parent,
        references=("0@example.org", parent),
        body=words,
        rules=tuple(claim.rule for claim in claims),
        claims=claims,
    )
    known: dict[str, object] = {
        "message_id": parent,
        "series": "0@example.org",
        "lineage": LINEAGE,
        "subject": "[PATCH 1/2] foo: add bar",
        "author": AUTHOR,
        "to": (KVM,),
        "list_ids": ("kvm.vger.kernel.org",),
        "date": WHEN,
    }
    return Letter(made, Posting(**(known | fields)), claims)  # type: ignore[arg-type]


def unnamed(one: Letter) -> Letter:
    """A letter without its Message-ID, which each outbox makes for itself."""
    return replace(one, reply=replace(one.reply, message_id=""))


def held(outbox: Outbox, one: Letter, when: datetime = WHEN) -> str:
    """Hold a letter; its id."""
    done = outbox.hold(one, "somebody", when)
    assert done.held, done.why
    return done.id


def damage(folder: Path, key: str, column: str = "content", value: str = "{") -> None:
    """Write what nobody can read into the row of a letter; `value` may hold lone surrogates for bytes."""
    base = sqlite3.connect(folder / FILE)
    data = value.encode("utf-8", "surrogateescape")
    with base:
        base.execute(f"UPDATE letter SET {column} = CAST(? AS TEXT) WHERE id = ?", (data, key))
    base.close()


WAYS = {
    Stage.HELD: (),
    Stage.APPROVED: (Stage.APPROVED,),
    Stage.SENDING: (Stage.APPROVED, Stage.SENDING),
    Stage.UNDECIDED: (Stage.APPROVED, Stage.SENDING, Stage.UNDECIDED),
    Stage.SENT: (Stage.APPROVED, Stage.SENDING, Stage.SENT),
    Stage.DROPPED: (Stage.DROPPED,),
}


def brought(outbox: Outbox, one: Letter, stage: Stage, when: datetime = WHEN) -> str:
    """Hold a letter and move it to a stage, a minute each; its id."""
    key = held(outbox, one, when)
    before = Stage.HELD
    for after in WAYS[stage]:
        when += MINUTE
        assert outbox.move(key, before, after, "somebody", when, f"to {after.value}")
        before = after
    return key
