"""How Kbuild makes an object file, as far as Makefile and Kconfig lines are visible.

Law: only what is spelled out counts: `obj-$(CONFIG_FOO) += bar.o` beside the file, perhaps through one
composite object, and a `config FOO` with its type; everything else is unknown. Must not know diffs or rules.
Source: Documentation/kbuild/makefiles.rst, kconfig-language.rst.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from reviewbot.cmodel.image import Image
from reviewbot.cmodel.visible import lines

_ASSIGN = re.compile(r"^\s*([\w-]+)-(\$[({]CONFIG_(\w+)[)}]|objs|y|m)\s*[:+]?=\s*(.*)$")
_CONFIG = re.compile(r"^\s*(?:menu)?config\s+(\w+)\s*$")
_TYPE = re.compile(r"^\s+(?:def_)?(tristate|bool)\b")
_DEPTH = 3


class Built(Enum):
    """What an object can become."""

    UNKNOWN = "unknown"
    MODULE = "module"
    BUILT_IN = "built-in"


class _Goal(Struct, frozen=True):
    """`name-how += objects`; `config` is the option in `how`, or empty."""

    name: str
    how: str
    config: str
    objects: tuple[str, ...]


def built(path: str, images: Iterable[Image]) -> Built:
    """What the file at `path` can become, judged by the Makefile and Kconfig files among `images`."""
    folder, _, name = path.rpartition("/")
    seen = tuple(image for image in images if re.search(r"(?:^|/)(?:Makefile|K[^/]*)$", image.path))
    goals = [goal for image in seen for goal in _goals(image, folder)]
    types = dict(pair for image in seen for pair in _types(image))
    members = {f"{name.rpartition('.')[0]}.o"}
    for _ in range(_DEPTH):
        above = [goal for goal in goals if not members.isdisjoint(goal.objects)]
        found = {_made(goal, types) for goal in above if goal.name == "obj"} - {Built.UNKNOWN}
        if found:
            return Built.MODULE if Built.MODULE in found else Built.BUILT_IN
        members = {f"{goal.name}.o" for goal in above if goal.name != "obj"}
    return Built.UNKNOWN


def _made(goal: _Goal, types: dict[str, Built]) -> Built:
    if goal.config:
        return types.get(goal.config, Built.UNKNOWN)
    return Built.MODULE if goal.how == "m" else Built.BUILT_IN


def _goals(image: Image, folder: str) -> Iterator[_Goal]:
    """The assignments of a Makefile in the folder, continued lines included."""
    if image.path not in (f"{folder}/Makefile", f"{folder}/Kbuild"):
        return
    last: _Goal | None = None
    for _, line in lines(image):
        text = line.rstrip()
        match = _ASSIGN.match(text)
        if match is not None:
            last = _Goal(match[1], match[2], match[3] or "", _objects(match[4]))
        elif last is not None:
            last = _Goal(last.name, last.how, last.config, _objects(text))
        if last is not None:
            yield last
        if not text.endswith("\\"):
            last = None


def _objects(text: str) -> tuple[str, ...]:
    return tuple(text.rstrip("\\").split())


def _types(image: Image) -> Iterator[tuple[str, Built]]:
    """The options of a Kconfig file with what their type allows."""
    option = ""
    for _, line in lines(image):
        if match := _CONFIG.match(line):
            option = match[1]
        elif option and (match := _TYPE.match(line)):
            yield option, Built.MODULE if match[1] == "tristate" else Built.BUILT_IN
            option = ""
