"""The generated pages are what the code says; the README's pictures are what comes out."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from reviewbot.cli import run
from reviewbot.errors import ExitCode

ROOT = Path(__file__).resolve().parents[1]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


GENERATE = generator()
PAGES = GENERATE.pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_generated_pages_are_up_to_date(path: Path) -> None:
    assert path.read_text() == PAGES[path], "run: python docs/generate.py"


def test_no_page_of_a_rule_is_left_over() -> None:
    assert set((ROOT / "docs" / "rules").glob("*.md")) <= set(PAGES)


def test_every_exit_code_is_explained() -> None:
    text = GENERATE.exit_codes()
    assert all(f"| {code.value} | {code.meaning} |" in text for code in ExitCode)


CONFIGURATION = """\
# All settings.
#
#     x = 1    # like this

# A word.
word = "a"

# A table.
[table]
# Its key.
key = 1
# Another.
other = [2]

# `list` is a list.
[rules.some]
list = [
  "a",
]

# [[many]] may be repeated.

[[pair]]
object = "struct foo"
get = [{ name = "foo_get", fails = "null" }]
put = ["foo_put"]
"""


def test_a_configuration_file_becomes_a_page() -> None:
    page = GENERATE.configuration(CONFIGURATION).partition("# Configuration\n\n")[2]
    assert page == (
        "All settings.\n\n```toml\nx = 1    # like this\n```\n\n"
        '- `word = "a"`: A word.\n\n'
        "## `[table]`\n\nA table.\n\n- `key = 1`: Its key.\n- `other = [2]`: Another.\n\n"
        "## `[rules.some]`\n\n`list` is a list.\n\n"
        '```toml\nlist = [\n  "a",\n]\n```\n\n'
        "## `[[many]]`\n\n[[many]] may be repeated.\n\n"
        "### The shipped pairs\n\n"
        "| object | takes a reference | gives it back | takes it over | holds one in each round |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| struct foo | `foo_get` (null) | `foo_put` |  |  |\n"
    )


def test_every_key_of_the_configuration_is_commented() -> None:
    """A key that has no comment of its own stands below a table's that names it."""
    bare = []
    previous = table = ""
    for line in (ROOT / "config.toml").read_text().partition("[[pair]]\nobject")[0].splitlines():
        if match := re.match(r"(\w+) = ", line):
            named = f"`{match[1]}`" in table or "registers" in table
            if not previous.startswith("#") and not named:
                bare.append(line)
        if line.startswith("#"):
            table = line if not previous.startswith("#") else f"{table} {line}"
        elif line.startswith("["):
            table += line
        previous = line
    assert bare == []


# Commands named in prose

PROSE = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")]
)
NAMED = re.compile(r"(?:^|[\s`/(\"$])reviewbot((?: +[\w./*~=,-]+)+)")


def named_commands(page: Path) -> set[tuple[str, ...]]:
    """What stands behind `reviewbot` in code blocks and code spans."""
    text = page.read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    )
    return {tuple(m.split()) for piece in [*blocks, *spans] for m in NAMED.findall(piece)}


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_commands_named_in_prose_exist(page: Path, capsys: pytest.CaptureFixture) -> None:
    for words in named_commands(page):
        verbs = [word for word in words if re.fullmatch(r"[a-z]+", word)]
        group = verbs[:1] in (
            ["audit"],
            ["rules"],
            ["config"],
            ["cache"],
            ["mirror"],
            ["queue"],
            ["templates"],
            ["objections"],
        )
        assert run([*verbs[: 2 if group else 1], "--help"]) == ExitCode.OK, words
        out = capsys.readouterr().out
        options = [word.partition("=")[0] for word in words if word.startswith("--")]
        assert [option for option in options if option not in f"{out} --version"] == []


# The README


def pictures() -> tuple[list[str], list[str]]:
    """The lines of the mail that goes in and of the reply that comes out, cuts left out."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    return tuple([line for line in b.splitlines() if line != "[...]"] for b in blocks[:2])


README = ROOT / "README.md"
EXAMPLE = ROOT / "examples" / "vfio-lumen.mbox"


def test_the_readme_shows_what_goes_in() -> None:
    mail = EXAMPLE.read_text()
    assert all(f"\n{line}\n" in mail for line in pictures()[0])


def test_the_readme_shows_what_comes_out(capsys: pytest.CaptureFixture) -> None:
    run(["review", "--format", "mail", str(EXAMPLE)])
    mail = capsys.readouterr().out.replace("\n ", " ")
    assert all(f"\n{line}\n" in mail for line in pictures()[1])


def test_the_readme_says_it_on_its_first_screen() -> None:
    assert pictures()[1][-1] in README.read_text().splitlines()[:30]


def test_ci_runs_the_commands_of_the_readme() -> None:
    text = README.read_text()
    for heading in re.findall(r'^readme "(\w+)"', (ROOT / ".ci" / "run").read_text(), re.MULTILINE):
        assert re.search(rf"^## {heading}\n.*?^```sh$", text, re.DOTALL | re.MULTILINE)
