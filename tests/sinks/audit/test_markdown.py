"""Markdown: what it says, and that what strangers wrote stays text; read by markdown-it, as hosts do."""

import io
import re
from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.account import Account
from reviewbot.sinks.audit.links import LORE
from reviewbot.sinks.audit.markdown import LISTED, ROWS, precision, write
from reviewbot.sinks.audit.markup import code, link, prose, table, words
from reviewbot.sinks.audit.score import Score
from tests.sinks.audit.invented import NASTY, Many, account, hostile, sighting

READER = MarkdownIt("commonmark").enable("table")


def page(sightings: Iterable[Sighting], about: Account | None = None) -> str:
    stream = io.BytesIO()
    write(about or account(), list(sightings), stream)
    return stream.getvalue().decode()


def tokens(text: str) -> Iterator[Token]:
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def shown(text: str) -> str:
    """What a reader sees of a line."""
    return "".join(token.content for token in tokens(text) if token.type in ("text", "code_inline"))


def test_the_head_says_what_was_found() -> None:
    text = page(Many(200))
    assert text.startswith("# Audit of `fooarm`, `bar-devel`, `linux-baz`\n")
    assert "314,020 mails, 92,348 of them patches; 14,449 series reviewed by 9 rules" in text
    assert "**200 findings**" in text


def test_bounds_are_named() -> None:
    about = account(since=1_600_000_000, until=1_700_000_000)
    assert ", since 2020-09-13 until 2023-11-14." in page([], about)


def test_each_table_is_one() -> None:
    text = page(Many(200))
    kinds = [token.type for token in tokens(text)]
    assert kinds.count("table_open") == 8
    assert "html_block" not in kinds
    assert "html_inline" not in kinds


def test_a_finding_links_to_its_mail_and_to_what_shows_its_fate() -> None:
    proofs = (Proof(Fate.FIXED, "v3@example.com", "v3 gives it back"),)
    text = page([sighting(proofs=proofs)])
    line = next(line for line in text.splitlines() if line.startswith("- 2010-01-01"))
    assert f"[`drivers/vfio/pci/lumen/main.c:218`]({LORE}2010000000.1-2@example.com/)" in line
    assert line.endswith(f"**confirmed**: [fixed]({LORE}v3@example.com/) (`v3 gives it back`)")


def test_a_finding_in_a_commit_message_says_so() -> None:
    assert "[`commit message`]" in page([sighting(path="", line=0)])


def test_the_newest_of_a_rule_are_listed_and_the_rest_counted() -> None:
    text = page(sighting(n) for n in range(LISTED + 7))
    assert len(re.findall("^- 20", text, re.MULTILINE)) == LISTED
    assert "- and 7 older ones, see `findings.jsonl`" in text
    assert text.index("part 31") < text.index("part 30")


def test_what_has_no_room_is_counted() -> None:
    text = page(sighting(n, domain=f"{n}.example") for n in range(ROWS + 5))
    assert "| 5 more | 5 |" in text


def test_troubles_are_there_only_if_there_are_any() -> None:
    assert "blob missing" in page([])
    assert "a rule crashed" in page([])
    assert "could not be read" not in page([], account(troubles=(), failures=()))


def test_precision_names_its_number() -> None:
    assert precision(Score(8, 2, 40)) == "80 % of 10 (49–94 %)"
    assert precision(Score(unknown=4)) == ""


@given(st.lists(hostile(), max_size=2))
def test_no_mail_makes_mark_up(sightings: list[Sighting]) -> None:
    found = list(tokens(page(sightings)))
    assert not [token for token in found if token.type in ("html_block", "html_inline", "image")]
    for token in found:
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith((LORE, "https://reviewbot.example/rules/"))
    assert sum(token.type == "table_open" for token in found) == 8


@given(NASTY)
def test_code_and_words_show_what_was_written(text: str) -> None:
    for made in (code(text, 10_000), words(text, 10_000)):
        assert "\n" not in made
        seen = shown(f"x {made.replace(chr(92) + '|', '|') if made.startswith('`') else made} x")
        plain = " ".join(seen.split())
        assert [c for c in text if c.isalpha() and c.isascii()] == [
            c for c in plain[1:-1] if c.isalpha() and c.isascii()
        ] or "U+" in plain


@given(st.lists(NASTY, min_size=1, max_size=3))
def test_a_cell_stays_a_cell(cells: list[str]) -> None:
    text = table(
        [f"h{n}" for n in range(len(cells))], [[code(c) for c in cells], map(words, cells)]
    )
    kinds = [token.type for token in tokens(text)]
    assert kinds.count("td_open") == 2 * len(cells)


def test_who_is_named_is_not_called() -> None:
    assert words("ask @torvalds about #12") == "ask `@torvalds` about `#12`"
    assert words("see https://evil.example/ now") == "see `https://evil.example/` now"
    assert words("lumen_get(a->b)") == r"lumen\_get(a-\>b)"


def test_code_in_prose_stays_code() -> None:
    assert prose("no `.owner_x` in a_b") == r"no `.owner_x` in a\_b"


def test_code_may_hold_backticks() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`a``") == "``` `a`` ```"
    assert code("") == ""


def test_a_link_without_an_address_is_text() -> None:
    assert link("`a`", "") == "`a`"
    assert link("`a`", "https://x/(a|b)") == "[`a`](https://x/%28a%7Cb%29)"
