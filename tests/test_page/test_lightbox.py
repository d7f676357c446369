"""An opened picture: looked at, judged, edited and led back from."""

from __future__ import annotations

import re
import time
from io import BytesIO

import httpx2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from test_page.conftest import PATIENCE, opened
from test_page.test_bar import faults
from test_page.test_create import QUICK, jobs

pytestmark = pytest.mark.minutes


@pytest.fixture(scope="module")
def fox(address: str) -> str:
    """The id of a job of four pictures."""
    asked = {"prompt": f"a red fox in the snow {QUICK} --seed 7"}
    made = httpx2.post(f"{address}/api/jobs", json=asked, timeout=PATIENCE).raise_for_status().json()
    return done(address, made["jobs"][0]["id"])


def done(address: str, job: str) -> str:
    until = time.monotonic() + PATIENCE / 1000
    while httpx2.get(f"{address}/api/jobs/{job}", timeout=PATIENCE).json()["status"] != "done":
        assert time.monotonic() < until, "the job did not end"
        time.sleep(0.1)
    return job


def picture(address: str, name: str) -> dict:
    return httpx2.get(f"{address}/api/pictures/{name}", timeout=PATIENCE).raise_for_status().json()


def pixels(address: str, name: str) -> np.ndarray:
    file = httpx2.get(f"{address}/api/pictures/{name}/file", timeout=PATIENCE).raise_for_status().content
    return np.asarray(Image.open(BytesIO(file)).convert("RGB"))


def lightbox(context: BrowserContext, address: str, name: str) -> Page:
    page = opened(context, f"{address}/picture/{name}")
    expect(page.get_by_role("dialog").locator(".frame img")).to_be_visible()
    return page


def begun(page: Page) -> Locator:
    return page.get_by_role("list", name="Begun here").get_by_role("listitem")


def test_it_is_opened_over_the_screen_and_leads_back(page: Page, address: str, fox: str) -> None:
    page.locator(f"[data-tile='{fox}-0']").click()
    expect(page).to_have_url(f"{address}/picture/{fox}-0")
    expect(page.get_by_role("dialog", name="a red fox in the snow, 1")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="a red fox in the snow, 2")).to_be_visible()
    page.get_by_role("button", name="Picture 3").click()
    expect(page).to_have_url(f"{address}/picture/{fox}-2")
    page.go_back()
    expect(page).to_have_url(f"{address}/")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"[data-tile='{fox}-2']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{address}/")
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_its_address_alone_opens_it(context: BrowserContext, address: str, fox: str) -> None:
    page = lightbox(context, address, f"{fox}-3")
    strip = page.get_by_role("navigation", name="Pictures of this job")
    expect(strip.get_by_role("listitem")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{address}/")
    expect(page.locator(f"[data-tile='{fox}-3']")).to_be_focused()


def test_it_is_seen_at_100_percent_nearer_and_moved(context: BrowserContext, address: str, fox: str) -> None:
    page = lightbox(context, address, f"{fox}-0")
    frame, own = page.locator(".frame"), picture(address, f"{fox}-0")
    fitted = frame.bounding_box()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="100 %")).to_be_visible()
    box = frame.bounding_box()
    assert fitted and box and round(box["width"]) == own["width"] and box["width"] < fitted["width"]
    page.keyboard.press("Space")
    x, y = fitted["x"] + 40, fitted["y"] + 60
    page.mouse.move(x, y)
    page.mouse.wheel(0, -600)
    wider = "wide => document.querySelector('.frame').getBoundingClientRect().width > wide"
    page.wait_for_function(wider, arg=2 * fitted["width"])
    near = frame.bounding_box()
    assert near
    scale = near["width"] / fitted["width"]
    assert near["x"] + 40 * scale == pytest.approx(x, abs=1)  # what is pointed at stays there
    page.mouse.down()
    page.mouse.move(x - 30, y)
    page.mouse.up()
    page.wait_for_function(
        "left => document.querySelector('.frame').getBoundingClientRect().left < left", arg=near["x"] - 20
    )
    moved = frame.bounding_box()
    assert moved and moved["x"] == pytest.approx(near["x"] - 30, abs=1)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_an_edit_is_followed_shown_and_compared(context: BrowserContext, address: str, fox: str) -> None:
    page = lightbox(context, address, f"{fox}-1")
    page.keyboard.press("v")
    expect(begun(page)).to_have_count(1)
    page.get_by_role("button", name="Show").click()
    made = jobs(address)[0]["id"]
    expect(page).to_have_url(f"{address}/picture/{made}-0")
    page.get_by_role("toolbar", name="View").get_by_role("button", name="Compare").click()
    expect(page.get_by_alt_text("Before")).to_have_attribute("src", f"/api/pictures/{fox}-1/file")
    slider = page.get_by_role("slider", name="Compare")
    slider.fill("25")
    clipped = page.get_by_alt_text("Before").evaluate("(own) => getComputedStyle(own).clipPath")
    assert clipped == "inset(0px 75% 0px 0px)"
    lineage = page.get_by_role("complementary").locator("ol > li")
    expect(lineage).to_have_count(2)
    expect(lineage.first.locator(".on")).to_have_attribute("aria-label", "Prompt, 2")
    expect(page.locator("code")).to_have_text(f"sfumato verify {made}-0.png -p start={fox}-1.png")
    lineage.first.locator(".on").click()
    expect(page).to_have_url(f"{address}/picture/{fox}-1")
    expect(lineage.last.get_by_role("button")).to_have_count(4)
    page.keyboard.press("i")
    expect(lineage).to_have_count(0)


