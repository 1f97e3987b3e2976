"""Driver structures and the macros they are registered with."""

import pytest

from reviewbot.cmodel.registration import REGISTERS, registered
from tests.changes import image


@pytest.mark.parametrize(
    "line",
    [
        "module_pci_driver(foo_driver);",
        "module_usb_driver( foo_driver );",
        "module_driver(foo_driver, foo_register, foo_unregister);",
        "\treturn spi_register_driver(&foo_driver);",
        "\tret = i2c_add_driver(&foo_driver);",
        "\tif (xenbus_register_frontend(&foo_driver))",
    ],
)
def test_registered(line: str) -> None:
    assert "foo_driver" in registered(image(f"int x;\n{line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        "\treturn __pci_register_driver(&foo_driver, NULL, name);",
        "\treturn foo_library_start(&foo_driver);",
        "\tfoo_remove(&foo_driver);",
        "struct pci_driver foo_driver;",
    ],
)
def test_not_registered(line: str) -> None:
    assert "foo_driver" not in registered(image(f"int x;\n{line}\n"))


def test_the_table_has_every_type_once_and_no_young_macro() -> None:
    types = [driver for driver, _ in REGISTERS]
    assert len(set(types)) == len(types)
    assert not {"virtio_driver", "amba_driver", "platform_driver"} & set(types)
