"""Render: facts become words, by templates.

Law: words live in templates only, and every fact a template names must be there. A fact is data, never a
template, and reaches one as a single printable line; on a page for a browser every value is printable, and
escaped. A template that does not render is a TemplateError that names template, rule and line. The only file
that imports jinja2; must not know mails or channels.
"""

import re
import traceback
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from reviewbot.errors import TemplateError
from reviewbot.model.finding import Finding
from reviewbot.model.printable import printable, spoken
from reviewbot.review.wrap import paragraphs, wrapped

REPLY = "reply.j2"
GUEST = "guest.j2"
AGAIN = "again.j2"
SAME = "same.j2"
FACT_LIMIT = 1000
# No line of a mail may be longer than 998 octets (RFC 5322 §2.1.1), and a word is not broken.
WORD_LIMIT = 200
_WORD = re.compile(rf"\S{{{WORD_LIMIT + 4},}}")

# What a template can raise while it runs, beside jinja2's own errors.
_RAISED = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


class Words(Struct, frozen=True, dict=True):
    """The templates of some folders, the first folder that has a template wins.

    `guests` are the ids of rules that need none of their own: `guest.j2` speaks for them.
    """

    folders: tuple[Path, ...]
    guests: frozenset[str] = frozenset()

    def comment(self, finding: Finding, position: str = "") -> str:
        """What `rules/<rule-id>.j2` says about a finding: paragraphs of plain text, not wrapped.

        The template sees the facts, and `symbol`, `function`, `path` and `patch` (`position`, such as
        `2/4`), each empty where it is not known. Raises TemplateError.
        """
        values: dict[str, str | int] = {
            "symbol": finding.symbol,
            "function": finding.function,
            "path": finding.anchor.path,
            "patch": position,
            **finding.facts,
        }
        facts = {name: _fact(value) for name, value in values.items()}
        text = self._render(self._template(finding.rule), facts, f" of rule {finding.rule}")
        return "\n\n".join(paragraphs(_WORD.sub(_cut, printable(text))))

    def again(self, revision: int) -> str:
        """What `again.j2` says of a finding that was said of that revision and not answered."""
        return " ".join(paragraphs(self._render(AGAIN, {"revision": revision}, "")))

    def same(self) -> str:
        """What `same.j2` says in place of a comment that has just been made word for word."""
        return " ".join(paragraphs(self._render(SAME, {}, "")))

    def reply(self, **values: object) -> str:
        """What `reply.j2` makes of the parts of a mail: the body. Raises TemplateError."""
        return self._render(REPLY, values, "").rstrip() + "\n"

    def path(self, rule_id: str) -> Path | None:
        """The file whose words the rule speaks with, or None where there is none."""
        name = self._template(rule_id)
        return next((f / name for f in self.folders if (f / name).is_file()), None)

    def _template(self, rule_id: str) -> str:
        """The name of a rule's template."""
        own = f"rules/{rule_id}.j2"
        if rule_id not in self.guests or any((f / own).is_file() for f in self.folders):
            return own
        return GUEST

    def _render(self, name: str, values: Mapping[str, object], of: str) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except _RAISED as error:
            raise _failed(error, name, of, self.folders) from error

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = ImmutableSandboxedEnvironment(**_settings(self.folders))
        environment.filters["wrap"] = wrapped
        return environment


class Pages(Struct, frozen=True, dict=True):
    """The templates of some folders for pages of a browser; the first folder that has a template wins."""

    folders: tuple[Path, ...]

    def pieces(self, name: str, values: Mapping[str, object]) -> Iterator[str]:
        """The page, piece by piece; only what a template calls `safe` is not escaped. Raises TemplateError."""
        try:
            yield from self._environment.get_template(name).generate(values)
        except _RAISED as error:
            raise _failed(error, name, "", self.folders) from error

    @cached_property
    def _environment(self) -> jinja2.Environment:
        settings = _settings(self.folders)
        return ImmutableSandboxedEnvironment(**settings, autoescape=True, finalize=_shown)


def _settings(folders: tuple[Path, ...]) -> dict[str, Any]:
    return {
        "loader": jinja2.FileSystemLoader(folders),
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
    }


def _failed(error: Exception, name: str, of: str, folders: tuple[Path, ...]) -> TemplateError:
    """What to say of a template that does not render."""
    if isinstance(error, jinja2.TemplateNotFound):
        looked = ", ".join(map(str, folders))
        return TemplateError(f"template {error.name}{of} is not there", f"Looked into: {looked}")
    what = error.message if isinstance(error, jinja2.TemplateError) else str(error)
    template, line = _place(error, name, folders)
    return TemplateError(f"template {template}{of}, line {line}: {what}")


def _place(error: Exception, name: str, folders: tuple[Path, ...]) -> tuple[str, int]:
    """The template and line an error comes from: jinja2 puts both into the traceback."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.name or name, error.lineno
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        path = Path(frame.f_code.co_filename)
        for folder in folders:
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix(), line
    return name, 0


def _shown(value: object) -> object:
    """A value as a page shows it; what is marked as safe stays as it is."""
    is_plain = isinstance(value, str) and not hasattr(value, "__html__")
    return printable(str(value)) if is_plain else value


def _fact(value: str | int) -> str | int:
    return spoken(value, FACT_LIMIT) if isinstance(value, str) else value


def _cut(word: re.Match[str]) -> str:
    return f"{word[0][:WORD_LIMIT]}..."
