"""A driver structure is given an owner that its register macro sets anyway.

Why: "No need to set mod_name" (https://lore.kernel.org/all/20210810083355.GB21036@lst.de/): the macro passes
THIS_MODULE to the core, which overwrites the field. The platform bus is left out: coccinelle's
platform_no_drv_owner.cocci covers it.
Fix: drop the line.
Quiet when: the core does not set the owner of the structure (mdev_driver, ccw_driver, file_operations,
block_device_operations, pwm_ops, vfio_iommu_driver_ops, cdev); the value is not THIS_MODULE; the registration
is not seen, because a library may register on behalf of another module; the line was moved.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from reviewbot.cmodel.change import SourceChange
from reviewbot.cmodel.registration import REGISTERS, SET_BY_CORE, registered
from reviewbot.cmodel.tells_files import sets_owner
from reviewbot.model.diff import Sign
from reviewbot.model.finding import Channel, Hit, Severity
from reviewbot.rule import Needs, rule


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`registers`: the macro that sets the owner, by type of the driver structure."""

    registers: Mapping[str, str] = field(default_factory=lambda: dict(REGISTERS))


@rule(
    severity=Severity.NIT,
    channel=Channel.DRAFT,
    needs=Needs.DIFF,
    wants=Needs.TREE,
    triggers=("THIS_MODULE", "mod_name"),
    signs=lambda _, options: sets_owner(options.registers),
)
def check(change: SourceChange, options: Options) -> Iterator[Hit]:
    """Added fields that only repeat what the macro does."""
    if not change.mentions(("THIS_MODULE", "mod_name"), Sign.ADDED):
        return
    if not any(driver in change.text for driver in options.registers):
        return
    repeated = [
        (driver, one)
        for driver in change.new.outline.initializers
        if driver.type.removeprefix("struct ") in options.registers
        for one in driver.fields
        if (one.name, one.value) in SET_BY_CORE and one.line in change.added
    ]
    known = registered(change.new) if repeated else frozenset()
    for driver, one in repeated:
        if driver.name in known and not change.is_moved(change.added[one.line]):
            macro = options.registers[driver.type.removeprefix("struct ")]
            symbol = f"{driver.name}.{one.name}"
            yield change.at(one.line, symbol=symbol, macro=macro, field=one.name)
