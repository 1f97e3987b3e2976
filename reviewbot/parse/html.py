"""HTML becomes plain text, for the mails that hold nothing else.

Law: linear in the text, which may be hostile; `html.parser` has been quadratic more than once. Only line
breaks and characters survive: lists do not take HTML mail, so the result is for reading, not for patching.
Must not know MIME.
"""

import html
from collections.abc import Iterator

_BREAKING = frozenset(("br", "p", "/p", "div", "/div", "li", "tr", "pre", "/pre", "h1", "h2", "h3"))
_SILENT = frozenset(("style", "script", "head", "title"))


def plain(markup: str) -> str:
    """The text of an HTML document: tags taken out, references resolved, NBSP as blank."""
    return html.unescape("".join(_texts(markup))).replace("\xa0", " ").strip("\n") + "\n"


def _texts(markup: str) -> Iterator[str]:
    first, *rest = markup.split("<")
    yield first
    silent = ""
    for piece in rest:
        tag, _, text = piece.partition(">")
        name = (tag.split(None, 1) or [""])[0].lower()
        if silent:
            if name != "/" + silent:
                continue
            silent = ""
        elif name in _SILENT:
            silent = name
            continue
        if name.rstrip("/") in _BREAKING:
            yield "\n"
        yield text
