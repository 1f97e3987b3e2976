"""Who answers whom: one copy of every mail, its parent, its thread, and an order to read them in.

`In-Reply-To` and `References` as RFC 5322 §3.6.4 has them; an id that no mail carries still ties the
mails that name it together.

Law: the answer does not depend on the order the mails come in; it is a forest, even if the mails claim a
circle; every step is near linear. Must not know subjects or patches.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.model.message import Message


class Links(Struct, frozen=True):
    """A set of mails by key (the Message-ID where there is one) and what ties them.

    `parent` has only mails that are here; `thread` maps a key to a name two mails share if they are of
    one thread; `when` is seconds since 1970, never before the parent's, and the depth in the thread.
    `copies` are the keys of which there was more than one mail, not the same in every header.
    """

    mails: Mapping[str, Message]
    parent: Mapping[str, str]
    thread: Mapping[str, str]
    when: Mapping[str, tuple[float, int]]
    copies: frozenset[str] = frozenset()


def links(messages: Iterable[Message]) -> Links:
    """Tie `messages` together."""
    by_key: dict[str, list[Message]] = {}
    for message in messages:
        by_key.setdefault(key(message), []).append(message)
    mails = {name: _one(by_key[name]) for name in sorted(by_key)}
    parent = _forest({name: _answered(message, mails) for name, message in mails.items()})
    pairs = ((name, other) for name, message in mails.items() for other in _named(message))
    return Links(
        mails=mails,
        parent=parent,
        thread=joined(mails, pairs),
        when=_when(mails, parent),
        copies=frozenset(name for name, copies in by_key.items() if _differ(copies)),
    )


def key(message: Message) -> str:
    """The Message-ID, or for a mail without one a digest of what it says."""
    if message.message_id:
        return message.message_id
    told = "\0".join((message.subject, message.sender.email, str(message.date), message.body))
    return "no-id:" + sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def joined(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each of `names` the representative of its set, when each of `pairs` is in one set."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (higher := above.get(name, name)) != name:
            above[name] = name = above.get(higher, higher)
        return name

    for one, other in pairs:
        above[top(one)] = top(other)
    return {name: top(name) for name in names}


def _one(copies: list[Message]) -> Message:
    """Of the copies different lists sent, the fullest, known to have been on all those lists."""
    if len(copies) == 1:
        return copies[0]
    best = min(copies, key=lambda copy: (len(copy.problems), -len(copy.body), repr(copy)))
    lists = sorted({name for copy in copies for name in copy.list_ids})
    return replace(best, list_ids=tuple(lists))


def _differ(copies: list[Message]) -> bool:
    """Whether there are copies that differ in more than where they were read."""
    return len(copies) > 1 and len({replace(copy, origin="") for copy in copies}) > 1


def _named(message: Message) -> Iterable[str]:
    return (*message.in_reply_to, *reversed(message.references))


def _answered(message: Message, mails: Mapping[str, Message]) -> str:
    """The nearest mail this one answers that is here, or empty."""
    return next(
        (name for name in _named(message) if name in mails and name != message.message_id), ""
    )


def _forest(parent: dict[str, str]) -> dict[str, str]:
    """`parent` without empty links, circles cut at their least key."""
    done: set[str] = set()
    for start in parent:
        path: dict[str, None] = {}
        name = start
        while name and name not in done and name not in path:
            path[name] = None
            name = parent[name]
        if name in path:
            keys = list(path)
            parent[min(keys[keys.index(name) :])] = ""
        done.update(path)
    return {name: above for name, above in parent.items() if above}


def _when(mails: Mapping[str, Message], parent: Mapping[str, str]) -> dict[str, tuple[float, int]]:
    """A clock that runs behind must not put an answer before its question."""
    when: dict[str, tuple[float, int]] = {}
    for start in mails:
        path = []
        name = start
        while name and name not in when:
            path.append(name)
            name = parent.get(name, "")
        for each in reversed(path):
            above, depth = when.get(parent.get(each, ""), (0.0, -1))
            when[each] = (max(above, _seconds(mails[each])), depth + 1)
    return when


def _seconds(message: Message) -> float:
    if message.date is None:
        return 0.0
    date = message.date
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
