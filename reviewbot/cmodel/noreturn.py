"""Calls that do not come back.

Law: only by name, and only what surely ends the path. Must not know where the call stands.
Source: __noreturn in Linux 6.12; abort, die and exit are those of its user-space tools.
"""

import re

_NORETURN = re.compile(
    r"BUG|BUILD_BUG|\w*panic|(?:do_|\w*kthread_(?:complete_and_)?|do_group_)?exit|make_task_dead|unreachable"
    r"|__builtin_unreachable|__builtin_trap|(?:machine|emergency)_restart|rest_init_noreturn"
    r"|abort|die|kunit_skip"
)


def is_noreturn(name: str) -> bool:
    """Whether a call of that name ends the path it stands on."""
    return _NORETURN.fullmatch(name) is not None
