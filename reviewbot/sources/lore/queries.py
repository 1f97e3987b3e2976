"""What is searched for becomes a query of public-inbox.

Syntax: the help page of any public-inbox (`/_/text/help/`): `nq:` is text that is not quoted, `s:` the subject,
`f:` the sender, `d:` the day of the `Date:` header in UTC, both ends included. Law: words of a mail are always
quoted as one phrase, so that nothing a sender writes is read as syntax. Must not know servers.
"""

import re
from datetime import UTC, datetime, timedelta

from reviewbot.sources.archive import Sought

_WORD = re.compile(r"\w")
_NO_PHRASE = re.compile(r'["\x00-\x1f\x7f\ud800-\udfff]+')
_MAX_PHRASE = 500
# Clocks of senders are wrong by this much and more; what is found is looked at again.
_SLACK = timedelta(days=1)
_HOUR = timedelta(hours=1)


def posted(sought: Sought) -> str:
    """The query for mails nobody gave the id of, in b4's words; empty where there is nothing to go by."""
    if not (sought.change_id or phrase(sought.subject)):
        return _sent_by(phrase(sought.author), sought.since, sought.until)
    asked = _asked(sought)
    since = sought.since - _SLACK if sought.since else None
    until = sought.until + _SLACK if sought.until else None
    return between(asked, since, until) if asked else ""


def _sent_by(author: str, since: datetime | None, until: datetime | None) -> str:
    """All that somebody sent within some hours; b4 looks for the rest of an unthreaded series this way.

    Whole hours: so each mail of a series asks the same, and the cache knows the answer.
    """
    if not author or since is None or until is None:
        return ""
    return f'f:"{author}" AND dt:{_hour(since)}..{_hour(until + _HOUR)}'


def between(query: str, since: datetime | None, until: datetime | None) -> str:
    """The query, held to the days from `since` to `until`."""
    if since is None and until is None:
        return query
    return f"({query}) AND d:{_day(since)}..{_day(until)}"


def _asked(sought: Sought) -> str:
    if sought.change_id:
        return f'nq:"change-id: {phrase(sought.change_id)}"' if phrase(sought.change_id) else ""
    subject, author = phrase(sought.subject), phrase(sought.author)
    if not subject:
        return ""
    return f's:"{subject}" AND f:"{author}"' if author else f's:"{subject}"'


def phrase(words: str) -> str:
    """Words fit to stand between quotation marks; empty where there is nothing an index would have."""
    plain = _NO_PHRASE.sub(" ", words).strip()[:_MAX_PHRASE]
    return plain if _WORD.search(plain) else ""


def _day(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%Y%m%d}"


def _hour(moment: datetime) -> str:
    """The beginning of the hour."""
    return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%Y%m%d%H}0000"
