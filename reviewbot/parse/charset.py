"""Bytes become text by the charset the mail declares, as far as that can be believed.

Law: decoding never fails. Only charsets of an allow-list are tried, because `codecs` also knows names that
are no charsets (`idna`, `rot13`, `base64`) and raises three kinds of exception for names found in real mail
(`y`, `n`, `unknown-8bit`, a NUL). Must not know headers nor MIME.
"""

from msgspec import Struct


class Decoded(Struct, frozen=True):
    """Text, and what was wrong with the declaration (a clause; empty when nothing was)."""

    text: str
    wrong: str = ""


# Names as declared, in lower case, with the codec that reads them. A superset stands in where mail
# programs send the larger set under the smaller name (gb2312 for gbk, shift_jis for cp932, ks_c_5601
# for cp949), as https://encoding.spec.whatwg.org/#names-and-labels has it. ISO-8859-1 stays itself:
# git and iconv read it so, and git is what a patch is compared with.
_CODECS = {
    "": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1",
    "latin1": "latin-1",
    "latin-1": "latin-1",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-kr": "iso2022_kr",
    "euc-jp": "euc_jp",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7",
    "tis-620": "cp874",
    "windows-874": "cp874",
    **{f"iso-8859-{part}": f"iso8859_{part}" for part in (*range(2, 12), *range(13, 17))},
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"cp{page}": f"cp{page}" for page in range(1250, 1259)},
}

# In these an ASCII byte may mean something else, so that pure ASCII bytes must be decoded all the same.
_SHIFTING = ("hz", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr", "utf-7")


def decode(data: bytes, declared: str = "") -> Decoded:
    """The text of `data`, declared to be in charset `declared` (empty: nothing was declared).

    A declaration that is unknown, or that does not fit the bytes, is named in `wrong`; the bytes are
    then read as UTF-8 if they are that, else as ISO-8859-1, which fits everything.
    """
    name = declared.strip().strip("\"'").lower()
    codec = _CODECS.get(name)
    wrong = "" if codec else f"unknown charset {name[:40]!r}"
    if data.isascii() and codec not in _SHIFTING:
        return Decoded(data.decode("ascii"), wrong)
    text = _attempt(data, codec) if codec else None
    if text is not None:
        return Decoded(text)
    if not wrong:
        wrong = f"the bytes are not {name}" if name else "8-bit text without a charset"
    text = _attempt(data, "utf-8")
    return Decoded(data.decode("latin-1") if text is None else text, wrong)


def _attempt(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None
