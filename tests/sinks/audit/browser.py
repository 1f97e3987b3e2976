"""A real browser without a screen: what a page asks for, says on its console and shows."""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select
except ModuleNotFoundError:
    webdriver = None

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
LACK = (
    "selenium is not installed"
    if webdriver is None
    else "chromium (Debian packages chromium, chromium-driver) is not installed"
    if not (BROWSER and DRIVER)
    else ""
)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--window-size=1280,1400"),
)
# What the browser itself asks for: its first page, pictures of its controls.
_OWN = ("about:", "chrome:", "data:")


class Window:
    """One window of a browser, on one page."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def open(self, path: Path, fragment: str = "") -> None:
        """Show a file from disk, loaded anew."""
        self._driver.get("about:blank")
        self._driver.get(path.as_uri() + fragment)

    def go(self, fragment: str) -> None:
        """Give the page another fragment, as a link within it does, and wait until it has seen that."""
        self.run("location.hash = arguments[0]", fragment)
        self.run("return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def run(self, script: str, *values: object) -> Any:
        """What a script in the page returns."""
        return self._driver.execute_script(script, *values)

    def text(self, selector: str) -> str:
        """The text of the first element, as it is shown."""
        shown: str = self._driver.find_element(By.CSS_SELECTOR, selector).text
        return shown

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements."""
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)"
        found: list[str] = self.run(script, selector)
        return found

    def click(self, selector: str) -> None:
        """Click on the first element, wherever it is on the page."""
        element = self._driver.find_element(By.CSS_SELECTOR, selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def type(self, selector: str, keys: str) -> None:
        """Press keys in an element."""
        self._driver.find_element(By.CSS_SELECTOR, selector).send_keys(keys)

    def press(self, keys: str) -> None:
        """Press keys wherever the focus is."""
        self._driver.switch_to.active_element.send_keys(keys)

    def choose(self, selector: str, value: str) -> None:
        """Choose from a list."""
        Select(self._driver.find_element(By.CSS_SELECTOR, selector)).select_by_value(value)

    def address(self) -> str:
        """The fragment of the page's address, without its mark."""
        fragment: str = self.run("return location.hash.slice(1)")
        return fragment

    def look(self, *, dark: bool = False, width: int = 1280, media: str = "") -> None:
        """Show the page in another light, on another screen, as if printed."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        screen = {"width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": False}
        self._cdp("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self._cdp("Emulation.setDeviceMetricsOverride", **screen)

    def picture(self, path: Path) -> bytes:
        """A PNG of what is in the window, put into a file too."""
        data = base64.b64decode(self._cdp("Page.captureScreenshot", format="png")["data"])
        path.write_bytes(data)
        return data

    def pdf(self) -> bytes:
        """The page as it would be printed."""
        return base64.b64decode(self._cdp("Page.printToPDF", printBackground=True)["data"])

    def console(self) -> list[str]:
        """What was said on the console since it was last asked for."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses asked for since this was last called; the browser's own pages and pictures aside."""
        entries = (json.loads(e["message"])["message"] for e in self._driver.get_log("performance"))
        return [
            entry["params"]["request"]["url"]
            for entry in entries
            if entry["method"] == "Network.requestWillBeSent"
            and not entry["params"]["request"]["url"].startswith(_OWN)
        ]

    def scripts(self, allowed: bool) -> None:
        """Whether pages may run scripts from now on."""
        self._cdp("Emulation.setScriptExecutionDisabled", value=not allowed)

    def _cdp(self, command: str, **values: object) -> Any:
        return self._driver.execute_cdp_cmd(command, values)


@contextmanager
def window(profile: Path) -> Iterator[Window]:
    """A window of a browser that knows nothing, and forgets all."""
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.binary_location = BROWSER
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Window(driver)
    finally:
        driver.quit()
