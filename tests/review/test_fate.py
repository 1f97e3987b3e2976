"""Fate: each defect once, told of the newest revision that has it, with what happened next."""

from msgspec.structs import replace

from reviewbot.model.finding import Channel, Finding
from reviewbot.model.sighting import Fate, Proof, Standing
from reviewbot.review.fate import sightings
from tests.review.revisions import (
    ELSE,
    FILE,
    LEAK,
    RULE,
    WITH_PUT,
    cover,
    name,
    nothing,
    only,
    posted,
    reply,
    reviewed,
    seen,
)

LINE = "> +\t\treturn ret;\n"


def fates(*mails: bytes, rule: str = RULE) -> list[Fate]:
    return [proof.fate for proof in only(*mails, rule=rule).proofs]


# What a sighting tells


def test_a_finding_of_which_nothing_more_is_known_is_open() -> None:
    one = only(posted(LEAK))
    assert one.proofs == (Proof(Fate.OPEN),)
    assert one.standing is Standing.UNKNOWN
    assert (one.revision, one.since, one.superseded) == (1, 1, False)


def test_a_sighting_says_where_and_of_whom() -> None:
    one = only(posted(LEAK))
    assert (one.archive, one.lists) == ("linux-foo", ("linux-foo.example.org",))
    assert (one.author, one.domain) == ("A. Author", "example.org")
    assert (one.path, one.function, one.symbol) == (FILE, "foo_probe", "np")
    assert (one.message_id, one.series_id) == (name(1), name(1))
    assert one.subject == "[PATCH] foo: add driver"
    assert one.sent == 1772539200
    assert one.channel is Channel.MAIL
    assert "of_node_put" in one.comment
    assert one.facts["get"] == "of_get_child_by_name()"


def test_the_quote_is_what_stands_round_the_line() -> None:
    one = only(posted(LEAK))
    assert one.quote[one.marked] == "+\t\treturn ret;"
    assert len(one.quote) == 9
    assert one.quote[one.marked - 2 : one.marked] == ("+\tret = foo_start(dev);", "+\tif (ret)")


def test_the_quote_ends_with_the_hunk() -> None:
    text = LEAK.partition("\tfoo_count")[0] + "}\n"
    one = only(posted("/* foo */\n" + text), rule="ref-leak-on-error-path")
    assert one.quote[-1] == "+}"


def test_a_long_line_is_cut_in_the_quote() -> None:
    one = only(posted(LEAK.replace("foo_count++;", f"foo_count++; /* {'x' * 500} */")))
    assert max(map(len, one.quote)) == 200


def test_the_series_is_named_by_its_cover_letter() -> None:
    mails = [
        cover(1, 2),
        posted(ELSE, position=1, total=2, path="drivers/foo/bar.c", answers=name(1, 0)),
        posted(LEAK, position=2, total=2, title="foo: probe", answers=name(1, 0)),
    ]
    one = only(*mails)
    assert (one.series_id, one.message_id) == (name(1, 0), name(1, 2))


def test_a_finding_in_a_commit_message_has_no_file() -> None:
    text = "Mend it.\n\nFixes: 0123456789ab\nSigned-off-by: A. Author <author@example.org>"
    one = only(posted(ELSE, commit_message=text), rule="fixes-tag-malformed")
    assert (one.path, one.line) == ("", 0)
    assert one.quote[one.marked] == "Fixes: 0123456789ab"


def test_gates_are_no_sightings() -> None:
    partial = posted(LEAK, position=1, total=2)
    (family,) = reviewed(partial)
    assert family[0].gates
    assert all(one.channel is not Channel.GATE for one in sightings(family, "x", nothing))


# Once


def test_a_defect_is_told_once_of_the_newest_revision_that_has_it() -> None:
    one = only(posted(LEAK), posted(LEAK, 2), posted(LEAK, 3))
    assert (one.since, one.revision, one.message_id) == (1, 3, name(3))
    assert one.proofs == (Proof(Fate.KEPT, name(3), "v3 has it still"),)


