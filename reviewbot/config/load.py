"""Configuration files become one `Config`: shipped, then the user's own, then the one named.

Law: each file is checked alone before it is merged, so that a complaint names the file that is wrong;
what the shipped file says is under the same check. Must not know commands.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from reviewbot.config.check import shaped
from reviewbot.config.choice import chosen
from reviewbot.config.merge import merged
from reviewbot.config.options import RuleSettings, rule_settings
from reviewbot.config.places import shipped_config, shipped_templates, user_config
from reviewbot.config.settings import Settings
from reviewbot.errors import ConfigError
from reviewbot.model.match import Matcher
from reviewbot.review.kit import Kit
from reviewbot.review.manners import Manners, addresses, public_rules
from reviewbot.review.render import Words
from reviewbot.review.rulebook import rulebook, semantic_patches
from reviewbot.review.semantic import not_run
from reviewbot.rule import Rule


class Layer(Struct, frozen=True):
    """One file, read: where it lies, and its tables with relative paths made absolute."""

    path: Path
    table: Mapping[str, Any]


class Config(Struct, frozen=True):
    """Everything that is configured: the files it comes from, the tables, and what they mean."""

    layers: tuple[Layer, ...]
    table: Mapping[str, Any]
    settings: Settings
    rules: tuple[Rule, ...]
    rule_settings: Mapping[str, RuleSettings]

    def kit(
        self,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        templates: Iterable[Path] = (),
    ) -> Kit:
        """The kit of a review with the rules chosen; `templates` are looked into before all others."""
        enabled = {name: settings.enabled for name, settings in self.rule_settings.items()}
        folders = [*templates, *map(Path, self.settings.render.templates)]
        # A semantic patch may have its template beside it: PACK/rules/<id>.j2.
        folders += [
            Path(pack) / inner for pack in self.settings.packs for inner in ("templates", "")
        ]
        folders += dict.fromkeys(_beside(rule) for rule in self.rules if not rule.script)
        policy = replace(
            self.settings.policy,
            suppress=self.settings.suppress,
            override=self.settings.override,
        )
        guests = frozenset(rule.id for rule in self.rules if rule.script)
        return Kit(
            rules=chosen(self.rules, enabled, tuple(select), tuple(ignore)),
            words=Words((*folders, shipped_templates()), guests),
            list_words={
                one.address: Words((Path(one.templates), *folders, shipped_templates()), guests)
                for one in self.settings.list
                if one.templates
            },
            manners=self.manners(),
            pairs=self.settings.pairs,
            options={name: s.options for name, s in self.rule_settings.items()},
            channels={name: s.channel for name, s in self.rule_settings.items() if s.channel},
            policy=policy,
            identity=self.settings.identity,
        )

    def manners(self) -> Manners:
        """All that is set about who is written to, when and how."""
        settings, identity = self.settings, self.settings.identity
        return Manners(
            post=settings.post,
            lists=settings.list,
            policy=settings.policy,
            own=addresses(identity.email, identity.reply_to),
            public=public_rules(self.rules),
        )


def load(named: Path | None = None) -> Config:
    """The configuration of this run; `named` is the file given on the command line.

    Raises ConfigError for a file that cannot be read or says something it may not.
    """
    layers = tuple(_layers(named))
    table: dict[str, Any] = {}
    for layer in layers:
        shaped(layer.table, Settings, layer.path)
        table = merged(table, layer.table)
    settings = shaped(table, Settings, layers[-1].path)
    _check_folders(layers)
    _check_pairs(settings, layers)
    packs = tuple(map(Path, settings.packs))
    rules = rulebook(packs, _matcher(packs))
    for layer in layers:
        rule_settings(rules, layer.table.get("rules", {}), layer.path)
    by_rule = rule_settings(rules, settings.rules, layers[-1].path)
    return Config(layers, table, settings, rules, by_rule)


def _check_folders(layers: Sequence[Layer]) -> None:
    """Complain about a folder that is not there, with the file that has the last word on it."""
    packs = [layer for layer in layers if "packs" in layer.table][-1:]
    words = [layer for layer in layers if "templates" in layer.table.get("render", {})][-1:]
    own = [
        (layer, entry["templates"])
        for layer in layers
        for entry in layer.table.get("list", ())
        if entry.get("templates")
    ]
    for layer, folder in own:
        if not Path(folder).is_dir():
            raise ConfigError(f"{layer.path}: list.templates: {folder} is not a folder")
    for layer in packs:
        for pack in map(Path, layer.table["packs"]):
            if not (pack / "rules").is_dir():
                raise ConfigError(f"{layer.path}: packs: {pack} has no folder rules/")
    for layer in words:
        for folder in map(Path, layer.table["render"]["templates"]):
            if not folder.is_dir():
                raise ConfigError(f"{layer.path}: render.templates: {folder} is not a folder")


def _matcher(packs: Iterable[Path]) -> Matcher:
    """What runs semantic patches; nothing is imported for it where no pack has one."""
    if not any(map(semantic_patches, packs)):
        return not_run
    matcher: Matcher = import_module("reviewbot.sources.spatch").Spatch()
    return matcher


def _check_pairs(settings: Settings, layers: Sequence[Layer]) -> None:
    """Complain about a pair of which nothing gives back what is taken."""
    for pair in (*settings.pair, *settings.lock):
        if not pair.put:
            files = [
                x.path
                for x in layers
                if any(p["object"] == pair.object for p in x.table.get("pair", ()))
            ]
            raise ConfigError(
                f"{files[-1]}: pair: {pair.object} has no putter", 'Name one in put = ["…"].'
            )


def _beside(rule: Rule) -> Path:
    """Where an installed package of rules keeps its templates: beside its modules."""
    return Path(rule.check.__code__.co_filename).parent / "templates"


def _layers(named: Path | None) -> Iterable[Layer]:
    yield _layer(shipped_config())
    if user_config().is_file():
        yield _layer(user_config())
    if named is not None:
        yield _layer(named)


def _layer(path: Path) -> Layer:
    try:
        table = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    return Layer(path, _with_absolute_paths(table, path.resolve().parent))


def _with_absolute_paths(table: dict[str, Any], base: Path) -> dict[str, Any]:
    """Folders named in a file are relative to that file; `~` is the home directory."""
    if isinstance(table.get("packs"), list):
        table["packs"] = [_absolute(entry, base) for entry in table["packs"]]
    render = table.get("render")
    if isinstance(render, dict) and isinstance(render.get("templates"), list):
        render["templates"] = [_absolute(entry, base) for entry in render["templates"]]
    for entry in table["list"] if isinstance(table.get("list"), list) else ():
        if isinstance(entry, dict) and entry.get("templates"):
            entry["templates"] = _absolute(entry["templates"], base)
    mirrors = table.get("mirrors")
    if isinstance(mirrors, dict):
        if mirrors.get("folder"):
            mirrors["folder"] = _absolute(mirrors["folder"], base)
        if isinstance(mirrors.get("external"), list):
            mirrors["external"] = [_absolute(entry, base) for entry in mirrors["external"]]
    return table


def _absolute(entry: Any, base: Path) -> Any:
    return str(base / Path(entry).expanduser()) if isinstance(entry, str) else entry
