"""Etiquette: the reasons why a letter must not leave, one small function for each rule of the catalogue.

Law: a letter may leave if and only if there is no refusal, and every refusal is in words for people. What is
not known counts as a refusal: a thread that was not read again may hold the answer. Must not know how mails are
sent, nor where anything is kept: all comes as values.

Source: rule catalogue §4.2; the functions are in its order and named after its rules.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from msgspec import Struct

from reviewbot.model.letter import Claim, Letter
from reviewbot.model.message import Message
from reviewbot.model.said import Departure, Objection, Said
from reviewbot.model.series import Series
from reviewbot.review.addressing import addressed, is_list, is_stable, known, mode
from reviewbot.review.eligible import answers_us, ineligible, is_robot, settled
from reviewbot.review.heard import talk, topics
from reviewbot.review.manners import Manners
from reviewbot.review.post import Mode, Post
from reviewbot.review.seemly import own_words, unseemly


class Refusal(Struct, frozen=True):
    """Why a letter must not leave: the rule of the catalogue (`3 wait`), and the reason in this case.

    `until` is when the reason ends by itself, None where it does not or nobody knows.
    """

    rule: str
    reason: str
    until: datetime | None = None


class Scene(Struct, frozen=True):
    """What is known at the moment a letter would leave. All times carry a timezone; that of `now` is local.

    `thread` is the series as it was read again just now, or None. `held` is when the letter was put into the
    outbox: the mail was known then at the latest. `said` and `departures` are what left before,
    `objections` what holds now. `approved`: a person has looked at this letter. `drafting`: it goes into the
    drafts of that person, who presses send.
    """

    now: datetime
    thread: Series | None = None
    held: datetime | None = None
    said: tuple[Said, ...] = ()
    departures: tuple[Departure, ...] = ()
    objections: tuple[Objection, ...] = ()
    approved: bool = False
    drafting: bool = False


class Case(Struct, frozen=True):
    """A letter, what is set, and what is known."""

    letter: Letter
    manners: Manners
    scene: Scene


def refusals(letter: Letter, manners: Manners, scene: Scene) -> tuple[Refusal, ...]:
    """Every reason why the letter must not leave now, in the order of the rules; none: it may."""
    case = Case(letter, manners, scene)
    rules = (
        by_a_person_or_opt_in,
        only_eligible_mails,
        wait_and_read_again,
        few_and_short,
        only_whom_it_concerns,
        never_among_programs,
        seemly,
    )
    return tuple(refusal for rule in rules for refusal in rule(case))


def by_a_person_or_opt_in(case: Case) -> Iterator[Refusal]:
    """Rule 1: a person presses send; without one, only where the maintainers of a list opted in."""
    if case.scene.drafting:
        return
    allowed = mode(case.letter.posting, case.manners.post, case.manners.lists)
    if allowed is Mode.DRAFT:
        yield Refusal("1 opt-in", "the mode is draft: it goes into your drafts, not to people")
    elif not case.scene.approved and not _agreed(case.letter, case.manners):
        yield Refusal("1 opt-in", "nobody approved it, and no list it concerns opted in")


def only_eligible_mails(case: Case) -> Iterator[Refusal]:
    """Rule 2: patches of the kernel sent to a list, not yet settled."""
    for reason in ineligible(case.letter.posting, case.manners):
        yield Refusal("2 eligible", reason)
    if case.scene.thread is not None:
        if (newer := case.scene.thread.superseded_by) > case.letter.posting.superseded_by:
            yield Refusal("2 eligible", f"revision {newer} is out")
        if done := settled(case.scene.thread):
            yield Refusal("2 eligible", done)


def wait_and_read_again(case: Case) -> Iterator[Refusal]:
    """Rule 3: wait; then read the thread again, and be silent if it was said."""
    yield from _too_early_or_late(case)
    if case.scene.thread is None:
        if case.manners.post.reread and not case.scene.drafting:
            yield Refusal("3 wait", "the thread was not read again")
        return
    ours = {one.message_id for one in case.scene.said}
    said = talk(case.scene.thread, {case.letter.posting.message_id}, ours)
    for topic in topics(case.letter):
        if heard := said.heard(topic):
            yield Refusal("3 heard", heard.reason)
            return


def few_and_short(case: Case) -> Iterator[Refusal]:
    """Rule 4: one mail a patch, few a series and an author, each short; none with nothing to say."""
    policy, posting = case.manners.policy, case.letter.posting
    left = [one for one in case.scene.departures if one.message_id != case.letter.message_id]
    if any(one.parent == posting.message_id for one in _before(case.letter, case.scene)):
        yield Refusal("4 few", "the mail was answered before")
    here = sum(one.series == posting.series for one in left)
    if here >= policy.max_mails_per_series:
        yield Refusal("4 few", f"{_mails(here)} to this series already")
    day_ago = case.scene.now - timedelta(days=1)
    author = posting.author.email.lower()
    lately = sorted(one.when for one in left if one.author == author and one.when > day_ago)
    most = case.manners.post.max_mails_per_author
    if len(lately) >= most:
        until = lately[-most] + timedelta(days=1) if most else None
        yield Refusal("4 few", f"{_mails(len(lately))} to {author} within a day already", until)
    if not case.letter.claims:
        yield Refusal("4 few", "nothing was found")
    if (lines := len(own_words(case.letter.reply.body))) > policy.max_own_lines:
        yield Refusal("4 few", f"{lines} own lines are more than {policy.max_own_lines}")


def only_whom_it_concerns(case: Case) -> Iterator[Refusal]:
    """Rule 5: nobody who did not get the patch, no list that did not opt in, never the stable address."""
    posting = case.letter.posting
    got = {one.email.lower() for one in (posting.author, *posting.to, *posting.cc)}
    public = case.manners.may_be_public(claim.rule for claim in case.letter.claims)
    allowed = addressed(posting, case.manners.post, case.manners.lists, public=public)
    lists = {one.email.lower() for one in allowed.cc}
    recipients = (*case.letter.reply.to, *case.letter.reply.cc)
    for address in dict.fromkeys(one.email.lower() for one in recipients):
        if is_stable(address):
            yield Refusal("5 audience", f"{address} is a mark, nobody to write to")
        elif address not in got:
            yield Refusal("5 audience", f"{address} did not get the patch")
        elif is_list(address, posting, case.manners.lists) and address not in lists:
            reason = allowed.reason or "the list has not opted in"
            yield Refusal("5 audience", f"not to {address}: {reason}")
    if not recipients:
        yield Refusal("5 audience", "nobody to write to")


def never_among_programs(case: Case) -> Iterator[Refusal]:
    """Rule 6: no answer to an answer, answers go to a person, and who asked for silence gets it."""
    ours = frozenset(one.message_id for one in case.scene.said)
    if answers_us(case.letter, ours - {case.letter.message_id}):
        yield Refusal("6 programs", "it answers an answer to one of our mails")
    if not case.scene.drafting and not _answered_by_a_person(case.letter, case.manners):
        yield Refusal("6 programs", "answers would reach no person: set `reply_to`")
    if reason := opted_out(case.letter.posting.author.email, case.manners.post):
        yield Refusal("6 opt-out", reason)
    for objection in case.scene.objections:
        if _holds(objection, case.letter, case.scene.now):
            yield Refusal("6 opt-out", str(objection), objection.until)


def seemly(case: Case) -> Iterator[Refusal]:
    """Headers and body: what no mail may be, whoever wrote it."""
    for reason in unseemly(case.letter.reply):
        yield Refusal("body", reason)


def opted_out(author: str, post: Post) -> str:
    """Why nothing is said to the author of that address, whatever it is, or an empty string."""
    plain = author.lower()
    listed = any(fnmatchcase(plain, glob.lower()) for glob in post.opt_outs)
    return f"{plain} is among `opt_outs`" if listed else ""


def _agreed(letter: Letter, manners: Manners) -> bool:
    """Whether the maintainers of a list it went to agreed to mails nobody looked at."""
    entries = known(letter.posting, manners.lists)
    return any(one.opt_in or one.mode is Mode.AUTHOR for one in entries)


def _too_early_or_late(case: Case) -> Iterator[Refusal]:
    post, now = case.manners.post, case.scene.now
    since, why = known_since(case)
    if since is None:
        yield Refusal("3 wait", "nobody knows since when the mail is there")
        return
    if case.scene.drafting:
        return
    ready = since + timedelta(hours=post.embargo_hours)
    if now < ready:
        words = f"not before {_clock(ready)}: {why} {_clock(since)}"
        yield Refusal("3 wait", f"{words}, embargo_hours = {post.embargo_hours}", ready)
    written = min(since, _aware(case.letter.posting.date or since))
    if post.max_age_days and now > written + timedelta(days=post.max_age_days):
        yield Refusal("3 wait", f"the mail is older than {post.max_age_days} days")
    if (over := _quiet_until(now, post)) is not None:
        yield Refusal("3 wait", f"quiet hours until {over:%H:%M}", over)


def known_since(case: Case) -> tuple[datetime | None, str]:
    """Since when the mail is known to be there, and by what.

    That is the earliest of what the servers say that took it (in the copy that was reviewed, in the thread as
    it is now) and of when its letter was held. The author's `Date` says nothing: it may be years off.
    """
    thread = case.scene.thread
    answered = case.letter.posting.message_id
    copies = (mail.received for mail in _posted(thread) if mail.message_id == answered)
    taken = [_aware(each) for each in (case.letter.posting.received, *copies) if each]
    held = _aware(case.scene.held) if case.scene.held else None
    first = min(taken, default=None)
    if first is not None and first <= (held or case.scene.now):
        return first, "a server received it"
    return held, "it is known here since"


def _posted(thread: Series | None) -> Iterator[Message]:
    """The mails of a series that may be answered."""
    if thread is not None:
        yield from (thread.cover,) if thread.cover is not None else ()
        yield from (patch.message for patch in thread.patches)


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _clock(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M %Z}"


def _quiet_until(now: datetime, post: Post) -> datetime | None:
    """When the quiet hours end that `now` is in, by the clock of `now`; None outside of them."""
    if post.quiet is None:
        return None
    start, end = post.quiet
    clock = now.time().replace(tzinfo=None)
    quiet = start <= clock < end if start <= end else clock >= start or clock < end
    over = datetime.combine(now.date(), end, now.tzinfo)
    if not quiet:
        return None
    return over if over > now else over + timedelta(days=1)


def _before(letter: Letter, scene: Scene) -> Iterator[Said]:
    """What was said in other letters."""
    return (one for one in scene.said if one.message_id != letter.message_id)


def _answered_by_a_person(letter: Letter, manners: Manners) -> bool:
    """Whether who answers the letter reaches a person. Without an address of ours the sender's own is put."""
    reply_to = letter.reply.reply_to
    if reply_to is None:
        return not letter.reply.sender.email
    return not is_robot(reply_to, manners.post.robots)


def _holds(objection: Objection, letter: Letter, now: datetime) -> bool:
    """Whether an objection is about this letter."""
    if objection.until is not None and objection.until <= now:
        return False
    posting = letter.posting
    claims = letter.claims or (Claim("", ""),)
    return any(
        objection.covers(posting.lineage, posting.author.email, claim.rule, claim.fingerprint)
        for claim in claims
    )


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"
