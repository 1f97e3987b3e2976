"""Which rules run: what is enabled, what `--select` and `--ignore` name.

Law: a word is a rule's id or a family, the ids that begin with it (`kvm`, `export`); a word that names
nothing is a usage error, never silence. Must not know what rules do.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from reviewbot.errors import UsageError
from reviewbot.rule import Rule


def chosen(
    rules: Sequence[Rule],
    enabled: Mapping[str, bool],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> tuple[Rule, ...]:
    """The rules that run: the enabled ones, or those selected, without those ignored.

    A rule selected by its full id runs although the configuration switches it off.
    """
    ids = [rule.id for rule in rules]
    wanted = {rule_id for word in select for rule_id in named(word, ids)} if select else set(ids)
    unwanted = {rule_id for word in ignore for rule_id in named(word, ids)}
    running = {
        rule_id for rule_id in wanted - unwanted if rule_id in select or enabled.get(rule_id, True)
    }
    return tuple(rule for rule in rules if rule.id in running)


def named(word: str, ids: Sequence[str]) -> tuple[str, ...]:
    """The ids a word names: the id itself, or the family; raises UsageError if there is none."""
    found = (word,) if word in ids else tuple(i for i in ids if i.startswith(f"{word}-"))
    if found:
        return found
    near = get_close_matches(word, [*ids, *families(ids)], 3)
    hint = f"Did you mean {', '.join(near)}?" if near else "`reviewbot rules list` shows all rules."
    raise UsageError(f"there is no rule or family {word!r}", hint)


def families(ids: Sequence[str]) -> tuple[str, ...]:
    """The first words of the ids, each once, in order."""
    return tuple(dict.fromkeys(_first_words(ids)))


def _first_words(ids: Sequence[str]) -> Iterator[str]:
    return (rule_id.partition("-")[0] for rule_id in ids)
