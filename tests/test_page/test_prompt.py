"""Writing a prompt: what is offered, what it means in both languages, and weights by the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from test_page.conftest import opened
from test_page.test_bar import faults

pytestmark = pytest.mark.minutes


def test_parameters_are_offered_while_they_are_typed(page: Page) -> None:
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.click()
    page.keyboard.type("a red fox --se")
    offered = page.get_by_role("listbox", name="Parameters")
    expect(offered.get_by_role("option").first).to_contain_text("The number the noise is drawn from")
    assert not faults(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(prompt).to_have_attribute("aria-activedescendant", "completion-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(prompt).to_have_value("a red fox --seed ")
    expect(offered).to_have_count(0)
    page.keyboard.type("250 --ra")
    expect(offered).to_be_visible()
    page.keyboard.press("Tab")
    expect(prompt).to_have_value("a red fox --seed 250 --raw ")
    page.keyboard.type("--")
    expect(offered.get_by_role("option")).to_have_count(8)
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    expect(prompt).to_be_focused()


def test_weights_by_the_keyboard_and_back(page: Page) -> None:
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("a red fox in the snow --stylize 250")
    prompt.evaluate("(own) => own.setSelectionRange(17, 21)")
    for key, text in (
        ("ArrowUp", "a red fox in the:: snow::1.25 --stylize 250"),
        ("ArrowUp", "a red fox in the:: snow::1.5 --stylize 250"),
        ("ArrowDown", "a red fox in the:: snow::1.25 --stylize 250"),
    ):
        page.keyboard.press(f"Control+{key}")
        expect(prompt).to_have_value(text)
    expect(page.locator(".mirror .value")).to_have_text(["::", "::1.25", "250"])
    page.keyboard.press("Control+z")
    expect(prompt).to_have_value("a red fox in the:: snow::1.5 --stylize 250")
    page.keyboard.press("End")
    page.keyboard.press("Control+ArrowUp")
    expect(prompt).to_have_value(re.compile("--stylize 260$"))


def test_what_parameters_mean_is_told_in_chinese(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitem", name="中文").click()
    prompt = page.get_by_label("提示词", exact=True)
    prompt.click()
    page.keyboard.type("狐狸 --se")
    listed = page.get_by_role("listbox", name="参数")
    expect(listed.get_by_role("option").first).to_contain_text("产生噪声的数字")
    page.keyboard.press("Tab")
    page.keyboard.type("250")
    page.get_by_role("button", name="修改 seed 250").click()
    expect(page.get_by_role("group", name="--seed")).to_contain_text("产生噪声的数字")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="设置").click()
    cards = page.get_by_role("group", name="设置", exact=True)
    cards.get_by_text("怪异度").hover()
    expect(cards.get_by_text("画面可以有多不寻常。")).to_be_visible()
    cards.get_by_role("combobox", name="模型").focus()
    expect(cards.get_by_text("由哪个模型来画")).to_be_visible()


def test_settings_that_were_reset_are_had_back(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    cards = page.get_by_role("group", name="Settings", exact=True)
    cards.locator("label", has_text="Landscape").click()
    cards.get_by_role("button", name="Reset").click()
    expect(cards.locator(".box")).to_have_text("1:1")
    page.get_by_role("button", name="Undo").click()
    expect(cards.locator(".box")).to_have_text("3:2")


def test_every_key_and_gesture_is_listed(page: Page) -> None:
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Shortcuts")
    groups = ("Everywhere", "In the prompt", "On a picture", "In an opened picture", "Drawing a region")
    expect(sheet.get_by_role("heading", level=3)).to_have_count(len(groups) + 1)
    for name in (*groups, "Mouse and touch"):
        expect(sheet.get_by_role("heading", name=name, exact=True)).to_be_attached()
    pan = sheet.locator("dt", has_text=re.compile("^Pan$")).locator("+ dd")
    expect(pan).to_have_text(re.compile(r"Alt\s*←\s*→\s*↑\s*↓"))
    assert not faults(page)
