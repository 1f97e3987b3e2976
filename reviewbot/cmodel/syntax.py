"""The C grammar: the one place that talks to tree-sitter.

Law: source text goes in, nodes found by one fixed query come out, in bounded time: what the grammar cannot
digest yields nothing and never an exception. Must not know what the nodes are for.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Query, QueryCursor

__all__ = ["Found", "Node", "found", "parsed"]

Found = Mapping[str, Sequence[Node]]

# Measured on 21,584 hunks of list mail: real code takes at most 0.02 steps a byte; a few kilobytes of
# operators without operands would take minutes.
_STEPS = 64
_BYTES_A_STEP = 40
_BYTES = 1 << 18
_LONGEST = 4000
_DEEPEST = 100
_BORDER = re.compile(r"[;{}]")
_BRACE = re.compile(r"[{}]")

_QUERY = """
(expression_statement . (call_expression) @statement)
(assignment_expression operator: "=") @assignment
(declaration) @declaration
(struct_specifier name: (type_identifier) body: (field_declaration_list)) @struct
"""


def found(code: str) -> Found:
    """The nodes of masked code by what they are, in order of their beginning.

    `statement`: a call that is an expression statement; `assignment`: with a plain `=`;
    `declaration`; `struct`: the definition of a named struct. Offsets are those of `code`: a character
    that is not ASCII counts as one byte.
    """
    root = parsed(code)
    captured = {} if root is None else _cursor().captures(root)
    # Nested ones come in an order that differs from run to run.
    return {kind: sorted(nodes, key=_place) for kind, nodes in captured.items()}


def _place(node: Node) -> tuple[int, int]:
    return node.start_byte, -node.end_byte


def parsed(code: str) -> Node | None:
    """The root of the syntax tree of masked code, offsets as for `found`; None where it is hostile."""
    source = code.encode("ascii", "replace").replace(b"\0", b" ")
    if len(source) > _BYTES or _is_hostile(code):
        return None
    return _root(source)


def _root(source: bytes) -> Node | None:
    """The root of the syntax tree; None where parsing takes more steps than any real code does."""
    steps = iter(range(_STEPS + len(source) // _BYTES_A_STEP))
    parser = _parser()
    # tree-sitter 0.26 never lets go of what such a function returns: so it is always the same few pages. What
    # stands behind the source on its page are blanks, which mean nothing.
    page = _page(1 << len(source).bit_length())
    page[:] = source.ljust(len(page))
    try:
        tree = parser.parse(
            lambda offset, _: _from(page, offset),
            progress_callback=lambda _offset, _error: next(steps, None) is None,
        )
    except ValueError:
        parser.reset()
        return None
    return tree.root_node


def _from(page: bytearray, offset: int) -> bytearray | bytes:
    """What stands on a page from there on."""
    if offset == 0:
        return page
    return page[offset:] if offset < len(page) else b""


def _is_hostile(code: str) -> bool:
    """Whether statements are longer or blocks deeper than any real ones.

    A query takes the square of the children of a node, and what cannot be parsed is one flat node.
    """
    if len(code) <= _LONGEST:
        return False
    folded = " ".join(code.split())
    longest = max(map(len, _BORDER.split(folded)))
    depths = accumulate(1 if brace == "{" else -1 for brace in _BRACE.findall(folded))
    return longest > _LONGEST or max(depths, default=0) > _DEEPEST


@cache
def _language() -> Language:
    return Language(tree_sitter_c.language())


@cache
def _parser() -> Parser:
    return Parser(_language())


@cache
def _page(size: int) -> bytearray:
    """Room for so many bytes, the same each time."""
    return bytearray(size)


@cache
def _cursor() -> QueryCursor:
    return QueryCursor(Query(_language(), _QUERY))
