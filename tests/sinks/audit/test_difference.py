"""A difference in words."""

import json

from markdown_it import MarkdownIt

from reviewbot.model.sighting import Fate, Proof
from reviewbot.sinks.audit.account import Audit
from reviewbot.sinks.audit.diff import Difference, compare
from reviewbot.sinks.audit.difference import as_json, as_markdown, as_text
from tests.sinks.audit.invented import Many, account, audit, sighting

FIXED = (Proof(Fate.FIXED, "v3@example.com"),)


def difference() -> Difference:
    old = [sighting(1), sighting(2), sighting(3, rule="put-after-free")]
    new = [sighting(2, proofs=FIXED), sighting(3, rule="put-after-free"), sighting(4), sighting(5)]
    return compare(Audit(account(rules=account().rules[:3]), old), Audit(account(), new))


def test_text_names_what_is_new_and_gone_and_why() -> None:
    assert "".join(as_text(difference())) == (
        "2 new, 1 gone, 1 came to another fate, 1 as before (0 seen in a later revision now).\n"
        "\n"
        "New:\n"
        "  2010-01-05 get-without-put drivers/vfio/pci/lumen/main.c:218 <2010000004.1-2@example.com>\n"
        "  2010-01-06 get-without-put drivers/vfio/pci/lumen/main.c:218 <2010000005.1-2@example.com>\n"
        "\n"
        "Gone:\n"
        "  2010-01-02 get-without-put drivers/vfio/pci/lumen/main.c:218 <2010000001.1-2@example.com>\n"
        "\n"
        "Came to another fate:\n"
        "  2010-01-03 get-without-put drivers/vfio/pci/lumen/main.c:218 <2010000002.1-2@example.com>: "
        "open -> fixed by v3@example.com\n"
        "\n"
        "Precision:\n"
        "  get-without-put: 2 undecided -> 100 % of 1 (21–100 %)\n"
    )


def test_a_reason_stands_behind_the_finding() -> None:
    new = compare(Audit(account(rules=account().rules[-1:]), []), Audit(account(), [sighting(1)]))
    assert "(the other audit did not run the rule)\n" in "".join(as_text(new))


def test_long_lists_are_cut_and_counted() -> None:
    new = compare(audit(0), audit(30))
    assert "  and 25 more\n" in "".join(as_text(new, most=5))
    assert "\nand 25 more\n" in "".join(as_markdown(new, most=5))


def test_nothing_different_is_one_line() -> None:
    same = compare(audit(9), audit(9))
    assert "".join(as_text(same)) == (
        "0 new, 0 gone, 0 came to another fate, 9 as before (0 seen in a later revision now).\n"
    )


def test_json_has_all_of_it() -> None:
    plain = json.loads("".join(as_json(difference())))
    assert plain["schema"] == "reviewbot-audit-diff/1"
    assert [lone["why"] for lone in plain["new"]] == ["", ""]
    assert plain["changes"][0]["after"]["proofs"][0]["fate"] == "fixed"
    assert plain["rules"] == [
        {
            "rule": "get-without-put",
            "before": {"confirmed": 0, "contradicted": 0, "unknown": 2},
            "after": {"confirmed": 1, "contradicted": 0, "unknown": 2},
        }
    ]


def test_markdown_has_a_table_for_each_kind() -> None:
    text = "".join(as_markdown(difference()))
    kinds = [token.type for token in MarkdownIt("commonmark").enable("table").parse(text)]
    assert kinds.count("table_open") == 4
    assert "| open | fixed |" in text
    assert "https://lore.kernel.org/r/2010000004.1-2@example.com/" in text


def test_what_strangers_wrote_stays_text() -> None:
    nasty = sighting(1, subject="<b>|`\n# x", path="a\x1b[2J|b.c", symbol="@x")
    new = compare(Audit(account(), []), Audit(account(), [nasty]))
    markdown, text = "".join(as_markdown(new)), "".join(as_text(new))
    assert "\x1b" not in markdown + text
    kinds = [token.type for token in MarkdownIt("commonmark").enable("table").parse(markdown)]
    assert "html_block" not in kinds
    assert kinds.count("td_open") == 5 + 5


def test_two_audits_of_many_are_compared_in_one_go() -> None:
    assert "239" in next(as_text(compare(audit(300), Audit(account(), Many(300, seed=2)))))
