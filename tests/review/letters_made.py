"""A letter that may leave, and the scene in which it may: tests take one thing away at a time."""

from datetime import UTC, datetime, timedelta

from reviewbot.model.letter import Letter
from reviewbot.model.message import Address, Message
from reviewbot.model.posting import Posting
from reviewbot.model.reply import Claim, Reply
from reviewbot.model.series import FollowUp, Series
from reviewbot.parse.followup import given
from reviewbot.review.etiquette import Refusal, Scene, refusals
from reviewbot.review.manners import Manners
from reviewbot.review.policy import Policy
from reviewbot.review.post import MailingList, Mode, Post
from tests.values import AUTHOR, file_change, patch, series

POSTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOW = POSTED + timedelta(hours=30)
PATCH = "1@example.org"
KVM = Address("", "kvm@vger.kernel.org")
HUMAN = Address("A. Maintainer", "am@example.net")
BOT = Address("reviewbot for A. Maintainer", "reviewbot@example.net")

BODY = """On Mon, 2 Mar 2026 12:00:00 +0000, A. Author wrote:
[...]
> +\tfoo_get(foo);

foo_get() is called here, but I cannot find the matching foo_put();
which path drops the reference?

--\x20
Written by a program, get-without-put. Run by A. Maintainer, who reads
replies. Off for this series: "reviewbot: off".
"""

POSTING = Posting(
    message_id=PATCH,
    series=PATCH,
    lineage="author:author@example.org title:foo: bar",
    subject="[PATCH] foo: bar",
    author=AUTHOR,
    prefix=("PATCH",),
    to=(Address("P. Reviewer", "person@example.com"),),
    cc=(KVM,),
    list_ids=("kvm.vger.kernel.org",),
    date=POSTED,
    received=POSTED,
)
REPLY = Reply(
    message_id="ours@example.net",
    in_reply_to=PATCH,
    references=(PATCH,),
    sender=BOT,
    reply_to=HUMAN,
    to=(AUTHOR,),
    cc=(),
    subject="Re: [PATCH] foo: bar",
    body=BODY,
    rules=("get-without-put",),
    claims=(Claim("get-without-put", "f" * 16, "foo_get"),),
)
LETTER = Letter(REPLY, POSTING, REPLY.claims)
USUAL = Policy()
OPEN = MailingList("kvm@vger.kernel.org", opt_in=True)
THREAD = series(
    patch(file_change("virt/foo.c", "+\tfoo_get(foo);"), body="Take it.\n\n+\tfoo_get(foo);\n")
)
SCENE = Scene(now=NOW, thread=THREAD, approved=True)


def manners(*lists: MailingList, policy: Policy = USUAL, **post: object) -> Manners:
    """Mails may go to authors; `post` are fields of Post."""
    fields: dict[str, object] = {"mode": Mode.AUTHOR}
    return Manners(
        Post(**(fields | post)),  # type: ignore[arg-type]
        lists,
        policy,
        own=frozenset({HUMAN.email, BOT.email}),
        public=frozenset({"get-without-put"}),
    )


def refused(
    letter: Letter = LETTER, by: Manners | None = None, scene: Scene = SCENE
) -> tuple[Refusal, ...]:
    return refusals(letter, by or manners(), scene)


def reason(letter: Letter = LETTER, by: Manners | None = None, scene: Scene = SCENE) -> str:
    """The only reason why the letter may not leave."""
    found = refused(letter, by, scene)
    assert len(found) == 1, found
    return found[0].reason


def answer(
    body: str,
    *,
    sender: Address = HUMAN,
    under: str = PATCH,
    message_id: str = "a@example.com",
    machine: str = "",
) -> FollowUp:
    """An answer in the thread."""
    subject = "Re: [PATCH] foo: bar"
    mail = Message(message_id, subject, sender, body, NOW, in_reply_to=(under,), machine=machine)
    return FollowUp(mail, given(body), under)


def thread(*answers: FollowUp, **more: object) -> Series:
    """The series with what was said under it."""
    return series(*THREAD.patches, follow_ups=answers, **more)
