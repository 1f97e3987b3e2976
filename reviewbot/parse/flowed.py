"""format=flowed: text whose lines were broken by the sender's program (RFC 3676).

Law: what the sender's program did is undone, nothing else; git does the same in mailinfo.c, also within a
diff. Must not know MIME.
"""

import re

# A context line as a program that does not stuff leaves it: one blank, then the text. What a program that
# does stuff sends with one blank: a line that began with `>`, `From ` or (its own fault) a no-break space.
_UNSTUFFED = re.compile(r"\n [^ \xa0>F\n]")
_HUNK = re.compile(r"\n@@ -\d")


def unflowed(text: str, delete_space: bool = False) -> str:
    """The text with stuffed blanks removed and soft line breaks joined.

    `delete_space` is the parameter DelSp: the blank before a soft break was added by the program. A diff
    in which context lines begin with a single blank was never stuffed, whatever the header says; taking
    that blank away would make every context line a damaged one, so such a text is left as it is.
    """
    hunk = _HUNK.search(text)
    if hunk and _UNSTUFFED.search(text, hunk.end()):
        return text
    lines: list[str] = []
    pending: list[str] = []
    for line in text.split("\n"):
        if line == "-- ":
            lines += ["".join(pending)] if pending else []
            lines.append(line)
            pending = []
            continue
        line = line.removeprefix(" ")
        if line.endswith(" "):
            pending.append(line[:-1] if delete_space else line)
            continue
        pending.append(line)
        lines.append("".join(pending))
        pending = []
    return "\n".join(lines + (["".join(pending)] if pending else []))
