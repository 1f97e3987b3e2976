"""Whole audits: what is found is what a review of all mails finds, whatever the archive is made of."""

import gzip
from pathlib import Path

import pytest
from msgspec.structs import replace

from reviewbot.model.message import RawMessage
from reviewbot.model.sighting import Fate, Sighting
from reviewbot.parse.mail import message
from reviewbot.parse.thread import series
from reviewbot.review.families import families
from reviewbot.review.fate import sightings
from reviewbot.review.review import review
from reviewbot.run.audit.terms import Terms, kit
from tests.run.audit.audits import Silent, audited, request, told, volumes_in
from tests.run.audit.invented import UNCHECKED, many, patch, the_list
from tests.sources.bulk.stores import rd
from tests.sources.mirror.archives import came, inbox, rewrite, v1_came, write
from tests.sources.repositories import commit, git, needs_git

pytestmark = needs_git

FOUND = [
    ("module-get-unchecked", "lumen-1@example.org", "fixed"),
    ("module-get-unchecked", "murex-1@example.org", "named"),
    ("module-get-unchecked", "ostrea-6@example.org", "kept"),
    ("export-new", "pecten-7@example.org", "open"),
]


def reviewed(mails: list[bytes]) -> list[Sighting]:
    """What a review of all mails at once comes to."""
    chosen = kit(Terms())
    outcomes = {
        one.message_id: replace(
            review(replace(one, follow_ups=(), superseded_by=0), chosen), series=one
        )
        for one in series(message(RawMessage(each)) for each in mails)
        if one.patches
    }
    found = []
    for family in families(outcome.series for outcome in outcomes.values()):
        found += sightings([outcomes[one.message_id] for one in family], "list", lambda _: None)
    return sorted(found, key=lambda one: (one.sent, one.message_id, one.rule, one.line))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return inbox(tmp_path / "list", the_list())


def test_a_defect_counts_once_and_is_followed(tmp_path: Path, archive: Path) -> None:
    found = audited(tmp_path, request(volumes_in(tmp_path, archive)))
    assert told(found) == FOUND
    assert [(one.since, one.revision) for one in found] == [(1, 1), (1, 1), (1, 2), (1, 1)]
    assert found[0].superseded
    assert {one.archive for one in found} == {"list"}


def test_what_is_found_is_what_a_review_finds(tmp_path: Path) -> None:
    mails = [*the_list(), *many(40)]
    archive = inbox(tmp_path / "list", mails)
    assert audited(tmp_path, request(volumes_in(tmp_path, archive))) == reviewed(mails)


def test_without_the_filter_the_same_is_found(tmp_path: Path) -> None:
    found = volumes_in(tmp_path, inbox(tmp_path / "list", [*the_list(), *many(40)]))
    narrow, wide = Silent(), Silent()
    filtered = audited(tmp_path, request(found), watcher=narrow)
    assert filtered == audited(tmp_path, request(found, filtered=False), watcher=wide)
    assert 0 < narrow.seeds < wide.seeds


@pytest.mark.parametrize("form", ["v1", "epochs", "mbox", "mbox.gz", "maildir"])
def test_every_kind_of_archive(tmp_path: Path, form: str) -> None:
    mails = the_list()
    source = tmp_path / "list"
    if form == "v1":
        write(source, v1_came(mails))
    elif form == "epochs":
        inbox(source, mails[:5], mails[5:])
    elif form == "maildir":
        for part in ("cur", "new", "tmp"):
            (source / part).mkdir(parents=True)
        for number, each in enumerate(mails):
            (source / "cur" / f"{number:03}.x:2,S").write_bytes(each)
    else:
        source = tmp_path / f"list.{form}"
        data = rd(*mails)
        source.write_bytes(gzip.compress(data) if form.endswith("gz") else data)
    assert told(audited(tmp_path, request(volumes_in(tmp_path, source)))) == FOUND


def test_cross_posted_copies_count_once(tmp_path: Path) -> None:
    mails = the_list()
    one = inbox(tmp_path / "one", mails)
    other = inbox(tmp_path / "other", mails[::-1])
    assert told(audited(tmp_path, request(volumes_in(tmp_path, one, other)))) == FOUND


def test_what_came_since_is_added(tmp_path: Path) -> None:
    source = tmp_path / "list" / "git" / "0.git"
    write(source, came(the_list()[:4]))
    wanted = request(volumes_in(tmp_path, tmp_path / "list"))
    assert len(audited(tmp_path, wanted)) == 2
    write(source, came(the_list()[4:]))
    watcher = Silent()
    assert told(audited(tmp_path, wanted, watcher=watcher)) == FOUND
    assert watcher.read == len(the_list()) - 4
    again = Silent()
    assert told(audited(tmp_path, wanted, watcher=again)) == FOUND
    assert again.read == 0


def test_what_was_taken_out_is_not_found(tmp_path: Path) -> None:
    source = tmp_path / "list" / "git" / "0.git"
    mails = the_list()
    write(source, came(mails))
    wanted = request(volumes_in(tmp_path, tmp_path / "list"))
    audited(tmp_path, wanted)
    write(source, [("d", mails[1])])
    assert [one.message_id for one in audited(tmp_path, wanted)] == [
        name for _, name, _ in FOUND if not name.startswith("murex")
    ]


def test_a_rewritten_history_is_read_anew(tmp_path: Path) -> None:
    source = tmp_path / "list" / "git" / "0.git"
    write(source, came(the_list()))
    wanted = request(volumes_in(tmp_path, tmp_path / "list"))
    audited(tmp_path, wanted)
    rewrite(source, came([patch("venus", UNCHECKED, 3)]))
    assert told(audited(tmp_path, wanted)) == [
        ("module-get-unchecked", "venus-3@example.org", "open")
    ]


def test_only_the_rules_that_are_wanted(tmp_path: Path, archive: Path) -> None:
    found = volumes_in(tmp_path, archive)
    assert told(audited(tmp_path, request(found, select=("export-new",)))) == FOUND[3:]
    assert told(audited(tmp_path, request(found, ignore=("export-new",)))) == FOUND[:3]
    assert audited(tmp_path, request(found, select=("series-incomplete",))) == []


def test_only_the_time_that_is_wanted(tmp_path: Path, archive: Path) -> None:
    found = volumes_in(tmp_path, archive)
    murex, ostrea = (
        next(one.sent for one in audited(tmp_path, request(found)) if n in one.message_id)
        for n in ("murex", "ostrea")
    )
    late = audited(tmp_path, request(found, since=murex + 1))
    assert told(late) == FOUND[2:]
    assert told(audited(tmp_path, request(found, until=ostrea - 1))) == FOUND[:2]


def test_a_tree_tells_what_was_merged(tmp_path: Path, archive: Path) -> None:
    linux = tmp_path / "linux"
    linux.mkdir()
    git(linux, "init", "-q", "-b", "master")
    commit(linux, {"drivers/ostrea/ostrea.c": UNCHECKED.format(name="ostrea")}, 1_800_000_000)
    wanted = request(volumes_in(tmp_path, archive), trees=(str(linux),))
    fates = {one.message_id: one.fate for one in audited(tmp_path, wanted)}
    assert fates["ostrea-6@example.org"] is Fate.MERGED
    assert fates["lumen-1@example.org"] is Fate.FIXED
