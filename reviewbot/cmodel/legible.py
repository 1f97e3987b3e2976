"""Code of a function body as the grammar is given it, at the same length.

Law: offsets hold; only what leads the grammar astray is written in another way, and no statement begins or ends
elsewhere than before. Must not know statements.
"""

import re

from reviewbot.cmodel.brackets import parentheses
from reviewbot.cmodel.declarator import BASIC
from reviewbot.cmodel.readable import heads, readable

_BASIC = re.compile(
    rf"([(,])(\s*+)((?:const[ ])?(?:{'|'.join(sorted(BASIC))})\b[\w \t]*+)([*\s]*+)(?=([,)]))"
)
_STAR = re.compile(r"\*\s*+[,)]")
_POINTER = re.compile(r"([(,])(\s*+)(\w++)(\s*+\*[*\s]*+)(?=([,)]))")
_CONST = re.compile(r"(?<=[(,])\s*const(?=\s+\w+[\s*]*[,)])")
_RANGE = re.compile(r"(?<=[\w\s)'])\.\.\.[^:\n?]{0,80}+(?=:)")
_LIST = re.compile(r"(?<=\)) = \{[^{};()]*+\}(?=\s*+;)")
_STRINGS = re.compile(r"\b[A-Z_][A-Z0-9_]*[ \t]+(?=[A-Z_][A-Z0-9_]*\s*\")")
_STRINGIFY = re.compile(r"\b(?:__)?stringify\s*\([^()\n]*\)")
_NUMBER = re.compile(r"(?<!\w)\d(?=\d*base[A-Z])")
_STATIC = re.compile(r"\bstatic(?=\s+[A-Z_][A-Z0-9_]*\()")
_ASM = re.compile(r"\b(?:asm|__asm__|__asm|asm_inline)\b(?!\s*goto)[\w\s]*\(")


def legible(code: str) -> str:
    """Masked code without attributes and directives, made legible."""
    pairs = parentheses(code)
    text = readable(code, heads(code), pairs)
    if "asm" in text:
        text = _without_assembler(text, pairs)
    if "offsetof" in text:
        text = text.replace("offsetof", "offset_f")
    if "tringify" in text:
        text = _STRINGIFY.sub(_joined, text)
    if "base" in text:
        text = _NUMBER.sub("_", text)
    if "..." in text:
        text = _RANGE.sub(_blanked, text)
    if ") = {" in text:
        text = _LIST.sub(_blanked, text)
    if "const" in text:
        text = _CONST.sub(_blanked, text)
    if '"' in text:
        text = _STRINGS.sub(_blanked, text)
    if "static" in text:
        text = _STATIC.sub(_blanked, text)
    text = _BASIC.sub(_named, text)
    return _POINTER.sub(_named, text) if _STAR.search(text) else text


def _without_assembler(code: str, pairs: dict[int, int]) -> str:
    """Assembler that does not jump as a call without arguments."""
    done = 0
    pieces: list[str] = []
    for found in _ASM.finditer(code):
        closed = pairs.get(found.end() - 1)
        if closed is None or found.start() < done or re.search(r"\bgoto\b", found[0]):
            continue
        word = re.sub(r"\S", "_", found[0][:-1].rstrip())
        name = "a" + word[1:].replace(" ", "_").replace("\t", "_")
        if "\n" in name:
            continue
        gap = " " * (len(found[0]) - 1 - len(name))
        inside = re.sub(r"[^\n]", " ", code[found.end() : closed])
        pieces += (code[done : found.start()], name, gap, "(", inside)
        done = closed
    return "".join((*pieces, code[done:]))


def _joined(found: re.Match[str]) -> str:
    """Nothing beside a literal, which it lengthens; where it stands alone, it is like a call."""
    text, start, end = found.string, found.start(), found.end()
    is_alone = text[max(start - 80, 0) : start].rstrip()[-1:] in ("=", "(", ",") and (
        text[end : end + 80].lstrip()[:1] in (";", ")", ",")
    )
    return found[0] if is_alone else _blanked(found)


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _named(found: re.Match[str]) -> str:
    """A type among arguments as one name, without its stars; a cast or the only argument stays."""
    before, space, words, stars, behind = found.groups()
    if before == "(" and behind == ")":
        return found[0]
    name = words.rstrip()
    joined = name.replace(" ", "_").replace("\t", "_")
    return f"{before}{space}{joined}{words[len(name) :]}{stars.replace('*', ' ')}"
