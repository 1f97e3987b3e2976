"""Semantic patches as rules; a matcher here is a function that finds a word, as quick as it is simple."""

from pathlib import Path

import pytest

from reviewbot.cmodel.change import SeriesChange
from reviewbot.errors import ConfigError
from reviewbot.model.finding import Confidence, Hit
from reviewbot.model.match import Match, Matcher
from reviewbot.model.skip import Abstention, SkipReason
from reviewbot.review.rulebook import rulebook
from reviewbot.review.semantic import from_script
from reviewbot.rule import Rule
from tests.builders import new_file
from tests.changes import changed

PATH = "drivers/lamp/lamp.c"
TOP = "// triggers: lamp_get(\n// symbol: lamp_get\\((\\w+)\\)\n// A lamp is taken.\n// needs: "
OLD = "int lamp(struct lamp *l)\n{\n\treturn 0;\n}\n"
DIFF = (
    f"diff --git a/{PATH} b/{PATH}\n--- a/{PATH}\n+++ b/{PATH}\n"
    "@@ -2,3 +2,4 @@\n {\n+\tlamp_get(l);\n \treturn 0;\n }\n"
)


def words(_script: Path, text: str) -> tuple[Match, ...]:
    """A match for each line that takes a lamp."""
    lines = enumerate(text.split("\n"), 1)
    return tuple(Match(number, "taken") for number, line in lines if "lamp_get" in line)


def rule(folder: Path, needs: str = "file", matcher: Matcher = words) -> Rule:
    path = folder / "rules" / "lamp_taken.cocci"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{TOP}{needs}\n@@ @@\n* lamp_get(...)\n")
    return from_script(path, matcher)


def told(one: Rule, change: SeriesChange) -> list[Hit | Abstention]:
    return [hit for source in change.sources for hit in one.check(source)]


def test_a_match_becomes_a_hit(tmp_path: Path) -> None:
    (hit,) = told(rule(tmp_path), changed(DIFF, tree={PATH: OLD}))
    assert isinstance(hit, Hit)
    assert (hit.anchor.line, hit.anchor.text, hit.function) == (3, "\tlamp_get(l);", "lamp")
    assert (hit.symbol, hit.confidence) == ("l", None)
    assert hit.facts == {
        "summary": "A lamp is taken.",
        "message": "taken",
        "match": "lamp_get(l);",
    }


def test_a_match_on_an_unchanged_line_is_less_certain(tmp_path: Path) -> None:
    old = OLD.replace("\treturn", "\tlamp_get(l);\n\treturn")
    diff = DIFF.replace("+\tlamp_get(l);\n", "+\tbar(l);\n \tlamp_get(l);\n").replace(
        "3 +2,4", "4 +2,5"
    )

    def after(_script: Path, text: str) -> tuple[Match, ...]:
        return (Match(4),) if "bar" in text else ()

    (hit,) = told(rule(tmp_path, matcher=after), changed(diff, tree={PATH: old}))
    assert isinstance(hit, Hit)
    assert (hit.anchor.text, hit.confidence) == ("\tbar(l);", Confidence.MEDIUM)
    assert hit.facts["match"] == "lamp_get(l);"


def test_a_file_that_is_only_partly_visible(tmp_path: Path) -> None:
    (hit,) = told(rule(tmp_path), changed(DIFF))
    assert hit == Abstention(SkipReason.PARTIAL_FILE)
    (hit,) = told(rule(tmp_path, "function"), changed(DIFF))
    assert hit == Abstention(SkipReason.PARTIAL)


def test_a_function_may_be_enough(tmp_path: Path) -> None:
    diff = DIFF.replace("@@ -2,3 +2,4 @@\n", "@@ -1,4 +1,5 @@\n int lamp(struct lamp *l)\n")
    assert isinstance(told(rule(tmp_path), changed(diff))[0], Abstention)
    (hit,) = told(rule(tmp_path, "function"), changed(diff))
    assert isinstance(hit, Hit) and hit.anchor.line == 3


def test_without_its_triggers_nothing_is_run(tmp_path: Path) -> None:
    def never(_script: Path, _text: str) -> tuple[Match, ...]:
        raise AssertionError

    diff = DIFF.replace("lamp_get", "lamp_put")
    assert told(rule(tmp_path, matcher=never), changed(diff, tree={PATH: OLD})) == []
    assert told(rule(tmp_path, matcher=never), changed(diff)) == []
    document = new_file("Documentation/lamp.rst", "lamp_get(l)\n")
    assert told(rule(tmp_path, matcher=never), changed(document)) == []


def test_what_cannot_be_run_is_said(tmp_path: Path) -> None:
    """The old file is looked at only where the new one has a match."""
    answers = iter([(Match(3),), Abstention(SkipReason.SPATCH_SLOW, "x")])
    old = OLD.replace("\treturn", "\tlamp_get(k);\n\treturn")
    diff = DIFF.replace(" \treturn 0;", " \tlamp_get(k);\n \treturn 0;").replace("3 +2,4", "4 +2,5")
    one = rule(tmp_path, matcher=lambda _script, _text: next(answers))
    assert told(one, changed(diff, tree={PATH: old})) == [Abstention(SkipReason.SPATCH_SLOW, "x")]
    one = rule(tmp_path, matcher=lambda _script, _text: Abstention(SkipReason.SPATCH_FAILED))
    assert told(one, changed(diff, tree={PATH: old})) == [Abstention(SkipReason.SPATCH_FAILED)]


# In a pack


def test_a_pack_brings_its_semantic_patches(tmp_path: Path) -> None:
    rule(tmp_path)
    known = {one.id: one for one in rulebook([tmp_path])}
    assert known["lamp-taken"].summary == "A lamp is taken."
    assert known["lamp-taken"].script == str(tmp_path / "rules" / "lamp_taken.cocci")
    assert told(known["lamp-taken"], changed(DIFF, tree={PATH: OLD})) == [
        Abstention(SkipReason.NO_SPATCH)
    ]


def test_an_id_that_is_taken_is_named(tmp_path: Path) -> None:
    rule(tmp_path)
    (tmp_path / "rules" / "other.cocci").write_text("// id: export-new\n// A lamp.\n")
    with pytest.raises(ConfigError, match=r"export-new of .*other\.cocci is already defined"):
        rulebook([tmp_path])
