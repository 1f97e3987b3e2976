"""`reviewbot templates`: which template speaks for a rule, and whether it says what may be mailed.

Law: a template is tried with the facts that its rule finds in the examples of its page, through the belt that
every mail goes through. Must not know any single rule.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from reviewbot.commands.options import config_option, templates_option, without_verb
from reviewbot.commands.rules import one_rule, page_of
from reviewbot.commands.tables import show
from reviewbot.config import Config, load
from reviewbot.errors import ExitCode, TemplateError
from reviewbot.model.finding import Channel, Verdict
from reviewbot.model.message import RawMessage
from reviewbot.model.printable import printable
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.parse.mail import message
from reviewbot.parse.page import Case, cases
from reviewbot.parse.thread import series
from reviewbot.review.compose import replies
from reviewbot.review.kit import Kit
from reviewbot.review.outcome import Outcome
from reviewbot.review.policy import Policy
from reviewbot.review.review import review
from reviewbot.review.wording import faults, mail_faults
from reviewbot.rule import Rule

LIST = "Example:  reviewbot templates list"
CHECK = """\b
Examples:
  reviewbot templates check
  reviewbot templates check --templates ~/words kvm-fd-without-get
"""
# Stands in for the address of the rules' pages where none is configured.
PAGES = "https://reviewbot.invalid/rules"


class Fault(Struct, frozen=True):
    """Something wrong with what a template says, and in which example."""

    rule: str
    example: str
    what: str


@click.group(invoke_without_command=True, epilog=LIST)
@click.pass_context
def command(context: click.Context) -> ExitCode:
    """List the templates of comments, and check what they say (without a verb: list)."""
    return without_verb(context, list_templates)


@command.command("list", epilog=LIST)
@templates_option
@config_option
def list_templates(templates: tuple[Path, ...] = (), config: Path | None = None) -> ExitCode:
    """List for each rule the file whose words it speaks with; the first folder that has one wins."""
    loaded = load(config)
    words = loaded.kit(templates=templates).words
    rows = ((rule.id, str(words.path(rule.id) or "is missing")) for rule in loaded.rules)
    show(("rule", "template"), rows, sys.stdout)
    return ExitCode.OK


@command.command(epilog=CHECK)
@click.argument("rule_ids", metavar="[ID]...", nargs=-1)
@templates_option
@config_option
def check(rule_ids: tuple[str, ...], templates: tuple[Path, ...], config: Path | None) -> ExitCode:
    """Render the template of each rule (or of each ID) with the facts of its examples, and read the result.

    A comment must be plain text of one to three sentences, without line numbers, words of severity, praise or
    tags; a reply must keep 72 columns, be signed, and link the page of each rule. Ends with 1 if one does not.
    """
    loaded = load(config)
    rules = [one_rule(loaded, rule_id) for rule_id in rule_ids] or loaded.rules
    tried, wrong = 0, 0
    for rule in rules:
        examples = [*_examples(loaded, rule)]
        tried += len(examples)
        for fault in _faults(loaded, rule, examples, templates):
            wrong += 1
            where = f"  [{fault.example}]" if fault.example else ""
            click.echo(printable(f"{fault.rule}: {fault.what}{where}"))
    click.echo(f"{len(rules)} templates, {tried} examples: {wrong or 'nothing'} wrong", err=True)
    if not loaded.settings.identity.rules_url:
        click.echo("identity.rules_url is not set, so replies link no pages", err=True)
    return ExitCode.FINDINGS if wrong else ExitCode.OK


def _examples(loaded: Config, rule: Rule) -> Iterator[Case]:
    """The examples in which the rule speaks."""
    page = page_of(loaded, rule)
    text = page.read_text(encoding="utf-8") if page else ""
    return (case for case in cases(rule.id, text) if case.bad)


def _faults(
    loaded: Config, rule: Rule, examples: Sequence[Case], templates: tuple[Path, ...]
) -> Iterator[Fault]:
    """What is wrong with the template of one rule, each thing once; lists may have words of their own."""
    kit = loaded.kit((rule.id,), templates=templates)
    if not examples:
        yield Fault(rule.id, "", "has no example page, so nothing was tried")
    for address, words in (("", kit.words), *kit.list_words.items()):
        spoken = replace(kit, words=words, list_words={})
        name = f"{rule.id} for {address}" if address else rule.id
        if not words.path(rule.id):
            yield Fault(name, "", "has no template")
            continue
        seen: set[str] = set()
        for case in examples:
            for what in _wrong(spoken, case):
                if what not in seen:
                    seen.add(what)
                    yield Fault(name, case.title, what)


def _wrong(kit: Kit, case: Case) -> Iterator[str]:
    """What is wrong with what the template says in one example."""
    tree = DictTree(case.tree, case.commits) if case.tree or case.commits else NoTree()
    spoken = 0
    for one in series(message(RawMessage(data)) for data in case.mails):
        try:
            outcome = review(one, kit, tree)
        except TemplateError as error:  # of the frame of a reply
            yield str(error)
            return
        # What a gate says is for the report alone.
        spoken += len(outcome.verdicts) + len(outcome.gates) + len(outcome.failures)
        yield from (failure.error for failure in outcome.failures)
        yield from (what for verdict in outcome.verdicts for what in faults(verdict.comment))
        yield from _framed(kit, outcome)
    if not spoken:
        yield "the rule does not speak here, so nothing was tried"


def _framed(kit: Kit, outcome: Outcome) -> Iterator[str]:
    """What is wrong with a mail that says it all."""
    mailed = [_mailed(verdict) for verdict in outcome.verdicts]
    identity = replace(kit.identity, rules_url=kit.identity.rules_url or PAGES)
    try:
        summaries = {each.id: each.summary for each in kit.rules}
        made = replies(outcome.series, mailed, Policy(), identity, kit.words, (), summaries)
    except TemplateError as error:
        yield str(error)
        return
    for reply in made:
        for what in mail_faults(reply.body, reply.rules, identity.rules_url.rstrip("/")):
            yield f"the reply {what}"


def _mailed(verdict: Verdict) -> Verdict:
    return replace(verdict, channel=Channel.MAIL)
