"""mboxrd: mails in one file, as public-inbox, b4 and mutt read it.

Format: mbox(5) with every line `From ` quoted by a `>`, also where some stand before it already, so that
nothing is lost. `git am` takes that quoting back only when told to (`--patch-format=mboxrd`). Law: what is
split again is what was put in. Must not know what a mail says.
"""

import re

# The mark of public-inbox: no program takes it for a commit of `git format-patch`.
SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def mboxrd(mail: bytes) -> bytes:
    """One mail as a record of an mboxrd file; a last line without an end gets one."""
    quoted = _FROM.sub(rb">\1", mail) if b"From " in mail else mail
    return b"".join((SEPARATOR, quoted, b"" if mail.endswith(b"\n") else b"\n", b"\n"))


def is_quoted(mail: bytes) -> bool:
    """Whether a line of the mail is written otherwise than it stands."""
    return _FROM.search(mail) is not None
