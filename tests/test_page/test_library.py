"""The library in a real browser: found, chosen, judged, trashed, saved, brought in."""

from __future__ import annotations

import time
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from test_page.conftest import opened
from test_page.painted import fill, multiply
from test_page.test_bar import faults

pytestmark = pytest.mark.minutes

PROMPTS = [
    "a red fox --ar 3:2",
    "红色狐狸",
    "a fox --stylize 250",
    "an owl",
    "a lamp --upscaled",
    *["a stone"] * 7,
]
TILE = "[data-tile]"
BIG = 10_000


@pytest.fixture(scope="module")
def ids(data: Path, address: str) -> list[str]:
    """The pictures of PROMPTS, the newest first."""
    return fill(data, PROMPTS, time.time())


@pytest.fixture
def library(ids: list[str], context: BrowserContext, address: str) -> Page:
    page = opened(context, f"{address}/library")
    expect(page.locator(TILE)).to_have_count(len(PROMPTS))
    return page


def found(address: str, **query: object) -> list[str]:
    rows = httpx2.get(f"{address}/api/pictures", params=query).json()["pictures"]
    return [row["id"] for row in rows]


def only(page: Page, picture: str) -> None:
    """There is this picture, and no other."""
    expect(page.locator(TILE)).to_have_count(1)
    expect(page.locator(TILE)).to_have_attribute("data-tile", picture)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_is_in_anybodys_way(library: Page, scheme: str) -> None:
    library.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    assert not faults(library), "the library"
    library.locator(TILE).first.click(modifiers=["Control"])
    assert not faults(library), "a selection"
    library.get_by_role("button", name="Add tags").click()
    assert not faults(library), "a question"
    library.keyboard.press("Escape")
    library.set_viewport_size({"width": 390, "height": 844})
    assert not faults(library), "a phone"
    wide = library.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0


def test_what_is_looked_for_stands_in_the_address(library: Page, ids: list[str]) -> None:
    field = library.get_by_role("searchbox", name="Search pictures")
    field.fill("fox")
    expect(library.locator(TILE)).to_have_count(2)
    field.fill("--s 250")
    expect(library.locator(TILE)).to_have_count(1)
    library.reload()
    only(library, ids[2])
    field.fill("狐狸")
    only(library, ids[1])
    field.fill("")
    library.get_by_role("button", name="Type").click()
    library.get_by_role("menuitem", name="Upscale").click()
    only(library, ids[4])
    library.go_back()
    expect(library.locator(TILE)).to_have_count(len(PROMPTS))
    field.fill("nothing of this kind")
    library.get_by_role("button", name="Show all pictures").click()
    expect(library.locator(TILE)).to_have_count(len(PROMPTS))


def test_many_are_chosen_and_come_in_one_file(library: Page, ids: list[str]) -> None:
    tiles = library.locator(TILE)
    tiles.nth(1).hover()
    library.get_by_role("checkbox").nth(1).click()
    tiles.nth(3).click(modifiers=["Shift"])
    expect(library.get_by_text("3 selected")).to_be_visible()
    with library.expect_download() as saved:
        library.keyboard.press("d")
    with ZipFile(saved.value.path()) as archive:
        assert archive.testzip() is None and len(archive.namelist()) == 3
        assert any("红色狐狸" in name for name in archive.namelist())
    library.keyboard.press("Escape")
    library.keyboard.press("Control+a")
    expect(library.get_by_text(f"{len(PROMPTS)} selected")).to_be_visible()


def test_a_rectangle_chooses_what_it_touches(library: Page) -> None:
    first, second = (library.locator(TILE).nth(n).bounding_box() for n in (0, 1))
    assert first and second
    library.mouse.move(first["x"] - 10, first["y"] + 5)
    library.mouse.down()
    library.mouse.move(second["x"] + 10, second["y"] + 40, steps=4)
    library.mouse.up()
    expect(library.get_by_text("2 selected")).to_be_visible()