def test_a_renamed_function_has_the_same_defect() -> None:
    one = only(posted(LEAK), posted(LEAK.replace("foo_probe", "foo_attach"), 2))
    assert (one.since, one.revision, one.function) == (1, 2, "foo_attach")


def test_a_renamed_variable_is_the_same_defect() -> None:
    one = only(posted(LEAK), posted(LEAK.replace("np", "child"), 2))
    assert (one.since, one.symbol) == (1, "child")


def test_a_moved_file_has_the_same_defect() -> None:
    one = only(posted(LEAK), posted(LEAK, 2, path="drivers/foo/core.c"))
    assert (one.since, one.path) == (1, "drivers/foo/core.c")


def test_another_function_beside_the_first_has_a_defect_of_its_own() -> None:
    other = WITH_PUT + "\n" + LEAK.replace("foo_probe", "foo_attach")
    first, second = seen(posted(LEAK), posted(other, 2))
    assert (first.function, first.fate) == ("foo_probe", Fate.DROPPED)
    assert (second.function, second.since, second.fate) == ("foo_attach", 2, Fate.OPEN)


def test_two_places_in_one_patch_are_two() -> None:
    (family,) = reviewed(posted(LEAK), posted(LEAK, 2))
    doubled = [
        replace(
            outcome,
            verdicts=tuple(
                replace(one, finding=replace(one.finding, anchor=anchor))
                for one in outcome.verdicts
                for anchor in (one.finding.anchor, replace(one.finding.anchor, line=999))
            ),
        )
        for outcome in family
    ]
    made = [*sightings(doubled, "x", nothing)]
    assert [(one.since, one.revision) for one in made if one.rule == RULE] == [(1, 2), (1, 2)]


def test_the_same_defect_in_two_patches_of_a_series_is_one() -> None:
    (family,) = reviewed(posted(LEAK))
    (verdict,) = (one for one in family[0].verdicts if one.finding.rule == RULE)
    later = replace(verdict.finding.anchor, message_id="later@example.org")
    again = replace(verdict, finding=replace(verdict.finding, anchor=later))
    (one,) = sightings([replace(family[0], verdicts=(verdict, again))], "x", nothing)
    assert one.message_id == name(1)


# Channels


def test_a_newer_revision_is_noted() -> None:
    one = only(posted(LEAK), posted(WITH_PUT, 2))
    assert one.superseded
    assert one.reason == "revision 2 of the series is out"


def test_any_other_reason_to_be_quiet_counts() -> None:
    one = only(posted(LEAK, tag="RFC PATCH"))
    assert (one.channel, one.reason, one.superseded) == (Channel.DRAFT, "an RFC series", False)


# Weight


def test_a_person_outweighs_a_merge_and_all_are_told() -> None:
    mails = [
        posted(LEAK),
        posted(LEAK, 2),
        reply(LINE + "\nThis leaks np, no?\n", name(2), hours=60),
    ]
    one = only(*mails, merged=lambda _: "v6.12")
    assert [proof.fate for proof in one.proofs] == [Fate.NAMED, Fate.MERGED, Fate.KEPT]
    assert one.standing is Standing.CONFIRMED


def test_what_was_fixed_comes_before_who_named_it() -> None:
    mails = [posted(LEAK), reply(LINE + "\nThis leaks np, no?\n"), posted(WITH_PUT, 2)]
    assert fates(*mails) == [Fate.FIXED, Fate.NAMED]


def test_a_merge_alone_contradicts() -> None:
    one = only(posted(LEAK), merged=lambda _: "v6.12")
    assert one.proofs == (Proof(Fate.MERGED, "v6.12", "as posted in v1"),)
    assert one.standing is Standing.CONTRADICTED


def test_the_tree_is_asked_only_of_the_newest_revision() -> None:
    asked: list[Finding] = []

    def merged(finding: Finding) -> None:
        asked.append(finding)

    seen(posted(LEAK), posted(WITH_PUT, 2), merged=merged)
    assert [one.rule for one in asked if one.rule == RULE] == []
    seen(posted(LEAK), posted(LEAK, 2), merged=merged)
    assert [one.anchor.message_id for one in asked if one.rule == RULE] == [name(2)]
