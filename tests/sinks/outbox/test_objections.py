"""Objections that are kept, and run out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.model.said import Objection, Wish
from reviewbot.sinks.outbox.outbox import Outbox
from tests.letters import LINEAGE, MINUTE, WHEN

OFF = Objection(Wish.OFF, "author@example.org", "9@example.org", WHEN, "enough", LINEAGE)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "objection",
    [
        OFF,
        replace(OFF, wish=Wish.OPTOUT, lineage="", author="author@example.org", rule="a-rule"),
        replace(OFF, wish=Wish.FALSE_POSITIVE, fingerprint="0123", until=WHEN + MINUTE),
    ],
)
def test_an_objection_comes_back_as_it_was(outbox: Outbox, objection: Objection) -> None:
    assert outbox.object(objection)
    assert outbox.objections(WHEN) == (objection,)


def test_the_same_mail_objects_once(outbox: Outbox) -> None:
    assert outbox.object(OFF)
    assert not outbox.object(replace(OFF, when=WHEN + MINUTE, reason="again"))
    assert outbox.objections(WHEN) == (OFF,)
    assert outbox.object(replace(OFF, rule="a-rule"))
    assert outbox.object(replace(OFF, source="10@example.org"))
    assert len(outbox.objections(WHEN)) == 3


def test_an_objection_runs_out(outbox: Outbox) -> None:
    outbox.object(replace(OFF, until=WHEN + timedelta(days=1)))
    assert outbox.objections(WHEN + timedelta(hours=23))
    assert outbox.objections(WHEN + timedelta(hours=24)) == ()


def test_addresses_are_kept_in_lower_case(outbox: Outbox) -> None:
    outbox.object(replace(OFF, wish=Wish.OPTOUT, author="A.Author@Example.org"))
    assert outbox.objections(WHEN)[0].author == "a.author@example.org"


def test_an_objection_is_withdrawn(outbox: Outbox) -> None:
    other = replace(OFF, rule="a-rule")
    outbox.object(OFF)
    outbox.object(other)
    assert outbox.withdraw(OFF)
    assert not outbox.withdraw(OFF)
    assert outbox.objections(WHEN) == (other,)
