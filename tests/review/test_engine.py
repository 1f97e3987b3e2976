"""Engine: evidence, skips, rule failures, the prefilter; with rules made for the purpose."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.cmodel.change import FunctionChange, PatchChange, SeriesChange, SourceChange
from reviewbot.model.diff import FileKind
from reviewbot.model.evidence import Evidence, Lack, Origin, lacking
from reviewbot.model.finding import Channel, Confidence, Hit
from reviewbot.model.problem import Problem, ProblemKind
from reviewbot.model.series import Series
from reviewbot.model.skip import Abstention
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.review.engine import findings
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Found, Skip, SkipReason
from reviewbot.review.render import Words
from reviewbot.rule import Needs, Rule
from tests.values import file_change, make_rule, patch, series

WHOLE = ("+int foo(void)", "+{", "+\tbar();", "+\treturn 0;", "+}")
CUT = (" \tint x;", "+\tbar();", " \treturn 0;")


def on_bar(source: SourceChange) -> Iterator[Hit]:
    for call in source.added_calls({"bar"}):
        yield source.at(call.line, symbol="bar")


def in_function(change: FunctionChange) -> Iterator[Hit]:
    for call in change.added_calls({"bar"}):
        yield change.source.at(call.line, symbol="bar")


def on_series(change: SeriesChange) -> Iterator[Hit]:
    for source in change.sources:
        yield from on_bar(source)


def on_patch(patch: PatchChange) -> Iterator[Hit]:
    for source in patch.sources:
        yield from on_bar(source)


def crashing(source: SourceChange) -> Iterator[Hit]:
    yield from on_bar(source)
    raise ZeroDivisionError("one by none")


CHECKS = (on_bar, in_function, on_series, on_patch)


def look(of: Series, *rules: Rule, prefilter: bool = True, tree=NoTree(), **kit: object) -> Found:
    return findings(of, Kit(rules, Words(()), prefilter=prefilter, **kit), tree)  # type: ignore[arg-type]


def one_patch(*lines: str) -> Series:
    return series(patch(file_change("virt/foo.c", *lines)))


@pytest.mark.parametrize("check", CHECKS)
def test_each_kind_of_subject_reaches_its_rule(check) -> None:
    (found,) = look(one_patch(*WHOLE), make_rule("bar-called", check)).findings
    assert (found.rule, found.symbol, found.function) == ("bar-called", "bar", "foo")
    assert (found.anchor.line, found.anchor.text) == (3, "\tbar();")


def test_a_hit_may_be_quieter_than_its_rule_but_not_louder() -> None:
    def quiet(source: SourceChange) -> Iterator[Hit]:
        yield source.at(3, channel=Channel.DRAFT, confidence=Confidence.LOW)

    def loud(source: SourceChange) -> Iterator[Hit]:
        yield source.at(3, channel=Channel.MAIL)

    rules = make_rule("quiet", quiet), make_rule("loud", loud, channel=Channel.REPORT)
    by_rule = {found.rule: found for found in look(one_patch(*WHOLE), *rules).findings}
    assert (by_rule["quiet"].channel, by_rule["quiet"].confidence) == (
        Channel.DRAFT,
        Confidence.LOW,
    )
    assert by_rule["loud"].channel is Channel.REPORT


def test_configuration_sets_a_rules_channel() -> None:
    rule = make_rule("bar-called", on_bar)
    (found,) = look(one_patch(*WHOLE), rule, channels={"bar-called": Channel.REPORT}).findings
    assert found.channel is Channel.REPORT


def test_a_cut_function_is_skipped_with_the_reason() -> None:
    rule = make_rule("bar-called", in_function, needs=Needs.FUNCTION)
    cut = file_change("virt/foo.c", *CUT, start=20)
    headed = replace(cut, hunks=(replace(cut.hunks[0], heading="int foo(void)"),))
    found = look(series(patch(headed)), rule)
    assert not found.findings
    assert {(skip.reason, skip.path) for skip in found.skipped} == {
        (SkipReason.PARTIAL, "virt/foo.c")
    }


def test_the_same_function_seen_whole_is_looked_at() -> None:
    rule = make_rule("bar-called", in_function, needs=Needs.FUNCTION)
    assert look(one_patch(*WHOLE), rule).findings


def test_a_glance_is_asked_of_the_file_and_then_of_each_function() -> None:
    two = (*WHOLE, "+int other(void)", "+{", "+\tbar();", "+\tbaz();", "+}")
    asked: list[str] = []

    def glance(change: SourceChange | FunctionChange) -> bool:
        asked.append(type(change).__name__)
        return "baz" in change.after

    rule = make_rule("bar-called", in_function, glance=glance)
    assert [found.function for found in look(one_patch(*two), rule).findings] == ["other"]
    assert asked == ["SourceChange", "FunctionChange", "FunctionChange"]
    off = look(one_patch(*two), rule, prefilter=False)
    assert [found.function for found in off.findings] == ["foo", "other"]


INCOMPLETE = {
    "missing": {"missing": (2,)},
    "prerequisites": {"prerequisites": ("abc",)},
}


@pytest.mark.parametrize("fields", INCOMPLETE.values(), ids=INCOMPLETE)
def test_series_rules_abstain_on_an_incomplete_series(fields) -> None:
    of = replace(one_patch(*WHOLE), **fields)
    found = look(of, make_rule("needs-all", on_series, needs=Needs.SERIES), make_rule("b", on_bar))
    assert [one.rule for one in found.findings] == ["b"]
    assert [(skip.rule, skip.reason) for skip in found.skipped] == [
        ("needs-all", SkipReason.INCOMPLETE)
    ]


@pytest.mark.parametrize(
    "kind", [ProblemKind.DIFF_DAMAGED, ProblemKind.NOT_REVIEWED, ProblemKind.LINE_TOO_LONG]
)
def test_series_rules_abstain_where_a_diff_cannot_be_read(kind: ProblemKind) -> None:
    unread = replace(patch(file_change("virt/foo.c", *WHOLE)), problems=(Problem(kind, "b.c"),))
    found = look(series(unread), make_rule("needs-all", on_series, needs=Needs.SERIES))
    assert not found.findings and found.skipped


def test_tree_rules_are_skipped_without_a_tree_and_run_with_one() -> None:
    rule = make_rule("asks-tree", on_bar, needs=Needs.DIFF | Needs.TREE)
    without = look(one_patch(*WHOLE), rule)
    assert [skip.reason for skip in without.skipped] == [SkipReason.NO_TREE]
    assert look(one_patch(*WHOLE), rule, tree=DictTree({})).findings


def test_what_a_rule_wants_of_a_tree_is_told_and_the_rest_runs() -> None:
    found = look(one_patch(*WHOLE), make_rule("wants-tree", on_bar, wants=Needs.TREE))
    assert len(found.findings) == 1
    assert [skip.reason for skip in found.skipped] == [SkipReason.FORM_NEEDS_TREE]


def test_other_projects_and_backports_are_out_of_scope() -> None:
    rule = make_rule("bar-called", on_bar)
    qemu = replace(one_patch(*WHOLE), project="qemu")
    backport = replace(one_patch(*WHOLE), problems=(Problem(ProblemKind.STABLE_BACKPORT),))
    assert [skip.reason for skip in look(qemu, rule).skipped] == [SkipReason.NOT_KERNEL]
    assert [skip.reason for skip in look(backport, rule).skipped] == [SkipReason.BACKPORT]


def test_a_crash_is_the_rules_own_failure() -> None:
    rules = make_rule("a-crashes", crashing), make_rule("b-works", on_bar)
    found = look(one_patch(*WHOLE), *rules)
    assert {one.rule for one in found.findings} == {"a-crashes", "b-works"}
    (failure,) = found.failures
    assert (failure.rule, failure.path) == ("a-crashes", "virt/foo.c")
    assert failure.error == "ZeroDivisionError: one by none"
    assert "on_bar" in failure.traceback or "crashing" in failure.traceback


def test_a_rule_may_abstain_and_go_on() -> None:
    def abstaining(source: SourceChange) -> Iterator[Hit | Abstention]:
        yield Abstention(SkipReason.PARTIAL_FILE, "half of it")
        yield from on_bar(source)

    found = look(one_patch(*WHOLE), make_rule("bar-called", abstaining))
    assert len(found.findings) == 1 and not found.failures
    assert found.skipped == (
        Skip("bar-called", "1@example.org", "virt/foo.c", SkipReason.PARTIAL_FILE, "half of it"),
    )


def test_an_untriggered_rule_is_not_run() -> None:
    rule = make_rule("a-crashes", crashing, triggers=("not_in_there",))
    assert look(one_patch(*WHOLE), rule) == Found()


def test_a_gate_speaks_even_where_nothing_triggers() -> None:
    def gate(change: SeriesChange) -> Iterator[Hit]:
        yield from on_series(change)

    rule = make_rule("a-gate", gate, channel=Channel.GATE, triggers=("not_in_there",))
    found = look(replace(one_patch(*WHOLE), missing=(2,)), rule)
    assert len(found.gates) == 1 and not found.findings


def test_findings_come_in_order_of_patch_and_line() -> None:
    first = patch(file_change("virt/a.c", "+int a(void)", "+{", "+\tbar();", "+}"))
    second = patch(
        file_change("virt/b.c", "+int b(void)", "+{", "+\tbar();", "+\tbar();", "+}"), position=2
    )
    rules = make_rule("z", on_bar), make_rule("a", on_bar)
    found = look(series(first, second), *rules).findings
    assert [(one.anchor.message_id[0], one.anchor.line, one.rule) for one in found] == [
        ("1", 3, "a"), ("1", 3, "z"), ("2", 3, "a"), ("2", 3, "z"), ("2", 4, "a"), ("2", 4, "z"),
    ]  # fmt: skip


body_line = st.sampled_from(
    ["\tbar();", "\tbaz(1);", "\tif (x)", "\t\tbar();", "\t/* bar() */", ""]
)


@given(st.lists(st.lists(body_line, max_size=5), min_size=1, max_size=3))
def test_law_the_prefilter_changes_nothing(bodies: list[list[str]]) -> None:
    patches = [
        patch(
            file_change(
                f"virt/{n}.c", f"+int f{n}(void)", "+{", *(f"+{line}" for line in body), "+}"
            ),
            position=n,
        )
        for n, body in enumerate(bodies, 1)
    ]
    rules = [make_rule(f"r{n}", check, triggers=("bar",)) for n, check in enumerate(CHECKS)]
    on, off = (look(series(*patches), *rules, prefilter=choice) for choice in (True, False))
    assert on.findings == off.findings


@given(st.lists(body_line, max_size=6))
def test_law_reviewing_twice_finds_the_same(body: list[str]) -> None:
    of = one_patch("+int foo(void)", "+{", *(f"+{line}" for line in body), "+}")
    rules = [make_rule(f"r{n}", check) for n, check in enumerate(CHECKS)]
    assert look(of, *rules) == look(of, *rules)


def test_a_patch_for_another_project_in_a_kernel_series_is_out_of_scope() -> None:
    kernel = patch(file_change("virt/kvm/foo.c", *WHOLE))
    tool = patch(file_change("virt/kvm/foo.c", *WHOLE), position=2)
    tagged = replace(tool, subject=replace(tool.subject, prefix=("PATCH", "qemu")), files=())
    tagged = replace(tagged, files=(file_change("hw/vfio/foo.c", *WHOLE),))
    found = look(series(kernel, tagged), make_rule("bar-called", on_bar))
    assert [one.anchor.path for one in found.findings] == ["virt/kvm/foo.c"]
    assert [skip.reason for skip in found.skipped] == [SkipReason.NOT_KERNEL]


@pytest.mark.parametrize("kind", [ProblemKind.PREREQUISITES, ProblemKind.NO_DIFF])
def test_series_rules_abstain_where_the_cover_names_what_is_not_there(kind: ProblemKind) -> None:
    of = replace(one_patch(*WHOLE), problems=(Problem(kind, "the vfio rework"),))
    assert not look(of, make_rule("needs-all", on_series, needs=Needs.SERIES)).findings


# How a file was seen

TEXT = "int foo(void)\n{\n\tint x;\n\treturn 0;\n}\n"
INSIDE = (" \tint x;", "+\tbar();", " \treturn 0;")


def cut_change() -> Series:
    """A patch of which the diff shows the middle of a function only."""
    return series(patch(file_change("virt/foo.c", *INSIDE, start=3)))


def test_a_finding_carries_how_its_file_was_seen() -> None:
    rule = make_rule("bar-called", on_bar)
    known = DictTree({"virt/foo.c": TEXT})
    (with_tree,) = look(cut_change(), rule, tree=known).findings
    (without,) = look(cut_change(), rule).findings
    assert with_tree.evidence == Evidence(Origin.SOURCE, "virt/foo.c in dict")
    assert without.evidence == lacking(Lack.NO_TREE, "no source tree was given")


def test_a_finding_in_a_commit_message_carries_no_evidence() -> None:
    def on_top(patch: PatchChange) -> Iterator[Hit]:
        yield patch.at_top()

    (found,) = look(one_patch(*WHOLE), make_rule("on-top", on_top)).findings
    assert found.evidence is None


@pytest.mark.parametrize(
    ("tree", "detail"),
    [
        (NoTree(), "no source tree was given"),
        (DictTree({}), "no virt/foo.c in dict"),
        (DictTree({"virt/foo.c": "x\n"}), "the hunks do not apply to virt/foo.c in dict"),
    ],
)
def test_a_rule_that_lacks_the_function_says_why(tree, detail: str) -> None:
    change = file_change("virt/foo.c", *INSIDE, start=3)
    headed = replace(change, hunks=(replace(change.hunks[0], heading="int foo(void)"),))
    rule = make_rule("bar-called", in_function, needs=Needs.FUNCTION)
    (skip,) = look(series(patch(headed)), rule, tree=tree).skipped
    assert (skip.reason, skip.detail) == (SkipReason.PARTIAL, detail)


def test_a_file_the_series_adds_is_whole_in_the_next_patch_without_a_tree() -> None:
    added = file_change("virt/foo.c", *(f"+{line}" for line in TEXT.splitlines()))
    first = replace(added, kind=FileKind.ADDED, old_path="")
    second = file_change("virt/foo.c", *INSIDE, start=3)
    rule = make_rule("bar-called", in_function, needs=Needs.FUNCTION)
    (found,) = look(series(patch(first), patch(second, position=2)), rule).findings
    assert found.evidence == Evidence(Origin.SERIES, "virt/foo.c as patch 1 leaves it")
