"""Tells of files and mails: the signs of exports, owners, headers and tags that may be wrong.

Law: as `cmodel.signs` has it, necessary for what a mail is said to bring. Must not know rules.
"""

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from reviewbot.cmodel.definitions import MARKS
from reviewbot.cmodel.glimpse import Glimpse
from reviewbot.cmodel.hasty import bare
from reviewbot.cmodel.hasty_exports import exports_anew, exports_otherwise
from reviewbot.cmodel.hasty_stores import STORES, may_keep_vm
from reviewbot.cmodel.hasty_teardown import names_twice, tears_down_twice
from reviewbot.cmodel.namespaces import IMPORT
from reviewbot.cmodel.operations import FOPS
from reviewbot.cmodel.signs import (
    WHOLE_FILE,
    Expression,
    Near,
    Scope,
    Signs,
    added,
    removed,
    shown,
)

Tells = tuple[Signs, ...]

_OPEN = re.compile(r"EXPORT_SYMBOL(?:_NS)?[ \t]*\(")
_NARROW = re.compile(r"EXPORT[A-Z0-9_]*(?:GPL|FOR_|PM_|LIB|REF|MOD)|IWL_EXPORT")
_NAMESPACED = re.compile(rf"EXPORT[A-Z0-9_]*(?:_NS|FOR_MODULES)|{IMPORT}")
_EXPORTED = re.compile(r"EXPORT[A-Z0-9_]*[ \t]*\(\s*(\w+)")
_REGISTERS = re.compile(
    r"EXPORT_SYMBOL\w*\s*\(\s*(\w*(?:register|set|bind|attach|install)\w*)", re.ASCII
)
_WORD = re.compile(r"\w+")
_FOPS = re.compile(rf"{FOPS}\b[^;={{}}]*=[^;{{}}]*\{{([^{{}}]*)")
_OWNER = re.compile(r"\.owner\b|\bowner ?:")
_TAG = r"\n(?:Fixes|fixes|FIXES)[ \t]{0,4}:"
_TAGS = re.compile(_TAG.encode())
# Twelve digits and a subject behind them, in quotes or parentheses.
_FINE = re.compile(
    _TAGS.pattern + rb"[ \t]*(?:commit[ \t]+)?[0-9a-fA-F]{12,64}[ \t:,]+[(\"'][^\n]*[A-Za-z]"
)
_PROTOTYPE = re.compile(r"^(?!static|#|typedef)\w[^=;{}]*?\b(?!kvm_arch_)\w+\s*\(", re.MULTILINE)


def _exports_openly(file: Glimpse) -> bool:
    is_mixed = _OPEN.search(file.added) and _NARROW.search(file.after)
    return bool(is_mixed) and exports_anew(file)


def _exports_marked(file: Glimpse) -> bool:
    """As `cmodel.definitions.may_be_marked`."""
    symbols, above = set(_EXPORTED.findall(file.after)), ""
    for text in file.after.split("\n") if symbols else ():
        is_marked = text[:1].strip() and any(mark in text or mark in above for mark in MARKS)
        if is_marked and not symbols.isdisjoint(_WORD.findall(text)):
            return True
        above = text
    return False


def _adds(pattern: re.Pattern[str]) -> Near:
    return lambda piece: pattern.search(piece.added) is not None


def _lacks_owner(file: Glimpse) -> bool:
    return any(_OWNER.search(found) is None for found in _FOPS.findall(bare(file.after)))


def _is_malformed(mail: Glimpse) -> bool:
    """Whether a tag is not surely of the right form."""
    return len(_TAGS.findall(mail.raw)) > len(_FINE.findall(mail.raw))


_EXPORT, _SYMBOL = added("EXPORT"), added("EXPORT_SYMBOL")

EXPORTS = (Signs(Scope.MAIL, (_EXPORT,), near=exports_anew),)
"""A symbol is exported, which is not just done in another way."""

