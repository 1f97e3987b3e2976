"""Invented audits: sightings as plausible, as many, or as hostile as a test wants them."""

from collections.abc import Iterator
from random import Random

from hypothesis import strategies as st
from msgspec import Struct

from reviewbot.model.finding import Channel, Severity
from reviewbot.model.sighting import Fate, Proof, Sighting
from reviewbot.sinks.audit.account import (
    Account,
    ArchiveAccount,
    Audit,
    Example,
    FailureRow,
    RuleRow,
    TroubleCount,
)

DAY = 86_400
START = 1_262_304_000  # 1 January 2010
LISTS = ("fooarm", "bar-devel", "linux-baz")
DOMAINS = ("example.com", "silicon.example", "kernel.example", "example.org", "uni.example.edu")
RULES = (
    ("get-without-put", Severity.BUG, Channel.MAIL, "A reference is taken and never given back."),
    ("put-after-free", Severity.BUG, Channel.MAIL, "A reference is put after its object is freed."),
    ("new-export", Severity.API, Channel.DRAFT, "A symbol is exported for the first time."),
    ("pin-unchecked", Severity.BUG, Channel.MAIL, "Whether a module could be pinned is not asked."),
    ("extern-on-prototype", Severity.NIT, Channel.REPORT, "A prototype says extern."),
    ("tag-malformed", Severity.NIT, Channel.DRAFT, "A Fixes: tag is not as it should be."),
    ("scope-relaxed", Severity.API, Channel.MAIL, "An export is open to more modules than before."),
    ("lock-held", Severity.BUG, Channel.MAIL, "A function returns with a lock held."),
    ("never-fires", Severity.INFO, Channel.REPORT, "Nothing is ever found by this one."),
)
PATHS = (
    "virt/foo/arm/vgic/vgic-lumen.c",
    "arch/mica64/kvm/hyp/nvhe/mem_lumen.c",
    "drivers/vfio/pci/lumen/main.c",
    "drivers/vfio/vfio_lumen.c",
    "drivers/iommu/lumen-smmu.c",
    "include/linux/lumen_host.h",
    "virt/lib/irqlumen.c",
    "MAINTAINERS",
)
QUOTE = (
    "@@ -214,6 +214,12 @@ static int lumen_open(struct inode *inode, struct file *filp)",
    " \tstruct lumen *lumen = container_of(inode->i_cdev, struct lumen, cdev);",
    "+\tint ret;",
    "+",
    "+\tlumen_get(lumen->host);",
    "+\tret = lumen_start(lumen);",
    "-\treturn 0;",
    "+\treturn ret;",
)
COMMENT = (
    "lumen_get() takes a reference on lumen->host here. On the way out where lumen_start() fails nothing gives "
    "it back, since .release() is not called for a file that was never opened.\n\nIs a lumen_put() missing before "
    "the return?"
)
FATES = (Fate.FIXED, Fate.NAMED, Fate.DROPPED, Fate.KEPT, Fate.MERGED, Fate.OPEN)
HOW = {
    Fate.FIXED: "v3 gives the reference back",
    Fate.NAMED: "a reply names lumen_get()",
    Fate.DROPPED: "v3 no longer has the patch",
    Fate.KEPT: "v3 has the line still",
    Fate.MERGED: "the tree has the line",
    Fate.OPEN: "",
}


def sighting(number: int = 0, **more: object) -> Sighting:
    """One plausible sighting; `more` are fields of Sighting."""
    rule, severity, channel, _ = RULES[0]
    fields: dict[str, object] = {
        "rule": rule,
        "severity": severity,
        "channel": channel,
        "reason": "the rule is sure of it",
        "fingerprint": f"{number:016x}",
        "archive": LISTS[0],
        "message_id": f"2010{number:06}.1-2@example.com",
        "series_id": f"2010{number:06}.1-0@example.com",
        "subject": f"[PATCH v2 2/7] vfio: lumen: open the device late, part {number}",
        "author": "A. Author <author@example.com>",
        "domain": DOMAINS[0],
        "sent": START + number * DAY,
        "revision": 2,
        "since": 1,
        "path": PATHS[2],
        "function": "lumen_open",
        "symbol": "lumen->host",
        "line": 218,
        "comment": COMMENT,
        "quote": QUOTE,
        "marked": 4,
        "facts": {"get": "lumen_get", "lines": 3},
        "lists": (f"{LISTS[0]}.lists.example.org",),
    }
    return Sighting(**(fields | more))  # type: ignore[arg-type]


