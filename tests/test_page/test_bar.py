"""The prompt bar, languages, themes, and whether everybody can use the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import hatch_build
from test_page.conftest import PATIENCE, imagine, opened
from test_page.test_create import QUICK, finished, jobs

pytestmark = pytest.mark.minutes

AXE = hatch_build.WEB / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = "(rows) => rows.filter((row) => ['serious', 'critical'].includes(row.impact))"


def faults(page: Page) -> list[str]:
    """What axe-core finds to be serious on the page as it stands, once its colours have changed."""
    page.wait_for_function(
        "() => document.getAnimations().every((own) => own.effect.getTiming().iterations === Infinity)"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"async () => ({GRAVE})((await axe.run()).violations)")
    return [f"{row['id']}: {row['nodes'][0]['html']}" for row in found]


def test_chips_are_read_from_the_text_and_written_into_it(page: Page) -> None:
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("a {red, blue} fox --ar 3:2 --chaos 300")
    expect(page.locator(".mirror .error")).to_have_text("300")
    expect(page.locator("#faults")).to_contain_text("between 0 and 100")
    page.get_by_role("button", name="Change chaos 300").click()
    page.get_by_role("slider", name="--chaos").fill("20")
    expect(prompt).to_have_value("a {red, blue} fox --ar 3:2 --chaos 20 ")
    expect(page.locator(".mirror .error")).to_have_count(0)
    expect(page.get_by_text("makes 2 jobs")).to_be_visible()
    page.get_by_role("button", name="Remove --chaos").click()
    page.get_by_role("button", name="Change ar 3:2").click()
    page.locator("label", has_text="16:9").click()
    expect(prompt).to_have_value(re.compile(r"fox --ar 16:9\s*$"))


def test_settings_go_with_the_prompt_and_typing_goes_before_them(page: Page, address: str) -> None:
    page.get_by_role("button", name="Settings").click()
    page.locator("label", has_text="Landscape").click()
    page.get_by_label("Seed").fill("11")
    page.get_by_label("Seed").press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Settings", exact=True)).to_have_count(0)
    imagine(page, "a lamp --q .25 --seed 5")
    finished(page, "a lamp")
    said = jobs(address)[0]["prompt"].split(" --")
    assert set(said) == {"a lamp", "quality 0.25", "seed 5", "ar 3:2"}
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a lamp --q .25 --seed 5")


def test_enter_of_an_input_method_sends_nothing(page: Page, address: str) -> None:
    before, prompt = len(jobs(address)), page.get_by_label("Prompt", exact=True)
    prompt.fill("狐狸")
    prompt.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    prompt.press("Shift+Enter")
    expect(prompt).to_have_value("狐狸\n")
    assert len(jobs(address)) == before


def test_an_uploaded_picture_is_begun_from(page: Page, address: str, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (128, 128), (200, 60, 30)).save(tmp_path / "red.png")
    page.get_by_role("button", name="Add pictures").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "red.png")
    expect(page.get_by_role("slider", name="Change")).to_be_visible()
    imagine(page, f"an apple {QUICK}")
    finished(page, "an apple")
    assert jobs(address)[0]["prompt"].startswith("an apple")
    expect(page.get_by_role("slider", name="Change")).to_have_count(0)


def test_the_language_is_chosen_and_remembered(page: Page) -> None:
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitem", name="中文").click()
    expect(page.get_by_placeholder("想画些什么？")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("link", name="创作")).to_be_visible()


def test_commands_are_found_by_their_letters(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Commands")).to_be_focused()
    page.keyboard.type("theme li")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Commands")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/$"))


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_is_in_anybodys_way(context: BrowserContext, address: str, scheme: str) -> None:
    page = opened(context, address)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    imagine(page, f"a green frog {QUICK}")
    expect(page.locator("[data-tile] img").first).to_be_visible(timeout=PATIENCE)
    assert not faults(page), "the feed"
    page.get_by_label("Prompt", exact=True).fill("a fox --ar 3:2 --foo")
    expect(page.locator(".mirror .error")).to_have_count(1)
    for name in ("Settings", "Add pictures"):
        page.get_by_role("button", name=name).click()
        assert not faults(page), name
    page.keyboard.press("Escape")
    page.locator("[data-tile]").first.click()
    assert not faults(page), "a picture"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert not faults(page), "shortcuts"
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not faults(page), "a phone"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
