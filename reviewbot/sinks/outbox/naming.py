"""Naming: the Message-ID of a letter, made when it is put in and when its words change.

Law: one letter keeps one Message-ID, and nobody can tell it before it leaves who has not read this outbox: else
a stranger could post a mail under it, and a letter that never left would seem to have arrived. Must not know
when a letter is named.
"""

import sqlite3

from msgspec.structs import replace

from reviewbot.model.letter import Letter
from reviewbot.model.reply import derived


def named(base: sqlite3.Connection, letter: Letter, body: str) -> Letter:
    """The letter with these words, under the Message-ID that the mail it answers, they and the salt make."""
    ((salt,),) = base.execute("SELECT value FROM salt")
    reply = letter.reply
    domain = reply.message_id.rpartition("@")[2]
    own = derived(letter.posting.message_id, body, domain, salt)
    return replace(letter, reply=replace(reply, body=body, message_id=own))
