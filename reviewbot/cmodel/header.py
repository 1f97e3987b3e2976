"""Function headers: from the text before a body or a semicolon to name and parameters.

Law: the text is masked code without attributes; a macro that defines a function lends it the name of its first
argument (`SYSCALL_DEFINE1(open, …)` is `sys_open`). Must not know bodies.
"""

import re

from msgspec import Struct

from reviewbot.cmodel.brackets import closing, pieces
from reviewbot.cmodel.declarator import KEYWORDS, STORAGE, variable
from reviewbot.cmodel.outline import Variable

_NAMED = re.compile(r"\b([A-Za-z_]\w*+)\s*+\(")
_RETURNS_POINTER = re.compile(r"[\w\s*]*\(\s*\*\s*([A-Za-z_]\w*)\s*\(")
_WORDS = re.compile(r"[\w\s*]*\Z")
_WORD = re.compile(r"\w+")


class Signature(Struct, frozen=True, gc=False):
    """Name and parameters of a function.

    `written` is the word before the parenthesis: the name, or the macro that makes one. `typed` says
    that a type stands before it; `tail` is what follows the parameters.
    """

    written: str
    name: str
    parameters: tuple[Variable, ...]
    typed: bool
    tail: str


def signature(text: str) -> Signature | None:
    """The signature in a header; None where the text is none."""
    found = _RETURNS_POINTER.match(text)
    if found:
        return _signature(text, found, typed=True)
    start = 0
    while found := _NAMED.search(text, start):
        before = text[start : found.start()]
        if found[1] in KEYWORDS or not _WORDS.match(before):
            return None
        if any(word not in STORAGE for word in _WORD.findall(before)):
            return _signature(text, found, typed=True)
        close = closing(text, found.end() - 1)
        if close == -1 or not _NAMED.search(text, close):
            return _signature(text, found, typed=False)
        start = close + 1
    return None


def is_prototype(sign: Signature, text: str) -> bool:
    """Whether the text of a statement declares the function of its signature."""
    words = frozenset(_WORD.findall(text.partition("(")[0]))
    return sign.typed and not sign.tail and not words & {"typedef", "return", "else", "goto"}


def _signature(text: str, found: re.Match[str], *, typed: bool) -> Signature:
    opened = found.end() - 1
    close = closing(text, opened)
    name = found[1]
    if typed and close != -1 and text[close + 1 : close + 2] == "(":
        # The name is made by a macro: `FNAME(sync_spte)(struct kvm_vcpu *vcpu, …)`.
        name = f"{name}{text[opened : close + 1]}"
        opened, close = close + 1, closing(text, close + 1)
    listed = pieces(text[opened + 1 : close if close != -1 else len(text)])
    if close == -1 and not text.rstrip().endswith(","):
        listed = listed[:-1]
    tail = text[close + 1 :].strip() if close != -1 else ""
    if not typed and listed and name.upper() == name and listed[0].isidentifier():
        return Signature(name, _defined(name, listed[0]), _paired(listed[1:]), typed, tail)
    return Signature(found[1], name, _parameters(listed), typed, tail)


def _defined(macro: str, argument: str) -> str:
    """The function a macro defines: include/linux/syscalls.h and compat.h add a prefix."""
    if "SYSCALL_DEFINE" in macro:
        return f"compat_sys_{argument}" if macro.startswith("COMPAT") else f"sys_{argument}"
    return argument


def _paired(listed: list[str]) -> tuple[Variable, ...]:
    """Parameters of a macro that takes type and name as two arguments."""
    pairs = zip(listed[::2], listed[1::2], strict=False)
    return _parameters([f"{kind} {name}" for kind, name in pairs])


def _parameters(listed: list[str]) -> tuple[Variable, ...]:
    found = (variable(text) for text in listed if text not in ("void", "...", ""))
    return tuple(parameter for parameter in found if parameter is not None)
