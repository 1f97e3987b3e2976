"""Answers: how a function ends: with an error, with success, without a value, or one cannot say.

Law: an error is only what surely is one. Must not know resources.
"""

import re
from collections.abc import Mapping
from enum import Enum

from reviewbot.cmodel.conditions import decided, unwrapped

_PATH = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_ERRNO = re.compile(r"-E[A-Z0-9]+|-1")
# What a variable is called that has a result: 0, or an error; a number of things that is not 0 is no error.
_RESULT = re.compile(r"(?:\w*_)?(?:r|rc|ret|err|error|errno|res|rv|retval|result|status|rval)\d?")
# Errors that say that the work goes on, and the reference with it.
_PENDING = frozenset(("-EINPROGRESS", "-EIOCBQUEUED", "-EPROBE_DEFER_ASYNC"))


class Answer(Enum):
    """How a function ends."""

    ERROR = "error"
    SUCCESS = "success"
    VOID = "void"
    UNCLEAR = "unclear"


def answered(text: str, known: Mapping[str, bool], returns: str) -> Answer:
    """How a function ends that returns this value with what is known."""
    value = unwrapped(text)
    is_pointer = returns.endswith("*")
    if not value:
        return Answer.VOID
    if _ERRNO.fullmatch(value):
        return Answer.UNCLEAR if value in _PENDING else Answer.ERROR
    if re.match(r"(?:ERR_PTR|ERR_CAST|PTR_ERR|dev_err_probe) ?\(", value):
        return Answer.ERROR
    if value == "NULL":
        return Answer.ERROR if is_pointer else Answer.UNCLEAR
    if value == "0":
        return Answer.SUCCESS
    if not _PATH.fullmatch(value) or any(known.get(f"{value}=={pending}") for pending in _PENDING):
        return Answer.UNCLEAR
    return _of_variable(value, known, returns)


def _of_variable(name: str, known: Mapping[str, bool], returns: str) -> Answer:
    truth, negative = decided(name, known), decided(f"{name}<0", known)
    if returns.endswith("*"):
        failed = decided(f"IS_ERR({name})", known)
        return Answer.ERROR if failed or truth is False else Answer.UNCLEAR
    is_int = re.search(r"\b(?:int|long|ssize_t|s32|s64)\b", returns) and "unsigned" not in returns
    is_result = _RESULT.fullmatch(name) is not None
    if is_int and (negative or (truth and negative is not False and is_result)):
        return Answer.ERROR
    if is_int and (truth is False or negative is False):
        return Answer.SUCCESS
    return Answer.UNCLEAR
