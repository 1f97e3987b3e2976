"""The beauty budget and the law of layers, checked on the source itself.

The figures are those of CONTRIBUTING.md. What import-linter checks (layers, independence of rules) is run by
`.ci/run`; here stands what it cannot see.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reviewbot"
SOURCES = sorted(PACKAGE.rglob("*.py"))
RULES = sorted(p for p in (PACKAGE / "rules").glob("*.py") if p.name != "__init__.py")
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
MUTATORS = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove"}
    | {"setdefault", "sort", "update"}
)
EXITS = frozenset({"sys.exit", "os._exit", "exit", "quit", "SystemExit"})
LAZY = re.compile(r"reviewbot(\.\w+)+")
FROZEN = ("model", "parse", "cmodel")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions() -> Iterator[tuple[str, int]]:
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, FUNCTION):
                yield f"{name(path)}:{node.name}", node.end_lineno - node.lineno + 1


def percentile(values: list[int], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


# Sizes


def test_source_files_are_short() -> None:
    sizes = {name(path): lines(path) for path in SOURCES if path.name != "__init__.py"}
    assert {path: size for path, size in sizes.items() if size > 300} == {}
    assert percentile(list(sizes.values()), 95) <= 250
    assert median(sizes.values()) <= 150


def test_rules_are_shorter() -> None:
    sizes = {name(path): lines(path) for path in RULES}
    assert {path: size for path, size in sizes.items() if size > 150} == {}
    assert median(sizes.values()) <= 60


def test_functions_are_short() -> None:
    sizes = dict(functions())
    assert {function: size for function, size in sizes.items() if size > 60} == {}
    assert percentile(list(sizes.values()), 90) <= 30
    assert median(sizes.values()) <= 9


def test_tests_outweigh_sources_a_little() -> None:
    """An example page is the test of its rule, and counts as such."""
    tests = sum(lines(path) for kind in ("*.py", "*.md") for path in (ROOT / "tests").rglob(kind))
    assert 1.2 <= tests / sum(map(lines, SOURCES)) <= 2


# Behaviour


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_one_file_ends_the_process() -> None:
    ending = {
        name(path)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and dotted(node.func) in EXITS)
        or (isinstance(node, ast.Raise) and node.exc and dotted(node.exc) in EXITS)
    }
    assert ending == {"reviewbot/cli.py"}


def test_three_places_catch_everything() -> None:
    catching = [
        name(path)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or dotted(node.type) in {"Exception", "BaseException"})
    ]
    assert sorted(catching) == [
        *("reviewbot/cli.py", "reviewbot/review/engine.py", "reviewbot/run/inline.py")
    ]


def structs(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and any(dotted(base) == "Struct" for base in node.bases):
            yield node


def test_values_are_frozen() -> None:
    """Every Struct of the package; msgspec gives it slots by itself."""
    melted = [
        f"{name(path)}:{node.name}"
        for path in SOURCES
        for node in structs(path)
        if not any(k.arg == "frozen" and ast.literal_eval(k.value) for k in node.keywords)
    ]
    assert melted == []


def test_values_are_structs() -> None:
    """In the layers of values there is no other kind of class than Struct, Enum, Protocol and tuple."""
    allowed = {"Struct", "Enum", "IntEnum", "Flag", "Protocol", "NamedTuple"}
    odd = [
        f"{name(path)}:{node.name}"
        for layer in FROZEN
        for path in sorted((PACKAGE / layer).glob("*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and not allowed & {dotted(base).rpartition(".")[2] for base in node.bases}
    ]
    assert odd == []


def module_names(path: Path) -> set[str]:
    """Names bound at module level."""
    found = set()
    for node in tree(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def touched(function: ast.AST) -> Iterator[str]:
    """Names that a function changes in place or rebinds outside itself."""
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MUTATORS:
                yield dotted(node.func.value)
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield dotted(node.value)


def local_names(function: ast.FunctionDef) -> set[str]:
    stored = {
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return stored | {
        argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)
    }


def test_modules_keep_no_state() -> None:
    changed = [
        f"{name(path)}:{node.name} changes {what}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, FUNCTION)
        for what in touched(node)
        if what in module_names(path) - local_names(node)
    ]
    assert changed == []
    rebound = [name(p) for p in SOURCES for n in ast.walk(tree(p)) if isinstance(n, ast.Global)]
    assert rebound == []


def test_containers_of_modules_are_constants() -> None:
    """A list, dict or set at module level has the name of a constant; nobody changes it (see above)."""
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    odd = [
        f"{name(path)}:{target.id}"
        for path in SOURCES
        for node in tree(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, displays)
        for target in node.targets
        if isinstance(target, ast.Name)
        and not re.fullmatch(r"_?[A-Z][A-Z0-9_]*|__all__", target.id)
    ]
    assert odd == []


# Imports


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, inside functions and by name included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and LAZY.fullmatch(str(node.value)):
            yield node.value


def importers(package: str) -> list[str]:
    return [
        name(path)
        for path in SOURCES
        if any(found.partition(".")[0] == package for found in imports(path))
    ]


def test_each_library_is_imported_by_one_file() -> None:
    assert importers("unidiff") == ["reviewbot/parse/diff.py"]
    assert importers("jinja2") == ["reviewbot/review/render.py"]
    assert importers("tree_sitter") == ["reviewbot/cmodel/syntax.py"]
    assert importers("tree_sitter_c") == ["reviewbot/cmodel/syntax.py"]
    assert importers("requests") == ["reviewbot/sources/web/exchange.py"]
    assert importers("urllib3") == ["reviewbot/sources/web/wire.py"]
    assert importers("dkim") == ["reviewbot/sources/dkim.py"]
    assert importers("dns") == ["reviewbot/sources/dkim.py"]
    assert importers("dask") == ["reviewbot/run/dask.py"]
    assert importers("distributed") == ["reviewbot/run/dask.py"]


def test_the_network_stays_at_the_ends() -> None:
    ends = (
        "reviewbot/sources/",
        "reviewbot/sinks/",
        "reviewbot/secret.py",
        "reviewbot/gitconfig.py",
    )
    for package in ("requests", "urllib3", "smtplib", "socket", "subprocess", "sqlite3"):
        assert [path for path in importers(package) if not path.startswith(ends)] == []


def test_no_import_runs_in_a_circle() -> None:
    """Lazy imports, those by name in a string too, count."""
    known = {module(path) for path in SOURCES}
    edges = {module(path): {i for i in imports(path) if i in known} for path in SOURCES}
    for package in known:  # a package imports its own members to pass them on: not a circle
        edges[package] = {to for to in edges[package] if not to.startswith(f"{package}.")}
    while leaves := {start for start, ends in edges.items() if not ends}:
        edges = {start: ends - leaves for start, ends in edges.items() if start not in leaves}
    assert edges == {}


# Words


def test_every_module_says_what_it_is() -> None:
    """And, beyond the empty ones, its law and what it must not know."""
    silent = [name(path) for path in SOURCES if not ast.get_docstring(tree(path))]
    assert silent == []
    lawless = [
        name(path)
        for path in SOURCES
        if path.parent.name != "rules"
        and path.name != "__init__.py"
        and "Law:" not in tree(path).body[0].value.value
    ]
    assert lawless == []


def public(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def test_everything_public_is_documented() -> None:
    silent = [
        f"{name(path)}:{node.name}"
        for path in SOURCES
        for node in public(tree(path).body)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_names_say_something() -> None:
    vague = re.compile(r"Manager|Handler|Helper|Utils?\b|[Vv]ersion(?!_option|__)")
    odd = [
        f"{name(path)}:{node.name}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and vague.search(node.name)
    ]
    assert odd == []
    assert [name(path) for path in SOURCES if path.stem in {"common", "utils", "helpers"}] == []


# Rules


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_is_a_triple(path: Path) -> None:
    rule_id = path.stem.replace("_", "-")
    assert (ROOT / "templates" / "rules" / f"{rule_id}.j2").is_file()
    assert (ROOT / "tests" / "rules" / f"{rule_id}.md").is_file()


def test_no_template_or_page_is_left_over() -> None:
    ids = Counter(path.stem.replace("_", "-") for path in RULES)
    assert Counter(p.stem for p in (ROOT / "templates" / "rules").glob("*.j2")) == ids
    assert Counter(p.stem for p in (ROOT / "tests" / "rules").glob("*.md")) == ids


# Prose

PROSE = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
    ]
)
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:toml|md|py|j2|mbox))`")
ELSEWHERE = re.compile(
    r"^(?:include|drivers|virt|arch|kernel|Documentation|scripts|mail|rules|pages|templates/rules|\.venv|~|\.\./shared)/"
)


@pytest.mark.parametrize("page", PROSE, ids=name)
def test_paths_named_in_prose_exist(page: Path) -> None:
    if page.parent == ROOT / "docs" / "rules":
        return  # example pages name files of the kernel
    missing = [
        path
        for path in PATH.findall(page.read_text())
        if not ELSEWHERE.match(path)
        and not (ROOT / path).exists()
        and not (page.parent / path).exists()
        and not (PACKAGE / path).exists()
        and not (ROOT / "templates" / path).exists()
        and "<" not in path
    ]
    assert missing == []


@pytest.mark.parametrize("page", PROSE, ids=name)
def test_links_of_prose_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


COMMAND = re.compile(r"(?:^|[`/ ])reviewbot((?: [\w-]+)+)", re.MULTILINE)


def test_nothing_names_the_machine_it_was_made_on() -> None:
    private = re.compile(r"/work/|/root/|\bfixme\b", re.IGNORECASE)
    odd = [
        name(path)
        for folder in (PACKAGE, ROOT / "docs", ROOT / "templates", ROOT / "examples")
        for path in sorted(folder.rglob("*.*"))
        if path.is_file() and "__pycache__" not in path.parts and private.search(path.read_text())
    ]
    assert odd == []
    assert sys.version_info >= (3, 11)
