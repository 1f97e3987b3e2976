"""Packs with semantic patches: where their words come from, and what runs them."""

from pathlib import Path

import pytest

from reviewbot.config import load
from reviewbot.errors import ConfigError, TemplateError
from reviewbot.model.finding import Channel
from reviewbot.sources.spatch import Spatch
from tests.values import finding

SCRIPT = "// channel: report\n// A lamp is taken.\n@@ @@\n* lamp_get(...)\n"
FACTS = {"summary": "A lamp is taken.", "message": "", "match": "lamp_get(l);"}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of one semantic patch, with a configuration beside it."""
    (tmp_path / "pack" / "rules").mkdir(parents=True)
    (tmp_path / "pack" / "rules" / "lamp_taken.cocci").write_text(SCRIPT)
    (tmp_path / "config.toml").write_text('packs = ["pack"]\n')
    return tmp_path / "pack"


def said(pack: Path, **facts: str) -> str:
    kit = load(pack.parent / "config.toml").kit(select=("lamp-taken",))
    return kit.words.comment(finding("lamp-taken", facts=FACTS | facts))


def test_without_a_template_the_summary_speaks(pack: Path) -> None:
    assert said(pack) == "A lamp is taken."
    assert said(pack, message="lamp_get() in atomic context") == "lamp_get() in atomic context"


def test_a_template_beside_the_script(pack: Path) -> None:
    (pack / "rules" / "lamp-taken.j2").write_text("{{ match }} in {{ path }}?\n")
    assert said(pack) == "lamp_get(l); in virt/foo.c?"


def test_a_template_where_the_others_are_comes_first(pack: Path) -> None:
    (pack / "rules" / "lamp-taken.j2").write_text("beside\n")
    (pack / "templates" / "rules").mkdir(parents=True)
    (pack / "templates" / "rules" / "lamp-taken.j2").write_text("among the templates\n")
    assert said(pack) == "among the templates"


def test_other_rules_still_need_a_template(pack: Path) -> None:
    kit = load(pack.parent / "config.toml").kit()
    with pytest.raises(TemplateError, match="is not there"):
        kit.words.comment(finding("lamp-lost", facts=FACTS))


def test_it_is_configured_like_any_other(pack: Path) -> None:
    config = pack.parent / "config.toml"
    config.write_text('packs = ["pack"]\n[rules.lamp-taken]\nchannel = "draft"\n')
    assert load(config).kit().channels["lamp-taken"] is Channel.DRAFT
    config.write_text('packs = ["pack"]\n[rules.lamp-taken]\nfuel = 3\n')
    with pytest.raises(ConfigError, match="fuel"):
        load(config)


def test_coccinelle_runs_it(pack: Path) -> None:
    (rule,) = load(pack.parent / "config.toml").kit(select=("lamp-taken",)).rules
    assert rule.check.matcher == Spatch()  # type: ignore[attr-defined]


def test_a_script_that_is_wrong_is_named(pack: Path) -> None:
    (pack / "rules" / "lamp_taken.cocci").write_text("// severty: bug\n// A lamp.\n")
    with pytest.raises(ConfigError, match=r"lamp_taken\.cocci: there is no key 'severty'"):
        load(pack.parent / "config.toml")
