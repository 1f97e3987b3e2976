"""The top of a semantic patch."""

from pathlib import Path

import pytest

from reviewbot.errors import ConfigError
from reviewbot.model.finding import Channel, Confidence, Severity
from reviewbot.review.script import Script, script

TOP = """// id: lamp-not-put
// severity: bug
// Channel: mail
//Confidence: Medium
// needs: function
// triggers: lamp_get(, lamp_hold(
// reference: https://example.org/lamps
// symbol: lamp_get\\((.*?)\\)
//
// A lamp is not given back.
//
// Why: it stays lit. See the URL: https://example.org/
// Quiet when: it is stored.

// Not of the top any more? It is: only code ends it.
@r@
@@
// inside
lamp_get(...)
"""


def read(folder: Path, text: str, name: str = "lamp_not_put.cocci") -> Script:
    path = folder / name
    path.write_text(text)
    return script(path)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    assert str(caught.value).startswith(str(folder))
    return str(caught.value)


def test_every_key(tmp_path: Path) -> None:
    found = read(tmp_path, TOP)
    assert (found.id, found.severity, found.channel) == ("lamp-not-put", Severity.BUG, Channel.MAIL)
    assert (found.confidence, found.needs_file) == (Confidence.MEDIUM, False)
    assert found.triggers == ("lamp_get(", "lamp_hold(")
    assert found.reference == "https://example.org/lamps"
    assert found.symbol == r"lamp_get\((.*?)\)"


def test_the_rest_is_prose(tmp_path: Path) -> None:
    found = read(tmp_path, TOP)
    assert found.summary == "A lamp is not given back."
    assert "Why: it stays lit. See the URL: https://example.org/\nQuiet when:" in found.doc
    assert found.doc.endswith("only code ends it.")
    assert "inside" not in found.doc


def test_the_least_there_is(tmp_path: Path) -> None:
    found = read(tmp_path, "/// Lamps are gone.\n@r@\n@@\nlamp_get(...)\n", "Lamp_gone.cocci")
    assert (found.id, found.doc, found.triggers) == ("lamp-gone", "Lamps are gone.", ())
    assert (found.severity, found.channel) == (Severity.NIT, Channel.DRAFT)
    assert found.needs_file


def test_a_summary_stands_above_the_prose(tmp_path: Path) -> None:
    found = read(tmp_path, "// More of it.\n// summary: A lamp.\n@@ @@\nlamp()\n")
    assert (found.summary, found.doc) == ("A lamp.", "A lamp.\n\nMore of it.")


def test_the_kernel_s_own_tops_are_read(tmp_path: Path) -> None:
    text = "// SPDX-License-Identifier: GPL-2.0-only\n/// Find lamps.\n///\n// Confidence: High\n"
    text += "// Copyright: (C) 2026 A. Author.\n// URL: https://example.org\n// Comments:\n"
    text += "// Options: --no-includes --include-headers\n// Keywords: lamp\n\nvirtual report\n"
    found = read(tmp_path, text)
    assert found.confidence is Confidence.HIGH
    assert "Find lamps." in found.doc


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("severty: bug", "there is no key 'severty', did you mean severity?"),
        ("severity: awful", "severity: 'awful' is none of info, nit, api, build, bug"),
        ("channel: gate", "channel: 'gate' is none of mail, draft, report, suppressed"),
        ("confidence: full", "confidence: 'full' is none of low, medium, high"),
        ("needs: tree", "needs: 'tree' is neither file nor function"),
        ("id: Lamp", "'Lamp' cannot be the id of a rule"),
        ("symbol: (", "symbol: no regular expression"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, said: str) -> None:
    assert said in complaint(tmp_path, f"// {line}\n// A lamp.\n")


def test_a_top_that_says_nothing(tmp_path: Path) -> None:
    assert "no comment at the top" in complaint(tmp_path, "// severity: bug\n@r@\n// late\n@@\n")
    assert "no comment at the top" in complaint(tmp_path, "")


def test_what_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.cocci"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        script(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        script(tmp_path / "b.cocci")
