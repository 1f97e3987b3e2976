"""The options of Kconfig files."""

from reviewbot.cmodel.kconfig import Built, options, sourced

TEXT = """source "drivers/Kconfig"
source "arch/$(SRCARCH)/Kconfig"
config FOO
\ttristate "Foo"
\thelp
\t  A bool is something else.
menuconfig BAR
\tdef_bool y
config NOTHING
\thelp
\t  No type is seen here.
config COUNT
\tint "Count"
"""


def test_types_say_what_an_option_allows() -> None:
    assert options(TEXT) == {"FOO": Built.MODULE, "BAR": Built.BUILT_IN, "COUNT": Built.BUILT_IN}
    assert options("") == {}


def test_files_named_by_a_variable_are_left_out() -> None:
    assert sourced(TEXT) == ["drivers/Kconfig"]