def test_keys_judge_and_trash_comes_back(library: Page, ids: list[str], address: str) -> None:
    library.keyboard.press("ArrowRight")
    library.keyboard.press("ArrowRight")
    library.keyboard.press("l")
    expect(library.get_by_role("button", name="Unlike")).to_have_count(1)
    assert found(address, liked=True) == [ids[1]]
    library.keyboard.press("x")
    library.keyboard.press("ArrowRight")
    library.keyboard.press("x")
    library.keyboard.press("Delete")
    expect(library.locator(TILE)).to_have_count(len(PROMPTS) - 2)
    library.get_by_role("button", name="Undo").click()
    expect(library.locator(TILE)).to_have_count(len(PROMPTS))
    library.keyboard.press("ArrowRight")
    library.keyboard.press("Enter")
    expect(library.get_by_role("dialog")).to_be_visible()


def test_jpegs_of_many_in_one_file(library: Page, tmp_path: Path) -> None:
    for place in (0, 1):
        library.locator(TILE).nth(place).click(modifiers=["Control"])
    library.get_by_role("toolbar", name="Selected").get_by_role("button", name="Download").click()
    with library.expect_download() as saved:
        library.get_by_role("menuitem", name="JPEG").click()
    saved.value.save_as(tmp_path / "many.zip")
    with ZipFile(tmp_path / "many.zip") as archive:
        assert [Image.open(archive.open(name)).format for name in archive.namelist()] == ["JPEG", "JPEG"]


def test_deleting_for_good_is_asked_about(library: Page, ids: list[str], address: str) -> None:
    httpx2.patch(f"{address}/api/pictures", json={"pictures": ids[-2:], "trashed": True}).raise_for_status()
    library.get_by_role("button", name="Trash").click()
    expect(library.locator(TILE)).to_have_count(2)
    library.locator(TILE).first.click(modifiers=["Control"])
    library.get_by_role("button", name="Delete for good").click()
    library.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert set(found(address, trash=True)) == set(ids[-2:])
    library.get_by_role("button", name="Delete for good").click()
    library.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(library.locator(TILE)).to_have_count(1)
    library.locator(TILE).first.click(modifiers=["Control"])
    library.get_by_role("button", name="Restore").click()
    expect(library.get_by_text("The trash is empty")).to_be_visible()
    httpx2.delete(f"{address}/api/pictures/{ids[-2]}")
    httpx2.delete(f"{address}/api/pictures/{ids[-1]}")


def test_files_are_brought_in_and_likeness_is_found(
    page: Page, ids: list[str], address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/library")
    for n, hue in enumerate(((200, 60, 30), (10, 90, 200))):
        Image.new("RGB", (96, 64), hue).save(tmp_path / f"{n}.png")
    page.locator("input[type=file][multiple]").set_input_files([tmp_path / "0.png", tmp_path / "1.png"])
    expect(page.get_by_text("2 pictures imported")).to_be_visible()
    assert len(found(address, operation="imported")) == 2
    page.goto(f"{address}/library?like={ids[0]}")
    expect(page.locator(TILE).first).to_have_attribute(
        "data-tile", ids[1]
    )  # they are painted two and two alike


def test_ten_thousand_pictures_keep_the_document_small(page: Page, data: Path, address: str) -> None:
    multiply(data, BIG, time.time() - 1000 * 86_400)
    page.goto(f"{address}/library?order=oldest")
    expect(page.locator(TILE).first).to_be_visible()
    for _ in range(12):
        page.mouse.wheel(0, 20_000)
        expect(page.locator("[aria-busy=false]")).to_have_count(1)
    assert page.evaluate("scrollY") > 20_000
    assert page.locator(TILE).count() < 200


def test_keys_reach_the_job_of_a_picture(page: Page, ids: list[str], address: str) -> None:
    page.goto(f"{address}/library")
    page.locator(f'[data-tile="{ids[0]}"]').focus()
    with page.expect_request("**/api/edits") as asked:
        page.keyboard.press("Shift+1")
    sent = asked.value.post_data_json
    assert sent["edit"]["kind"] == "upscale" and sent["sources"] == [{"picture": ids[0]}]
    page.keyboard.press("Shift+X")
