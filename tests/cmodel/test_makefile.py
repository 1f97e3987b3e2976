"""The goals of Makefiles."""

from reviewbot.cmodel.makefile import makefile

TEXT = """obj-$(CONFIG_FOO) += foo.o # the lamp
foo-y := core.o \\
\t$(SUB)/ring.o
obj-$(subst m,y,$(CONFIG_BAR)) += bar.o
CFLAGS_odd.o := -O0
"""


def test_goals_with_their_options() -> None:
    found = [(g.name, g.option, g.kept, sorted(g.objects)) for g in makefile(TEXT).goals]
    assert found == [
        ("obj", "FOO", False, ["foo.o"]),
        ("foo", "", False, ["core.o", "ring.o"]),
        ("obj", "BAR", True, ["bar.o"]),
    ]


def test_what_is_no_goal_is_mentioned_apart() -> None:
    read = makefile("obj-y += foo.o\n$(obj)/odd.o: odd.h\nextra := late.o\n")
    assert read.mentions_apart("late.o")
    assert not read.mentions_apart("foo.o")
