"""Statements: the steps of blocks, jumps, labels and `if`.

The graph is built backwards: a statement is given the step that follows it and answers with the step it begins
with, so that every edge is known when its step is made; labels and loops reserve their step beforehand.

Law: bounded in steps and depth; what the grammar could not read in one statement makes that statement unknown,
what it could not read of the structure makes the function unknown. Must not know resources.
"""

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.branches import condition
from reviewbot.cmodel.expressions import plain, returned
from reviewbot.cmodel.flow import Kind, Step, Why
from reviewbot.cmodel.loops import loop, macro
from reviewbot.cmodel.steps import DEEPEST, Around, Steps, inner, uncertain
from reviewbot.cmodel.switches import case, switch
from reviewbot.cmodel.syntax import Node

_HEAVY = re.compile(
    r"[{}:]|\b(?:if|else|for|while|do|switch|case|default|return|goto|break|continue)\b"
)
# Statements without statements in them: what is wrong with one is wrong with nothing else.
_WHOLE = frozenset(
    ("expression_statement", "declaration", "return_statement", "compound_statement")
)
_SKIPPED = frozenset(
    (
        "comment", "{", "}", ";", "type_definition", "attributed_statement", "struct_specifier",
        "union_specifier", "enum_specifier",
    )
)  # fmt: skip


class Statements(Struct, frozen=True):
    """Makes the steps of a function, statement by statement; `labels` are the steps of those met."""

    steps: Steps
    labels: dict[str, int]

    def function(self, body: Node) -> int:
        """The first step of the function."""
        end = self.steps.add(Step(Kind.EXIT, "", self.steps.first + body.end_point[0]))
        return self.statement(body, end, Around())

    def statement(self, node: Node, after: int, around: Around) -> int:
        """The step a statement begins with, `after` being what follows it."""
        if around.depth > DEEPEST:
            raise uncertain(Why.LONG)
        if self.steps.broken and self.is_torn(node):
            raise uncertain()
        around = replace(around, depth=around.depth + 1)
        build, steps = self.statement, self.steps
        match node.type:
            case "compound_statement" | "else_clause":
                return self.block(node.named_children, after, around)
            case "expression_statement" | "declaration":
                return plain(steps, node, after, around, build)
            case "if_statement":
                return self.if_(node, after, around)
            case "return_statement":
                return returned(steps, node, around, build)
            case "goto_statement" | "break_statement" | "continue_statement":
                return self.jump(node, around)
            case "labeled_statement":
                return self.labelled(node, after, around)
            case "while_statement" | "do_statement" | "for_statement":
                return loop(steps, node, after, around, build)
            case "switch_statement":
                return switch(steps, node, after, around, build)
            case "case_statement":
                return case(steps, node, after, around, build)
            case "ERROR" if not _HEAVY.search(steps.text(node)):
                return steps.unknown(node, Why.GRAMMAR, after)
            case kind if kind in _SKIPPED:
                return after
            case _:
                raise uncertain()

    def is_torn(self, node: Node) -> bool:
        """Whether the grammar made up or left out something between the parts of a statement."""
        if node.type == "ERROR":
            return False
        is_whole = node.type in _WHOLE
        return any(
            child.is_missing or (child.type == "ERROR" and not is_whole)
            for child in node.children
            if not (is_whole and child.type == ";")
        )

    def jump(self, node: Node, around: Around) -> int:
        """A `goto`, `break` or `continue`, whose target must be known."""
        if node.type == "goto_statement":
            label = self.steps.text(node.child_by_field_name("label"))
            step = Step(
                Kind.STATEMENT, f"goto {label}", self.steps.line(node), (self.label(label),)
            )
            return self.steps.add(step)
        target = around.leave if node.type == "break_statement" else around.again
        if target < 0:
            raise uncertain(Why.STRUCTURE)
        return target

    def block(self, nodes: Sequence[Node], after: int, around: Around) -> int:
        """Statements one after the other."""
        for node in reversed(nodes):
            if node.type not in _SKIPPED:
                after = self.statement(node, after, around)
        return after

    def labelled(self, node: Node, after: int, around: Around) -> int:
        """A label with the statement behind it."""
        label = self.label(self.steps.text(node.child_by_field_name("label")))
        if self.steps.made[label] is not None:
            raise uncertain(Why.STRUCTURE)
        behind = self.block(node.named_children[1:], after, around)
        self.steps.made[label] = Step(Kind.STATEMENT, "", self.steps.line(node), (behind,))
        return label

    def label(self, name: str) -> int:
        """The step of a label; that of one not seen yet is reserved."""
        if name not in self.labels:
            self.labels[name] = self.steps.add(None)
        return self.labels[name]

    def if_(self, node: Node, after: int, around: Around) -> int:
        """An `if`; one that stands for a directive is a gate for each `case` inside."""
        test, then, otherwise = (
            node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")
        )
        if test is None or then is None:
            raise uncertain()
        if not self.steps.code.startswith("if", node.start_byte):
            return macro(self.steps, node, after, around, self.statement)
        inside = outside = around
        if node.start_byte in self.steps.pseudo:
            text = self.steps.text(test)
            inside = replace(around, gates=(*around.gates, (text, True)))
            outside = replace(around, gates=(*around.gates, (text, False)))
        no = after if otherwise is None else self.statement(otherwise, after, outside)
        yes = self.statement(then, after, inside)
        if yes == no and inside is not around:
            return yes
        body = "" if self.leaves(then) else self.steps.text(then)
        other = "" if otherwise is None or self.leaves(otherwise) else self.steps.text(otherwise)
        return condition(self.steps, test, yes, no, body, other)

    def leaves(self, node: Node) -> bool:
        """Whether a statement surely ends with a jump or return."""
        last: Node | None = node
        while last is not None and last.type in ("compound_statement", "else_clause"):
            # An empty statement ends what stands for an `#if`.
            behind = [
                one
                for one in inner(last.named_children)
                if one.named_child_count or one.type != "expression_statement"
            ]
            last = behind[-1] if behind else None
        if last is None:
            return False
        return last.type in ("return_statement", "goto_statement") or (
            last.type == "expression_statement"
            and self.steps.code.startswith("return_ptr(", last.start_byte)
        )