def test_a_region_is_drawn_and_nothing_else_changes(context: BrowserContext, address: str, fox: str) -> None:
    page = lightbox(context, address, f"{fox}-0")
    page.get_by_role("button", name="Vary region").click()
    page.get_by_role("button", name="Paint anew").click()
    expect(page.get_by_text("Draw over a part")).to_be_visible()
    page.locator("label", has_text="Rectangle").click()
    box = page.locator(".mask").bounding_box()
    assert box
    for start, end in (((0.5, 0), (1, 1)), ((0.02, 0.02), (0.2, 0.2))):
        page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"])
        page.mouse.up()
    page.keyboard.press("Control+z")
    page.get_by_label("What is to be seen").fill(f"a blue owl {QUICK}")
    page.get_by_role("button", name="Paint anew").click()
    expect(begun(page)).to_have_count(1)
    made, before = done(address, jobs(address)[0]["id"]), pixels(address, f"{fox}-0")
    after, half = pixels(address, f"{made}-0"), before.shape[1] // 2
    assert (after[:, : half - 1] == before[:, : half - 1]).all()
    assert np.abs(after[:, half + 4 :].astype(int) - before[:, half + 4 :]).mean() > 5


def test_it_is_judged_put_on_a_board_and_trashed(context: BrowserContext, address: str, fox: str) -> None:
    page, name = lightbox(context, address, f"{fox}-2"), f"{fox}-2"
    page.keyboard.press("l")
    page.get_by_role("button", name="4 stars").click()
    page.get_by_label("Add a tag").fill("winter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove winter")).to_be_visible()
    page.get_by_role("switch", name="Private").click()
    expect(page.get_by_role("switch", name="Private")).to_be_checked()
    own = picture(address, name)
    assert (own["liked"], own["rating"], own["tags"], own["private"]) == (True, 4, ["winter"], True)
    page.get_by_role("dialog").focus()
    page.keyboard.press("b")
    page.get_by_role("menuitem", name="New board").click()
    page.get_by_label("Name of the board").fill("Foxes")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Added to Foxes")).to_be_visible()
    (board,) = httpx2.get(f"{address}/api/boards").json()["boards"]
    (pinned,) = httpx2.get(f"{address}/api/pictures?board={board['id']}&order=board").json()["pictures"]
    assert pinned["id"] == name
    page.get_by_role("dialog").focus()
    page.keyboard.press("Delete")
    expect(page).to_have_url(f"{address}/picture/{fox}-3")
    assert picture(address, name)["trashed"] is not None
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("button", name="Picture 3")).to_be_visible()
    assert picture(address, name)["trashed"] is None


def test_its_words_are_described_remixed_and_used(context: BrowserContext, address: str, fox: str) -> None:
    page = lightbox(context, address, f"{fox}-0")
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_label("Prompt").fill(f"a red fox on the moon {QUICK}")
    page.keyboard.press("Enter")
    expect(begun(page)).to_have_count(1)
    assert jobs(address)[0]["prompt"].startswith("a red fox on the moon")
    style = page.get_by_role("button", name="Use as style")
    expect(style).to_have_attribute("aria-disabled", "true")
    expect(style).to_have_attribute("title", re.compile("cannot look at other pictures"))
    expect(page.get_by_role("button", name="Make square")).to_have_attribute("title", "It is square already.")
    page.get_by_role("button", name="Describe").click()
    page.get_by_role("button", name="a red fox in the snow --").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(re.compile("^a red fox in the snow"))


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_is_in_anybodys_way(context: BrowserContext, address: str, fox: str, scheme: str) -> None:
    page = lightbox(context, address, f"{fox}-0")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    assert not faults(page), "the lightbox"
    for tool in ("Vary region", "Remix", "Describe"):
        page.get_by_role("dialog").get_by_role("button", name=tool, exact=True).click()
        assert not faults(page), tool
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not faults(page), "a phone"
    wide = page.get_by_role("dialog").evaluate("(own) => own.scrollWidth - own.clientWidth")
    assert wide == 0


def test_it_is_saved_in_other_formats(context: BrowserContext, address: str, fox: str) -> None:
    page = lightbox(context, address, f"{fox}-0")
    for name, kind, end in (("PNG, with", "PNG", "png"), ("JPEG", "JPEG", "jpg"), ("WebP", "WEBP", "webp")):
        page.get_by_role("dialog").get_by_role("button", name="Download", exact=True).click()
        with page.expect_download() as saved:
            page.get_by_role("menuitem", name=name).click()
        assert saved.value.suggested_filename == f"a-red-fox-in-the-snow-{fox[:8]}-1.{end}"
        with Image.open(saved.value.path()) as image:
            assert (image.format, image.size) == (kind, pixels(address, f"{fox}-0").shape[1::-1])
