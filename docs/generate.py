"""Write the pages of docs/ that a program can write: `python docs/generate.py`.

Law: a page is a pure function of the code, of config.toml and of the rules' example pages; CI writes them
anew and fails on a difference. Must not know the pages people write.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from reviewbot.cli import reviewbot
from reviewbot.commands.rules import needs
from reviewbot.config.places import shipped_config, shipped_pages
from reviewbot.errors import ExitCode
from reviewbot.review.rulebook import rulebook
from reviewbot.rule import Rule

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
    """The help of every command."""
    texts = [f"{NOTE.format(source='reviewbot/commands/')}# Commands\n"]
    context = click.Context(reviewbot, info_name="reviewbot", max_content_width=96)
    texts += [f"## {name}\n\n```\n{text}\n```\n" for name, text in helps(reviewbot, context)]
    return "\n".join(texts)


def helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """The help texts of a command and of all below it."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                inner = click.Context(below, context, name, max_content_width=96)
                yield from helps(below, inner)


# Configuration


def configuration(text: str) -> str:
    """config.toml as a page: its comments as text, its keys as headings, its pairs as a table."""
    settings, _, _ = text.partition("[[pair]]\nobject")
    body = "\n".join(paragraphs(settings.splitlines())).rstrip()
    pairs = tomllib.loads(text)["pair"]
    return f"{NOTE.format(source='config.toml')}# Configuration\n\n{body}\n\n{pair_table(pairs)}"


def paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a configuration file as Markdown."""
    comment: list[str] = []
    code: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("#"):
            comment.append(line[2:])
        elif code or line:
            code.append(line)
            if line.count("[") == line.count("]") or line == "]":
                yield from key("\n".join(code), comment)
                comment, code = [], []
        else:
            yield from prose(comment)
            comment = []


def key(code: str, comment: list[str]) -> Iterator[str]:
    """A key or a table with its comment."""
    if code.startswith("["):
        yield f"## `{code}`\n"
        yield from prose(comment)
    else:
        yield f"### `{' '.join(code.split())}`\n"
        yield from prose(comment)


def prose(comment: list[str]) -> Iterator[str]:
    """Lines of a comment; what is indented by four is an example."""
    indented = False
    heading = re.match(r"(\[\[?[\w.<>]+\]\]?) ", comment[0]) if comment else None
    if heading:
        yield f"## `{heading[1]}`\n"
    for line in comment:
        if line.strip() and line.startswith("    ") != indented:
            indented = not indented
            yield "```toml" if indented else "```"
        yield line[4:] if indented else line
    if indented:
        yield "```"
    if comment:
        yield ""


def pair_table(pairs: list[dict]) -> str:
    """The shipped pair table."""
    rows = [
        "### The shipped pairs\n",
        "| object | takes a reference | gives it back | takes it over |",
    ]
    rows.append("| --- | --- | --- | --- |")
    for pair in pairs:
        cells = [
            pair["object"],
            ", ".join(getter(g) for g in pair["get"]),
            ", ".join(f"`{name}`" for name in pair["put"]),
            ", ".join(f"`{name}`" for name in pair.get("consume", ())),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def getter(entry: dict) -> str:
    """A getter with how it fails."""
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
    (DOCS / "rules").mkdir(exist_ok=True)
    for path in set((DOCS / "rules").glob("*.md")) - set(written):
        path.unlink()
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(written)} pages written\n")


if __name__ == "__main__":
    main()
