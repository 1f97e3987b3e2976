"""Export macros: the table of those the kernel has, and where they stand in a sheet.

Law: an export is the macro's name at the start of a line of code, or behind a `;` or `}`, with its arguments;
a `#define` body is none. A macro whose name merely suggests an export is reported as not known. Must not know
what a symbol is. Source: include/linux/{export,static_call,tracepoint,percpu-defs,pm,pm_runtime,kvm_types,
indirect_call_wrapper}.h and the subsystems' headers, Linux 6.12 to 2026; rule catalogue §2.1.
"""

import re
from collections.abc import Iterator
from enum import Enum, IntEnum

from msgspec import Struct

from reviewbot.cmodel.brackets import parts
from reviewbot.cmodel.outline import Export
from reviewbot.cmodel.piece import Piece
from reviewbot.cmodel.sheet import Sheet


class Licence(Enum):
    """Which modules the loader lets use a symbol."""

    GPL = "gpl"
    ANY = "any"


class Audience(IntEnum):
    """Who may use a symbol, from narrow to wide (rule catalogue, export-scope-relaxed)."""

    TESTS = 0
    KVM_INTERNAL = 1
    KVM = 2
    MODULES = 3
    NAMESPACE_GPL = 4
    GPL = 5
    NAMESPACE = 6
    ALL = 7


class Exported(Enum):
    """What kind of symbol a macro exports."""

    SYMBOL = "symbol"
    STATIC_CALL = "static-call"
    TRACEPOINT = "tracepoint"
    PER_CPU = "per-cpu"
    PM_OPS = "pm-ops"
    TEST = "test"


class ExportMacro(Struct, frozen=True):
    """An export macro.

    `namespaced`: it takes a namespace, `module_list`: a list of modules, as its second argument (for
    operations of power management the namespace is the last one). `key`: it exports more than the
    trampoline of a static call. `conditional`: a subsystem's wrapper, whose scope is decided elsewhere.
    """

    name: str
    audience: Audience
    kind: Exported = Exported.SYMBOL
    key: bool = False
    conditional: bool = False

    @property
    def licence(self) -> Licence:
        """Whether modules of any licence may use the symbol."""
        wide = self.audience in (Audience.NAMESPACE, Audience.ALL)
        return Licence.ANY if wide else Licence.GPL

    @property
    def namespaced(self) -> bool:
        """Whether a namespace is among the arguments."""
        named = self.audience in (Audience.NAMESPACE, Audience.NAMESPACE_GPL)
        return named and not self.conditional

    @property
    def module_list(self) -> bool:
        """Whether a list of module names is among the arguments."""
        return self.audience is Audience.MODULES


# From the ending of a macro's name to its audience.
_ENDINGS = (
    ("_GPL_FOR_MODULES", Audience.MODULES),
    ("_FOR_MODULES", Audience.MODULES),
    ("_FOR_KVM_INTERNAL", Audience.KVM_INTERNAL),
    ("_FOR_KVM", Audience.KVM),
    ("_GPL_FOR_KVM_INTERNAL", Audience.KVM_INTERNAL),  # as first posted, 2025
    ("_GPL_FOR_KVM", Audience.KVM),
    ("_NS_GPL", Audience.NAMESPACE_GPL),
    ("_NS", Audience.NAMESPACE),
    ("_RUST_GPL", Audience.GPL),
    ("_GPL_FUTURE", Audience.GPL),
    ("_GPL", Audience.GPL),
    ("", Audience.ALL),
)
_STEMS = (
    ("EXPORT_SYMBOL", Exported.SYMBOL),
    ("EXPORT_UNUSED_SYMBOL", Exported.SYMBOL),
    ("EXPORT_STATIC_CALL_TRAMP", Exported.STATIC_CALL),
    ("EXPORT_STATIC_CALL", Exported.STATIC_CALL),
    ("EXPORT_TRACEPOINT_SYMBOL", Exported.TRACEPOINT),
    ("EXPORT_PER_CPU_SYMBOL", Exported.PER_CPU),
    ("EXPORT_EARLY_PER_CPU_SYMBOL", Exported.PER_CPU),
    ("EXPORT_PM_FN", Exported.PM_OPS),
)
_PM_OPS = re.compile(r"EXPORT_(?P<scope>(?:NS_)?(?:GPL_)?)(?:[A-Z]+_)*PM_OPS")
_TESTS = re.compile(r"EXPORT_SYMBOL_(?:IF_(?:[A-Z0-9]+_)?KUNIT|FOR_TESTS_ONLY)")
_PM_SCOPES = {
    "": Audience.ALL,
    "GPL_": Audience.GPL,
    "NS_": Audience.NAMESPACE,
    "NS_GPL_": Audience.NAMESPACE_GPL,
}
_WRAPPERS = {
    "ACPI_EXPORT_SYMBOL": Audience.ALL,
    "BRCMF_EXPORT_SYMBOL_GPL": Audience.NAMESPACE_GPL,
    "CGROUP_REF_EXPORT": Audience.GPL,
    "DECLARE_EXPORT": Audience.ALL,
    "EXPORT_INDIRECT_CALLABLE": Audience.ALL,
    "EXPORT_IPV6_MOD": Audience.ALL,
    "EXPORT_IPV6_MOD_GPL": Audience.GPL,
    "EXPORT_SYMBOL_ACPI_LIB": Audience.NAMESPACE_GPL,
    "EXPORT_SYMBOL_FWTBL_LIB": Audience.NAMESPACE_GPL,
    "EXPORT_SYMBOL_KASAN": Audience.ALL,
    "EXPORT_SYMBOL_NOKASAN": Audience.ALL,
    "EXPORT_WEXT_HANDLER": Audience.GPL,
    "IWL_EXPORT_SYMBOL": Audience.NAMESPACE_GPL,
    "UASM_EXPORT_SYMBOL": Audience.ALL,
}

