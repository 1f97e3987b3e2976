"""Why a mail cannot be had."""

import pickle

import msgspec
import pytest

from reviewbot.sources.trouble import Trouble, TroubleKind


@pytest.mark.parametrize("kind", TroubleKind)
def test_every_kind_has_words(kind: TroubleKind) -> None:
    assert kind.words
    assert len({each.words for each in TroubleKind}) == len(TroubleKind)


def test_a_trouble_can_be_written_down_and_sent() -> None:
    one = Trouble("1:2", TroubleKind.TOO_LARGE, "why")
    assert pickle.loads(pickle.dumps(one)) == one
    data = msgspec.json.encode(one)
    assert data == b'["1:2","too-large","why"]'
    assert msgspec.json.decode(data, type=Trouble) == one
