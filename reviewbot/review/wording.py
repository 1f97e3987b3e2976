"""Wording: whether what a template says may be sent to people.

Law: a pure function of the text; facts of strangers are not judged, only what can be seen of it in a mail. Must
not know rules or templates.

Source: rule catalogue §4.2 (body): wrapped at 72, plain text, one to three sentences, no line numbers, no
severity words, no emoji, no praise, no "please fix", no trailers, no commands for other bots.
"""

import re
from collections.abc import Collection, Iterator

from reviewbot.model.printable import printable
from reviewbot.review.wrap import WIDTH, wrapped

MOST_SENTENCES = 3
_UNWANTED = {
    "names a line number": r"\b(?i:lines?) \d|\bL\d{2,}\b|\.[chS]:\d",
    "is labelled": (
        r"^\W*(?i:bug|critical|error|fatal|info|low|major|medium|high|minor|nit|nitpick|warning)\s*[:\]]"
    ),
    "says how grave it is": r"\b(?i:critical|severe|severely|severity|showstopper|blocker)\b",
    "orders or praises": (
        r"\b(?i:please fix)\b|\b(?i:well done|nice (?:work|catch)|good (?:work|job|catch)|great)\b"
    ),
    "is marked up": (
        r"```|`[^`]+`|\*\*\w|\]\(https?:|</?(?:a|b|br|code|div|em|i|p|pre|span|strong)\b[^>]*>"
    ),
    "holds a picture": "[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]",
    "gives a tag": r"^\W*(?:(?:Reviewed|Acked|Tested|Reported|Nacked|Suggested)-by:|NAK\b)",
    "commands a bot": r"^\W*(?:pw-bot|#syz|reviewbot):?\s",
    "has a fact left empty": r"\{[{%]|[%}]\}|\(\)\(\)|\s[,;](?:\s|$)|\bNone\b|\bUndefined\b",
    "shouts": r"!\s|!$|\b(?:WRONG|NEVER|ALWAYS|MUST|BROKEN)\b",
}
_PATTERNS = tuple((what, re.compile(text, re.MULTILINE)) for what, text in _UNWANTED.items())
_SENTENCE = re.compile(r"[.?!](?=\s|$)")


def faults(comment: str) -> Iterator[str]:
    """What is wrong with the words of one comment, as clauses that a template's name can begin."""
    text = wrapped(comment)
    if not text:
        yield "says nothing"
    if text != printable(text):
        yield "holds a character that no terminal shows"
    for what, pattern in _PATTERNS:
        if found := pattern.search(text):
            yield f"{what} ({found[0].strip()})"
    sentences = len(_SENTENCE.findall(text))
    if sentences > MOST_SENTENCES:
        yield f"has {sentences} sentences, {MOST_SENTENCES} are enough"
    yield from _wide(text)


def mail_faults(body: str, rules: Collection[str], rules_url: str) -> Iterator[str]:
    """What is wrong with the frame of a whole reply: lines of ours too wide, links and signature missing."""
    own = "\n".join(line for line in body.split("\n") if not line.startswith(">"))
    yield from _wide(own)
    if body != printable(body):
        yield "holds a character that no terminal shows"
    _, signed, footer = body.rpartition("\n-- \n")
    if not signed:
        yield "has no signature"
    for rule in rules:
        if f"{rules_url}/{rule}" not in footer.split():
            yield f"does not link the page of {rule}"


def _wide(text: str) -> Iterator[str]:
    """A word that is longer than a line, such as an address, cannot be helped."""
    for line in text.split("\n"):
        if len(line) > WIDTH and " " in line.strip():
            yield f"has a line of {len(line)} columns"
