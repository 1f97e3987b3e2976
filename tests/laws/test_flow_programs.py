"""Laws of the flow model: it does what the program does, whatever the program.

Invented programs are written down as C and carried out by hand, for every outcome of their conditions drawn; the
flow must do the same things in the same order.
"""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from reviewbot.cmodel.flow import Flow, Kind
from reviewbot.cmodel.flow_build import reading
from tests.cmodel.graphs import flow_of, function, runs
from tests.cmodel.sources import image

NAMES = ("p", "q", "r")
SYMBOLS = ("FOO", "BAR")
TOKENS = (
    "if (", "else", "while (", "for (", "do {", "} while (x);", "switch (n) {", "case 1:", "case 2 ... 3:",
    "default:", "goto out;", "out:", "return", "break;", "continue;", "{", "}", "(", ")", ";", "&&", "||", "!",
    "=", "x = a(n);", "n", "x", "? :", "?", ":", "list_for_each(a, b) {", "\n#if FOO\n", "\n#ifdef BAR\n",
    "\n#elif BAR\n", "\n#else\n", "\n#endif\n", "\n#error x\n", "\n#define A(x) return\n", "A(1);", "({", "})",
    "-EIO", ",", "++", "+=", "struct foo *x", "é", "BUG_ON(", "return_ptr(x);", "WARN_ON(", "asm(", "IS_ERR_OR_NULL(",
    "guard(a)(b);", '"', "'", "scoped_guard(a)", "unsigned int,", "*)", "...",
)  # fmt: skip


class LeaveError(Exception):
    """A jump: `break`, `continue`, `out` or the end."""


class Program(Struct, frozen=True):
    """A statement as text, and what carrying it out does to the list of things done."""

    text: str
    run: Callable[[dict[str, bool], list[str]], None]


def call(name: str) -> Program:
    """A call without a result."""
    return Program(f"{name}();", lambda truth, done: done.append(f"{name}()"))


def jump(text: str) -> Program:
    """A jump out of whatever stands around it."""

    def run(truth: dict[str, bool], done: list[str]) -> None:
        if text.startswith(("return", "goto")):
            done.append(text.rstrip(";"))
        raise LeaveError(text)

    return Program(text, run)


def block(parts: list[Program]) -> Program:
    """Statements in braces."""

    def run(truth: dict[str, bool], done: list[str]) -> None:
        for part in parts:
            part.run(truth, done)

    return Program("{\n" + "\n".join(part.text for part in parts) + "\n}", run)


CONDITIONS: dict[str, Callable[[dict[str, bool]], bool]] = {
    "p": lambda t: t["p"],
    "!p": lambda t: not t["p"],
    "p && q": lambda t: t["p"] and t["q"],
    "p || !q": lambda t: t["p"] or not t["q"],
    "!(p && (q || r))": lambda t: not (t["p"] and (t["q"] or t["r"])),
    "q ? p : r": lambda t: t["p"] if t["q"] else t["r"],
    "likely(r) && !WARN_ON(q)": lambda t: t["r"] and not t["q"],
    "p == NULL || q != 0": lambda t: not t["p"] or t["q"],
}


@st.composite
def choices(draw: st.DrawFn, inside: st.SearchStrategy[Program]) -> Program:
    """An `if`, with or without `else`, or a `?:`."""
    condition = draw(st.sampled_from(sorted(CONDITIONS)))
    kind = draw(st.sampled_from(("if", "else", "value")))
    is_value = kind == "value"
    then, other = (call("x"), call("y")) if is_value else (draw(inside), draw(inside))

    def run(truth: dict[str, bool], done: list[str]) -> None:
        if CONDITIONS[condition](truth):
            then.run(truth, done)
        elif kind != "if":
            other.run(truth, done)

    if is_value:
        return Program(f"({condition}) ? x() : y();", run)
    text = f"if ({condition}) {{\n{then.text}\n}}"
    return Program(f"{text} else {{\n{other.text}\n}}" if kind == "else" else text, run)


def leaving(text: str) -> Callable[[dict[str, bool], list[str]], None]:
    """A jump where r holds."""

    def run(truth: dict[str, bool], done: list[str]) -> None:
        if truth["r"]:
            raise LeaveError(text)

    return run


