"""Aftermath: what is fixed, what only went away, what stayed."""

import pytest
from msgspec.structs import replace

from reviewbot.model.sighting import Fate, Proof
from reviewbot.model.skip import SkipReason
from reviewbot.review.fate import sightings
from reviewbot.review.outcome import RuleFailure, Skip
from tests.review.revisions import (
    ELSE,
    FILE,
    HEAD,
    LEAK,
    RULE,
    TAIL,
    WITH_PUT,
    cover,
    name,
    nothing,
    only,
    posted,
    reviewed,
)

CALL = "\tret = foo_start(dev);\n"
LATER = LEAK.replace("return ret;", "goto put;").replace(
    "\tof_node_put(np);\n\treturn 0;\n", "\tret = 0;\nput:\n\tof_node_put(np);\n\treturn ret;\n"
)
UNUSED = "int foo_probe(struct device *dev)\n{\n" + "\tfoo_start(dev);\n\treturn foo_go(dev);\n}\n"


def proof(*texts: str, rule: str = "ref-leak-on-error-path") -> Proof:
    """The weightiest proof of the one defect in a patch that was sent with these texts."""
    mails = [posted(text, n) for n, text in enumerate(texts, 1)]
    return only(*mails, rule=rule).proofs[0]


@pytest.mark.parametrize("text", [WITH_PUT, LATER])
def test_a_put_that_came_is_a_fix(text: str) -> None:
    assert proof(LEAK, text) == Proof(Fate.FIXED, name(2), "v2 no longer has it")


def test_the_first_revision_that_has_the_fix_is_the_proof() -> None:
    assert proof(LEAK, WITH_PUT, WITH_PUT) == Proof(Fate.FIXED, name(2), "v2 no longer has it")


def test_a_fix_is_known_by_patch_and_position() -> None:
    mails = [
        *(cover(n, 2) for n in (1, 2)),
        *(
            posted(ELSE, n, path="drivers/foo/bar.c", position=1, total=2, answers=name(n, 0))
            for n in (1, 2)
        ),
        posted(LEAK, 1, title="foo: probe", position=2, total=2, answers=name(1, 0)),
        posted(WITH_PUT, 2, title="foo: probe it", position=2, total=2, answers=name(2, 0)),
    ]
    assert only(*mails).proofs[0] == Proof(Fate.FIXED, name(2, 2), "v2 2/2 no longer has it")


def test_lines_that_only_change_places_can_be_a_fix() -> None:
    early = (
        HEAD
        + "\tof_node_put(np);\n\tfoo_name(np);\n\tfoo_count++;\n\tfoo_note(dev);\n\treturn 0;\n}\n"
    )
    late = early.replace(
        "\tof_node_put(np);\n\tfoo_name(np);\n", "\tfoo_name(np);\n\tof_node_put(np);\n"
    )
    assert proof(early, late, rule="use-after-put").fate is Fate.FIXED


def test_a_function_that_is_gone_is_dropped() -> None:
    one = proof(LEAK, ELSE)
    assert one == Proof(Fate.DROPPED, name(2), "v2 no longer has foo_probe() in drivers/foo/foo.c")


def test_a_function_that_is_written_anew_is_dropped() -> None:
    one = proof(LEAK, UNUSED)
    assert one == Proof(Fate.DROPPED, name(2), "v2 has little of it left")


def test_a_reference_that_is_no_longer_taken_is_dropped() -> None:
    without = LEAK.replace('of_get_child_by_name(dev->of_node, "foo")', "foo_node(dev)")
    assert proof(LEAK, without.replace("\tof_node_put(np);\n", "")).fate is Fate.DROPPED


def test_a_way_out_that_is_no_longer_there_is_a_fix_only_if_the_line_is_gone() -> None:
    assert proof(LEAK, HEAD + "\tfoo_start(dev);\n" + TAIL).fate is Fate.FIXED


def test_a_file_that_is_no_longer_touched_is_dropped() -> None:
    one = only(posted(LEAK), posted(ELSE, 2, path="drivers/foo/bar.c")).proofs[0]
    assert one == Proof(Fate.DROPPED, name(2), "v2 no longer touches drivers/foo/foo.c")


def two(revision: int, *positions: int) -> list[bytes]:
    """Patches of a series of two with a cover letter; the second leaks."""
    above = name(revision, 0)
    first = posted(
        ELSE,
        revision,
        path="drivers/foo/bar.c",
        position=1,
        total=2,
        title="foo: bar",
        answers=above,
    )
    second = posted(LEAK, revision, position=2, total=2, title="foo: probe", answers=above)
    return [cover(revision, 2), *([first, second][n - 1] for n in positions)]


def test_a_patch_that_is_no_longer_there_is_dropped() -> None:
    above = name(2, 0)
    alone = posted(
        ELSE, 2, path="drivers/foo/bar.c", position=1, total=1, title="foo: bar", answers=above
    )
    one = only(*two(1, 1, 2), cover(2, 1), alone).proofs[0]
    assert one == Proof(Fate.DROPPED, name(2, 0), "v2 no longer has the patch")


