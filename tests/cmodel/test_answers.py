"""How a function ends."""

import pytest

from reviewbot.cmodel.answers import Answer, answered


@pytest.mark.parametrize(
    ("value", "known", "returns", "answer"),
    [
        ("-EINVAL", {}, "int", Answer.ERROR),
        ("(-EINVAL)", {}, "int", Answer.ERROR),
        ("-EIOCBQUEUED", {}, "int", Answer.UNCLEAR),
        ("ERR_PTR(n)", {}, "struct foo *", Answer.ERROR),
        ("PTR_ERR(p)", {}, "int", Answer.ERROR),
        ("NULL", {}, "struct foo *", Answer.ERROR),
        ("0", {}, "int", Answer.SUCCESS),
        ("", {}, "void", Answer.VOID),
        ("n", {}, "int", Answer.UNCLEAR),
        ("ret", {"ret": True}, "static int", Answer.ERROR),
        ("n", {"n": True}, "static int", Answer.UNCLEAR),
        ("n", {"n": True}, "unsigned int", Answer.UNCLEAR),
        ("n", {"n": True, "n<0": False}, "int", Answer.SUCCESS),
        ("n", {"n<0": True, "n==-EINPROGRESS": True}, "int", Answer.UNCLEAR),
        ("n", {"n": True}, "bool", Answer.UNCLEAR),
        ("n", {"n": False}, "int", Answer.SUCCESS),
        ("p", {"IS_ERR(p)": True}, "struct foo *", Answer.ERROR),
        ("p", {"p": True}, "struct foo *", Answer.UNCLEAR),
        ("a(n)", {"n": True}, "int", Answer.UNCLEAR),
    ],
)
def test_answered(value: str, known: dict[str, bool], returns: str, answer: Answer) -> None:
    assert answered(value, known, returns) is answer
