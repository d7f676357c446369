"""The settings: what this browser remembers, and the people of a server."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from test_page.conftest import imagine, opened
from test_page.test_bar import faults
from test_page.test_create import jobs

pytestmark = pytest.mark.minutes


def test_defaults_stand_behind_what_is_typed(page: Page, address: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press("s")
    field = page.get_by_label("Parameters")
    field.fill("--ar 16x9")
    page.get_by_role("button", name="Save").click()
    expect(
        page.get_by_text("it takes two whole numbers with a colon between; write --ar 16:9")
    ).to_be_visible()
    field.fill("a fox --ar 3:2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Only parameters can stand here")).to_be_visible()
    field.fill("--ar 2:1 --q .25")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Defaults saved")).to_be_visible()
    page.reload()
    expect(field).to_have_value("--ar 2:1 --q .25")
    imagine(page, "a whale --ar 1:1")
    expect(page.get_by_role("article", name="Pictures of a whale")).to_be_visible()  # and it went to Create
    assert jobs(address)[0]["prompt"] == "a whale --ar 1:1 --quality 0.25"


def test_looks_are_kept_and_seen(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    page.goto(f"{address}/settings")
    page.get_by_role("radiogroup", name="Theme").get_by_text("Light").click()
    page.get_by_role("radiogroup", name="Pictures of a job").get_by_text("2 × 2").click()
    page.get_by_role("radiogroup", name="Motion").get_by_text("Reduced").click()
    page.get_by_role("radiogroup", name="Language").get_by_text("中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("设置")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("设置")
    kept = page.evaluate("() => ({...document.documentElement.dataset})")
    assert kept == {"theme": "light", "grid": "square", "motion": "less"}
    assert not faults(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")
    assert not faults(page)


def test_pieces_to_copy_name_this_server(page: Page, address: str) -> None:
    page.goto(f"{address}/settings")
    piece = page.locator("#programs pre")
    expect(piece).to_contain_text(f"curl {address}/api/jobs")
    expect(piece).not_to_contain_text("Bearer")
    page.locator("#programs").get_by_text("OpenAI client").click()
    expect(piece).to_contain_text(f'base_url="{address}/v1"')


def test_the_owner_lets_others_in(page: Page, context: BrowserContext, address: str) -> None:
    page.goto(f"{address}/settings")
    people = page.locator("#people")
    people.get_by_role("button", name="Make my key").click()
    expect(people.get_by_text("Key of me.")).to_be_visible()
    people.get_by_role("button", name="Done").click()
    people.get_by_label("Name").fill("eve")
    people.get_by_role("button", name="Add").click()
    key = people.locator("code").text_content()
    assert key and len(key) == 43
    people.get_by_label("Role: eve").select_option("guest")
    people.get_by_role("button", name="More for eve").click()
    page.get_by_role("menuitem", name="Remove").click()
    people.get_by_role("button", name="Remove").click()
    expect(people.get_by_label("Role: eve")).to_have_count(0)
    assert not faults(page)
    other = opened(context, address)  # the same browser stays signed in
    expect(other.get_by_label("Prompt", exact=True)).to_be_visible()
