"""Whom each command asks: nobody but the hosts that the configuration names.

Every command runs online, with all configured that it could ask, over mails that name other hosts wherever a mail
can, behind a proxy that writes down each request of ours and of git's; what goes past the proxy (mail, DNS) the
interpreter tells. Archives that belong to nobody's configuration are named too: they must be refused, not asked.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import dns.resolver
import pytest

from reviewbot.cli import reviewbot, run
from reviewbot.commands.objections import identity
from reviewbot.config.places import state_folder
from reviewbot.errors import ExitCode
from reviewbot.model.letter import Stage
from reviewbot.model.said import Objection, Wish
from reviewbot.sinks.mboxrd import mboxrd
from reviewbot.sinks.outbox.outbox import Outbox
from tests.builders import mail, patch_body
from tests.commands.cases import FAULTY
from tests.letters import WHEN, brought, letter
from tests.sinks.transport.server import Post
from tests.sinks.transport.server import server as mail_server
from tests.sources import nameserver
from tests.sources.connections import connections
from tests.sources.keys import public_key, signed
from tests.sources.patchworks import TOKEN, Kept, played
from tests.sources.proxy import recorded
from tests.sources.publicinbox import PublicInbox
from tests.sources.repositories import commit, git, needs_git
from tests.sources.test_reviewbranch import branch, kept

pytestmark = needs_git

LATELY = datetime.now(UTC) - timedelta(days=3)
COVER, FIRST, SECOND = (f"hosts-{number}@example.org" for number in range(3))
ELSEWHERE = "https://elsewhere.example"
# Whatever in a mail a careless program might follow.
BAIT = (
    ("List-Id", "<kvm.vger.kernel.org>"),
    ("List-Archive", f"<{ELSEWHERE}/archive/>"),
    ("List-Unsubscribe", f"<{ELSEWHERE}/leave>, <mailto:leave@elsewhere.example>"),
    ("List-Post", "<mailto:kvm@elsewhere.example>"),
    ("Archived-At", f"<{ELSEWHERE}/all/{FIRST}/>"),
    ("Content-Location", f"{ELSEWHERE}/mail"),
    ("Reply-To", "someone@elsewhere.example"),
    ("X-Patchwork-Hint", f"{ELSEWHERE}/patch/1/"),
)
TEXT = (
    f"Fix foo, see {ELSEWHERE}/bug and git://elsewhere.example/linux.git tags/foo.\n\n"
    f"Link: {ELSEWHERE}/r/{FIRST}\nCloses: {ELSEWHERE}/bug/1\n"
    "Signed-off-by: A. Author <author@example.org>"
)
SETTINGS = """
[identity]
email = "bot@example.org"
reply_to = "A. Maintainer <am@example.org>"
operator = "A. Maintainer"
rules_url = "https://rules.elsewhere.example"
[lore]
url = "{lore}"
[network]
pause = 0.0
attempts = 1
[mirrors]
folder = "{folder}/mirrors"
[[patchwork]]
name = "played"
url = "{patchwork}"
project = "kvm"
token_command = ["echo", "{token}"]
[post]
mode = "author"
reread = true
[transport]
via = "smtp"
pause = 0
[smtp]
host = "127.0.0.1"
port = {smtp}
encryption = "none"
"""


def series() -> list[bytes]:
    """A cover letter and two patches, the first with something to mail."""
    cover = f"All of it is at {ELSEWHERE}/foo.git\n"
    bodies = (cover, patch_body(FAULTY, TEXT), patch_body(FAULTY.replace("foo.c", "bar.c"), TEXT))
    return [
        mail(
            text,
            subject=f"[PATCH {number}/2] hosts: part {number}",
            message_id=name,
            date=LATELY + timedelta(seconds=number),
            in_reply_to=COVER if number else "gone@elsewhere.example",
            headers=BAIT,
        )
        for number, (name, text) in enumerate(zip((COVER, FIRST, SECOND), bodies, strict=True))
    ]


class Place:
    """The command line among servers; `hosts` is `host:port` by what is there."""

    def __init__(self, folder: Path, lore: str, hosts: dict[str, str], post: Post) -> None:
        self.folder = folder
        self.lore = lore
        self.hosts = hosts
        self.post = post
        self.patchwork = f"http://{hosts['patchwork']}"

    def __call__(self, *words: str, code: ExitCode = ExitCode.OK) -> None:
        assert run(list(words)) == code, words

    def pipe(self, data: bytes) -> None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(data))

    def file(self) -> str:
        path = self.folder / "series.mbox"
        path.write_bytes(b"".join(map(mboxrd, series())))
        return str(path)

    def kept(self, stage: Stage, **more: object) -> str:
        """The id of a letter that has come to this stage."""
        known = {"parent": FIRST, "series": COVER, "date": LATELY, **more}
        with Outbox(state_folder()) as outbox:
            return brought(outbox, letter(**known), stage, LATELY)


@pytest.fixture(scope="module")
def stocked(lore: PublicInbox) -> PublicInbox:
    lore.add("kvm", series())
    return lore


@pytest.fixture
def place(stocked: PublicInbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name in ("STATE", "DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("REVIEWBOT_OFFLINE")
    monkeypatch.delenv("B4_TRACKING_FILE", raising=False)
    monkeypatch.setenv("REVIEWBOT_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setattr(sys, "stdin", sys.stdin)
    cover, *patches = series()
    names = zip((FIRST, SECOND), patches, strict=True)
    there = tuple(
        Kept(number, name, 7, "new", each) for number, (name, each) in enumerate(names, 1)
    )
    with ExitStack() as stack:
        work = stack.enter_context(played(there, {7: cover}))
        post = stack.enter_context(mail_server())
        key = {"sel._domainkey.example.org": public_key()}
        stack.enter_context(nameserver.served(nameserver.knowing(key)))
        names = dns.resolver.default_resolver
        hosts = {
            "lore": stocked.url.partition("://")[2],
            "patchwork": work.url.partition("://")[2],
            "smtp": f"127.0.0.1:{post.port}",
            "dns": f"{names.nameservers[0]}:{names.port}",
        }
        known = {"lore": stocked.url, "patchwork": work.url, "smtp": post.port, "token": TOKEN}
        (tmp_path / "config.toml").write_text(SETTINGS.format(folder=tmp_path, **known))
        yield Place(tmp_path, stocked.url, hosts, post)


def reviewing(place: Place) -> None:
    place("review", place.file())
    place("review", FIRST)
    place("review", "--queue", f"{place.lore}/kvm/{COVER}/T/")
    place("review", "--history", f"{place.patchwork}/series/7/")
    place("review", "--patchwork", "played/kvm", "--state", "new")
    place("review", "--query", 's:"hosts: part"')
    place.pipe(series()[1])
    place("review", "-")
    foreign(place, "review")


def fetching(place: Place) -> None:
    place("fetch", FIRST, f"{place.patchwork}/patch/2/")
    place("fetch", "--all-revisions", COVER)
    place("fetch", "--query", 's:"hosts: part"')
    place.pipe(series()[2])
    place("fetch", "-")
    foreign(place, "fetch")


def foreign(place: Place, *words: str) -> None:
    """Names of what is on servers that nobody configured."""
    for path in (
        f"kvm/{FIRST}/",
        f"r/{FIRST}",
        "series/7/",
        "patch/hosts-1@example.org/",
        "x.mbox",
    ):
        place(*words, f"{ELSEWHERE}/{path}", code=ExitCode.USAGE)
    place(*words, "nosuch@elsewhere.example", code=ExitCode.UNUSABLE)


def checking(place: Place) -> None:
    place("check", "--patchwork", "played/kvm")
    place("check", "--patchwork", "played/kvm", "--send", FIRST)
    place.pipe(series()[1])
    place("check", "--b4")
    linux = place.folder / "linux"
    linux.mkdir()
    git(linux, "init", "-q", "-b", "master")
    for number in range(4):
        commit(linux, {"foo.c": f"int foo{number};\n"})
    made = kept(linux)
    for each, name in zip(made["patches"], (FIRST, SECOND), strict=True):
        each["header-info"]["msgid"] = name
    branch(linux, made)
    dropbox = ("check", "--b4-dropbox", "--repository", str(linux))
    place(*dropbox, FIRST)
    place(*dropbox)
    foreign(place, "check", "--patchwork", "played/kvm")


def posting(place: Place) -> None:
    place.kept(Stage.APPROVED)
    place.kept(Stage.UNDECIDED, parent=SECOND, lineage="change-id:2")
    place("post")
    place("post", "--send", code=ExitCode.SERVICE)  # nobody knows what became of the second
    assert len(place.post.mails) == 1


def telling_why(place: Place) -> None:
    place.kept(Stage.APPROVED)
    place("queue", "why", "--all")


def hearing(place: Place) -> None:
    place("review", "--queue", place.file())
    with Outbox(state_folder()) as outbox:
        ours = outbox.letters()[0].letter.message_id
    answer = mail(
        f"See {ELSEWHERE}.\n\nreviewbot: false-positive module-get-unchecked it holds\n",
        subject="Re: [PATCH 1/2] hosts: part 1",
        message_id="answer@example.org",
        in_reply_to=ours,
    )
    path = place.folder / "answer.mbox"
    path.write_bytes(b"".join(map(mboxrd, [*series(), signed(answer)])))
    place("feedback", str(path))
    place("feedback", "--apply", str(path))
    place("feedback", FIRST)
    foreign(place, "feedback")


def objecting(place: Place) -> None:
    one = Objection(Wish.OPTOUT, "a@elsewhere.example", "x@elsewhere.example", WHEN, "no")
    with Outbox(state_folder()) as outbox:
        outbox.object(one)
    place("objections", "list")
    place("objections")


def withdrawing(place: Place) -> None:
    objecting(place)
    with Outbox(state_folder()) as outbox:
        (one,) = outbox.objections(WHEN)
    place("objections", "withdraw", identity(one))


def trying(place: Place) -> None:
    place("rules", "try", "module-get-unchecked", place.file())
    for source in (FIRST, f"{ELSEWHERE}/kvm/{FIRST}/"):
        place("rules", "try", "module-get-unchecked", source, code=ExitCode.UNUSABLE)


def mirroring(place: Place) -> None:
    place("mirror", "add", f"{place.lore}/kvm")
    place("mirror", "update", "--all-epochs", "--full")


def unmirroring(place: Place) -> None:
    mirroring(place)
    place("mirror", "remove", "kvm")


def auditing(place: Place) -> None:
    for report in ("one", "two"):
        words = ("audit", place.file(), "--report", str(place.folder / report))
        place(*words, "--executor", "inline")
    place("audit", f"{ELSEWHERE}/kvm/", "--report", "three", code=ExitCode.UNUSABLE)


def comparing(place: Place) -> None:
    auditing(place)
    place("audit", "diff", str(place.folder / "one"), str(place.folder / "two"))


def quiet(*words: str, stage: Stage | None = None) -> Callable[[Place], None]:
    """A command that asks nobody, `ID` being a letter of that stage."""

    def running(place: Place) -> None:
        key = place.kept(stage) if stage else ""
        place(*(key if word == "ID" else word for word in words))

    return running


NOBODY: frozenset[str] = frozenset()
LORE = frozenset({"lore"})
CASES: dict[str, tuple[Callable[[Place], None], frozenset[str]]] = {
    "review": (reviewing, LORE | {"patchwork"}),
    "fetch": (fetching, LORE | {"patchwork"}),
    "check": (checking, LORE | {"patchwork"}),
    "queue": (quiet("queue", stage=Stage.HELD), NOBODY),
    "queue list": (quiet("queue", "list", stage=Stage.HELD), NOBODY),
    "queue show": (quiet("queue", "show", "ID", stage=Stage.HELD), NOBODY),
    "queue edit": (quiet("queue", "edit", "ID", stage=Stage.HELD), NOBODY),
    "queue approve": (quiet("queue", "approve", "ID", stage=Stage.HELD), NOBODY),
    "queue drop": (quiet("queue", "drop", "ID", stage=Stage.HELD), NOBODY),
    "queue restore": (quiet("queue", "restore", "ID", stage=Stage.DROPPED), NOBODY),
    "queue settle": (quiet("queue", "settle", "--sent", "ID", stage=Stage.UNDECIDED), NOBODY),
    "queue why": (telling_why, LORE),
    "ledger": (quiet("ledger", stage=Stage.SENT), NOBODY),
    "post": (posting, LORE | {"smtp"}),
    "feedback": (hearing, LORE | {"dns"}),
    "objections": (objecting, NOBODY),
    "objections list": (objecting, NOBODY),
    "objections withdraw": (withdrawing, NOBODY),
    "rules": (quiet("rules"), NOBODY),
    "rules list": (quiet("rules", "list"), NOBODY),
    "rules explain": (quiet("rules", "explain", "module-get-unchecked"), NOBODY),
    "rules new": (quiet("rules", "new", "odd-call", "--pack", "PACK"), NOBODY),
    "rules try": (trying, NOBODY),
    "templates": (quiet("templates"), NOBODY),
    "templates list": (quiet("templates", "list"), NOBODY),
    "templates check": (quiet("templates", "check", "module-get-unchecked"), NOBODY),
    "config": (quiet("config"), NOBODY),
    "config show": (quiet("config", "show"), NOBODY),
    "config check": (quiet("config", "check"), NOBODY),
    "config path": (quiet("config", "path"), NOBODY),
    "cache": (quiet("cache"), NOBODY),
    "cache show": (quiet("cache", "show"), NOBODY),
    "cache path": (quiet("cache", "path"), NOBODY),
    "cache clear": (quiet("cache", "clear"), NOBODY),
    "mirror": (quiet("mirror"), NOBODY),
    "mirror list": (quiet("mirror", "list"), NOBODY),
    "mirror add": (mirroring, LORE),
    "mirror update": (mirroring, LORE),
    "mirror remove": (unmirroring, LORE),
    "audit run": (auditing, NOBODY),
    "audit diff": (comparing, NOBODY),
    "completion": (quiet("completion", "bash"), NOBODY),
}


def commands(group: click.Command, *path: str) -> Iterator[str]:
    """Everything that can be called, a group by itself where that does something."""
    if not isinstance(group, click.Group) or (path and group.invoke_without_command):
        yield " ".join(path)
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, *path, name)


def test_every_command_is_looked_at() -> None:
    assert sorted(commands(reviewbot)) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_no_host_is_asked_but_the_configured_ones(
    name: str, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    running, expected = CASES[name]
    monkeypatch.chdir(place.folder)
    with recorded(monkeypatch) as proxy, connections(place.hosts.values()) as direct:
        running(place)
    asked = proxy.hosts | (direct - {proxy.url.partition("://")[2]})
    roles = {host: role for role, host in place.hosts.items()}
    assert {roles.get(host, host) for host in asked} == expected
    for role in expected & {"lore", "patchwork"}:
        assert place.hosts[role] in proxy.hosts


def test_another_host_would_be_seen(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """The same with other hosts configured: these are seen, though they cannot be reached."""
    path = place.folder / "config.toml"
    text = path.read_text().replace(place.lore, "https://lore.invalid")
    path.write_text(text.replace('host = "127.0.0.1"', 'host = "smtp.invalid"'))
    place.kept(Stage.APPROVED)
    with recorded(monkeypatch) as proxy, connections() as direct:
        place("fetch", FIRST, code=ExitCode.SERVICE)
        path.write_text(path.read_text().replace("reread = true", "reread = false"))
        place("post", "--send", code=ExitCode.SERVICE)
    assert {host.partition(":")[0] for host in proxy.hosts} == {"lore.invalid"}
    past = direct - {proxy.url.partition("://")[2]}
    assert {host.partition(":")[0] for host in past} == {"smtp.invalid"}