class Many(Struct, frozen=True):
    """So many sightings over fifteen years, the same ones each time."""

    count: int
    seed: int = 1

    def __iter__(self) -> Iterator[Sighting]:
        """In order of time."""
        chance = Random(self.seed)
        step = 15 * 365 * DAY // max(1, self.count)
        for number in range(self.count):
            rule, severity, channel, _ = RULES[min(int(chance.expovariate(0.6)), 7)]
            fate = chance.choices(FATES, (5, 2, 2, 1, 1, 4))[0]
            message_id = f"20{number:08}.12345-{number % 7}-author@example.com"
            by = f"reply-{number}@example.net" if fate is not Fate.MERGED else f"{number:040x}"
            proofs = (Proof(fate, "" if fate is Fate.OPEN else by, HOW[fate]),)
            if fate is Fate.FIXED and number % 3 == 0:
                proofs += (Proof(Fate.NAMED, f"also-{number}@example.net", HOW[Fate.NAMED]),)
            shelf = chance.choices(range(3), (6, 3, 1))[0]
            path = chance.choices(PATHS, (9, 8, 7, 4, 4, 3, 2, 1))[0]
            revision = number // 4 % 5 + 1
            subject = f"[PATCH v{revision} {number % 7 + 1}/7] lumen: change number {number}"
            yield sighting(
                number,
                rule=rule,
                severity=severity,
                channel=Channel.SUPPRESSED if number % 11 == 0 else channel,
                reason="said in an earlier revision"
                if number % 11 == 0
                else "the rule is sure of it",
                archive=LISTS[shelf],
                lists=(f"{LISTS[shelf]}.lists.example.org",),
                message_id=message_id,
                series_id=f"20{number // 4:08}.12345-0-author@example.com",
                subject=subject,
                domain=chance.choices(DOMAINS, (8, 6, 4, 2, 1))[0],
                author=f"Author Number {number % 97} <author{number % 97}@example.com>",
                sent=START + number * step + chance.randrange(step or 1),
                revision=revision,
                path=path,
                line=chance.randrange(1, 4000),
                function=chance.choice(("lumen_open", "lumen_probe", "mica_map_pages")),
                superseded=revision < 3,
                proofs=proofs,
            )


def account(**more: object) -> Account:
    """The account of an audit of the lists of `Many`."""
    fields: dict[str, object] = {
        "sources": ("archives/fooarm.git", "archives/bar-devel.git", "archives/linux-baz.mbox"),
        "archives": (
            ArchiveAccount(LISTS[0], 214_211, 61_040, 9_921, START, START + 15 * 365 * DAY),
            ArchiveAccount(LISTS[1], 91_002, 30_105, 4_118, START + 900 * DAY, START + 5400 * DAY),
            ArchiveAccount(LISTS[2], 8_807, 1_203, 410, START + 3000 * DAY, START + 5470 * DAY),
        ),
        "rules": tuple(
            RuleRow(rule, severity, channel, summary, f"https://reviewbot.example/rules/{rule}")
            for rule, severity, channel, summary in sorted(RULES, key=lambda row: row[0])
        ),
        "tree": "linux.git",
        "program": "0.1.0",
        "troubles": (
            TroubleCount(
                "blob missing", 12, (Example("fooarm/0.git 1f3a77c2", "the object is not there"),)
            ),
            TroubleCount("mail empty", 3),
        ),
        "failures": (FailureRow("lock-held", "1@example.org", PATHS[0], "KeyError: 'lock'"),),
    }
    return Account(**(fields | more))  # type: ignore[arg-type]


def audit(count: int = 40, seed: int = 1) -> Audit:
    """An audit with so many findings."""
    return Audit(account(), Many(count, seed))


# What breaks out of HTML, scripts, tables, links, terminals and spreadsheets, to be put together at random.
PIECES = (
    *("</script>", "<script>alert(1)</script>", "<!--", "-->", "<img src=x onerror=alert(1)>", "]]>"),
    *("\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\u200b", "\x1b[2J", "\0", "\r", "\n", "\t", "\x85"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "|", "\\|", "`", "``", "[a](javascript:alert(1))", "*b*", "_c_", "#"),
    *("javascript:alert(1)", "data:text/html,x", "https://evil.example/", "@someone", "&lt;", "&", '"', "'"),
    *("{{ 7 * 7 }}", "{% raw %}", "${x}", "%0a", "\\u003c", "ü", "日本語", "👩‍🔧", " ", "x" * 90),
)  # fmt: skip
NASTY = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=("Cs",)), max_size=4),
    max_size=5,
).map("".join)
NUMBERS = st.integers(-(2**40), 2**50) | st.integers(0, 2**31)


def hostile() -> st.SearchStrategy[Sighting]:
    """Sightings whose every text is as bad as can be."""
    texts = (
        "rule reason fingerprint archive message_id series_id subject author domain path function"
        " symbol comment"
    )
    proof = st.builds(Proof, st.sampled_from(Fate), NASTY, NASTY)
    return st.builds(
        Sighting,
        severity=st.sampled_from(Severity),
        channel=st.sampled_from(Channel),
        sent=NUMBERS,
        revision=st.integers(0, 2**31),
        since=st.integers(0, 2**31),
        line=st.integers(-1, 2**31),
        quote=st.lists(NASTY, max_size=3).map(tuple),
        marked=st.integers(0, 3),
        superseded=st.booleans(),
        facts=st.dictionaries(NASTY, NASTY | st.integers(-(2**53), 2**53), max_size=2),
        lists=st.lists(NASTY, max_size=2).map(tuple),
        proofs=st.lists(proof, min_size=1, max_size=2).map(tuple),
        **dict.fromkeys(texts.split(), NASTY),
    )