def test_a_patch_that_the_archive_lacks_is_not_dropped() -> None:
    assert only(*two(1, 1, 2), *two(2, 1)).fate is Fate.OPEN


def judged(**later: object) -> Proof:
    """The weightiest proof where the second revision has the fix, and these fields of its outcome."""
    (family,) = reviewed(posted(LEAK), posted(WITH_PUT, 2))
    changed = (family[0], replace(family[1], **later))
    (one,) = (
        one for one in sightings(changed, "x", nothing) if one.rule == RULE and one.since == 1
    )
    return one.proofs[0]


@pytest.mark.parametrize("reason", [SkipReason.PREEXISTING, SkipReason.INCOMPLETE])
@pytest.mark.parametrize("path", [FILE, ""])
def test_a_fault_where_the_rule_did_not_look_is_not_fixed(reason: SkipReason, path: str) -> None:
    one = judged(skipped=(Skip(RULE, name(2), path, reason),))
    assert one == Proof(Fate.DROPPED, name(2), "v2 was not looked at there")


@pytest.mark.parametrize(
    "skip",
    [
        Skip(RULE, name(2), FILE, SkipReason.PARTIAL),
        Skip(RULE, name(2), "", SkipReason.FORM_NEEDS_TREE),
        Skip(RULE, name(2), "drivers/foo/bar.c", SkipReason.PREEXISTING),
        Skip("another-rule", name(2), FILE, SkipReason.PREEXISTING),
    ],
)
def test_what_else_was_not_looked_at_does_not_matter(skip: Skip) -> None:
    assert judged(skipped=(skip,)).fate is Fate.FIXED


def test_a_rule_that_crashed_did_not_look() -> None:
    assert judged(failures=(RuleFailure(RULE, name(2), FILE, "Oops"),)).fate is Fate.DROPPED


def test_a_fault_like_it_in_the_same_place_is_not_fixed() -> None:
    (family,) = reviewed(posted(LEAK), posted(WITH_PUT, 2))
    (verdict,) = (one for one in family[0].verdicts if one.finding.rule == RULE)
    anchor = replace(verdict.finding.anchor, message_id=name(2))
    like = replace(verdict.finding, anchor=anchor, function="foo_attach")
    assert judged(verdicts=(replace(verdict, finding=like),)).fate is Fate.DROPPED


def test_a_place_that_is_as_it_was_is_kept_though_nothing_is_found() -> None:
    get = "int foo_get(struct foo *foo)\n{\n\treturn 0;\n}\n\n"
    assert proof(LEAK, get + LEAK).fate is Fate.KEPT


def test_an_older_revision_that_was_sent_later_shows_nothing() -> None:
    old = posted(WITH_PUT).replace(b"03 Mar 2026", b"09 Mar 2026")
    assert only(old, posted(LEAK, 2)).fate is Fate.OPEN


# Lines outside of functions


EXPORT = ELSE + "EXPORT_SYMBOL_GPL(foo_exit);\n"


def export(*texts: str) -> Proof:
    return proof(*texts, rule="export-new")


def test_an_export_that_is_gone_while_its_function_stays_is_fixed() -> None:
    text = "v2 has foo_exit still, and no longer that line"
    assert export(EXPORT, ELSE) == Proof(Fate.FIXED, name(2), text)


def test_an_export_that_is_gone_with_its_function_is_dropped() -> None:
    assert export(EXPORT, "int foo;\n").fate is Fate.DROPPED


def test_an_export_in_another_file_is_the_same() -> None:
    mails = [posted(EXPORT), posted(EXPORT, 2, path="drivers/foo/bar.c")]
    assert only(*mails, rule="export-new").fate is Fate.KEPT


def test_an_export_of_which_a_patch_may_be_missing_is_not_fixed() -> None:
    above = name(2, 0)
    rest = posted(ELSE, 2, position=1, total=2, title="foo: add driver", answers=above)
    first = posted(EXPORT, position=1, total=1)
    assert only(first, cover(2, 2), rest, rule="export-new").fate is Fate.OPEN


# Commit messages


def fixes(tag: str, revision: int, title: str = "foo: mend it") -> bytes:
    text = f"Foo did not mend bar when baz was gone.\nMend it.\n\nFixes: {tag}\nSigned-off-by: A. Author <author@example.org>"
    return posted(ELSE, revision, commit_message=text, title=title)


def test_a_tag_that_was_written_out_is_fixed() -> None:
    mails = [fixes("0123456789ab", 1), fixes('0123456789ab ("foo: add driver")', 2)]
    one = only(*mails, rule="fixes-tag-malformed")
    assert one.proofs[0] == Proof(Fate.FIXED, name(2), "v2 no longer has it")


def test_a_tag_that_stays_is_kept() -> None:
    one = only(fixes("0123456789ab", 1), fixes("0123456789ab", 2), rule="fixes-tag-malformed")
    assert one.fate is Fate.KEPT
