"""Laws of clusters: read alone, they make the series that the whole archive makes, and every mail with a diff is in one."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from msgspec.structs import replace

from reviewbot.model.message import MADE_UP, Message
from reviewbot.model.series import Series
from reviewbot.parse.body import body
from reviewbot.parse.links import key
from reviewbot.parse.patch import may_hold_diff, was_mailed
from reviewbot.parse.skim import Skimmed
from reviewbot.parse.thread import series
from reviewbot.run.audit.clusters import Cluster, Mail, Range, clusters
from reviewbot.run.audit.index import Index, Row
from reviewbot.run.audit.ties import tied
from reviewbot.sources.bulk.volume import Kind, Volume
from tests.laws.test_thread_laws import messages

EVER = 1 << 60
ARCHIVE = Volume(Kind.PUBLIC_INBOX, "/nowhere", "nowhere")


@dataclass
class Found:
    """The clusters of some mails, and the mails by place."""

    clusters: list[Cluster]
    mails: dict[str, Message]

    def messages(self, mails: Iterable[Mail]) -> list[Message]:
        return [self.mails[each.place] for each in mails]


def skimmed(message: Message) -> Skimmed:
    """What a skim would have told of a message."""
    is_diff = may_hold_diff(message.body)
    return Skimmed(
        message_id=message.message_id,
        references=(*message.in_reply_to, *message.references),
        sender=message.sender.email.lower(),
        subject=message.subject,
        seconds=int(message.date.timestamp()) if message.date else 0,
        change_id=body(message.body).change_id,
        text=message.body.encode() if is_diff else b"",
        is_diff=is_diff,
    )


def indexed(index: Index, mails: Sequence[Message], marked: frozenset[str] = frozenset()) -> int:
    """Enter mails; the number of the volume. `marked` are places in which the first rule may fire."""
    number = index.standing(ARCHIVE).number
    rows = []
    for place, message in enumerate(mails):
        ties = tied(skimmed(message), "")
        seconds = int(message.date.timestamp()) if message.date else 0
        marks = b"\1" if str(place) in marked else b""
        rows.append(Row(str(place), seconds, ties.role, marks, ties.own, ties.named, ties.shared))
    index.add(number, rows, (), len(rows))
    return number


def clustered(mails: Sequence[Message]) -> Found:
    """All clusters with a diff in them."""
    with TemporaryDirectory() as folder, closing(Index(Path(folder))) as index:
        number = indexed(index, mails)
        span = Range((number,), EVER, None, -EVER, EVER)
        by_place = {str(place): message for place, message in enumerate(mails)}
        return Found(list(clusters(index, span)), by_place)


def honest(mails: Iterable[Message]) -> list[Message]:
    """Mails without a Message-ID have one that says so, as `parse.mail` gives it."""
    return [
        each if was_mailed(each) else replace(each, message_id=each.message_id + MADE_UP)
        for each in mails
    ]


def with_patches(found: Iterable[Series]) -> list[Series]:
    """Those of which at least one mail has a diff; of others nothing could be found."""
    return [one for one in found if any(may_hold_diff(p.message.body) for p in one.patches)]


@given(messages())
@settings(max_examples=60, deadline=None)
def test_clusters_make_the_series_of_the_whole_archive(mails: list[Message]) -> None:
    mails = honest(mails)
    found = clustered(mails)
    made = [
        each
        for cluster in found.clusters
        for each in with_patches(series(found.messages((*cluster.makers, *cluster.talk))))
    ]
    whole = with_patches(series(mails))
    assert sorted(made, key=repr) == sorted(whole, key=repr)


@given(messages())
@settings(max_examples=60, deadline=None)
def test_talk_makes_no_series_and_changes_none(mails: list[Message]) -> None:
    mails = honest(mails)
    found = clustered(mails)
    made = [
        each
        for cluster in found.clusters
        for each in with_patches(series(found.messages(cluster.makers)))
    ]
    whole = [
        each
        for cluster in found.clusters
        for each in with_patches(series(found.messages((*cluster.makers, *cluster.talk))))
    ]
    bare = [replace(each, follow_ups=(), duplicates=()) for each in made]
    assert sorted(bare, key=repr) == sorted(
        (replace(each, follow_ups=(), duplicates=()) for each in whole), key=repr
    )


@given(messages())
@settings(max_examples=25, deadline=None)
def test_a_mail_with_a_diff_is_in_one_cluster(mails: list[Message]) -> None:
    found = clustered(mails)
    places = [mail.place for cluster in found.clusters for mail in (*cluster.makers, *cluster.talk)]
    assert len(places) == len(set(places))
    with_diff = {key(each) for each in mails if may_hold_diff(each.body)}
    assert with_diff <= {key(found.mails[place]) for place in places}
