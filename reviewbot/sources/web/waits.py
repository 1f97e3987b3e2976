"""How long to wait before asking again.

`Retry-After` is seconds or a date (RFC 9110, section 10.2.3). Law: what cannot be read is no wish at all.
Must not know who asks.
"""

from email.utils import parsedate_to_datetime

from msgspec import Struct

# After the first failure, the second, ...: seconds.
_FIRST = 1.0


class Wish(Struct, frozen=True):
    """A server's `Retry-After`: as it was written, and what it means in seconds from now."""

    written: str
    seconds: float


def wish(written: str, now: float) -> Wish | None:
    """What a `Retry-After` field asks for, or None where it is absent, past or unreadable."""
    text = written.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    else:
        seconds = _until(text, now)
    return Wish(text, seconds) if seconds > 0 else None


def _until(date: str, now: float) -> float:
    try:
        return parsedate_to_datetime(date[:64]).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0


def backoff(attempt: int) -> float:
    """Seconds to wait after the attempt of that number, counted from 1: 1, 2, 4, 8 ..."""
    return _FIRST * 2.0 ** min(attempt - 1, 10)


def spoken(seconds: float) -> str:
    """A length of time as people say it: `0.6 s`, `12 s`, `5 minutes`, `2 hours`."""
    if seconds < 10 and abs(seconds - round(seconds)) >= 0.05:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
