"""Blocks: the visible statements of a function, nested as they are written, also where only a part is seen.

A fragment is completed first: what it closes is opened above it, what it leaves open is closed below it.

Law: what was not understood, and the first statement below a gap, is a statement that says so; what follows a
statement in its block follows it on every path that does not leave. Must not know references or rules.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from reviewbot.cmodel.attributes import without_attributes
from reviewbot.cmodel.brackets import imbalance, parentheses
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.mask import blank
from reviewbot.cmodel.noreturn import is_noreturn
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.readable import heads, readable
from reviewbot.cmodel.syntax import Node, parsed

_MOST_CHARACTERS = 100_000
_DEEPEST = 60
# No fragment of real code closes more blocks that begin above it.
_MOST_CLOSED = 40

_DIRECTIVE = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_BORDER = re.compile(r"[;{}]")
_LABEL = re.compile(r"\w+[ \t]*:(?!:)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LOOP = re.compile(r"(?:\w+_)?for_?each\w*|\w*_for_each\w*|for_\w+|hash_for\w*")
_ONCE = frozenset(("scoped_guard",))
_AFTER = re.compile(r"[ \t]*(else|while)\b")
_OPENERS = {"else": "if(0){", "while": "do{"}
_HIDDEN = re.compile(r"\(\{|\basm\b|\b(?:return|goto|break|continue)|[A-Z_]*(?:RETURN|GOTO)\w*\(")
_CALLED = re.compile(r"([A-Za-z_]\w*) ?\(")
_LOOPS = ("while_statement", "do_statement", "for_statement")
_JUMPS = ("return_statement", "goto_statement", "break_statement", "continue_statement")
_SKIPPED = frozenset(("comment", "{", "}", ";", "type_definition"))


class Kind(Enum):
    """What a statement is."""

    PLAIN = "plain"
    IF = "if"
    LOOP = "loop"
    SWITCH = "switch"
    BLOCK = "block"
    LABEL = "label"
    JUMP = "jump"
    UNKNOWN = "unknown"


class Statement(Struct, frozen=True, gc=False):
    """A statement: its code with white space folded, the line it begins on, the blocks inside it.

    The text of an `if`, loop or switch is its controlling expression, that of a macro the macro's head. An
    `if` has two blocks, the second of which may be empty. A label and each `case` are statements of their
    own before those they stand at.
    """

    kind: Kind
    text: str
    line: int
    blocks: tuple[tuple["Statement", ...], ...] = ()

    def walk(self) -> Iterator["Statement"]:
        """The statement and all inside it, in order."""
        yield self
        for block in self.blocks:
            for inner in block:
                yield from inner.walk()


def blocks(image: Image, function: Function) -> tuple[Statement, ...]:
    """The visible statements of a function of the image; a preprocessor directive is a gap."""
    lines = [image.code(number) for number in range(function.first, function.last + 1)]
    text = "\n".join(lines)
    if len(text) > _MOST_CHARACTERS:
        return ()
    code, first = without_attributes(text), function.first
    is_cut = not (code[:1].isidentifier() and not _LABEL.match(code))
    if not is_cut:
        start = code.find("{")
        if start < 0:
            return ()
        first += code.count("\n", 0, start)
        code = code[start:]
    if not _DIRECTIVE.search(code):
        return _read(code if function.whole else _completed(code, is_cut=is_cut), first)
    return tuple(_pieces(code, first, is_cut=is_cut))


def _pieces(code: str, first: int, *, is_cut: bool) -> Iterator[Statement]:
    """What stands between preprocessor directives, each piece a block of its own."""
    done = 0
    for found in (*_DIRECTIVE.finditer(code), None):
        end = found.start() if found else len(code)
        line = first + code.count("\n", 0, done)
        read = _read(_completed(code[done:end], is_cut=is_cut), line)
        yield Statement(Kind.BLOCK, "", line, (read,))
        done, is_cut = (found.end() + 1 if found else end), True


def every(block: Sequence[Statement]) -> Iterator[tuple[Statement, ...]]:
    """The block and all blocks inside it."""
    yield tuple(block)
    for statement in block:
        for inner in statement.blocks:
            yield from every(inner)


def leaves(block: Sequence[Statement]) -> bool:
    """Whether who enters the block surely does not come to what follows it."""
    return bool(block) and block[-1].kind is Kind.JUMP


def may_leave(statement: Statement) -> bool:
    """Whether who enters the statement may not come to what follows it."""
    return any(inner.kind in (Kind.JUMP, Kind.UNKNOWN) for inner in statement.walk())


def _completed(code: str, *, is_cut: bool) -> str:
    """A fragment with balanced braces; what is torn off at its ends is gone, no line is added."""
    code = _without_end(_without_beginning(code) if is_cut else code)
    openers = _openers(code)
    return "{" + "".join(reversed(openers)) + code + "}" * (imbalance(code)[1] + 1)


def _without_beginning(code: str) -> str:
    """The fragment without the rest of a statement, or a statement whose condition is above it."""
    if not code.partition("\n")[0].strip():
        return code
    border = _BORDER.search(code)
    end = border.end() if border else len(code)
    head = code[:end]
    if head[-1:] == "}" or (head[-1:] == "{" and head.count("(") >= head.count(")")):
        return code
    return blank(head[:-1]) + head[-1:] + code[end:]


def _without_end(code: str) -> str:
    """The fragment without the beginning of a statement that goes on below it."""
    borders = list(_BORDER.finditer(code))
    end = borders[-1].end() if borders else 0
    return code[:end] + blank(code[end:])


def _openers(code: str) -> list[str]:
    """What opens the blocks the code closes, in the order in which it closes them."""
    depth, openers = 0, []
    for found in re.finditer(r"[{}]", code):
        depth += 1 if found[0] == "{" else -1
        if depth < 0:
            depth = 0
            after = _AFTER.match(code, found.end())
            openers.append(_OPENERS[after[1]] if after else "{")
    return openers[:_MOST_CLOSED]


def _read(code: str, first: int) -> tuple[Statement, ...]:
    """The statements of balanced code that is one block."""
    root = parsed(readable(code, heads(code), parentheses(code)))
    body = root.named_child(0) if root is not None and root.named_child_count else None
    if body is None or body.type != "compound_statement":
        return ()
    return tuple(_Reader(code, first).block(body.named_children, 0))


class _Reader(Struct, frozen=True):
    """Reads the nodes of `code`, which begins on line `first`."""

    code: str
    first: int

    def text(self, node: Node | None) -> str:
        """The code of a node with white space folded."""
        return "" if node is None else " ".join(self.code[node.start_byte : node.end_byte].split())

    def block(self, nodes: Sequence[Node], depth: int) -> Iterator[Statement]:
        """The statements of a block, labels before those they stand at."""
        for node in nodes:
            if node.type in _SKIPPED:
                continue
            if node.type in ("labeled_statement", "case_statement"):
                yield self.made(Kind.LABEL, self.text(node).partition(":")[0], node)
                after = (child for child in node.named_children if self.is_labelled(node, child))
                yield from self.block(list(after), depth)
            else:
                yield self.statement(node, depth + 1)

    def is_labelled(self, node: Node, child: Node) -> bool:
        """Whether a child of a label or `case` is one of the statements it stands at."""
        return child not in (
            node.child_by_field_name("label"),
            node.child_by_field_name("value"),
        )

    def made(self, kind: Kind, text: str, node: Node) -> Statement:
        """A statement that holds no others."""
        return Statement(kind, text, self.first + node.start_point[0])

    def statement(self, node: Node, depth: int) -> Statement:
        """The statement of one node."""
        if depth > _DEEPEST or node.type == "ERROR" or any(c.is_missing for c in node.children):
            return self.made(Kind.UNKNOWN, self.text(node), node)
        if node.type in ("expression_statement", "declaration"):
            text = self.text(node).rstrip("; ")
            called = _CALLED.match(text)
            if called and is_noreturn(called[1]):
                return self.made(Kind.JUMP, text, node)
            is_unclear = not text or node.has_error or _HIDDEN.search(text)
            return self.made(Kind.UNKNOWN if is_unclear else Kind.PLAIN, text, node)
        if node.type in _JUMPS:
            return self.made(Kind.JUMP, self.text(node).rstrip("; "), node)
        if node.type == "compound_statement":
            return self.held(Kind.BLOCK, "", node, depth, node)
        return self.compound(node, depth)

    def compound(self, node: Node, depth: int) -> Statement:
        """A statement that holds others."""
        parts = {
            name: node.child_by_field_name(name)
            for name in ("condition", "consequence", "alternative", "body")
        }
        condition = self.text(parts["condition"])
        then, other, body = parts["consequence"], parts["alternative"], parts["body"]
        if node.type == "if_statement" and then is not None:
            if self.code.startswith("if", node.start_byte):
                return self.held(Kind.IF, condition, node, depth, then, other)
            return self.macro(node, condition, then, other, depth)
        if node.type in _LOOPS and body is not None:
            text = condition or self.text(node).partition("{")[0]
            return self.held(Kind.LOOP, text, node, depth, body)
        if node.type == "switch_statement" and body is not None:
            return self.held(Kind.SWITCH, condition, node, depth, body)
        return self.made(Kind.UNKNOWN, self.text(node), node)

    def macro(
        self, node: Node, condition: str, then: Node, other: Node | None, depth: int
    ) -> Statement:
        """A macro with a statement behind it: a loop, or a block that is run once."""
        word = _WORD.match(self.code, node.start_byte)
        name = word[0] if word else ""
        text = f"{name}{condition}"
        if other is None and name in _ONCE:
            return self.held(Kind.BLOCK, text, node, depth, then)
        if other is None and _LOOP.fullmatch(name):
            return self.held(Kind.LOOP, text, node, depth, then)
        return self.made(Kind.UNKNOWN, text, node)

    def held(self, kind: Kind, text: str, node: Node, depth: int, *inner: Node | None) -> Statement:
        """A statement with a block for each of `inner`, which are blocks or single statements."""
        held = tuple(tuple(self.block(_statements(one), depth)) for one in inner)
        return Statement(kind, text, self.first + node.start_point[0], held)


def _statements(node: Node | None) -> list[Node]:
    """The statements of a block, of an `else`, or the single one a node is."""
    if node is None:
        return []
    if node.type == "else_clause":
        return [one for child in node.named_children for one in _statements(child)]
    return node.named_children if node.type == "compound_statement" else [node]
