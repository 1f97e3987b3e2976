"""Write the pages of docs/ that a program can write: `python docs/generate.py`.

Law: a page is a pure function of the code, of config.toml and of the rules' example pages; CI writes them
anew and fails on a difference. Must not know the pages people write.
"""

import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from reviewbot.cli import reviewbot
from reviewbot.commands.rules import needs
from reviewbot.config.places import shipped_config, shipped_pages
from reviewbot.errors import ExitCode
from reviewbot.review.rulebook import rulebook
from reviewbot.rule import Rule
from reviewbot.sinks.findings_json import schema

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/generate.py; change {source} instead. -->\n"


def pages() -> dict[Path, str]:
    """Every generated page by its path."""
    rules = rulebook()
    written = {
        DOCS / "exit-codes.md": exit_codes(),
        DOCS / "configuration.md": configuration(shipped_config().read_text(encoding="utf-8")),
        DOCS / "commands.md": commands(),
        DOCS / "rules.md": index(rules),
        DOCS / "schema" / "findings-1.json": json.dumps(schema(), indent=2) + "\n",
    }
    return written | {DOCS / "rules" / f"{rule.id}.md": rule_page(rule) for rule in rules}


def exit_codes() -> str:
    """The table of exit codes."""
    rows = "".join(f"| {code.value} | {code.meaning} |\n" for code in ExitCode)
    return (
        f"{NOTE.format(source='reviewbot/errors.py')}# Exit codes\n\n"
        "| code | when |\n| ---: | --- |\n"
        f"{rows}\n"
        "Where several apply, a rule that failed (5) comes before findings (1). Which findings count is\n"
        "said by `--fail-on`, and of those only the ones on a channel that is shown (`--channel`);\n"
        "suppressed findings never count. A reader that closes the pipe early\n"
        "(`reviewbot review … | head`) ends the run with 0.\n"
    )


# Commands


def commands() -> str:
    """Every command: what it takes, what it does, its options."""
    parts = [f"{NOTE.format(source='reviewbot/commands/')}# Commands\n"]
    parts += [described(path, command) for path, command in below("reviewbot", reviewbot)]
    return "\n".join(parts)


def below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, by their paths."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from below(f"{path} {name}", inner)


def described(path: str, command: click.Command) -> str:
    """One command; written by ourselves, so that it is the same with every release of click."""
    takes = "".join(
        f" {p.metavar or p.name}" for p in command.params if isinstance(p, click.Argument)
    )
    verbs = " COMMAND" if isinstance(command, click.Group) else ""
    rows = [f"| {option(o)} |" for o in command.params if isinstance(o, click.Option)]
    table = ["| option | meaning |", "| --- | --- |", *rows, ""] if rows else []
    epilog = (command.epilog or "").replace("\b\n", "")
    example = inspect.cleandoc(re.sub(r"^Examples?:", "", epilog).strip("\n"))
    text = inspect.cleandoc(command.help or "")
    lines = [f"## {path}\n", f"`{path}{verbs}{takes}`\n", f"{text}\n", *table]
    return "\n".join([*lines, "```sh", example, "```", ""])


def option(described_option: click.Option) -> str:
    """An option's cells: its names with what they take, its help with its default."""
    kind = described_option.type
    values = (
        "\\|".join(kind.choices) if isinstance(kind, click.Choice) else described_option.metavar
    )
    names = ", ".join(described_option.opts)
    takes = "" if described_option.is_flag else f" {values or kind.name.upper()}"
    default = f" Default: {described_option.default}." if described_option.show_default else ""
    return f"`{names}{takes}` | {described_option.help}{default}"


# Configuration


def configuration(text: str) -> str:
    """config.toml as a page: its comments as text, its keys with their defaults, its pairs as a table."""
    settings, _, _ = text.partition("[[pair]]\nobject")
    body = "\n".join(line for block in settings.split("\n\n") for line in section(block)).rstrip()
    table = tomllib.loads(text)
    shipped = pair_table("pairs", table["pair"])
    if "lock" in table:
        shipped += "\n" + pair_table("locks", table["lock"])
    return f"{NOTE.format(source='config.toml')}# Configuration\n\n{body}\n\n{shipped}"


