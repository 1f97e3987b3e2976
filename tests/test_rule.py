"""The contract of a rule: what is read from a module, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from reviewbot.cmodel.change import FunctionChange, SeriesChange, SourceChange
from reviewbot.cmodel.pairs import Failure, Getter, Pair, PairTable
from reviewbot.errors import ConfigError
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.review.rulebook import rulebook
from reviewbot.rule import Needs, from_module, rule
from tests.values import make_rule, module

PAIRS = PairTable((Pair("struct kvm", (Getter("kvm_get", Failure.FALSE),), ("kvm_put",)),))


class Options(Struct, frozen=True):
    depth: int = 1


def declared(check):
    mark = rule(severity=Severity.NIT, channel=Channel.DRAFT, needs=Needs.DIFF, triggers=("foo",))
    return mark(check)


def test_the_module_names_the_rule_and_its_docstring_explains_it() -> None:
    def check(source: SourceChange) -> Iterator[Hit]:
        return iter(())

    found = from_module(module("foo_not_bar", declared(check), "Foo is not bar.\n\nWhy: because."))
    assert found.id == "foo-not-bar"
    assert found.summary == "Foo is not bar."
    assert found.subject is SourceChange
    assert not found.takes_pairs and found.options is None


def test_pairs_and_options_are_handed_in_by_type() -> None:
    seen = []

    def check(change: FunctionChange, pairs: PairTable, options: Options) -> Iterator[Hit]:
        seen.append((pairs, options))
        return iter(())

    found = from_module(module("x", declared(check), Options=Options))
    list(found.run("subject", PAIRS, Options(3)))
    assert seen == [(PAIRS, Options(3))]


def test_triggers_may_come_from_the_pair_table() -> None:
    def check(change: SeriesChange) -> Iterator[Hit]:
        return iter(())

    found = make_rule("x", check, triggers=lambda pairs: pairs.of("struct kvm").getters)
    assert found.triggers_for(PAIRS) == ("kvm_get",)


def unannotated(source):
    return iter(())


def wrong_subject(text: str) -> Iterator[Hit]:
    return iter(())


def too_much(source: SourceChange, text: str) -> Iterator[Hit]:
    return iter(())


@pytest.mark.parametrize("check", [unannotated, wrong_subject, too_much])
def test_a_wrong_signature_is_refused_by_name(check) -> None:
    with pytest.raises(ConfigError, match=r"rule module somewhere\.bad cannot be used"):
        from_module(module("bad", declared(check)))


def test_a_module_without_rule_is_refused() -> None:
    with pytest.raises(ConfigError, match="no function `check`"):
        from_module(module("bad", None))


def test_a_rule_without_explanation_is_refused() -> None:
    def check(source: SourceChange) -> Iterator[Hit]:
        return iter(())

    with pytest.raises(ConfigError, match="no docstring"):
        from_module(module("bad", declared(check), doc=""))


def test_every_shipped_rule_is_found_once_and_in_order() -> None:
    ids = [found.id for found in rulebook()]
    assert ids == sorted(set(ids))
    assert "export-new" in ids


PACK_RULE = '''"""Foo is called.

Why: an example.
"""

from collections.abc import Iterator

from reviewbot.cmodel.change import SourceChange
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


@rule(severity=Severity.NIT, channel=Channel.DRAFT, needs=Needs.DIFF, triggers=("foo",))
def check(source: SourceChange) -> Iterator[Hit]:
    for call in source.added_calls({"foo"}):
        yield source.at(call.line)
'''


def pack(folder: Path, name: str, text: str) -> Path:
    (folder / "rules").mkdir()
    (folder / "rules" / f"{name}.py").write_text(text)
    return folder


def test_a_pack_brings_its_own_rules(tmp_path: Path) -> None:
    found = {one.id: one for one in rulebook([pack(tmp_path, "foo_called", PACK_RULE)])}
    assert found["foo-called"].summary == "Foo is called."


def test_a_pack_cannot_replace_a_shipped_rule(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="already defined"):
        rulebook([pack(tmp_path, "export_new", PACK_RULE)])


@pytest.mark.parametrize("text", ["def check(:\n", "import nowhere_at_all\n", "1 + ''\n"])
def test_a_broken_pack_module_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"broken\.py cannot be loaded"):
        rulebook([pack(tmp_path, "broken", text)])


def test_a_pack_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder rules/"):
        rulebook([tmp_path / "nowhere"])


def test_the_pair_table_answers_by_object() -> None:
    kvm = PAIRS.of("struct kvm")
    assert (kvm.getters, kvm.putters) == (("kvm_get",), ("kvm_put",))
    assert PAIRS.of("struct mm").getters == ()
