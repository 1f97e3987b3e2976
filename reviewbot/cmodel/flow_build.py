"""From the text of a whole function to its flow.

The graph is built backwards: a statement is given the step that follows it and answers with the step it begins
with, so that every edge is known when its step is made; labels and loops reserve their step beforehand.

Law: bounded in steps and depth; what the grammar could not read in one statement makes that statement
unknown, what it could not read of the structure makes the whole function unknown (None). Must not know
resources.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.cmodel.attributes import without_attributes
from reviewbot.cmodel.brackets import parentheses
from reviewbot.cmodel.branches import DEEPEST, Steps
from reviewbot.cmodel.flow import Flow, Kind, Step
from reviewbot.cmodel.image import Image
from reviewbot.cmodel.outline import Function
from reviewbot.cmodel.readable import heads, readable
from reviewbot.cmodel.syntax import Node, parsed

_MOST_CHARACTERS = 100_000
_UNCERTAIN = "the structure is not certain"

_DIRECTIVE = re.compile(r"^[ \t]*#", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)", re.DOTALL)
# Loops made by macros: their body runs any number of times. `scoped_guard` runs it once.
_LOOP = re.compile(r"(?:\w+_)?for_?each\w*|\w*_for_each\w*|for_\w+|hash_for\w*")
_ONCE = frozenset(("scoped_guard",))
# Functions that do not come back (Linux 6.12).
_NORETURN = frozenset(
    re.findall(
        r"\w+",
        """BUG panic do_exit make_task_dead kthread_exit kthread_complete_and_exit unreachable
        module_put_and_kthread_exit nmi_panic machine_restart emergency_restart do_group_exit""",
    )
)
# Statements without statements in them: what is wrong with one is wrong with nothing else.
_WHOLE = frozenset(("expression_statement", "declaration", "return_statement"))
_SKIPPED = frozenset(("comment", "{", "}", ";", "type_definition"))


class _Around(Struct, frozen=True, gc=False):
    """Where `break` and `continue` lead, and how deep the statement stands."""

    leave: int = -1
    again: int = -1
    depth: int = 0


def flow(image: Image, function: Function) -> Flow | None:
    """The flow of a function of the image; None where it is not whole or cannot be read with certainty.

    A function with a preprocessor directive in it is several functions: none of them is read.
    """
    if not function.whole:
        return None
    lines = [image.code(number) for number in range(function.first, function.last + 1)]
    text = "\n".join(lines)
    start = text.find("{")
    if start < 0 or len(text) > _MOST_CHARACTERS or _DIRECTIVE.search(text):
        return None
    plain = without_attributes(text)
    head = " ".join(plain[:start].split())
    returns = head.partition(f"{function.name}(")[0].strip()
    first = function.first + text.count("\n", 0, start)
    return _built(plain[start:], first, returns)


def _built(code: str, first: int, returns: str) -> Flow | None:
    """The flow of a body, from its opening brace on."""
    legible = readable(code, heads(code), parentheses(code))
    root = parsed(legible)
    body = root.named_child(0) if root is not None and root.named_child_count == 1 else None
    if root is None or body is None or body.type != "compound_statement":
        return None
    steps = Steps(code, first, root.has_error)
    try:
        entry = _Builder(steps).function(body)
    except ValueError:
        return None
    known = tuple(step for step in steps.made if step is not None)
    return Flow(known, entry, returns) if len(known) == len(steps.made) else None


class _Builder(Struct, frozen=True):
    """Makes the steps of a function, statement by statement; `labels` are the steps of those met."""

    steps: Steps
    labels: dict[str, int] = {}

    def function(self, body: Node) -> int:
        """The first step of the function."""
        end = self.steps.add(Step(Kind.EXIT, "", self.steps.first + body.end_point[0]))
        return self.statement(body, end, _Around())

    def statement(self, node: Node, after: int, around: _Around) -> int:
        """The step a statement begins with, `after` being what follows it."""
        if around.depth > DEEPEST or (self.steps.broken and self.is_torn(node)):
            raise ValueError(_UNCERTAIN)
        around = replace(around, depth=around.depth + 1)
        match node.type:
            case "compound_statement":
                return self.block(node.named_children, after, around)
            case "expression_statement" | "declaration":
                return self.plain(node, after)
            case "if_statement":
                return self.if_(node, after, around)
            case "return_statement":
                text = self.steps.text(node).removeprefix("return").rstrip("; ").strip()
                kind = Kind.UNKNOWN if self.steps.is_unclear(node, text) else Kind.EXIT
                return self.steps.add(Step(kind, text, self.steps.line(node)))
            case "goto_statement":
                label = self.steps.text(node.child_by_field_name("label"))
                step = self.label(label)
                return self.steps.add(
                    Step(Kind.STATEMENT, f"goto {label}", self.steps.line(node), (step,))
                )
            case "break_statement":
                return self.jump(around.leave)
            case "continue_statement":
                return self.jump(around.again)
            case "labeled_statement":
                return self.labelled(node, after, around)
            case "while_statement" | "do_statement" | "for_statement":
                return self.loop(node, after, around)
            case "switch_statement":
                return self.switch(node, after, around)
            case "attributed_statement":
                return after
            case "else_clause":
                return self.block(node.named_children, after, around)
            case _:
                raise ValueError(_UNCERTAIN)

    def is_torn(self, node: Node) -> bool:
        """Whether the grammar made up or left out something between the parts of a statement."""
        if node.type in _WHOLE:
            return False
        return any(child.is_missing or child.type == "ERROR" for child in node.children)

    def jump(self, target: int) -> int:
        """The target of a `break` or `continue`, which must be known."""
        if target < 0:
            raise ValueError(_UNCERTAIN)
        return target

    def block(self, nodes: Sequence[Node], after: int, around: _Around) -> int:
        """Statements one after the other."""
        for node in reversed(nodes):
            if node.type not in _SKIPPED:
                after = self.statement(node, after, around)
        return after

    def plain(self, node: Node, after: int) -> int:
        """An expression or declaration: a step of its own, unknown where it hides a jump."""
        text = self.steps.text(node).rstrip("; ")
        if not text or text == "fallthrough":
            return after
        called = _CALL.match(text)
        if called and called[1] in _NORETURN:
            return self.steps.add(Step(Kind.STOP, text, self.steps.line(node)))
        kind = Kind.UNKNOWN if self.steps.is_unclear(node, text) else Kind.STATEMENT
        return self.steps.add(Step(kind, text, self.steps.line(node), (after,)))

    def labelled(self, node: Node, after: int, around: _Around) -> int:
        label = self.label(self.steps.text(node.child_by_field_name("label")))
        if self.steps.made[label] is not None:
            raise ValueError(_UNCERTAIN)
        inner = self.block(node.named_children[1:], after, around)
        self.steps.made[label] = Step(Kind.STATEMENT, "", self.steps.line(node), (inner,))
        return label

    def label(self, name: str) -> int:
        """The step of a label; that of one not seen yet is reserved."""
        if name not in self.labels:
            self.labels[name] = self.steps.add(None)
        return self.labels[name]

    def if_(self, node: Node, after: int, around: _Around) -> int:
        condition, then, otherwise = (
            node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")
        )
        if condition is None or then is None:
            raise ValueError(_UNCERTAIN)
        if not self.steps.code.startswith("if", node.start_byte):
            return self.macro(node, condition, then, otherwise, after, around)
        no = after if otherwise is None else self.statement(otherwise, after, around)
        yes = self.statement(then, after, around)
        body = "" if self.leaves(then) else self.steps.text(then)
        other = "" if otherwise is None or self.leaves(otherwise) else self.steps.text(otherwise)
        return self.steps.condition(condition, yes, no, body, other)

    def leaves(self, node: Node) -> bool:
        """Whether a statement surely ends with a jump or return."""
        last: Node | None = node
        while last is not None and last.type in ("compound_statement", "else_clause"):
            last = last.named_child(last.named_child_count - 1) if last.named_child_count else None
        return last is not None and last.type in (
            "return_statement",
            "goto_statement",
        )

    def macro(
        self,
        node: Node,
        condition: Node,
        then: Node,
        otherwise: Node | None,
        after: int,
        around: _Around,
    ) -> int:
        """A macro with a statement behind it."""
        word = _WORD.match(self.steps.code, node.start_byte)
        name = word[0] if word else ""
        text = f"{name}{self.steps.text(condition)}"
        if otherwise is not None:
            raise ValueError(_UNCERTAIN)
        if name in _ONCE:
            body = self.statement(then, after, replace(around, leave=after, again=after))
            return self.steps.add(Step(Kind.STATEMENT, text, self.steps.line(node), (body,)))
        if not _LOOP.fullmatch(name):
            raise ValueError(_UNCERTAIN)
        head = self.steps.add(None)
        body = self.statement(then, head, replace(around, leave=after, again=head))
        step = Step(Kind.CHOICE, text, self.steps.line(node), (body, after), self.steps.text(then))
        self.steps.made[head] = step
        return head

    def loop(self, node: Node, after: int, around: _Around) -> int:
        body = node.child_by_field_name("body")
        if body is None:
            raise ValueError(_UNCERTAIN)
        condition, update, first = (
            node.child_by_field_name(name) for name in ("condition", "update", "initializer")
        )
        line = self.steps.line(node)
        head = self.steps.add(None)
        again = head
        if update is not None:
            again = self.steps.add(Step(Kind.STATEMENT, self.steps.text(update), line, (head,)))
        if node.type == "do_statement":
            again = head
        inner = self.statement(body, again, replace(around, leave=after, again=again))
        is_do = node.type == "do_statement"
        text = "" if is_do else self.steps.text(body)
        test = inner if condition is None else self.steps.condition(condition, inner, after, text)
        self.steps.made[head] = Step(Kind.STATEMENT, "", line, (test,))
        if is_do:
            return inner
        if first is None:
            return head
        return self.steps.add(
            Step(Kind.STATEMENT, self.steps.text(first).rstrip("; "), line, (head,))
        )

    def switch(self, node: Node, after: int, around: _Around) -> int:
        body = node.child_by_field_name("body")
        condition = node.child_by_field_name("condition")
        if body is None or condition is None:
            raise ValueError(_UNCERTAIN)
        inside = replace(around, leave=after)
        targets: list[int] = []
        step, has_default = after, False
        for child in reversed(body.named_children):
            if child.type in _SKIPPED:
                continue
            if child.type != "case_statement":
                raise ValueError(_UNCERTAIN)
            value = child.child_by_field_name("value")
            has_default |= value is None
            step = self.block(list(_statements(child, value)), step, inside)
            targets.append(step)
        if not has_default:
            targets.append(after)
        text = self.steps.text(condition)
        kind = Kind.UNKNOWN if self.steps.is_unclear(condition, text) else Kind.CHOICE
        return self.steps.add(Step(kind, text, self.steps.line(node), tuple(reversed(targets))))


def _statements(case: Node, value: Node | None) -> Iterator[Node]:
    """The statements of a `case`, without its value."""
    start = value.end_byte if value is not None else case.start_byte
    return (child for child in case.named_children if child.start_byte >= start and child != value)