def section(block: str) -> Iterator[str]:
    """A block of lines without an empty one between: a comment, or a table with its keys."""
    comment, keys = [], []
    for line in block.strip("\n").splitlines():
        if line.startswith("#"):
            comment.append(line[2:])
        elif line.startswith("["):
            yield f"## `{line}`\n"
            yield from prose(comment)
            comment = []
        elif comment:
            keys.append(f"- `{line}`: {' '.join(comment)}")
            comment = []
        else:
            keys.append(line)
    yield from prose(comment)
    if keys and keys[0].startswith("- "):
        yield from (*keys, "")
    elif keys:
        yield from ("```toml", *keys, "```", "")


def prose(comment: list[str]) -> Iterator[str]:
    """Lines of a comment; what is indented by four is an example."""
    if heading := re.match(r"(\[\[?[\w.<>]+\]\]?) ", comment[0] if comment else ""):
        yield f"## `{heading[1]}`\n"
    for example, group in groupby(comment, key=lambda line: line.startswith("    ")):
        lines = [line[4:] if example else line for line in group]
        yield from ("```toml", *lines, "```") if example else lines
    if comment:
        yield ""


def pair_table(what: str, pairs: list[dict]) -> str:
    """The shipped pairs, or the shipped locks."""
    rows = [
        f"### The shipped {what}\n",
        "| object | takes a reference | gives it back | takes it over | holds one in each round |",
    ]
    rows.append("| --- | --- | --- | --- | --- |")
    for pair in pairs:
        cells = [
            pair["object"],
            ", ".join(getter(g) for g in pair["get"]),
            ", ".join(f"`{name}`" for name in pair["put"]),
            ", ".join(f"`{name}`" for name in pair.get("consume", ())),
            ", ".join(getter(g) for g in pair.get("loop", ())),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def getter(entry: dict) -> str:
    """A getter or loop with how it fails."""
    fails = entry.get("fails")
    return f"`{entry['name']}`" + (f" ({fails})" if fails else "")


# Rules


def index(rules: Iterable[Rule]) -> str:
    """The table of all rules."""
    rows = "".join(
        f"| [{rule.id}](rules/{rule.id}.md) | {rule.severity.value} | {rule.channel.value} "
        f"| {needs(rule)} | {rule.summary} |\n"
        for rule in rules
    )
    return (
        f"{NOTE.format(source='the rule modules')}# Rules\n\n"
        "| rule | severity | channel | needs | finds |\n| --- | --- | --- | --- | --- |\n"
        f"{rows}\n"
        "*needs* is the evidence without which a rule is skipped, with the reason counted: `diff` the\n"
        "diff alone, `function` the whole function after the patch, `series` every patch of the series,\n"
        "`tree` a source tree.\n"
    )


def rule_page(rule: Rule) -> str:
    """One rule: its own words, then its examples."""
    text = (shipped_pages() / f"{rule.id}.md").read_text(encoding="utf-8")
    title, _, examples = text.partition("\n")
    facts = (
        f"Severity {rule.severity.value}, channel {rule.channel.value}, confidence "
        f"{rule.confidence.value}, needs {needs(rule)}."
    )
    return (
        f"{NOTE.format(source=f'the rule module and tests/rules/{rule.id}.md')}{title}\n\n"
        f"{facts}\n\n{rule.doc}\n{examples.rstrip()}\n"
    )


def main() -> None:
    """Write the pages; pages of rules that are gone are removed."""
    written = pages()
    for path in written:
        path.parent.mkdir(exist_ok=True)
    for path in set((DOCS / "rules").glob("*.md")) - set(written):
        path.unlink()
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(written)} pages written\n")


if __name__ == "__main__":
    main()
