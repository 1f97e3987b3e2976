"""Laws of the flow model: it never raises, white space and comments are nothing, every edge leads somewhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.cmodel.acquisitions import resources
from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.paths import outcome
from reviewbot.cmodel.ways import way_out
from tests.cmodel.flows import PAIRS, flow_of, function, ways
from tests.cmodel.sources import image

TOKENS = (
    "if (", "else", "while (", "for (", "do {", "} while (x);", "switch (n) {", "case 1:", "default:",
    "goto out;", "out:", "return", "break;", "continue;", "{", "}", "(", ")", ";", "&&", "||", "!", "=",
    "box_get(b);", "box_put(b);", "x = find(n);", "lose(x);", "a(b)", "n", "x", "? :", "list_for_each(a, b) {",
    "#if FOO\n", "#endif\n", "IS_ERR_OR_NULL(x)", "({", "})", "-EIO", ",", "++", "struct foo *x", "é",
)  # fmt: skip

STATEMENTS = (
    "box_get(b);", "box_put(b);", "if (n)\n\treturn -EIO;", "n = a(b);", "if (n < 0)\n\tgoto out;",
    "while (a())\n\tc();", "list_for_each_entry(a, b, c)\n\td(a);", "switch (n) {\ncase 1:\n\tbreak;\n}",
    "if (!f || a(f))\n\tb();\nelse\n\treturn 0;",
)  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
@settings(max_examples=300, deadline=None)
def test_nothing_raises_and_every_edge_leads_somewhere(tokens: list[str]) -> None:
    seen = image(function(" ".join(tokens)))
    for one in seen.outline.functions:
        graph = flow(seen, one)
        if graph is None:
            continue
        assert all(0 <= number < len(graph.steps) for s in graph.steps for number in s.next)
        for resource in resources(graph, one, PAIRS):
            for leak in outcome(graph, resource).leaks:
                assert leak.path[0] == resource.step
                pairs = zip(leak.path[1:], leak.path[2:], strict=False)
                assert all(after in graph.steps[before].next for before, after in pairs)
                way_out(graph, leak)


@given(st.lists(st.sampled_from(STATEMENTS), max_size=6))
@settings(max_examples=60, deadline=None)
def test_white_space_and_comments_are_nothing(statements: list[str]) -> None:
    body = "\n".join((*statements, "out:", "return n;"))
    spaced = "\n\n".join((*statements, "/* box_put(b); */", "out:", "return n; // never"))
    assert ways(flow_of(body)) == ways(flow_of(spaced))