@st.composite
def loops(draw: st.DrawFn, inside: st.SearchStrategy[Program]) -> Program:
    """A loop of one round, which `break` and `continue` end."""
    ends = draw(st.sampled_from(("break;", "continue;")))
    first = draw(st.sampled_from((call("d"), Program(f"if (r)\n{ends}", leaving(ends)))))
    body = block([first, draw(inside)])
    last = draw(st.sampled_from(("break;", "return n;", "goto out;")))
    head = draw(st.sampled_from(("for (;;)", "while (1)", "do", "scoped_guard(a, b)")))
    is_once = head in ("do", "scoped_guard(a, b)")
    if not is_once and ends == "continue;":
        body = block([call("d"), draw(inside)])

    def run(truth: dict[str, bool], done: list[str]) -> None:
        if head.startswith("scoped"):
            done.append(head)
        try:
            body.run(truth, done)
            if not is_once:
                jump(last).run(truth, done)
        except LeaveError as leave:
            if str(leave) not in ("break;", "continue;"):
                raise

    tail = " while (0);" if head == "do" else ""
    inner = body.text if is_once else f"{body.text}\n{last}"
    return Program(f"{head} {{\n{inner}\n}}{tail}", run)


@st.composite
def directives(draw: st.DrawFn, inside: st.SearchStrategy[Program]) -> Program:
    """An `#if` around whole statements, or one that cuts through an `if`."""
    symbol, then, other = draw(st.sampled_from(SYMBOLS)), draw(inside), draw(inside)
    form = draw(st.sampled_from(("#ifdef {}", "#if !defined({})", "#ifndef {}")))
    is_torn = draw(st.booleans())
    begin = form.format(symbol)

    def run(truth: dict[str, bool], done: list[str]) -> None:
        holds = truth[f"defined({symbol})"] is (begin[3:4] == "d" and "!" not in begin)
        if is_torn:
            if not holds or truth["p"]:
                then.run(truth, done)
        else:
            (then if holds else other).run(truth, done)

    if is_torn:
        return Program(f"\n{begin}\nif (p)\n#endif\n{{\n{then.text}\n}}", run)
    return Program(f"\n{begin}\n{then.text}\n#else\n{other.text}\n#endif\n", run)


SIMPLE = st.one_of(
    st.sampled_from(("a", "b", "c")).map(call),
    st.sampled_from(("return n;", "return 0;", "goto out;")).map(jump),
)


def compound(inside: st.SearchStrategy[Program]) -> st.SearchStrategy[Program]:
    """A statement made of others."""
    several = st.lists(inside, max_size=3).map(block)
    return st.one_of(several, choices(several), loops(several), directives(several))


PROGRAMS = st.lists(st.recursive(SIMPLE, compound, max_leaves=9), max_size=4).map(block)
TRUTHS = st.fixed_dictionaries(
    {name: st.booleans() for name in (*NAMES, *(f"defined({s})" for s in SYMBOLS))}
)


def carried_out(program: Program, truth: dict[str, bool]) -> list[str]:
    """What the program does, ended by `out:` and a return."""
    done: list[str] = []
    try:
        program.run(truth, done)
    except LeaveError as leave:
        if str(leave).startswith("return"):
            return done
    return [*done, "end()", "return n"]


@given(PROGRAMS, TRUTHS)
@settings(max_examples=250, deadline=None)
def test_the_flow_does_what_the_program_does(program: Program, truth: dict[str, bool]) -> None:
    graph = flow_of(f"{program.text}\nout:\nend();\nreturn n;")
    assert not graph.has_unknown
    assert runs(graph, **truth) == carried_out(program, truth)


@given(PROGRAMS)
@settings(max_examples=60, deadline=None)
def test_every_edge_leads_to_a_step_and_every_branch_has_two(program: Program) -> None:
    graph = flow_of(f"{program.text}\nout:\nend();\nreturn n;")
    for step in graph.steps:
        assert all(0 <= number < len(graph.steps) for number in step.next)
        assert (step.kind in (Kind.EXIT, Kind.STOP)) is (not step.next)
        assert step.kind is not Kind.BRANCH or len(step.next) == 2
    assert 0 <= graph.entry < len(graph.steps)


@given(PROGRAMS)
@settings(max_examples=60, deadline=None)
def test_comments_and_white_space_are_nothing(program: Program) -> None:
    text = f"{program.text}\nout:\nend();\nreturn n;"
    spaced = "\n".join(f"  {line}" if line[:1] != "#" else line for line in text.split("\n"))
    commented = text.replace(";\n", ";  /* if (p) goto out; */\n").replace("{\n", "{ // break;\n")
    assert shape(flow_of(spaced)) == shape(flow_of(text)) == shape(flow_of(commented))


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
@settings(max_examples=200, deadline=None)
def test_nothing_raises_whatever_the_text(tokens: list[str]) -> None:
    seen = image(function(" ".join(tokens)))
    for one in seen.outline.functions:
        graph = reading(seen, one)
        if isinstance(graph, Flow):
            assert all(0 <= number < len(graph.steps) for s in graph.steps for number in s.next)
            assert all((s.why is not None) is (s.kind is Kind.UNKNOWN) for s in graph.steps)


def shape(graph: Flow) -> tuple[object, ...]:
    """All of a flow."""
    return (graph.entry, *graph.steps)