EXPORTS_OTHERWISE = (Signs(Scope.MAIL, (_EXPORT,), near=exports_otherwise),)
"""An export is added that is not taken away in the same words."""

EXPORTS_OPENLY = (Signs(Scope.FILE, (_SYMBOL,), near=_exports_openly),)
"""A plain export is added where there are others."""

EXPORTS_MARKED = (Signs(Scope.FILE, (shown("EXPORT"),), near=_exports_marked),)
"""A symbol that is exported stands in a line with a mark that keeps it from being so."""

EXPORTS_REGISTRATION = (Signs(Scope.FILE, (_SYMBOL,), near=_adds(_REGISTERS)),)
"""An export is added of what takes operations, by its name."""

NAMES_SPACE = (Signs(Scope.FILE, (added("EXPORT", IMPORT),), near=_adds(_NAMESPACED)),)
"""An added line names a namespace, or modules."""

LACKS_OWNER = (
    Signs(Scope.FILE, (added(FOPS),), near=_lacks_owner),
    Signs(Scope.FILE, (shown(FOPS), removed("owner"))),
)
"""File operations come without an owner, or may lose theirs."""

NAMES_COMMIT = (Signs(Scope.MAIL, (shown(_TAG),), near=_is_malformed),)
"""A tag names a commit in an unusual form."""


def tears_down(words: Iterable[str]) -> Tells:
    """Two functions call something of one name with such a word in it, one of which calls the other."""
    found = tuple(words)
    twice = "|".join(rf"{word}\w*[\s+-]*\([\s\S]*{word}\w*[\s+-]*\(" for word in found)
    expression = Expression(twice, coarse="|".join(found))
    return (Signs(Scope.FILE, (expression,), first=names_twice, near=tears_down_twice),)


def keeps_vm(is_own: Callable[[str], bool]) -> Tells:
    """A VM may be stored in an object, in a file that is not KVM's own."""
    first = _not_all(is_own)
    return (Signs(Scope.FUNCTION, (STORES,), first=first, near=may_keep_vm),)


def puts_vm(is_own: Callable[[str], bool]) -> Tells:
    """A reference on a VM is given back in a file that is not KVM's own."""
    put, first = shown("kvm_put_kvm"), _not_all(is_own)
    return (Signs(Scope.FUNCTION, (), beside=(put,), first=first, near=first),)


def _not_all(is_own: Callable[[str], bool]) -> Near:
    return lambda piece: not all(map(is_own, piece.paths))


def declares(*headers: str) -> Tells:
    """A prototype may be added to one of the headers."""

    is_added = _adds(_PROTOTYPE)

    def is_near(file: Glimpse) -> bool:
        return any(path in headers for path in file.paths) and is_added(file)

    return (Signs(Scope.FILE, (shown(*map(re.escape, headers)),), near=is_near),)


def declares_extern(globs: tuple[str, ...]) -> Tells:
    """An `extern` is added to one of these headers."""
    is_one = _matching(globs)
    return (Signs(Scope.FILE, (shown(r"\n\+extern[\s+]"),), first=is_one, near=is_one),)


def looks_inside(globs: tuple[str, ...]) -> Tells:
    """KVM's header is included, or a new file looks into its structures, in one of these files."""
    is_one = _matching(globs)
    included = added(r'include[ \t]*[<"](?:linux|asm)/kvm_host\.h')
    return (
        Signs(Scope.FILE, (included,), first=is_one, near=is_one),
        Signs(Scope.FILE, (WHOLE_FILE, shown("(?:kvm|vcpu)->")), first=is_one, near=is_one),
    )


def _matching(globs: tuple[str, ...]) -> Near:
    return lambda piece: any(fnmatchcase(path, glob) for path in piece.paths for glob in globs)


def sets_owner(drivers: Iterable[str]) -> Tells:
    """An owner is named where one of these structures is."""
    found = shown(*map(re.escape, drivers))
    return (Signs(Scope.FILE, (added("THIS_MODULE", "mod_name"), found)),)
