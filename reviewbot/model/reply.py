"""Reply: one mail answering one patch.

Law: its Message-ID is derived from the patch it answers and from what it says, so that a second run
cannot make a second mail; with a salt nobody else can tell it beforehand. Must not know how it is worded or
sent; it has no date until it is written.
"""

from hashlib import sha256

from msgspec import Struct

from reviewbot.model.message import Address


class Claim(Struct, frozen=True):
    """One thing a reply says: the rule, the fingerprint of the finding, and the name people know it by."""

    rule: str
    fingerprint: str
    symbol: str = ""


class Reply(Struct, frozen=True):
    """One mail to come. `body` has `\\n` line ends; `rules` are the ids of the rules that speak in it.

    `claims` is everything that is said in it, in full or by name. `automatic`: it says of itself that no person
    sent it.
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    body: str
    rules: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    automatic: bool = False


def derived(parent: str, body: str, domain: str, salt: str = "") -> str:
    """The Message-ID of an answer to the mail `parent` that says `body`, without brackets.

    Whoever knows patch and words can tell it, unless there is a `salt`.
    """
    said = f"{salt}\0{parent}\0{body}" if salt else f"{parent}\0{body}"
    digest = sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:32]}@{domain}"
