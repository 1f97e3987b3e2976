import tomllib

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.config.places import shipped_config
from reviewbot.config.toml import dumped

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.one_of(TEXT, st.integers(-(2**63), 2**63 - 1), st.booleans())
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_what_is_written_reads_back(table: dict) -> None:
    assert tomllib.loads(dumped(table)) == table


def test_the_shipped_file_reads_back() -> None:
    table = tomllib.loads(shipped_config().read_text())
    assert tomllib.loads(dumped(table)) == table


def test_tables_come_after_plain_keys() -> None:
    assert dumped({"policy": {"rfc": "off"}, "packs": []}) == (
        'packs = []\n\n[policy]\nrfc = "off"\n'
    )


def test_lists_of_tables_are_spelled_out() -> None:
    assert dumped({"suppress": [{"reason": "a"}, {"reason": "b"}]}) == (
        '[[suppress]]\nreason = "a"\n\n[[suppress]]\nreason = "b"\n'
    )


def test_a_table_of_tables_has_no_heading_of_its_own() -> None:
    assert dumped({"rules": {"a-b": {"enabled": False}}}) == "[rules.a-b]\nenabled = false\n"


def test_long_lists_are_broken() -> None:
    text = dumped({"put": [f"function_number_{n}" for n in range(9)]})
    assert max(map(len, text.splitlines())) < 40
