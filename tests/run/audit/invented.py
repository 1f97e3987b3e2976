"""An invented list with faults in it: who was told, who repaired what, and what stands to this day."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.builders import NOON, mail, new_file, patch_body

UNCHECKED = """static int {name}_start(struct {name} *f)
{{
	lock(f);
	try_module_get(f->owner);
	f->ops->start(f);
	unlock(f);
	return 0;
}}
"""
CHECKED = """static int {name}_start(struct {name} *f)
{{
	lock(f);
	if (!try_module_get(f->owner)) {{
		unlock(f);
		return -ENODEV;
	}}
	f->ops->start(f);
	unlock(f);
	return 0;
}}
"""
EXPORTED = """int {name}_peek(struct {name} *f)
{{
	return f->level;
}}
EXPORT_SYMBOL_GPL({name}_peek);
"""
QUIET = """static int {name}_level(struct {name} *f)
{{
	return f->level;
}}
"""
REMARK = """On Mon, A. Author wrote:
> +	lock(f);
> +	try_module_get(f->owner);

You ignore the result of try_module_get() here.
"""


def patch(name: str, text: str, day: int, **more: object) -> bytes:
    """A patch that adds a driver `name` with this text, sent on that day."""
    subject = str(more.pop("subject", f"[PATCH] {name}: add a driver"))
    message_id = str(more.pop("message_id", f"{name}-{day}@example.org"))
    made = new_file(f"drivers/{name}/{name}.c", text.format(name=name))
    body = patch_body(
        made, f"Add a driver for the {name}.\n\nSigned-off-by: A <author@example.org>"
    )
    return mail(body, subject=subject, message_id=message_id, date=_on(day), **more)  # type: ignore[arg-type]


def answer(to: str, text: str, day: int, **more: object) -> bytes:
    """An answer of a reviewer to a mail."""
    return mail(
        text,
        subject=str(more.pop("subject", "Re: [PATCH] add a driver")),
        message_id=f"answer-{to}",
        in_reply_to=to,
        date=_on(day),
        sender="R. Reviewer <reviewer@example.net>",
        **more,  # type: ignore[arg-type]
    )


def the_list() -> list[bytes]:
    """Four drivers: one repaired, one of which somebody spoke, one kept through a revision, one open; and talk."""
    return [
        patch("lumen", UNCHECKED, 1),
        patch("murex", UNCHECKED, 1),
        answer("murex-1@example.org", REMARK, 2),
        patch("lumen", CHECKED, 3, subject="[PATCH v2] lumen: add a driver"),
        *series("ostrea", UNCHECKED, 4),
        *series("ostrea", UNCHECKED, 6, revision=2),
        patch("pecten", EXPORTED, 7),
        patch("quiet", QUIET, 7),
        answer("quiet-7@example.org", "Reviewed-by: R. Reviewer <reviewer@example.net>\n", 8),
        mail("Shall we meet?\n", subject="a meeting", message_id="talk@example.org", date=_on(9)),
    ]


def series(name: str, text: str, day: int, revision: int = 1) -> Iterable[bytes]:
    """A cover letter and two patches of which the first adds the driver."""
    tag = f"PATCH v{revision}" if revision > 1 else "PATCH"
    cover = f"{name}-{day}-cover@example.org"
    yield mail(
        "A driver, and its level.\n",
        subject=f"[{tag} 0/2] {name}: a driver",
        message_id=cover,
        date=_on(day),
    )
    yield patch(name, text, day, subject=f"[{tag} 1/2] {name}: add a driver", in_reply_to=cover)
    yield patch(
        f"{name}_level",
        QUIET,
        day,
        subject=f"[{tag} 2/2] {name}: know the level",
        in_reply_to=cover,
    )


def many(count: int, fault_every: int = 5) -> list[bytes]:
    """So many patches of so many people, every fifth with a fault."""
    return [
        patch(
            f"foo{number}",
            QUIET if number % fault_every else UNCHECKED,
            number % 300,
            message_id=f"many-{number}@example.org",
            sender=f"P. Erson {number % 17} <p{number % 17}@example.org>",
        )
        for number in range(count)
    ]


def _on(day: int) -> datetime:
    return NOON + timedelta(days=day)
