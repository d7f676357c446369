"""Boards in a real browser: made, filled, put in order, and filled by what is asked for there."""

from __future__ import annotations

import time
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from test_page.conftest import imagine, opened
from test_page.painted import fill
from test_page.test_bar import faults
from test_page.test_library import TILE, found

pytestmark = pytest.mark.minutes


@pytest.fixture(scope="module")
def ids(data: Path, address: str) -> list[str]:
    return fill(data, ["a fox", "an owl", "a lamp", "a stone"], time.time())


def test_from_the_library_onto_a_new_board(page: Page, ids: list[str], address: str) -> None:
    page.goto(f"{address}/library")
    page.locator(TILE).nth(0).click(modifiers=["Control"])
    page.locator(TILE).nth(2).click(modifiers=["Control"])
    page.keyboard.press("b")
    page.get_by_role("menuitem", name="New board").click()
    page.get_by_role("textbox", name="Name").fill("Night")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 pictures on “Night”")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("link", name="Night, 2 pictures")).to_be_visible()
    assert not faults(page)
    (board,) = httpx2.get(f"{address}/api/boards").json()["boards"]
    assert board["count"] == 2 and board["cover"] == [ids[0], ids[2]]


def test_a_picture_is_dragged_onto_a_board(page: Page, ids: list[str], address: str) -> None:
    page.goto(f"{address}/library")
    tile = page.locator(TILE).nth(1)
    tile.hover()
    page.mouse.down()
    page.mouse.move(600, 500, steps=5)
    page.locator(".dock .place", has_text="Night").hover()
    page.mouse.up()
    expect(page.get_by_text("1 picture on “Night”")).to_be_visible()


def test_order_name_and_taking_off(page: Page, ids: list[str], address: str) -> None:
    (board,) = httpx2.get(f"{address}/api/boards").json()["boards"]
    page.goto(f"{address}/boards/{board['id']}")
    expect(page.locator(TILE)).to_have_count(3)
    page.locator(TILE).last.click(button="right")
    page.get_by_role("menuitem", name="To the front").click()
    expect(page.locator(TILE).first).to_have_attribute("data-tile", ids[1])
    page.locator(TILE).first.drag_to(page.locator(TILE).last)
    expect(page.locator(TILE).last).to_have_attribute("data-tile", ids[1])
    assert found(address, board=board["id"], order="board") == [ids[0], ids[2], ids[1]]
    page.locator(TILE).first.click(modifiers=["Control"])
    page.get_by_role("button", name="Take off the board").click()
    expect(page.locator(TILE)).to_have_count(2)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(TILE).first).to_have_attribute("data-tile", ids[0])
    page.get_by_role("button", name="Actions for Night").click()
    page.get_by_role("menuitem", name="Name and description").click()
    page.get_by_role("textbox", name="Name").fill("Day")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Day")).to_be_visible()
    assert not faults(page)


def test_what_is_asked_for_on_a_board_goes_onto_it(page: Page, context: BrowserContext, address: str) -> None:
    (board,) = httpx2.get(f"{address}/api/boards").json()["boards"]
    page.goto(f"{address}/boards/{board['id']}")
    page.get_by_role("button", name="Generate into this board").click()
    imagine(page, "a tiger --q .25 --ar 1:1")
    expect(page.locator(TILE)).to_have_count(7)
    other = opened(context, f"{address}/boards/{board['id']}")
    expect(other.locator(TILE)).to_have_count(7)


def test_a_board_is_deleted_and_had_back(page: Page, address: str) -> None:
    page.goto(f"{address}/boards")
    page.get_by_role("button", name="Actions for Day").click()
    page.get_by_role("menuitem", name="Delete board").click()
    expect(page.get_by_role("link", name="Day, 7 pictures")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Day, 7 pictures")).to_be_visible()
    assert len(httpx2.get(f"{address}/api/boards").json()["boards"]) == 1


def test_a_board_is_filled_though_the_page_is_closed(context: BrowserContext, address: str) -> None:
    made = httpx2.post(f"{address}/api/boards", json={"name": "Closed", "description": "Made alone."}).json()
    page = opened(context, f"{address}/boards/{made['id']}")
    expect(page.get_by_text("Made alone.")).to_be_visible()
    page.get_by_role("button", name="Generate into this board").click()
    with page.expect_response("**/api/jobs"):
        imagine(page, "a lion --q .25 --ar 1:1")
    page.close()
    again = opened(context, address)
    job = again.get_by_role("article", name="a lion")
    expect(job.get_by_role("link", name="Closed")).to_be_visible()
    expect(job.locator(".tile img.loaded")).to_have_count(4)
    assert len(found(address, board=made["id"], order="board")) == 4
    again.goto(f"{address}/library")
    again.get_by_role("button", name="Boards", exact=True).click()
    again.get_by_role("menuitem", name="Closed").click()
    expect(again.locator(TILE)).to_have_count(4)
    assert not faults(again)
