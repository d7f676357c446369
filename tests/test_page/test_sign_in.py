"""Signing in where people have keys, and what guests see."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from test_page.conftest import imagine
from test_page.test_bar import faults
from tinies.command import command

pytestmark = pytest.mark.minutes


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "data"


def people(data: Path, *arguments: str) -> str:
    done = subprocess.run(
        command("people", *arguments, "--data", str(data)), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def ann(data: Path) -> str:
    """The key of who looks after the server."""
    return people(data, "add", "ann", "--role", "admin")


@pytest.fixture(scope="module")
def guest(data: Path) -> str:
    return people(data, "add", "guest", "--role", "guest")


@pytest.fixture(scope="module")
def keyed(built: Path, data: Path, ann: str, guest: str) -> Iterator[str]:
    """Where a server to which people have keys listens."""
    with (data.parent / "log").open("w") as log:
        start = command("serve", "--port", "0", "--data", str(data))
        server = subprocess.Popen(start, stdout=subprocess.PIPE, stderr=log, text=True)
        assert server.stdout is not None
        try:
            yield re.findall(r"http://\S+", server.stdout.readline())[0]
        finally:
            server.kill()
            server.communicate()


def enter(page: Page, key: str) -> None:
    page.get_by_label("Key", exact=True).fill(key)
    page.keyboard.press("Enter")


def test_a_wrong_key_a_right_one_and_out_again(lenient: BrowserContext, keyed: str, ann: str) -> None:
    page = lenient.new_page()
    page.goto(f"{keyed}/settings")
    field = page.get_by_label("Key", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("autocomplete", "current-password")
    assert not faults(page)
    enter(page, "no such key")
    expect(page.get_by_role("alert")).to_have_text("Nobody has this key.")
    enter(page, ann)
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    expect(page.locator("#account")).to_contain_text("Looks after the server")
    page.get_by_role("button", name="Sign out").click()
    expect(field).to_be_visible()
    page.reload()
    expect(field).to_be_visible()


def test_who_is_signed_out_keeps_what_was_typed(lenient: BrowserContext, keyed: str, data: Path) -> None:
    page = lenient.new_page()
    page.goto(keyed)
    enter(page, people(data, "add", "bob"))
    prompt = page.get_by_label("Prompt", exact=True)
    expect(prompt).to_be_visible()
    key = people(data, "key", "bob")  # the one before is of no use now
    imagine(page, "a red fox --q .25")
    expect(page.get_by_text("Your session is over")).to_be_visible()
    enter(page, key)
    expect(prompt).to_have_value("a red fox --q .25")
    prompt.press("Enter")
    expect(page.get_by_role("article", name="Pictures of a red fox")).to_be_visible()


def test_guests_find_nothing_that_makes_pictures(lenient: BrowserContext, keyed: str, guest: str) -> None:
    page = lenient.new_page()
    page.goto(keyed)
    enter(page, guest)
    expect(page.get_by_text("You are a guest here")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Settings").click()
    expect(page.locator("#account")).to_contain_text("Looks at pictures")
    expect(page.locator("#people")).to_have_count(0)
    assert not faults(page)


def test_who_signs_out_is_out_in_every_tab(lenient: BrowserContext, keyed: str, data: Path) -> None:
    page = lenient.new_page()
    page.goto(keyed)
    enter(page, people(data, "add", "dora"))
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("a red fox")
    other = lenient.new_page()
    other.goto(f"{keyed}/settings")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("Key", exact=True)).to_be_visible()
    expect(page.get_by_text("Your session is over")).to_be_visible()  # nothing was asked for there
    expect(prompt).to_have_count(0)


def test_too_many_wrong_keys_are_told(lenient: BrowserContext, keyed: str) -> None:
    for _ in range(10):
        httpx2.post(f"{keyed}/api/session", json={"key": "wrong"})
    page = lenient.new_page()
    page.goto(keyed)
    page.get_by_role("button", name="中文").click()
    page.get_by_label("密钥", exact=True).fill("another")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"已输错 10 次密钥：请等待 \d+ 秒"))
