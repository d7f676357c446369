"""From a prompt to four pictures, in a real browser with the real server and the house model."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from test_page.conftest import imagine, opened

pytestmark = pytest.mark.minutes

QUICK = "--q .25 --ar 1:1"
LOADED = ".tile img.loaded"


def jobs(address: str) -> list[dict]:
    return httpx2.get(f"{address}/api/jobs").json()["jobs"]


def finished(page: Page, words: str, pictures: int = 4) -> None:
    expect(page.get_by_role("article", name=words).first.locator(LOADED)).to_have_count(pictures)


def test_from_the_welcome_to_four_pictures(page: Page) -> None:
    page.get_by_role("button", name="a red fox in the snow").click()
    job = page.get_by_role("article", name="Pictures of a red fox in the snow")
    expect(job.locator(".preview").first).to_be_visible()
    expect(job.get_by_role("progressbar")).to_be_visible()
    finished(page, "a red fox in the snow")
    expect(job.locator(".preview")).to_have_count(0)
    expect(page.get_by_text("4 pictures ready")).to_be_attached()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("")


def test_a_reload_and_a_second_tab_in_the_middle(page: Page, context: BrowserContext, address: str) -> None:
    imagine(page, "a whale --q 4")
    expect(page.get_by_role("article", name="a whale").locator(".preview")).to_have_count(4)
    page.reload()
    other = opened(context, address)
    for tab in (page, other):
        expect(tab.get_by_role("article", name="a whale").locator(".preview")).to_have_count(4)
    other.get_by_role("article", name="a whale").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    other.get_by_role("article", name="a whale").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("article", name="a whale").get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("article", name="a whale")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("article", name="a whale")).to_have_count(1)


def test_what_is_made_while_the_network_is_gone(page: Page, context: BrowserContext, address: str) -> None:
    context.set_offline(True)
    expect(page.get_by_text("No connection.")).to_be_visible()
    imagine(page, "a lemon")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a lemon")
    httpx2.post(f"{address}/api/jobs", json={"prompt": f"a guitar {QUICK}"}).raise_for_status()
    expect(page.get_by_role("article", name="a guitar")).to_have_count(0)
    context.set_offline(False)
    finished(page, "a guitar")
    expect(page.get_by_text("No connection.")).to_have_count(0)


def test_by_keyboard_alone(page: Page, address: str) -> None:
    page.keyboard.press("i")
    page.keyboard.type(f"a tiger {QUICK}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(f"a tiger {QUICK}")
    finished(page, "a tiger")
    page.keyboard.press("Escape")
    for key in ("ArrowRight", "ArrowRight", "l"):
        page.keyboard.press(key)
    second = page.get_by_role("article", name="a tiger").locator(".tile").nth(1)
    expect(second.get_by_role("button", name="Unlike")).to_have_attribute("aria-pressed", "true")
    (liked,) = httpx2.get(f"{address}/api/pictures?liked=true").json()["pictures"]
    assert liked["index"] == 1 and liked["prompt"].startswith("a tiger")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="a tiger, 2")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="a tiger, 3")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    finished(page, "a tiger", 3)
    page.get_by_role("button", name="Undo").press("Enter")
    finished(page, "a tiger")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()


def test_a_variation_an_upscale_and_a_rerun(page: Page, address: str) -> None:
    imagine(page, f"a castle {QUICK} --seed 7")
    finished(page, "a castle")
    tile = page.get_by_role("article", name="a castle").first.locator(".tile").first
    tile.hover()
    tile.get_by_role("button", name="Vary subtle").click()
    expect(page.get_by_role("article", name="a castle")).to_have_count(2)
    page.get_by_role("article", name="a castle").last.get_by_role("button", name="More").last.click()
    page.get_by_role("menuitem", name="Rerun").click()
    expect(page.get_by_role("article", name="a castle")).to_have_count(3)
    first = jobs(address)[2]
    page.locator(f"[data-tile='{first['id']}-0']").focus()
    page.keyboard.press("Shift+1")
    expect(page.get_by_role("article", name="a castle")).to_have_count(4)
    expect(page.locator(f"[data-job='{jobs(address)[0]['id']}'] .tile")).to_have_count(1)
    finished(page, "a castle", 1)
    assert jobs(address)[0]["width"] == 2 * first["width"]
    with page.expect_download() as saved:
        page.locator(f"[data-tile='{first['id']}-0']").focus()
        page.keyboard.press("d")
    assert saved.value.suggested_filename == f"a-castle-{first['id'][:8]}-1.png"


def test_pictures_of_the_feed_are_chosen_by_keys(page: Page, address: str) -> None:
    imagine(page, f"a robot {QUICK}")
    finished(page, "a robot")
    page.keyboard.press("Escape")
    robot = page.get_by_role("article", name="a robot")
    robot.locator("[data-tile]").first.focus()
    for key in ("x", "ArrowRight", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 selected")).to_be_visible()
    robot.locator("[data-tile]").nth(3).click()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("b")
    page.get_by_role("menuitem", name="New board").click()
    page.get_by_role("textbox", name="Name").fill("Robots")
    page.get_by_role("textbox", name="Description").fill("With arms.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="New board").click()
    expect(page.get_by_text("3 pictures on “Robots”")).to_be_visible()
    (board,) = httpx2.get(f"{address}/api/boards").json()["boards"]
    assert (board["count"], board["description"]) == (3, "With arms.")
    page.keyboard.press("Escape")
    expect(page.get_by_text("3 selected")).to_have_count(0)


def test_a_job_that_was_cancelled_is_had_back(page: Page) -> None:
    imagine(page, f"a clock {QUICK} --repeat 2")
    clocks = page.get_by_role("article", name="a clock")
    expect(clocks).to_have_count(2)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+X")
    page.get_by_role("button", name="Undo").click()
    expect(clocks.locator(LOADED)).to_have_count(8)


def test_a_picture_is_seen_large_while_it_is_held(page: Page) -> None:
    imagine(page, f"a cup {QUICK}")
    finished(page, "a cup")
    tile = page.get_by_role("article", name="a cup").locator("[data-tile]").first
    tile.hover(position={"x": 60, "y": 90})
    page.mouse.down()
    large = page.get_by_alt_text("a cup", exact=True)
    expect(large).to_be_visible()
    page.mouse.up()
    expect(large).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
