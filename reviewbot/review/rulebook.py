"""Rulebook: where rules are found: the shipped package, entry points, folders of rule packs.

Law: finding a rule is importing its module and reading what it declares; a module that breaks the contract
stops the run with a sentence, it is never skipped silently. Must not know any single rule.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from reviewbot import rules as shipped
from reviewbot.errors import ConfigError
from reviewbot.rule import Rule, from_module

ENTRY_POINTS = "reviewbot.rules"


def rulebook(packs: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """All rules, by id: shipped ones, those of installed packages, those of pack folders.

    A pack is a folder with `rules/*.py`. Raises ConfigError for a module that is no rule, a pack
    that is no folder, and an id that is taken.
    """
    known: dict[str, Rule] = {}
    for module in _modules(packs):
        rule = from_module(module)
        if rule.id in known:
            raise ConfigError(f"rule {rule.id} of {module.__name__} is already defined elsewhere")
        known[rule.id] = rule
    return tuple(known[rule_id] for rule_id in sorted(known))


def _modules(packs: Iterable[Path]) -> Iterator[ModuleType]:
    packages = [shipped, *(point.load() for point in entry_points(group=ENTRY_POINTS))]
    for package in packages:
        for found in iter_modules(package.__path__):
            yield import_module(f"{package.__name__}.{found.name}")
    for pack in packs:
        folder = pack / "rules"
        if not folder.is_dir():
            raise ConfigError(f"rule pack {pack} has no folder rules/")
        for path in sorted(folder.glob("[a-z]*.py")):
            yield _loaded(path)


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"reviewbot_pack.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"rule module {path} cannot be loaded")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError, NameError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"rule module {path} cannot be loaded: {error}") from error
    return module
