"""`reviewbot rules`: which rules there are, what each one means, and how to start a new one.

Law: everything said about a rule is taken from the rule itself and its example page. Must not know any
single rule.
"""

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import click

from reviewbot.commands.belt import outcomes, standing
from reviewbot.commands.ending import exit_code, kept
from reviewbot.commands.options import (
    color_option,
    config_option,
    templates_option,
    tree_options,
    width_option,
    without_verb,
)
from reviewbot.commands.output import Look, write
from reviewbot.commands.scaffold import in_checkout, in_pack, scaffold
from reviewbot.commands.tables import show
from reviewbot.config import Config, load
from reviewbot.config.choice import named
from reviewbot.config.places import audits_folder, shipped_pages
from reviewbot.errors import ExitCode, UsageError
from reviewbot.model.finding import Channel
from reviewbot.model.printable import printable
from reviewbot.review.outcome import Outcome
from reviewbot.rule import Rule

LIST = "Example:  reviewbot rules list"
EXPLAIN = "Example:  reviewbot rules explain kvm-fd-without-get"
NEW = "Example:  reviewbot rules new alloc-unchecked --pack ~/my-rules"
TRY = """\b
Examples:
  reviewbot rules try export-new series.mbox
  reviewbot rules try export-new --tree ~/linux.git series.mbox
"""


@click.group(invoke_without_command=True, epilog=LIST)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """List, explain, try and start rules (without a verb: list)."""
    return without_verb(context, list_rules)


@command.command("list", epilog=LIST)
@config_option
def list_rules(config: Path | None = None) -> ExitCode:
    """List all rules: id, severity, channel, the evidence each needs, what it finds."""
    loaded = load(config)
    headings = ("rule", "severity", "channel", "needs", "finds")
    show(headings, (row(rule, loaded) for rule in loaded.rules), sys.stdout)
    return ExitCode.OK


def row(rule: Rule, config: Config) -> tuple[str, ...]:
    """A rule's line in the list, as configured."""
    settings = config.rule_settings[rule.id]
    channel = (settings.channel or rule.channel).value if settings.enabled else "off"
    return rule.id, rule.severity.value, channel, needs(rule), rule.summary


def needs(rule: Rule) -> str:
    """The evidence a rule needs in words: `diff`, `series+tree`."""
    return "+".join(flag.name.lower() for flag in rule.needs if flag.name)


@command.command(epilog=EXPLAIN)
@click.argument("rule_id", metavar="ID")
@config_option
def explain(rule_id: str, config: Path | None = None) -> ExitCode:
    """Explain the rule ID: what it finds, why, when it is quiet, with examples."""
    loaded = load(config)
    rule = one_rule(loaded, rule_id)
    _, severity, channel, evidence, _ = row(rule, loaded)
    click.echo(f"{rule.id}: severity {severity}, channel {channel}, needs {evidence}\n")
    click.echo(rule.doc)
    if rule.reference:
        click.echo(f"\nReference: {rule.reference}")
    for number, line in enumerate(_audited(rule)):
        click.echo(line if number else f"\nIn audits: {line}")
    if page := page_of(loaded, rule):
        click.echo(f"\nExamples ({page}):\n")
        click.echo(page.read_text(encoding="utf-8"), nl=False)
    return ExitCode.OK


def _audited(rule: Rule) -> Iterable[str]:
    """What audits say of the rule; the module is imported only where there was one."""
    folder = audits_folder()
    if not folder.is_dir():
        return ()
    kept = import_module("reviewbot.sinks.audit.remembered")
    found: Iterable[str] = kept.lines(kept.remembered(folder), rule.id)
    return map(printable, found)


def page_of(config: Config, rule: Rule) -> Path | None:
    """The example page of a rule, the shipped one or its pack's, or None."""
    packs = (Path(pack) / "pages" for pack in config.settings.packs)
    pages = (folder / f"{rule.id}.md" for folder in (shipped_pages(), *packs))
    return next((page for page in pages if page.is_file()), None)


@command.command(epilog=NEW)
@click.argument("rule_id", metavar="ID")
@click.option(
    "--pack",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write into this rule pack instead of the checkout of reviewbot.",
)
@config_option
def new(rule_id: str, pack: Path | None = None, config: Path | None = None) -> ExitCode:
    """Start the rule ID: a module, a template and an example page, to be filled in.

    ID names the defect in lower case with dashes, such as alloc-unchecked.
    """
    known = [rule.id for rule in load(config).rules]
    for path in scaffold(rule_id, known, in_pack(pack) if pack else in_checkout()):
        click.echo(path)
    if pack is not None:
        click.echo("\nTo use the pack, put this into your configuration:\n")
        click.echo(f'    packs = ["{pack.resolve()}"]')
    return ExitCode.OK


@command.command("try", epilog=TRY)
@click.argument("rule_id", metavar="ID")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@tree_options
@config_option
@templates_option
@color_option
@width_option
def try_rule(
    rule_id: str,
    sources: tuple[str, ...],
    trees: tuple[Path, ...],
    source_dir: Path | None,
    base: str,
    config: Path | None,
    templates: tuple[Path, ...],
    color: str,
    width: int | None,
) -> ExitCode:
    """Run the rule ID alone on SOURCE and show all it finds, whatever the channel."""
    loaded = load(config)
    rule = one_rule(loaded, rule_id)
    kit = loaded.kit(select=(rule.id,), templates=templates)
    look = Look("text", tuple(Channel), color, width)
    seen: list[Outcome] = []
    with standing(trees, source_dir, base) as tree_of:
        found = outcomes(sources, kit, aside=False, tree_of=tree_of)
        write(kept(found, seen), look, {rule.id: rule}, None)
    return exit_code(seen, look.channels)


def one_rule(config: Config, rule_id: str) -> Rule:
    """The rule of that id; raises UsageError that names the nearest ones."""
    rules = {rule.id: rule for rule in config.rules}
    if rule_id not in rules:
        family = named(rule_id, list(rules))
        raise UsageError(f"{rule_id} is a family of rules", f"It has {', '.join(family)}.")
    return rules[rule_id]
