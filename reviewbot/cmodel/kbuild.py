"""What a source tree's Makefiles and Kconfig files make of a file: built in, or part of which modules.

Law: only what is spelled out counts; an object that a variable or a function of make may name is unknown.
Must not know diffs or rules. Source: Documentation/kbuild/makefiles.rst, kconfig-language.rst.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import PurePosixPath

from msgspec import Struct

from reviewbot.cmodel.kconfig import Built
from reviewbot.model.tree import Tree

_CONTINUED = re.compile(r"\\\r?\n")
_COMMENT = re.compile(r"(?<!\\)#[^\n]*")
_CONFIG = r"\$[({]CONFIG_(\w+)[)}]"
_ASSIGN = re.compile(
    rf"^[ \t]*([\w.-]+?)-(\$\(subst m,y,{_CONFIG}\)|{_CONFIG}|objs|[ym])[ \t]*[:+?]?=([^\n]*)$",
    re.MULTILINE,
)
_VARIABLE = re.compile(r"\$[({]\w+[)}]/")
_OPTION = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(\w+)[ \t]*$", re.MULTILINE)
_TYPE = re.compile(r"^[ \t]+(?:def_)?(tristate|bool|int|hex|string)\b", re.MULTILINE)
_SOURCED = re.compile(r'^[ \t]*source[ \t]+"([\w./-]+)"', re.MULTILINE)
_OBJECTS = frozenset({".c", ".S", ".rs"})
# Where options stand that are not defined above the folder that uses them.
_ELSEWHERE = (
    "init/Kconfig",
    "mm/Kconfig",
    "lib/Kconfig",
    "lib/Kconfig.debug",
    "kernel/trace/Kconfig",
)
_DEPTH = 4


class Part(Struct, frozen=True):
    """What a file becomes: how it can be built, and the names of the modules it may be linked into."""

    built: Built = Built.UNKNOWN
    modules: frozenset[str] = frozenset()

    def is_outside(self, home: "Part") -> bool:
        """Whether this may be modular code beyond the module of `home`; unless that is ruled out."""
        is_same = len(self.modules) == 1 and self.modules == home.modules
        return self.built is not Built.BUILT_IN and not is_same


class _Goal(Struct, frozen=True):
    """`name-how += objects`; `option` is the one in `how`, or empty; `kept` where m is turned into y."""

    name: str
    how: str
    option: str
    kept: bool
    objects: frozenset[str]


class _Makefile(Struct, frozen=True):
    """The goals of a folder, and what else stands in its Makefile."""

    goals: tuple[_Goal, ...]
    rest: str

    def mentions_apart(self, name: str) -> bool:
        """Whether the object is named in another way than in a goal."""
        return re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w.-])", self.rest) is not None


class Kbuild(Struct, frozen=True, dict=True):
    """The build files of a tree, each read once."""

    tree: Tree

    def part(self, path: str) -> Part:
        """What the file at `path` becomes; unknown for headers and what is included elsewhere."""
        if path not in self._parts:
            folder, _, name = path.rpartition("/")
            stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
            self._parts[path] = (
                self._joined(list(self._found(folder, f"{stem}.o")))
                if suffix in _OBJECTS
                else Part()
            )
        return self._parts[path]

    @cached_property
    def is_whole(self) -> bool:
        """Whether the tree is a whole kernel: everything its first Kconfig file goes on to is there."""
        top = self.tree.file("Kconfig")
        found = _SOURCED.findall(top) if top is not None else [""]
        return all(self.tree.file(path) is not None for path in found)

    def _found(self, folder: str, name: str) -> Iterator[Part]:
        """What the Makefile of the folder, or the next one above that knows the object, makes of it."""
        while folder:
            makefile = self._makefile(folder)
            if makefile.mentions_apart(name):
                yield Part()
            found = list(self._made(makefile, folder, name))
            if found:
                yield from found
                return
            folder, _, own = folder.rpartition("/")
            name = f"{own}/{name}"

    def _made(
        self, makefile: _Makefile, folder: str, name: str, depth: int = _DEPTH
    ) -> Iterator[Part]:
        for goal in makefile.goals:
            if name not in goal.objects or depth == 0:
                continue
            if goal.name in ("obj", "lib"):
                built = self._built(goal, folder)
                module = PurePosixPath(name).stem.replace("-", "_")
                yield Part(
                    built, frozenset({module}) if built is not Built.BUILT_IN else frozenset()
                )
            else:
                above = list(self._made(makefile, folder, f"{goal.name}.o", depth - 1))
                unknown = Part(Built.UNKNOWN, frozenset({goal.name.replace("-", "_")}))
                yield from above or (unknown,)

    def _built(self, goal: _Goal, folder: str) -> Built:
        if goal.kept or goal.name == "lib" or goal.how in ("y", "objs"):
            return Built.BUILT_IN
        return Built.MODULE if goal.how == "m" else self._option(goal.option, folder)

    def _option(self, name: str, folder: str) -> Built:
        """What an option allows, by the nearest Kconfig file above the folder that gives its type."""
        above = [folder, *(str(each) for each in PurePosixPath(folder).parents if str(each) != ".")]
        for path in (*(f"{each}/Kconfig" for each in above), *_ELSEWHERE):
            if name in self._options(path):
                return Built.MODULE if self._options(path)[name] == "tristate" else Built.BUILT_IN
        return Built.UNKNOWN

    def _options(self, path: str) -> dict[str, str]:
        """The options of a Kconfig file with their types, as far as given there."""
        if path not in self._kconfigs:
            text = self.tree.file(path) or ""
            starts = [*_OPTION.finditer(text), None]
            types = (
                (found[1], _TYPE.search(text, found.end(), end.start() if end else len(text)))
                for found, end in pairwise(starts)
                if found is not None
            )
            self._kconfigs[path] = {name: kind[1] for name, kind in types if kind is not None}
        return self._kconfigs[path]

    def _makefile(self, folder: str) -> _Makefile:
        if folder not in self._makefiles:
            own = folder.rpartition("/")[2]
            texts = (
                self.tree.file(f"{folder}/{n}") for n in ("Kbuild", "Makefile", f"Makefile.{own}")
            )
            self._makefiles[folder] = _read("\n".join(text for text in texts if text is not None))
        return self._makefiles[folder]

    def _joined(self, parts: list[Part]) -> Part:
        kinds = {part.built for part in parts} or {Built.UNKNOWN}
        ranked = (Built.MODULE, Built.UNKNOWN, Built.BUILT_IN)
        built = next(kind for kind in ranked if kind in kinds)
        return Part(built, frozenset().union(*(part.modules for part in parts)))

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {}

    @cached_property
    def _makefiles(self) -> dict[str, _Makefile]:
        return {}

    @cached_property
    def _kconfigs(self) -> dict[str, dict[str, str]]:
        return {}


def _read(text: str) -> _Makefile:
    plain = _COMMENT.sub("", _CONTINUED.sub(" ", text))
    goals = tuple(
        _Goal(
            found[1],
            found[2],
            found[3] or found[4] or "",
            bool(found[3]),
            frozenset(_VARIABLE.sub("", word) for word in found[5].split()),
        )
        for found in _ASSIGN.finditer(plain)
    )
    return _Makefile(goals, _ASSIGN.sub("", plain))
