"""A real server in a process of its own, and a real browser that looks at its page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

import hatch_build
from tinies.command import command

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
KINDS = ("error", "warning")
PATIENCE = 60_000  # milliseconds: the house model on a busy machine
EXPECTED = re.compile(r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|404 \(Not Found\) \S+/api/jobs/")
"""What is no fault: networks that tests cut, and asking for a job that was forgotten before its pictures."""


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built page."""
    if not hatch_build.is_fresh():
        hatch_build.build()
    return hatch_build.STATIC


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the server's data."""
    return tmp_path_factory.mktemp("data") / "data"


@pytest.fixture(scope="module")
def address(built: Path, data: Path) -> Iterator[str]:
    """Where a server with an empty gallery listens."""
    folder = data.parent
    with (folder / "log").open("w") as log:
        start = command("serve", "--port", "0", "--data", str(data))
        server = subprocess.Popen(start, stdout=subprocess.PIPE, stderr=log, text=True)
        assert server.stdout is not None
        try:
            found = re.fullmatch(r"Sfumato listens on (http://\S+)\n", server.stdout.readline())
            assert found, (folder / "log").read_text()
            yield found[1]
        finally:
            server.kill()
            server.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("chromium is not here: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one person; what its pages complain of is a fault."""
    wrong: list[str] = []
    opened = browser.new_context(locale="en-US", color_scheme="dark", viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(PATIENCE)
    opened.on("weberror", lambda error: wrong.append(str(error.error)))
    opened.on("console", lambda said: wrong.append(complaint(said)) if said.type in KINDS else None)
    yield opened
    opened.close()
    assert not [own for own in wrong if not EXPECTED.search(own)]


def complaint(said: ConsoleMessage) -> str:
    """What a page complains of, and the address that this is about."""
    return f"{said.text} {said.location['url']}"


@pytest.fixture
def lenient(browser: Browser) -> Iterator[BrowserContext]:
    """A browser in which answers may be refused: it complains of each."""
    wrong: list[str] = []
    opened = browser.new_context(locale="en-US", color_scheme="dark", viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(PATIENCE)
    opened.on("weberror", lambda error: wrong.append(str(error.error)))
    yield opened
    opened.close()
    assert not wrong


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    return opened(context, address)


def opened(context: BrowserContext, address: str) -> Page:
    """A tab with the page, once it shows what is there."""
    page = context.new_page()
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for(state="attached")
    return page


def imagine(page: Page, prompt: str) -> None:
    """Type a prompt and send it."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Enter")
