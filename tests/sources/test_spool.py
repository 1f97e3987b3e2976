import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.message import RawMessage
from reviewbot.sources.spool import Spool

MAILS = [RawMessage(b"one\n", "a"), RawMessage(b"", "b"), RawMessage(b"three \xff\r\n" * 50, "c")]


@given(st.lists(st.binary(max_size=40)))
def test_law_what_goes_in_comes_out(mails: list[bytes]) -> None:
    with Spool(in_memory=16) as spool:
        numbers = [spool.put(RawMessage(data, str(n))) for n, data in enumerate(mails)]
        assert numbers == list(range(len(mails))) == list(range(len(spool)))
        assert [each.data for each in spool.mails(numbers)] == mails


def test_mails_are_read_in_the_order_asked_for() -> None:
    with Spool() as spool:
        for mail in MAILS:
            spool.put(mail)
        some = spool.mails([2, 0])
        assert list(some) == [MAILS[2], MAILS[0]]
        assert (len(some), some[1], list(some[:1])) == (2, MAILS[0], [MAILS[2]])


def test_mails_can_be_put_while_others_are_read() -> None:
    with Spool() as spool:
        spool.put(MAILS[0])
        first = iter(spool.mails([0, 0]))
        assert next(first) == MAILS[0]
        spool.put(MAILS[2])
        assert next(first) == MAILS[0]


def test_it_is_of_no_use_once_closed() -> None:
    with Spool() as spool:
        spool.put(MAILS[0])
    with pytest.raises(ValueError, match="closed"):
        spool.mail(0)
