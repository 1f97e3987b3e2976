"""Sieve: nothing that a rule finds is lost, and most of what it cannot find is passed over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.pairs import PairTable
from reviewbot.cmodel.signs import Scope, Signs, added, shown
from reviewbot.config import load
from reviewbot.model.finding import Channel
from reviewbot.model.message import RawMessage
from reviewbot.model.tree import NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.skim import skim
from reviewbot.parse.thread import series
from reviewbot.review.engine import findings
from reviewbot.review.matcher import has_fast
from reviewbot.review.sieve import Sieve, sieve
from reviewbot.rule import Needs, Rule
from tests.builders import mail, new_file, patch_body
from tests.changes import edit
from tests.pages import Case, cases
from tests.values import make_rule

PAGES = sorted((Path(__file__).parents[1] / "rules").glob("*.md"))
BAD = [case for page in PAGES for case in cases(page) if case.bad and not case.tree]
KIT = replace(load().kit(), prefilter=False)
SHIPPED = sieve(KIT.rules, KIT.pairs, KIT.options)
PLAIN = sieve(KIT.rules, KIT.pairs, KIT.options, fast=False)


def nothing(change: SourceChange):
    yield from ()


def rule_of(*signs: Signs, **further: object) -> Rule:
    return replace(make_rule("made", nothing, **further), signs=signs)


def marked(told: Sieve, *texts: str) -> set[str]:
    mask = 0
    for text in texts:
        mask |= told.marks(text.encode())
    return set(told.rules(mask))


@pytest.mark.parametrize("case", BAD, ids=str)
def test_what_a_rule_finds_is_marked(case: Case) -> None:
    mails = [(skim(data).text, message(RawMessage(data))) for data in case.mails]
    (one,) = series(read for _, read in mails)
    texts = {read.message_id: text for text, read in mails}
    mask = SHIPPED.together([texts[patch.message_id] for patch in one.patches])
    for text in texts.values():
        mask |= SHIPPED.marks(text)
        assert PLAIN.marks(text) == SHIPPED.marks(text)
    fired = {found.rule for found in findings(one, KIT, NoTree()).findings}
    assert fired <= set(SHIPPED.rules(mask))


def test_gates_are_left_out_and_names_are_in_order() -> None:
    gates = {rule.id for rule in KIT.rules if rule.channel is Channel.GATE}
    assert SHIPPED.names == tuple(rule.id for rule in KIT.rules if rule.id not in gates)
    assert gates and not gates & set(SHIPPED.names)


def test_no_text_no_mark() -> None:
    assert SHIPPED.marks(b"") == 0
    assert marked(SHIPPED, patch_body(new_file("a.c", "int a;"))) == set()


FUNCTION = "static int foo(struct foo *f)\n{\n\tx_get(f);\n\treturn 0;\n}\n"
OTHER = "static int bar(void)\n{\n\tx_put(f);\n\treturn 0;\n}\n"


@pytest.mark.parametrize(
    ("scope", "text", "found"),
    [
        (Scope.FUNCTION, FUNCTION + OTHER, False),
        (Scope.FUNCTION, FUNCTION.replace("\treturn", "\tx_put(f);\n\treturn"), True),
        (Scope.FILE, FUNCTION + OTHER, True),
    ],
)
def test_expressions_must_match_within_their_scope(scope: Scope, text: str, found: bool) -> None:
    told = sieve([rule_of(Signs(scope, (shown("x_get"), shown("x_put"))))], PairTable())
    assert bool(marked(told, patch_body(new_file("a.c", text)))) is found


def test_a_file_is_no_scope_for_another() -> None:
    text = patch_body(new_file("a.c", FUNCTION), new_file("b.c", OTHER))
    for scope, found in ((Scope.FILE, False), (Scope.MAIL, True)):
        told = sieve([rule_of(Signs(scope, (shown("x_get"), shown("x_put"))))], PairTable())
        assert bool(marked(told, text)) is found


def test_one_of_several_signs_is_enough_and_near_is_asked_last() -> None:
    asked = []

    def near(piece: object) -> bool:
        asked.append(piece)
        return False

    first = Signs(Scope.FILE, (shown("x_get"),), near=near)
    second = Signs(Scope.FILE, (added("x_put"),))
    told = sieve([rule_of(first, second)], PairTable())
    assert marked(told, patch_body(new_file("a.c", OTHER))) == {"made"} and not asked
    assert marked(told, patch_body(new_file("a.c", FUNCTION))) == set() and len(asked) == 1


def test_a_mail_is_not_cut_where_the_first_look_says_no() -> None:
    signs = Signs(Scope.FILE, (shown("x_get"),), first=lambda mail: b"x_put" in mail.raw)
    told = sieve([rule_of(signs)], PairTable())
    assert not marked(told, patch_body(new_file("a.c", FUNCTION)))
    assert marked(told, patch_body(new_file("a.c", FUNCTION + OTHER)))


def test_functions_count_where_they_are_changed_and_may_be_seen_whole() -> None:
    cut = patch_body(edit("a.c", "\ta();", "\tb();", "\tx_get(f);"))
    signs = Signs(Scope.FUNCTION, (shown("x_get"),))
    assert marked(sieve([rule_of(signs)], PairTable()), cut)
    whole = rule_of(signs, needs=Needs.FUNCTION)
    assert not marked(sieve([whole], PairTable()), cut)
    assert marked(sieve([whole], PairTable()), patch_body(new_file("a.c", FUNCTION)))


def test_without_signs_the_triggers_stand_in() -> None:
    told = sieve([make_rule("made", nothing, triggers=("x_get(", "MAGIC"))], PairTable())
    assert marked(told, "+x_get\n+\t(f)") == marked(told, "a MAGIC b") == {"made"}
    assert marked(told, "+my_x_get(f)") == set()
    assert marked(sieve([make_rule("made", nothing)], PairTable()), "\n") == {"made"}


def test_what_needs_a_tree_is_marked_with_one_only() -> None:
    rule = make_rule("made", nothing, needs=Needs.TREE, triggers=("MAGIC",))
    assert marked(sieve([rule], PairTable()), "MAGIC") == set()
    assert marked(sieve([rule], PairTable(), has_tree=True), "MAGIC") == {"made"}
    assert marked(sieve([rule], PairTable(), has_tree=True), "x") == set()


def test_with_a_tree_a_function_may_stand_beyond_the_diff() -> None:
    rule = rule_of(Signs(Scope.FUNCTION, (shown("x_get"),)), needs=Needs.FUNCTION)
    text = patch_body(edit("a.c", "\ta();", "\tb();", "\tint i;"))
    assert not marked(sieve([rule], PairTable()), text)
    assert marked(sieve([rule], PairTable(), has_tree=True), text)


def test_a_change_of_a_file_that_the_series_adds_is_seen_together() -> None:
    signs = Signs(Scope.FUNCTION, (shown("x_get"), shown("late")))
    told = sieve([rule_of(signs, needs=Needs.FUNCTION)], PairTable())
    first = patch_body(new_file("a.c", FUNCTION))
    second = patch_body(
        "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -4,2 +4,3 @@\n \treturn 0;\n+\tlate();\n }\n"
    )
    texts = [first.encode(), second.encode()]
    assert not marked(told, first, second)
    assert told.rules(told.together(texts)) == ("made",)
    assert told.together(texts[1:]) == told.together(texts[:1]) == 0


def test_the_digest_changes_with_rules_pairs_and_options() -> None:
    assert SHIPPED.digest == PLAIN.digest == sieve(KIT.rules, KIT.pairs, KIT.options).digest
    others = (
        sieve(KIT.rules[1:], KIT.pairs, KIT.options),
        sieve(KIT.rules, PairTable(KIT.pairs.pairs[1:]), KIT.options),
        sieve(KIT.rules, KIT.pairs, KIT.options, has_tree=True),
    )
    assert len({one.digest for one in (SHIPPED, *others)}) == 4


def test_options_decide() -> None:
    text = patch_body(new_file("drivers/foo/foo.h", "extern int foo(void);"))
    assert "extern-on-prototype" not in marked(SHIPPED, text)
    rule = KIT.rule("extern-on-prototype")
    options = rule.options(paths=("drivers/foo/*.h",))  # type: ignore[misc]
    told = sieve(KIT.rules, KIT.pairs, {**KIT.options, rule.id: options})
    assert "extern-on-prototype" in marked(told, text)
    assert told.digest != SHIPPED.digest


def test_a_wrapper_that_the_series_brings_marks_what_takes_pairs() -> None:
    text = (
        "struct kvm *foo_vm(struct foo *foo)\n{\n\tkvm_get_kvm(foo->kvm);\n\treturn foo->kvm;\n}\n"
    )
    assert "get-dropped" in marked(SHIPPED, patch_body(new_file("a.c", text)))


LINES = st.lists(
    st.sampled_from(
        [
            "static int foo(struct foo *p)",
            "{",
            "}",
            "\tif (!p)",
            "\tif (p && q)",
            "\t\treturn -1;",
            "\tp->x = NULL;",
            "\tkfree(p);",
            "\tmutex_lock(&p->lock);",
            "\tmutex_unlock(&p->lock);",
            "\tgoto out;",
            "out:",
            "\tkvm_put_kvm(p->x);",
            "\tp->kvm = kvm;",
            "EXPORT_SYMBOL_GPL(foo);",
            "\tfoo_free(p);",
            "#if A",
            "#endif",
        ]
    ),
    max_size=25,
)


@pytest.mark.skipif(not has_fast(), reason="hyperscan is not installed")
@given(LINES, st.sampled_from("+ -"))
def test_law_hyperscan_changes_nothing(lines: list[str], sign: str) -> None:
    body = "".join(f"{sign if n % 3 else '+'}{line}\n" for n, line in enumerate(lines))
    text = f"a\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,9 +1,9 @@\n{body}".encode()
    assert SHIPPED.marks(text) == PLAIN.marks(text)


@given(LINES)
def test_law_what_is_found_is_marked(lines: list[str]) -> None:
    data = mail(patch_body(new_file("drivers/foo/foo.c", "\n".join(lines) + "\n")))
    (one,) = series([message(RawMessage(data))])
    fired = {found.rule for found in findings(one, KIT, NoTree()).findings}
    assert fired <= set(SHIPPED.rules(SHIPPED.marks(skim(data).text)))


@given(st.binary(max_size=200))
def test_law_it_never_raises(data: bytes) -> None:
    SHIPPED.marks(b"\n@@ -1,2 +1,3 @@\n" + data)
    SHIPPED.together([data, b"--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n" + data])
