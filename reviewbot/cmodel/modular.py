"""Whether a file can be part of a module: by the build files, by its folder, or by what it says itself.

Law: the build files have the last word, then the folder, then the file; what none of them shows is unknown.
Must not know what is asked for, nor rules. Source of the folders: the Kconfig files of Linux 6.12, where the
option all of the folder depends on is tristate or bool.
"""

import re
from fnmatch import fnmatchcase

from reviewbot.cmodel.change import SeriesChange, SourceChange
from reviewbot.cmodel.kbuild import Kbuild, shown
from reviewbot.cmodel.kconfig import Built
from reviewbot.cmodel.visible import is_module, lines
from reviewbot.model.diff import Sign

# Everything below is there for an option that is tristate: DRM, IIO, INFINIBAND, IOMMUFD, MEDIA_SUPPORT…
_MODULAR = (
    "drivers/accel/*",
    "drivers/gpu/drm/*",
    "drivers/hid/*",
    "drivers/iio/*",
    "drivers/infiniband/*",
    "drivers/iommu/iommufd/*",
    "drivers/media/*",
    "drivers/vdpa/*",
    "drivers/vhost/*",
    "sound/*",
)
_BUILT_IN = (
    *("block/*", "init/*", "io_uring/*", "ipc/*", "kernel/*", "mm/*", "security/*"),
    *("arch/*/kernel/*", "arch/*/mm/*"),
)
# Below these a file that uses the interface of modules is rarely built in only.
_DRIVERS = ("drivers/*", "fs/*", "net/*", "sound/*", "samples/*", "crypto/*")
_USES = re.compile(
    r"^\s*(?:#\s*include\s*<linux/module(?:param)?\.h>|MODULE_\w+\s*\(|module_param\w*\s*\()"
)


def modularity(source: SourceChange, change: SeriesChange) -> Built:
    """What the file can become, as far as anything shows it."""
    series = shown(source.path, (other.new for other in change.sources))
    found = Kbuild(change.after).part(source.path).built if series is Built.UNKNOWN else series
    if found is not Built.UNKNOWN:
        return found
    if is_module(source.new) or any(fnmatchcase(source.path, glob) for glob in _MODULAR):
        return Built.MODULE
    if any(fnmatchcase(source.path, glob) for glob in _BUILT_IN) or _leaves(source):
        return Built.BUILT_IN
    is_driver = any(fnmatchcase(source.path, glob) for glob in _DRIVERS)
    uses = is_driver and any(_USES.match(line) for _, line in lines(source.new))
    return Built.MODULE if uses else Built.UNKNOWN


def _leaves(source: SourceChange) -> bool:
    """Whether the change takes away what made the file a module's."""
    return any(_USES.match(line.text) for line in source.lines(Sign.REMOVED))
