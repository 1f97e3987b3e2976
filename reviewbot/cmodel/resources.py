"""Resources: where a function takes a reference, and what each step does to it.

Law: a reference counts as held only as long as nothing was seen that might release it, take it over or give
it another name; what may be any of these ends the obligation. Must not know paths or rules.
Source: rule catalogue §1.0, ownership transfers.
"""

import re
from enum import Enum

from msgspec import Struct

from reviewbot.cmodel.brackets import pieces
from reviewbot.cmodel.flow import Kind
from reviewbot.cmodel.pairs import Getter, Pair

_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(")

# Words in the name of a call that may give back what it is passed, or something reachable from it.
# What an allocator returns: an object that nobody else knows yet.
MADE = re.compile(r"(?:\([\w\s]+\*\) ?)?(?:k[mzvc]*alloc|kmem_cache_z?alloc|vz?alloc)\w* ?\(")
RELEASES = frozenset(
    re.findall(
        r"\w+",
        """put release free destroy del delete close unregister drop unref cleanup teardown remove detach exit
        fini uninit deinit unbind kill dec undo abort rollback shutdown stop disconnect unpin unlink dispose
        cancel fail finish end done complete reset clear unload unget discard purge flush untrack unset
        unprepare unmap disable evict erase unassign leave term terminate deactivate invalidate unwind""",
    )
)
# Words in the name of a call that may keep what it is passed.
KEEPS = frozenset(
    re.findall(
        r"\w+",
        """register add queue submit attach insert link set store init setup install assign push schedule run
        create alloc bind hash enqueue rcu work timer getfd getfile new take transfer consume give hand own
        steal move open save track replace xchg cmpxchg swap xa idr ida list WRITE_ONCE drvdata join start
        connect prepare publish map import export associate enable load append defer delayed thread notify
        initialize activate probe make build fill device commit reg chain enlist acquire hlist copy vma
        private arm load_acquire mount claim pin cache""",
    )
)
# These free memory and never drop a reference.
_MEMORY = re.compile(r"(?:kv?|v|kz)free(?:_sensitive)?|free_pages?|kmem_cache_free|bitmap_free")
# These prepare a part of an object and keep nothing.
_PREPARES = re.compile(
    r"INIT_\w+|init_(?:rwsem|completion|waitqueue_head|rcu_head)"
    r"|(?:mutex|(?:raw_)?spin_lock|rwlock|kref|seqcount|ida|idr|xa)_init"
)
_PURE = frozenset(("IS_ERR", "IS_ERR_OR_NULL", "PTR_ERR", "sizeof", "likely", "unlikely", "typeof"))


def root_of(text: str) -> str:
    """The variable an lvalue begins with."""
    found = _NAME.search(text)
    return found[0] if found else ""


class Event(Enum):
    """What a step does to a reference that is held."""

    NONE = "none"
    RELEASE = "release"
    ENDS = "ends"


class Resource(Struct, frozen=True):
    """A reference taken at a step; a path that holds it goes on at `after`, where `known` is true.

    `text` is the lvalue that names the object, `names` are all that hold it: beside it the variable a
    getter's result went to, and objects made here in which it was stored. `kin` are variables through which
    it may be reached.
    """

    pair: Pair
    getter: Getter
    text: str
    call: str
    step: int
    after: int
    known: tuple[tuple[str, bool], ...]
    kin: frozenset[str]
    names: frozenset[str]
    is_global: bool

    @property
    def root(self) -> str:
        """The variable the lvalue begins with."""
        return root_of(self.text)


class Reader(Struct, frozen=True, dict=True):
    """What the steps of a function do to one reference."""

    resource: Resource

    def event(self, text: str, kind: Kind) -> Event:
        """What a step with this text does."""
        resource = self.resource
        if not _NAME.search(text):
            return Event.NONE
        pair = resource.pair
        for name in (*pair.put, *pair.consume):
            if re.search(rf"\b{name}\b", text):
                return self._put(text, name)
        words = set(_NAME.findall(text))
        if kind is Kind.EXIT:
            holders = {resource.root, *map(root_of, resource.names)}
            return Event.NONE if words.isdisjoint(holders) else Event.ENDS
        if resource.is_global or not words.isdisjoint(resource.kin):
            return self._touched(text, kind)
        return Event.NONE

    def _put(self, text: str, name: str) -> Event:
        """A call of a putter; of another object, or in an expression that decides, it may be this one's."""
        mine = self.resource.text.replace(" ", "")
        arguments = [argument.replace(" ", "") for argument in arguments_of(text, name)]
        is_plain = not re.search(r"[?;{]|&&|\|\|", text)
        return Event.RELEASE if mine in arguments and is_plain else Event.ENDS

    def _touched(self, text: str, kind: Kind) -> Event:
        """A step that names the object or one of its kin."""
        resource = self.resource
        if any(self._named(text, name, kind) for name in resource.names):
            return Event.ENDS
        for found in _NAME.finditer(text):
            if found[0] in resource.kin or resource.is_global:
                around = _around(text, found.start())
                if around is not None and _may(around, RELEASES):
                    return Event.ENDS
        if resource.is_global and any(_may(name, RELEASES) for name in _CALL.findall(text)):
            return Event.ENDS
        return Event.NONE

    def _named(self, text: str, name: str, kind: Kind) -> bool:
        """Whether one of the names may have been given away or changed."""
        bare, root = re.escape(name), re.escape(root_of(name))
        if text.startswith(f"{name} = ") and MADE.match(text[len(name) + 3 :]):
            return False
        changed = rf"(?:{root}|{bare})(?:\[[^\]]*\])? ?(?:[-+|&]?=(?!=)|\+\+|--)"
        if re.search(rf"(?<![\w.>]){changed}", text):
            return True
        for found in re.finditer(rf"(?<![&\s])\s*& ?{bare} ?(?:->|\.)", text):
            around = _around(text, found.start())
            if around is None or (
                not _PREPARES.fullmatch(around) and _may(around, RELEASES | KEEPS)
            ):
                return True
        for found in re.finditer(rf"(?<![\w.>]){bare}(?!\w| ?->| ?\.\w| ?\[)", text):
            before = text[: found.start()].rstrip()
            around = _around(text, found.start())
            if around is None and kind is Kind.STATEMENT and not self._is_boxed(text):
                return True
            if around not in _PURE and around is not None and _may(around, RELEASES | KEEPS):
                return True
            is_address = before.endswith("&") and not before.endswith("&&")
            if is_address and not self.resource.text.startswith("&"):
                return True
        return False

    def _is_boxed(self, text: str) -> bool:
        """Whether the statement stores the reference in an object that this function has made."""
        target, _, value = text.partition(" = ")
        names = self.resource.names
        return value in names and "->" in target and root_of(target) in names


def _may(name: str, words: frozenset[str]) -> bool:
    """Whether one of the words of a call's name is among these."""
    if _MEMORY.fullmatch(name):
        return False
    return name in words or not words.isdisjoint(name.lower().split("_"))


def _around(text: str, place: int) -> str | None:
    """The name of the innermost call a place stands in; None outside of any."""
    depth = 0
    for at in range(place - 1, -1, -1):
        char = text[at]
        if char == ")":
            depth += 1
        elif char == "(":
            if depth:
                depth -= 1
                continue
            name = re.search(r"([A-Za-z_]\w*) ?\Z", text[:at])
            if name:
                return name[1]
    return None


def arguments_of(text: str, name: str) -> list[str]:
    """The arguments of the first call of that name."""
    found = re.search(rf"\b{name} ?\(", text)
    if found is None:
        return []
    depth = 0
    for place in range(found.end() - 1, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return pieces(text[found.end() : place])
    return []
