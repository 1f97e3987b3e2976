"""Rulebook: where rules are found: the shipped package, entry points, folders of rule packs.

Law: finding a rule is importing its module, or reading the top of its semantic patch, and taking what it
declares; one that breaks the contract stops the run with a sentence, it is never skipped silently. Must not
know any single rule.
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
from reviewbot.model.match import Matcher
from reviewbot.review.semantic import from_script, not_run
from reviewbot.rule import Rule, from_module

ENTRY_POINTS = "reviewbot.rules"


def rulebook(packs: Iterable[Path] = (), matcher: Matcher = not_run) -> tuple[Rule, ...]:
    """All rules, by id: shipped ones, those of installed packages, those of pack folders.

    A pack is a folder with `rules/*.py` and `rules/*.cocci`; `matcher` runs the latter. Raises ConfigError for
    a file that is no rule, a pack that is no folder, and an id that is taken.
    """
    known: dict[str, Rule] = {}
    for rule, origin in _rules(packs, matcher):
        if rule.id in known:
            raise ConfigError(f"rule {rule.id} of {origin} is already defined elsewhere")
        known[rule.id] = rule
    return tuple(known[rule_id] for rule_id in sorted(known))


def semantic_patches(pack: Path) -> tuple[Path, ...]:
    """The `.cocci` files of a pack, in order."""
    return tuple(sorted((pack / "rules").glob("[a-z]*.cocci")))


def _rules(packs: Iterable[Path], matcher: Matcher) -> Iterator[tuple[Rule, str]]:
    """Every rule with the module or file it comes from."""
    packages = [shipped, *(point.load() for point in entry_points(group=ENTRY_POINTS))]
    for package in packages:
        for found in iter_modules(package.__path__):
            module = import_module(f"{package.__name__}.{found.name}")
            yield from_module(module), module.__name__
    for pack in packs:
        folder = pack / "rules"
        if not folder.is_dir():
            raise ConfigError(f"rule pack {pack} has no folder rules/")
        for path in sorted(folder.glob("[a-z]*.py")):
            yield from_module(_loaded(path)), f"reviewbot_pack.{path.stem}"
        for path in semantic_patches(pack):
            yield from_script(path, matcher), str(path)


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
