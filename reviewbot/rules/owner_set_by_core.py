"""A driver structure is given an owner that its register macro sets anyway.

Why: "No need to set mod_name" (https://lore.kernel.org/all/20210810083355.GB21036@lst.de/): the macro passes
THIS_MODULE to the core, which overwrites the field. The platform bus is left out: coccinelle's
platform_no_drv_owner.cocci covers it.
Fix: drop the line.
Quiet when: the core does not set the owner of the structure (mdev_driver, ccw_driver, file_operations,
block_device_operations, pwm_ops, vfio_iommu_driver_ops, cdev); the value is not THIS_MODULE; the registration
is not seen, because a library may register on behalf of another module; the line was moved.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.outline import Field, Initializer
from reviewbot.cmodel.visible import lines
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule

VALUES = {
    "owner": "THIS_MODULE",
    "driver.owner": "THIS_MODULE",
    "drv.owner": "THIS_MODULE",
    "mod_name": "KBUILD_MODNAME",
    "driver.mod_name": "KBUILD_MODNAME",
}

REGISTERING = re.compile(
    r"\b(?!__)(?:module_\w{0,40}driver|\w{0,40}register\w{0,40}|\w{0,40}add_driver)\s*+\(\s*+&?(\w+)"
)

# Macros of Linux 6.12 that pass THIS_MODULE on (rule catalogue §2.3). Left out are those of acpi, amba, scsi,
# sdio and virtio: they came in 2024, and on an older base these drivers have to set the owner themselves.
REGISTERS = (
    ("auxiliary_driver", "auxiliary_driver_register"),
    ("cdx_driver", "cdx_driver_register"),
    ("fsl_mc_driver", "fsl_mc_driver_register"),
    ("hid_driver", "hid_register_driver"),
    ("hv_driver", "vmbus_driver_register"),
    ("i2c_driver", "i2c_add_driver"),
    ("mei_cl_driver", "mei_cldev_driver_register"),
    ("mhi_driver", "mhi_driver_register"),
    ("nd_device_driver", "nd_driver_register"),
    ("pci_driver", "pci_register_driver"),
    ("rpmsg_driver", "register_rpmsg_driver"),
    ("sdw_driver", "sdw_register_driver"),
    ("serdev_device_driver", "serdev_device_driver_register"),
    ("slim_driver", "slim_driver_register"),
    ("spi_driver", "spi_register_driver"),
    ("usb_driver", "usb_register"),
    ("vdpa_driver", "vdpa_register_driver"),
    ("wmi_driver", "wmi_driver_register"),
    ("xenbus_driver", "xenbus_register_frontend"),
)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`registers`: the macro that sets the owner, by type of the driver structure."""

    registers: Mapping[str, str] = field(default_factory=lambda: dict(REGISTERS))


@rule(
    severity=Severity.NIT,
    channel=Channel.DRAFT,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("THIS_MODULE", "mod_name"),
)
def check(change: SourceChange, options: Options) -> Iterator[Hit]:
    """Added fields that only repeat what the macro does."""
    given = [(i, list(_redundant(i, change))) for i in change.new.outline.initializers]
    if not any(fields for _, fields in given):
        return
    registered = _registered(change)
    for initializer, fields in given:
        macro = options.registers.get(initializer.type.removeprefix("struct "), "")
        if macro and initializer.name in registered:
            for one in fields:
                name = f"{initializer.name}.{one.name}"
                yield change.at(one.line, symbol=name, macro=macro, field=one.name)


def _redundant(initializer: Initializer, change: SourceChange) -> Iterator[Field]:
    for one in initializer.fields:
        line = change.added.get(one.line)
        if line is not None and VALUES.get(one.name) == one.value and not change.is_moved(line):
            yield one


def _registered(change: SourceChange) -> frozenset[str]:
    """What the file visibly hands to a registering macro that is not an inner `__` form."""
    calls = (call for _, line in lines(change.new) for call in REGISTERING.finditer(line))
    return frozenset(call[1] for call in calls)
