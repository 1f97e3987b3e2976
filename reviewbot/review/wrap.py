"""Own text in lines of 72 characters, as a mail to a kernel list wants it.

Law: only white space changes; a word that is longer than a line stays whole; no line starts with `From `,
which some readers of an mbox take for the next mail, nor with `>`, which is the mark of a quote. Quoted text
never comes here.

Source: rule catalogue §4.2 (body).
"""

import re
from textwrap import TextWrapper

WIDTH = 72
_FROM = re.compile("^(?=From |>)", re.MULTILINE)


def wrapped(text: str, indent: str = "") -> str:
    """`text` wrapped paragraph by paragraph; `indent` stands before every line but the first."""
    filled = _filled(text, indent, WIDTH)
    # The blank takes a column.
    return _FROM.sub(" ", _filled(text, indent, WIDTH - 1)) if _FROM.search(filled) else filled


def _filled(text: str, indent: str, width: int) -> str:
    wrapper = TextWrapper(
        width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n\n".join(wrapper.fill(paragraph) for paragraph in paragraphs(text))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of `text` that are not empty, each with its white space made single spaces."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        words = line.split()
        if words:
            parts[-1] += words
        elif parts[-1]:
            parts.append([])
    return [" ".join(words) for words in parts if words]


def own_lines(text: str) -> int:
    """How many lines of `text`, wrapped, are not empty."""
    return sum(line != "" for line in wrapped(text).split("\n"))
