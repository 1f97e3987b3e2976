"""What Makefiles and Kconfig files, of a tree or of a series, make of a file: built in, or part of modules.

Law: what neither a Makefile nor the option in it spells out is unknown. Must not know diffs or rules, nor how
either of the two kinds of file is written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from msgspec import Struct

from reviewbot.cmodel.image import Image
from reviewbot.cmodel.kconfig import Built, options, sourced
from reviewbot.cmodel.makefile import Goal, Makefile, makefile
from reviewbot.model.tree import Tree

_BUILD_FILE = re.compile(r"(?:^|/)(?:Makefile|K[^/]*)$")
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
        found = sourced(top) if top is not None else [""]
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
        self, makefile: Makefile, folder: str, name: str, depth: int = _DEPTH
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

    def _built(self, goal: Goal, folder: str) -> Built:
        return _made_by(
            goal, {goal.option: self._option(goal.option, folder)} if goal.option else {}
        )

    def _option(self, name: str, folder: str) -> Built:
        """What an option allows, by the nearest Kconfig file above the folder that gives its type."""
        above = [folder, *(str(each) for each in PurePosixPath(folder).parents if str(each) != ".")]
        for path in (*(f"{each}/Kconfig" for each in above), *_ELSEWHERE):
            if name in self._options(path):
                return self._options(path)[name]
        return Built.UNKNOWN

    def _options(self, path: str) -> Mapping[str, Built]:
        """The options of a Kconfig file."""
        if path not in self._kconfigs:
            self._kconfigs[path] = options(self.tree.file(path) or "")
        return self._kconfigs[path]

    def _makefile(self, folder: str) -> Makefile:
        if folder not in self._makefiles:
            own = folder.rpartition("/")[2]
            texts = (
                self.tree.file(f"{folder}/{n}") for n in ("Kbuild", "Makefile", f"Makefile.{own}")
            )
            self._makefiles[folder] = makefile(
                "\n".join(text for text in texts if text is not None)
            )
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
    def _makefiles(self) -> dict[str, Makefile]:
        return {}

    @cached_property
    def _kconfigs(self) -> dict[str, Mapping[str, Built]]:
        return {}


def shown(path: str, images: Iterable[Image]) -> Built:
    """What the file at `path` can become, by the visible lines of the build files among `images`.

    That is by its own folder's alone, perhaps through composite objects; the options may stand anywhere.
    """
    folder, _, name = path.rpartition("/")
    goals: list[Goal] = []
    types: dict[str, Built] = {}
    for image in images:
        texts = image.reading.texts if _BUILD_FILE.search(image.path) else ()
        if image.path in (f"{folder}/Makefile", f"{folder}/Kbuild"):
            goals += (goal for text in texts for goal in makefile(text).goals)
        types.update(pair for text in texts for pair in options(text).items())
    members = {f"{name.rpartition('.')[0]}.o"}
    for _ in range(_DEPTH):
        above = [goal for goal in goals if not members.isdisjoint(goal.objects)]
        found = {_made_by(goal, types) for goal in above if goal.name == "obj"} - {Built.UNKNOWN}
        if found:
            return Built.MODULE if Built.MODULE in found else Built.BUILT_IN
        members = {f"{goal.name}.o" for goal in above if goal.name != "obj"}
    return Built.UNKNOWN


def _made_by(goal: Goal, types: Mapping[str, Built]) -> Built:
    """What a goal makes of its objects, by the types of the options."""
    if goal.kept or goal.name == "lib" or goal.how in ("y", "objs"):
        return Built.BUILT_IN
    return Built.MODULE if goal.how == "m" else types.get(goal.option, Built.UNKNOWN)