# Where two spellings meet (EXPORT_STATIC_CALL + _TRAMP) the stem that stands first in the table counts.
_KNOWN = {
    stem + ending: ExportMacro(stem + ending, audience, kind, key=stem == "EXPORT_STATIC_CALL")
    for stem, kind in reversed(_STEMS)
    for ending, audience in reversed(_ENDINGS)
}

_MACRO = re.compile(r"(?:^|(?<=[;}]))[ \t]*+([A-Z0-9_]*EXPORT[A-Z0-9_]*+)[ \t]*+\(", re.MULTILINE)
# Labels of MIPS assembler (arch/mips/include/asm/asm.h), and what dma-buf calls an export.
_LABELS = frozenset(("EXPORT", "FEXPORT"))
_OTHERS = frozenset(("DEFINE_DMA_BUF_EXPORT_INFO",))
_STEM = "EXPORT"
_ELSEWHERE = ("Documentation/", "scripts/", "tools/")


def macro(name: str) -> ExportMacro | None:
    """The export macro of that name, or None for one that is not in the table."""
    if name in _KNOWN:
        return _KNOWN[name]
    if name in _WRAPPERS:
        return ExportMacro(name, _WRAPPERS[name], conditional=True)
    if _TESTS.fullmatch(name):
        return ExportMacro(name, Audience.TESTS, Exported.TEST)
    if found := _PM_OPS.fullmatch(name):
        return ExportMacro(name, _PM_SCOPES[found["scope"]], Exported.PM_OPS)
    return None


def scope(export: Export) -> tuple[int, int, int] | None:
    """An ordering key: the greater, the more code may use the symbol; None where there is no order.

    Audience first, then the number of modules named (a glob counts as a thousand), then whether the
    key of a static call is exported with its trampoline. Macros that are unknown, conditional or for
    tests cannot be compared. Source of the order: rule catalogue, export-scope-relaxed.
    """
    known = macro(export.macro)
    if known is None or known.conditional or known.kind is Exported.TEST:
        return None
    return known.audience, _modules(export.argument) if known.module_list else 0, known.key


def mentioned(path: str, sheet: Sheet) -> Iterator[int]:
    """Offsets at which a sheet of the file `path` may export; none in documentation, scripts and tools."""
    place = -1 if path.startswith(_ELSEWHERE) else sheet.code.find(_STEM)
    while place != -1:
        yield place
        place = sheet.code.find(_STEM, place + len(_STEM))


def exports(path: str, piece: Piece) -> Iterator[Export]:
    """The exports of a piece of the file `path`; none in documentation, scripts and tools."""
    code = piece.sheet.code
    if path.startswith(_ELSEWHERE) or code.find(_STEM, piece.start, piece.end) == -1:
        return
    is_assembler = path.endswith((".S", ".s"))
    for found in _MACRO.finditer(code, piece.start, piece.end):
        name, opened = found[1], found.end() - 1
        if name not in _OTHERS and not (is_assembler and name in _LABELS):
            yield _export(piece, name, found.start(1), opened)


def _export(piece: Piece, name: str, start: int, opened: int) -> Export:
    sheet, known = piece.sheet, macro(name)
    close = piece.parentheses.get(opened, -1)
    end = close if close != -1 else _line_end(sheet.code, opened)
    arguments = [sheet.text(*bounds) for bounds in parts(sheet.code, opened + 1, end)]
    is_last = known is not None and known.kind is Exported.PM_OPS and known.namespaced
    return Export(
        macro=name,
        symbol=arguments[0] if arguments else "",
        line=sheet.line(start),
        argument=arguments[-1 if is_last else 1] if len(arguments) > 1 else "",
        known=known is not None,
    )


def _line_end(code: str, start: int) -> int:
    end = code.find("\n", start)
    return end if end != -1 else len(code)


def _modules(argument: str) -> int:
    """How many modules a list names: `"kvm,kvm-intel"`; one where it is a macro."""
    names = [name for name in argument.strip('"').split(",") if name.strip()]
    return sum(1000 if "*" in name else 1 for name in names)
