"""The page for browsers, read without one: what it says, and that nothing can get out of its place.

What its script does is tried in a real browser, see test_browser.py.
"""

import io
import json
import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import TemplateError
from reviewbot.model.finding import Channel, Severity
from reviewbot.model.printable import printable
from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.account import Account, RuleRow
from reviewbot.sinks.audit.embedded import COLUMNS, LONGEST_QUOTE, row, safe
from reviewbot.sinks.audit.html import STATIC, Look, write
from reviewbot.sinks.audit.links import LORE, Links
from tests.sinks.audit.invented import NASTY, Many, account, hostile, sighting

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
LOOK = Look((TEMPLATES,))


class Reader(HTMLParser):
    """The tags of a page with their attributes, and what stands in scripts, styles and elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {}
        self.text = ""
        self._in = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in = tag
        if tag in ("script", "style"):
            self.inside.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in in ("script", "style"):
            self.inside[self._in][-1] += data
        else:
            self.text += data

    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.tags if "href" in attrs]


def page(sightings: Iterable[Sighting], about: Account | None = None, look: Look = LOOK) -> str:
    stream = io.BytesIO()
    write(about or account(), list(sightings), stream, look)
    return stream.getvalue().decode()


def carried(text: str) -> dict[str, Any]:
    data, _ = Reader(text).inside["script"]
    found: dict[str, Any] = json.loads(data)
    return found


def test_the_page_says_what_was_audited() -> None:
    text = " ".join(Reader(page(Many(300))).text.split())
    assert "Audit of fooarm, bar-devel, linux-baz" in text
    assert "314,020 mails from 2010-01 to 2024-12, 92,348 of them patches; 14,449 series" in text
    assert "Findings300" in text
    assert "Nothing was found by never-fires." in text
    assert "Sources: archives/fooarm.git, archives/bar-devel.git, archives/linux-baz.mbox." in text
    assert "Tree: linux.git." in text


def test_without_its_script_the_newest_findings_are_there() -> None:
    text = page(Many(STATIC + 10))
    subjects = re.findall(r"lumen: change number (\d+)</a>", text.partition('id="list"')[2])
    assert subjects[:2] == [str(STATIC + 9), str(STATIC + 8)]
    assert text.count('<pre class="quote"') == STATIC
    assert f"Without its script this page lists the newest {STATIC}." in text


def test_the_line_of_the_finding_is_marked() -> None:
    lines = re.findall('<span class="([^"]*)">([^<]*)\n</span>', page([sighting()]))
    assert ("added marked", "+\tlumen_get(lumen-&gt;host);") in lines
    assert [classes for classes, _ in lines].count("added marked") == 1
    assert ("removed", "-\treturn 0;") in lines
    assert lines[0][0] == "hunk"


def test_a_fate_links_to_what_shows_it() -> None:
    proofs = (Proof(Fate.FIXED, "v3@example.com", "v3 gives it back"), Proof(Fate.MERGED, "f" * 12))
    text = page(
        [sighting(proofs=proofs)], look=Look((TEMPLATES,), Links(commits="https://g.example/"))
    )
    assert f'<li>fixed: v3 gives it back (<a href="{LORE}v3@example.com/"' in text
    assert f'<li>merged (<a href="https://g.example/{"f" * 12}"' in text


def test_few_decisions_are_not_a_percentage() -> None:
    fixed = (Proof(Fate.FIXED, "v3@example.com"),)
    assert "<span>3 of 3</span>" in page(sighting(n, proofs=fixed) for n in range(3))
    assert "<span>100 % of 12</span>" in page(sighting(n, proofs=fixed) for n in range(12))


def test_a_summary_marks_code() -> None:
    rule = RuleRow("get-without-put", Severity.BUG, Channel.MAIL, "No `.owner` <is> set.")
    assert "No <code>.owner</code> &lt;is&gt; set." in page([sighting()], account(rules=(rule,)))


def test_an_empty_audit_is_a_page_too() -> None:
    text = page([], Account((), (), ()))
    assert "Audit of no archive" in text
    assert "There is no finding." in text
    assert "No finding has a date." in text
    assert carried(text)["rows"] == []


def test_the_page_carries_every_finding() -> None:
    data = carried(page(Many(120)))
    assert data["about"]["columns"] == list(COLUMNS)
    assert data["about"]["total"] == len(data["rows"]) == 120
    first = dict(zip(COLUMNS, data["rows"][0], strict=True))
    one = next(iter(Many(120)))
    assert (first["id"], first["sent"], first["line"]) == (one.message_id, one.sent, one.line)
    assert first["proofs"] == [[p.fate.value, p.by, p.how] for p in one.proofs]
    assert first["quote"] == "\n".join(one.quote)


def test_there_is_an_end_to_what_it_carries() -> None:
    text = page(Many(120), look=Look((TEMPLATES,), most=100))
    rows = carried(text)["rows"]
    assert len(rows) == 100
    assert rows[-1][COLUMNS.index("subject")].endswith("change number 119")
    assert "This page carries the newest 100 of 120 findings" in text
    assert "This page carries" not in page(Many(100), look=Look((TEMPLATES,), most=100))


def test_two_pages_of_one_audit_are_the_same() -> None:
    assert page(Many(80)) == page(Many(80))


def test_nothing_but_its_own_script_and_style_may_run() -> None:
    text = page(Many(10))
    read = Reader(text)
    (policy,) = (a["content"] for tag, a in read.tags if a.get("http-equiv") and tag == "meta")
    hashes = [
        b64encode(sha256(code.encode()).digest()).decode()
        for code in (read.inside["style"][0], read.inside["script"][1])
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def sound(text: str) -> None:
    """Whether a page has only the elements, attributes and addresses that it should."""
    read = Reader(text)
    tags = [tag for tag, _ in read.tags]
    assert tags.count("script") == 2
    assert tags.count("style") == 1
    assert not {"img", "iframe", "object", "embed", "base", "link"} & set(tags)
    for _, attributes in read.tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "style")
        ]
    for link in read.links():
        assert link.startswith(("#", LORE, "https://reviewbot.example/rules/"))
    assert "\u2028" not in text
    assert printable(text) == text


def test_a_plain_page_is_sound() -> None:
    sound(page(Many(60)))


@settings(max_examples=60)
@given(st.lists(hostile(), min_size=1, max_size=3))
def test_a_page_of_hostile_mails_is_sound(sightings: list[Sighting]) -> None:
    text = page(sightings)
    sound(text)
    rows = carried(text)["rows"]
    assert [r[COLUMNS.index("rule")] for r in rows] == [printable(s.rule) for s in sightings]


@settings(max_examples=30)
@given(NASTY)
def test_a_page_of_a_hostile_account_is_sound(nasty: str) -> None:
    about = account()
    hurt = Account(
        (nasty,), about.archives, about.rules, tree=nasty, program=nasty, troubles=about.troubles
    )
    sound(page([sighting()], hurt))


@given(NASTY)
def test_json_of_printable_text_is_the_same_text_and_ends_no_script(nasty: str) -> None:
    text = safe([printable(nasty)])
    assert json.loads(text) == [printable(nasty)]
    assert not set("<>&\u2028\u2029") & set(text)


def test_what_cannot_be_seen_is_shown() -> None:
    text = page([sighting(subject="a\u202eb", path="x\x1b[2J.c", comment="one\u2028two")])
    assert "a&lt;U+202E&gt;b" in text
    assert "x␛[2J.c" in text
    (found,) = carried(text)["rows"]
    assert found[COLUMNS.index("comment")] == "one<U+2028>two"


def test_long_lines_are_cut() -> None:
    one = dict(
        zip(COLUMNS, row(sighting(quote=("+" + "x" * 9_999, "a\nb"), marked=0)), strict=True)
    )
    assert one["quote"] == "+" + "x" * (LONGEST_QUOTE - 1) + "...\na b"


def test_a_mail_without_a_sound_id_has_no_link() -> None:
    text = page([sighting(message_id="no id>", series_id="no id>")], account(failures=()))
    assert LORE not in text.partition("<script")[0]


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"audit/report\.css is not there"):
        page([], look=Look((tmp_path,)))
