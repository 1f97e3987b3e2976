"""Driver structures, the macros they are registered with, and the owner fields those fill in.

Law: a structure counts as registered only where the file visibly hands it to a macro that passes THIS_MODULE
on; the inner `__` forms take an owner of the caller's choice. Must not know diffs or rules.
"""

import re

from reviewbot.cmodel.image import Image
from reviewbot.cmodel.visible import lines

# What the register macros write into the structure, wherever its `struct device_driver` stands.
SET_BY_CORE = (
    ("owner", "THIS_MODULE"),
    ("driver.owner", "THIS_MODULE"),
    ("drv.owner", "THIS_MODULE"),
    ("mod_name", "KBUILD_MODNAME"),
    ("driver.mod_name", "KBUILD_MODNAME"),
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
_CALL = re.compile(
    r"\b(?!__)(?:module_\w{0,40}driver|\w{0,40}register\w{0,40}|\w{0,40}add_driver)\s*+\(\s*+&?(\w+)"
)


def registered(image: Image) -> frozenset[str]:
    """Names of the structures that the file hands to a register macro."""
    return frozenset(call[1] for _, line in lines(image) for call in _CALL.finditer(line))
