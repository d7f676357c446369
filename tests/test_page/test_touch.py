"""An opened picture on a phone, with fingers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from test_page.conftest import PATIENCE
from test_page.painted import fill
from test_page.test_create import jobs

pytestmark = pytest.mark.minutes

Point = tuple[float, float]
WAY = 10  # positions that a finger is seen at


@pytest.fixture(scope="module")
def ids(data: Path, address: str) -> list[str]:
    return fill(data, ["a fox", "an owl", "a lamp"], time.time())


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True, locale="en-US")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def opened(page: Page, address: str, picture: str) -> Page:
    page.goto(f"{address}/picture/{picture}")
    expect(page.locator(".frame img")).to_be_visible()
    return page


def move(page: Page, *fingers: tuple[Point, Point]) -> None:
    """Put fingers down, each moving from one point to another, and take them off."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, part: float | None) -> None:
        at = lambda a, b: a + (b - a) * part  # noqa: E731
        points = [
            {"x": at(start[0], end[0]), "y": at(start[1], end[1]), "id": number}
            for number, (start, end) in enumerate(fingers)
            if part is not None
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0)
    for step in range(1, WAY + 1):
        send("touchMove", step / WAY)
    send("touchEnd", None)


def frame(page: Page) -> dict[str, float]:
    box = page.locator(".frame").bounding_box()
    assert box
    return {**box, "cx": box["x"] + box["width"] / 2, "cy": box["y"] + box["height"] / 2}


def test_two_fingers_bring_it_nearer_and_one_moves_it(phone: Page, address: str, ids: list[str]) -> None:
    page = opened(phone, address, ids[0])
    before = frame(page)
    x, y = before["cx"], before["cy"]
    move(page, ((x - 30, y), (x - 90, y - 20)), ((x + 30, y), (x + 90, y - 20)))
    near = frame(page)
    assert near["width"] == pytest.approx(3 * before["width"], rel=0.02)
    assert near["cy"] == pytest.approx(y - 20, abs=2)  # what lay between the fingers still does
    move(page, ((x, y), (x - 60, y)))
    assert frame(page)["cx"] == pytest.approx(near["cx"] - 60, abs=2)
    move(page, ((x - 90, y), (x - 20, y)), ((x + 90, y), (x + 20, y)))
    assert frame(page)["width"] < near["width"] / 2
    expect(page).to_have_url(f"{address}/picture/{ids[0]}")  # none of it was a swipe


def test_a_swipe_leads_to_the_next_and_back(phone: Page, address: str, ids: list[str]) -> None:
    page = phone
    page.goto(f"{address}/library")
    page.locator(f"[data-tile='{ids[0]}']").tap()
    expect(page.locator(".frame img")).to_be_visible()
    x, y = frame(page)["cx"], frame(page)["cy"]
    move(page, ((x + 80, y), (x - 80, y)))
    expect(page).to_have_url(f"{address}/picture/{ids[1]}")
    move(page, ((x - 80, y), (x + 80, y)))
    expect(page).to_have_url(f"{address}/picture/{ids[0]}")
    move(page, ((x, y), (x + 20, y)))  # too short for one
    expect(page).to_have_url(f"{address}/picture/{ids[0]}")


def test_a_custom_zoom_out(phone: Page, address: str, ids: list[str]) -> None:
    page = opened(phone, address, ids[0])
    page.get_by_role("button", name="Custom zoom").tap()
    slider = page.get_by_role("slider", name="Zoom out")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    move(page, ((box["x"] + 20, y), (box["x"] + box["width"] * 0.5, y)))
    factor = float(slider.input_value())
    assert 2 <= factor <= 3
    with page.expect_response("**/api/edits") as answer:
        page.get_by_role("button", name="Start", exact=True).tap()
    sent = answer.value.request.post_data_json
    assert sent["edit"] == {"kind": "zoom", "factor": factor}
    assert answer.value.ok and len(jobs(address)) == 1
    page.get_by_role("button", name="Cancel: ").tap()
    page.get_by_role("button", name="Undo").wait_for()
