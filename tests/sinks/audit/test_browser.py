"""The page in a real browser, opened from disk with 10,000 findings.

Pictures are left in the folder that REVIEWBOT_PICTURES names, for somebody to look at.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.sinks.audit.embedded import COLUMNS
from reviewbot.sinks.audit.folder import Nameless
from reviewbot.sinks.audit.html import Look, write
from tests.sinks.audit.browser import LACK, Window, window
from tests.sinks.audit.invented import Many, account, sighting

pytestmark = [
    pytest.mark.skipif(bool(LACK), reason=LACK or "there is a browser"),
    pytest.mark.xdist_group("browser"),
]

LOOK = Look((Path(__file__).resolve().parents[3] / "templates",))
COUNT = 10_000
FASTEST = 100.0  # milliseconds for a filter, on a machine with nothing else to do
ENTER = "\ue007"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("REVIEWBOT_PICTURES")
    return Path(named) if named else tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    with path.open("wb") as stream:
        write(account(), Nameless(Many(COUNT)), stream, LOOK)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, report: Path) -> Iterator[Window]:
    with window(tmp_path_factory.mktemp("profile")) as opened:
        opened.look()
        opened.open(report)
        yield opened


@pytest.fixture
def shown(browser: Window, report: Path) -> Iterator[Window]:
    """The report in a window; whatever a test does with it, nothing is asked for and nothing goes wrong."""
    browser.go("#sort=-sent")
    yield browser
    assert browser.console() == []
    assert {url.partition("#")[0] for url in browser.requests()} <= {report.as_uri()}


def column(shown: Window, name: str) -> list[str]:
    place = ["sent", "rule", "severity", "channel", "list", "path", "domain", "fate", "standing"]
    cells = shown.texts(f"#list tr.row td:nth-child({place.index(name) + 1})")
    return [cell.partition(":")[0] for cell in cells]


def took(shown: Window) -> float:
    return float(shown.run("return document.getElementById('list').dataset.took"))


def test_all_findings_are_there_newest_first(shown: Window) -> None:
    assert shown.text("#count") == "10,000 findings"
    assert shown.text("#page") == "Page 1 of 200"
    days = column(shown, "sent")
    assert len(days) == 50
    assert days == sorted(days, reverse=True)
    assert shown.texts("#static") == []


@pytest.mark.parametrize("key", ["rule", "list", "path", "domain"])
def test_a_click_on_a_heading_sorts(shown: Window, key: str) -> None:
    shown.click(f"th[data-key={key}] button")
    first = column(shown, key)
    assert first == sorted(first)
    assert shown.run(f"return document.querySelector('th[data-key={key}]').ariaSort") == "ascending"
    shown.click(f"th[data-key={key}] button")
    last = column(shown, key)
    assert last == sorted(last, reverse=True)
    assert last[0] >= first[-1]
    assert shown.address() == f"sort=-{key}"


def test_severities_and_fates_sort_by_weight(shown: Window) -> None:
    for key, least, most in (("severity", "nit", "bug"), ("fate", "fixed", "open")):
        shown.click(f"th[data-key={key}] button")
        assert set(column(shown, key)) == {least}
        shown.click(f"th[data-key={key}] button")
        assert set(column(shown, key)) == {most}


@pytest.mark.parametrize("name", ["rule", "list", "fate", "standing", "channel", "severity"])
def test_a_choice_filters(shown: Window, name: str) -> None:
    script = "return JSON.parse(document.getElementById('data').textContent).rows.map((r) => r[%d])"
    values: list[str] = shown.run(script % COLUMNS.index(name))
    value = values[0]
    shown.choose(f"#controls [name={name}]", value)
    assert shown.text("#count") == f"{values.count(value):,} of 10,000 findings"
    assert set(column(shown, name)) == {value}
    assert shown.address() == f"{name}={value}"


def test_text_filters_by_every_word(shown: Window) -> None:
    shown.type("#controls [name=q]", "vgic NUMBER 99")
    found = shown.texts("#list tr.row .place")
    assert found
    assert all(path.startswith("virt/foo/arm/vgic/vgic-lumen.c") for path in found)
    assert shown.address() == "q=vgic+NUMBER+99"
    shown.click("#controls button[type=reset]")
    assert shown.text("#count") == "10,000 findings"
    assert shown.address() == "findings"


def test_a_period_filters(shown: Window) -> None:
    shown.go("#from=2015-03-01&to=2015-03-31")
    assert {day[:7] for day in column(shown, "sent")} == {"2015-03"}


def test_the_address_keeps_what_is_shown(shown: Window, report: Path) -> None:
    shown.open(report, "#rule=new-export&fate=open&sort=path&page=2")
    assert set(column(shown, "rule")) == {"new-export"}
    assert set(column(shown, "fate")) == {"open"}
    assert shown.text("#page").startswith("Page 2 of")
    assert shown.run("return document.querySelector('[name=rule]').value") == "new-export"
    shown.go("#rule=lock-held")
    assert set(column(shown, "rule")) == {"lock-held"}


def test_an_address_that_makes_no_sense_does_no_harm(shown: Window) -> None:
    shown.go("#rule=%3Cb%3E&sort=%22]x&page=-7&from=never&fate=")
    assert shown.text("#count") == "0 of 10,000 findings"
    assert shown.text("#list td.empty") == "No finding is like that."


def test_filtering_is_quick(shown: Window) -> None:
    shown.type("#controls [name=q]", "l")
    shown.press("\ue003")
    times = []
    for keys in ("m", "i", "c", "a"):
        shown.type("#controls [name=q]", keys)
        times.append(took(shown))
    shown.choose("#controls [name=rule]", "new-export")
    times.append(took(shown))
    shown.click("th[data-key=path] button")
    times.append(took(shown))
    # The machine may be busy: it counts what the page can do.
    assert sorted(times)[len(times) // 2] < FASTEST


def test_a_finding_opens_by_key(shown: Window) -> None:
    shown.run("document.querySelector('#list .open').focus()")
    shown.press(ENTER)
    assert shown.run("return document.activeElement.ariaExpanded") == "true"
    assert shown.texts(".more .quote .marked") == ["+\tlumen_get(lumen->host);\n"]
    assert shown.texts(".more .comment p")[1] == "Is a lumen_put() missing before the return?"
    link = shown.run("return document.querySelector('.more .subject a').href")
    assert link == "https://lore.kernel.org/r/2000009999.12345-3-author@example.com/"
    shown.press(ENTER)
    assert shown.run("return document.querySelector('.more').hidden")


def test_each_may_be_opened(shown: Window) -> None:
    shown.click("#unfold")
    assert len(shown.texts(".more .quote")) == 50
    shown.click("#next")
    assert len(shown.texts(".more .quote")) == 50
    assert shown.address() == "open=1&page=2"


def test_pages_turn(shown: Window) -> None:
    shown.click("#last")
    assert shown.text("#page") == "Page 200 of 200"
    assert shown.run("return document.getElementById('next').disabled")
    shown.click("#first")
    assert shown.text("#page") == "Page 1 of 200"


def test_the_script_shows_a_finding_as_the_page_without_it(shown: Window, report: Path) -> None:
    """The same words and links, with a script and without."""
    script = """return [...document.querySelectorAll('#list tbody')].slice(0, 50).map((body) =>
      [body.textContent.replace(/\\s+/g, ' ').replaceAll(' ', ''), ...[...body.querySelectorAll('a')].map((a) => a.href)])"""
    shown.click("#unfold")
    scripted = shown.run(script)
    shown.run("document.getElementById('unfold').click()")
    shown.scripts(allowed=False)
    shown.open(report)
    static = shown.run(script)
    shown.scripts(allowed=True)
    shown.open(report)
    assert len(static) == 50
    assert static == scripted


def test_it_prints(shown: Window) -> None:
    pdf = shown.pdf()
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 100_000
    assert shown.text("#count") == "10,000 findings"


def test_pictures(shown: Window, folder: Path) -> None:
    """A picture is no test of beauty, but one that is all of one colour is none."""
    for name, dark, width in (("light", False, 1280), ("dark", True, 1280), ("narrow", False, 390)):
        shown.look(dark=dark, width=width)
        for part in ("top", "findings"):
            shown.run(
                "(document.getElementById(arguments[0]) || document.body).scrollIntoView()", part
            )
            assert len(shown.picture(folder / f"{name}-{part}.png")) > 20_000
        wide = shown.run("return document.documentElement.scrollWidth")
        assert wide <= width
    shown.run("scrollTo(0, 0)")
    shown.look(dark=True)
    assert shown.run("return getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 20)"


def test_hostile_mails_are_text(browser: Window, tmp_path: Path) -> None:
    evil = "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    one = sighting(
        *(1,), subject=evil, comment=evil, path=evil, quote=(evil, "+\u202ex"), rule=evil,
        domain=evil, reason=evil, archive=evil, message_id="javascript:alert(1)@x",
    )  # fmt: skip
    path = tmp_path / "report.html"
    with path.open("wb") as stream:
        write(account(sources=(evil,), tree=evil), [one], stream, LOOK)
    browser.requests()
    browser.open(path, "#open=1")
    assert browser.run("return document.title").startswith("Audit of")
    assert browser.text(".more .subject a") == evil
    assert browser.texts(".more .quote span")[1].strip() == "+<U+202E>x"
    assert browser.run("return document.querySelectorAll('img, script').length") == 2
    href = browser.run("return document.querySelector('.more .subject a').href")
    assert href == "https://lore.kernel.org/r/javascript%3Aalert(1)@x/"
    assert browser.console() == []
    assert set(browser.requests()) == {path.as_uri()}
