"""The models, the names of edits, and the Chinese of what is wrong."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import Page, expect

from test_page.conftest import imagine
from test_page.test_bar import faults
from test_page.test_create import QUICK, finished, jobs

pytestmark = pytest.mark.minutes


def test_the_model_that_draws_is_marked(page: Page, address: str) -> None:
    page.goto(f"{address}/models")
    card = page.get_by_role("article", name="house")
    expect(card).to_contain_text("Draws for you")
    expect(card).to_contain_text("Default of the server")
    expect(card).to_contain_text("128 × 128, up to 2.5:1")
    expect(card).to_contain_text("base · 20 steps · dpm++2m · guidance 3")
    assert not faults(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")


def test_edits_are_called_what_they_are(page: Page, address: str) -> None:
    imagine(page, f"an owl {QUICK}")
    finished(page, "an owl")
    picture = jobs(address)[0]["pictures"][0]
    for edit in ({"kind": "vary"}, {"kind": "upscale"}, {"kind": "zoom", "factor": 2}):
        asked = {"edit": edit, "sources": [{"picture": picture}], "knobs": {"steps": 1}}
        assert httpx2.post(f"{address}/api/edits", json=asked).status_code == 201
    for name in ("Variation", "Upscale", "Zoom out"):
        expect(page.locator(".chips").get_by_text(name, exact=True)).to_be_visible()


def test_what_is_wrong_is_said_in_chinese(page: Page, address: str) -> None:
    page.evaluate("() => localStorage.setItem('sfumato.language', JSON.stringify({choice: 'zh'}))")
    page.reload()
    page.get_by_label("提示词", exact=True).fill("狐狸 --ar 16x9 --chaoss 5")
    told = page.locator("#faults")
    expect(told).to_contain_text("--aspect 的值 16x9 无效：它接受用冒号隔开的两个整数；请写 --ar 16:9。")
    expect(told).to_contain_text("您是想写 --chaos 吗？")
    page.get_by_label("提示词", exact=True).fill(f"a fox of zorblax {QUICK}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("内置模型不认识 “zorblax”，只画了其余部分。")).to_be_visible()
