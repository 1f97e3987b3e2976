"""Address lists and message ids in header fields (RFC 5322 §3.4, §3.6.4).

Law: what people write is read as git reads it (the word around the `@` is the address, the rest the name),
in one pass, and never refused. `email.utils` is not used: its answers to odd lists differ between Python
releases. Must not know which field it reads.
"""

import re
from collections.abc import Iterator

from reviewbot.model.message import Address
from reviewbot.parse.header import one_line, words

# A quoted string, a comment, an address in brackets, a separator, a run of anything else. Quotes are
# bounded: `"\"\"\"…` would otherwise be scanned to its end from each of its quotes.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.){0,500}+"|\((?:[^()\\]|\\.){0,500}+\)|<[^<>]*>|[,;]|[^",;(<]+|.', re.DOTALL
)
_GROUP = re.compile(r'^[^<"@:]*:')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){0,500}+)"')
_ESCAPED = re.compile(r"\\(.)")
_ANGLE = re.compile(r"<\s*([^<>\s]+)\s*>")
_BARE = re.compile(r'[^\s<>(),;:"]+')
_MESSAGE_ID = re.compile(r"<([^<>]+)>")
_BLANKS = re.compile(r"\s+")


def mailboxes(text: str) -> tuple[Address, ...]:
    """The addresses of an unfolded `To`, `Cc` or `From` value; entries without an address are left out."""
    return tuple(found for entry in _entries(text) if (found := mailbox(entry)))


def mailbox(text: str) -> Address | None:
    """The one address in `text`: `Name <a@b>`, `a@b (Name)`, `a@b`; None if there is no `@`."""
    if "@" not in text:
        return None
    angles = list(_ANGLE.finditer(text))
    if angles:
        angle = angles[-1]  # an earlier one stands in a name that was quoted too far
        name = text[: angle.start()] + " " + text[angle.end() :]
        return Address(_name(name), angle[1])
    bare = next((word for word in _BARE.finditer(text) if "@" in word[0].strip("@")), None)
    if bare is None:
        return None
    name = _name(text[: bare.start()] + " " + text[bare.end() :])
    return Address(name.removeprefix("(").removesuffix(")"), bare[0])


def message_ids(text: str) -> tuple[str, ...]:
    """The ids in an unfolded `Message-ID`, `In-Reply-To` or `References` value, without brackets.

    Comments are passed over (`<id> (A. Author's message of …)`); without any bracket, every blank-separated
    word with an `@` counts. A blank inside an id comes from folding and is taken out.
    """
    found = _MESSAGE_ID.findall(text) or [word for word in text.split() if "@" in word]
    return tuple(dict.fromkeys(_BLANKS.sub("", each) for each in found if each.strip()))


def _entries(text: str) -> Iterator[str]:
    if not any(sign in text for sign in '"(;:'):
        yield from text.split(",")
        return
    entry = ""
    for token in _TOKEN.findall(text):
        if token in (",", ";"):
            yield _GROUP.sub("", entry)
            entry = ""
        else:
            entry += token
    yield _GROUP.sub("", entry)


def _name(text: str) -> str:
    if '"' in text:
        text = _QUOTED.sub(lambda quoted: _ESCAPED.sub(r"\1", quoted[1]), text)
    return one_line(words(text.strip()))
